package demo

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"takeoverbot/internal/slacksim"
)

// doTour does one step of the tour in place of the person on the page.
func (d *Demo) doTour(r *http.Request, in input) error {
	ctx, l := lasting(r), d.tour.line
	switch in.Step {
	case stepText:
		d.telnyx.Text(ctx, l.EndUser, l.Agent, "It is running down the lamp now! Is anybody coming?")
		return nil
	case stepFind:
		return commandProblem(command, d.slack.SlashCommand(ctx, in.User, slacksim.DeskChannel, command, l.number))
	case stepTake:
		return d.press(ctx, in.User, actionTake)
	case stepQuiet:
		d.telnyx.Text(ctx, l.EndUser, l.Agent, "Hello? The ceiling is bulging, what shall I do?")
		return nil
	case stepBack:
		return d.handBack(ctx, in.User)
	}
	return fmt.Errorf("step %d is one to watch", in.Step+1)
}

// press clicks a button of the tour's card.
func (d *Demo) press(ctx context.Context, user, action string) error {
	card, ok := d.card(d.tour.line)
	if !ok {
		return errors.New("there is no card yet: search the number first")
	}
	delivery := d.slack.Click(ctx, user, card.Ref(), action)
	if errors.Is(delivery.Err, slacksim.ErrNotThere) {
		return errors.New("the card does not have that button now: it shows what can be done")
	}
	return clickProblem(delivery)
}

func (d *Demo) handBack(ctx context.Context, user string) error {
	if err := d.press(ctx, user, actionHandBack); err != nil {
		return err
	}
	box := d.slack.View(user)
	if box == nil {
		return errors.New("the box “Hand back” did not open, please press again")
	}
	return clickProblem(d.slack.Submit(ctx, user, box.ID, map[string]string{blockNote: agreed}))
}

// agreed is the note of the tour and the play.
const agreed = "The plumber is on the way and will be there at 04:00. The water is turned off."

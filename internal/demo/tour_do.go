package demo

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"takeoverbot/internal/slacksim"
)

// Begin does the first step of the tour, so that the page opens with a card and not with an empty channel.
// Where there is no line to search, it does nothing.
func (d *Demo) Begin(ctx context.Context) error {
	if d.tour.line.number == "" {
		return nil
	}
	if err := d.found(ctx, d.tour.line); err != nil {
		return fmt.Errorf("do the first step of the tour: %w", err)
	}
	return nil
}

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
		return d.pressOn(ctx, in.User, l, actionTake)
	case stepWrite:
		return d.writeInThread(ctx, in.User, advice)
	case stepAnswer:
		d.telnyx.Text(ctx, l.EndUser, l.Agent, answer)
		return nil
	case stepBack:
		return d.handBack(ctx, in.User, l, agreed)
	}
	return fmt.Errorf("there is no step %d", in.Step+1)
}

// writeInThread writes in the thread of the tour's card.
func (d *Demo) writeInThread(ctx context.Context, user, words string) error {
	card, ok := d.card(d.tour.line)
	if !ok {
		return errors.New("there is no card yet: search the number first")
	}
	if _, delivery := d.slack.Say(ctx, user, card.Channel, card.TS, words); errors.Is(delivery.Err, slacksim.ErrNotThere) {
		return fmt.Errorf("the message was not sent: %w", delivery.Err)
	}
	return nil
}

// pressOn clicks a button of a line's card.
func (d *Demo) pressOn(ctx context.Context, user string, l line, action string) error {
	card, ok := d.card(l)
	if !ok {
		return errors.New("there is no card yet: search the number first")
	}
	delivery := d.slack.Click(ctx, user, card.Ref(), action)
	if errors.Is(delivery.Err, slacksim.ErrNotThere) {
		return errors.New("the card does not have that button now: it shows what can be done")
	}
	return clickProblem(delivery)
}

// handBack gives a line back to the AI, with a note for it.
func (d *Demo) handBack(ctx context.Context, user string, l line, note string) error {
	if err := d.pressOn(ctx, user, l, actionHandBack); err != nil {
		return err
	}
	box := d.slack.View(user)
	if box == nil {
		return errors.New("the box “Hand back” did not open, please press again")
	}
	return clickProblem(d.slack.Submit(ctx, user, box.ID, map[string]string{blockNote: note}))
}

// What the operator and the end user of the tour and the scenes write to each other.
const (
	advice = "Hi, a technician here. Please turn off the water: the valve is under the kitchen sink."
	answer = "Done, it is only dripping now. When will somebody be here?"
)

// agreed is the note of the tour and the play.
const agreed = "The plumber is on the way and will be there at 04:00. The water is turned off."

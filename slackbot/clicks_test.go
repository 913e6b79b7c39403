package slackbot

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/render"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// danas is a held line whose holder is Dana.
func danas(change ...func(*takeover.Line)) takeover.Line {
	return slacktest.With(slacktest.LineIn(takeover.StateHeld), func(l *takeover.Line) {
		l.Takeover.Holder = slacksim.Dana
		for _, c := range change {
			c(l)
		}
	})
}

// last is the command that was stored last.
func (d *desk) last() takeover.Command {
	d.Helper()
	stored := d.house.stored()
	if len(stored) == 0 {
		d.Fatal("nothing is stored")
	}
	return stored[len(stored)-1]
}

func TestEveryButtonOfACardIsACommandOrABox(t *testing.T) {
	for name, line := range slacktest.Cards() {
		for action := range strings.SplitSeq(actionsOf(t, render.Card(line)), " ") {
			_, command := clicks()[action]
			_, boxed := modals()[action]
			if action != "" && !command && !boxed {
				t.Errorf("%s: %q does nothing", name, action)
			}
		}
	}
}

// actionsOf lists the action ids below a message, those in menus too.
func actionsOf(t *testing.T, m slackapi.Message) string {
	t.Helper()
	var found []string
	raw := string(slacktest.ShownJSON(t, m.Text, m.Blocks))
	for _, mark := range []string{`"action_id": "`, `"value": "`} {
		for part := range strings.SplitSeq(raw, mark) {
			id, _, _ := strings.Cut(part, `"`)
			id, _, inMenu := strings.Cut(id, " ")
			if strings.HasPrefix(id, "line.") && id != ids.Menu || inMenu && strings.Contains(id, ".") || strings.HasPrefix(id, "handoff.") {
				found = append(found, id)
			}
		}
	}
	slices.Sort(found)
	return strings.Join(slices.Compact(found), " ")
}

func TestClicksOfAHeldCard(t *testing.T) {
	spoke := func(l *takeover.Line) {
		l.Takeover.Spoke = takeover.Spoke{At: slacktest.Night, Text: "I have booked it."}
	}
	offers := func(l *takeover.Line) { *l = offeredLine() }
	for name, tc := range map[string]struct {
		line   takeover.Line
		user   string
		action string
		pick   []slacksim.Pick
		want   takeover.Command
	}{
		"+30 min": {danas(), slacksim.Dana, "line.extend", nil, takeover.Command{Verb: takeover.Extend, Line: testLine, For: 30 * time.Minute, More: true}},
		"fine":    {danas(spoke), slacksim.Omar, "line.fine", nil, takeover.Command{Verb: takeover.Fine, Line: testLine}},
		"correct": {danas(spoke), slacksim.Omar, "line.correct", nil, takeover.Command{Verb: takeover.Correct, Line: testLine}},
		"withdraw": {danas(offers), slacksim.Dana, "handoff.withdraw", nil,
			takeover.Command{Verb: takeover.Withdraw, Line: testLine, Handoff: "h2x4"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, tc.line)
			card := d.open(testLine)
			d.click(tc.user, card.Ref(), tc.action, tc.pick...)
			got := d.last()
			if got.Reply.Channel != slacksim.DeskChannel || got.By != takeover.OperatorID(tc.user) || got.Origin != takeover.FromButton || got.Key == "" {
				t.Errorf("stored %+v", got)
			}
			got.Key, got.By, got.Origin, got.At, got.Reply, got.Lead = "", "", "", time.Time{}, takeover.Reply{}, false
			if fmt.Sprint(got) != fmt.Sprint(tc.want) {
				t.Errorf("stored %+v, want %+v", got, tc.want)
			}
		})
	}
}

func TestClickValues(t *testing.T) {
	for value, want := range map[string]string{"ln_1": "ln_1 0 true", "ln_1 60": "ln_1 60 true", "": " 0 false", "ln_1 x": "ln_1 0 false", "ln_1 -5": "ln_1 -5 false", "ln_1 99999": "ln_1 99999 false"} {
		line, minutes, ok := ids.ParseExtend(value)
		if got := fmt.Sprint(line, " ", minutes, " ", ok); got != want {
			t.Errorf("%q: %s, want %s", value, got, want)
		}
	}
	for value, want := range map[string]string{"ln_1.k7f2": "ln_1 k7f2 true", "ln_1": "  false", ".k7f2": "  false", "ln_1.": "  false"} {
		line, ref, ok := ids.ParseOffer(value)
		if got := fmt.Sprint(line, " ", ref, " ", ok); got != want {
			t.Errorf("%q: %s, want %s", value, got, want)
		}
	}
}

// box opens the box behind a button or an option of the card's menu.
func (d *desk) box(user string, card slacksim.Message, action string) *slacksim.View {
	d.Helper()
	if action == ids.HandOff {
		d.click(user, card.Ref(), action)
	} else {
		d.click(user, card.Ref(), ids.Menu, slacksim.Pick{Value: action + " " + string(testLine)})
	}
	return d.slack.View(user)
}

func TestHandOffBox(t *testing.T) {
	d := newDesk(t, danas())
	card := d.open(testLine)
	before := len(d.house.stored())
	for to, wrong := range map[string]string{
		slacksim.Dana:      "That is you",
		slacksim.Guest:     "That person cannot take lines",
		slacksim.BotUserID: "That person cannot take lines",
		slacksim.Outside:   "That person cannot take lines",
	} {
		view := d.box(slacksim.Dana, card, ids.HandOff)
		got := d.fine(d.slack.Submit(t.Context(), slacksim.Dana, view.ID, map[string]string{"to": to}))
		if !strings.Contains(got.Body, wrong) || strings.Contains(got.Body, `\u003c`) {
			t.Errorf("%s: %s", to, got.Body)
		}
		d.slack.CloseView(t.Context(), slacksim.Dana, true)
	}
	if n := len(d.house.stored()); n != before {
		t.Errorf("%d commands of what was refused", n-before)
	}
	view := d.box(slacksim.Dana, card, ids.HandOff)
	got := d.fine(d.slack.Submit(t.Context(), slacksim.Dana, view.ID, map[string]string{"to": slacksim.Omar, "note": " The plumber was called. "}))
	c := d.last()
	if got.Body != "" || c.Verb != takeover.HandOff || c.Line != testLine || c.To != slacksim.Omar || c.Note != "The plumber was called." || c.Reply.Channel != slacksim.DeskChannel || c.Origin != takeover.FromModal {
		t.Errorf("stored %+v", c)
	}
}

func TestOnlyTheHolderHandsOff(t *testing.T) {
	d := newDesk(t, danas())
	card := d.open(testLine)
	d.click(slacksim.Omar, card.Ref(), ids.HandOff)
	if _, text := d.private(slacksim.Omar); d.slack.View(slacksim.Omar) != nil || !strings.Contains(text, "@Dana has this line, and only the holder or a lead may do that.") {
		t.Errorf("told %q", text)
	}
}

func TestTakeFromBoxAsksWhy(t *testing.T) {
	d := newDesk(t, danas())
	card := d.open(testLine)
	view := d.box(slacksim.Omar, card, ids.TakeFrom)
	d.fine(d.slack.Submit(t.Context(), slacksim.Omar, view.ID, map[string]string{"note": "Her phone is off."}))
	if c := d.last(); c.Verb != takeover.TakeFrom || c.From != slacksim.Dana || c.Note != "Her phone is off." || c.By != slacksim.Omar || c.Line != testLine {
		t.Errorf("stored %+v", c)
	}
	view = d.box(slacksim.Omar, card, ids.TakeFrom)
	if got := d.fine(d.slack.Submit(t.Context(), slacksim.Omar, view.ID, map[string]string{"note": "  "})); !strings.Contains(got.Body, "Please say why") {
		t.Errorf("an empty reason: %q", got.Body)
	}
	d.slack.CloseView(t.Context(), slacksim.Omar, true)
	d.box(slacksim.Dana, card, ids.TakeFrom)
	if _, text := d.private(slacksim.Dana); d.slack.View(slacksim.Dana) != nil || !strings.Contains(text, "You already have this line.") {
		t.Errorf("told %q", text)
	}
}

func TestHoldForBox(t *testing.T) {
	d := newDesk(t, danas())
	card := d.open(testLine)
	view := d.box(slacksim.Dana, card, ids.HoldFor)
	d.fine(d.slack.Submit(t.Context(), slacksim.Dana, view.ID, map[string]string{"for": "120"}))
	if c := d.last(); c.Verb != takeover.Extend || c.For != 2*time.Hour || c.More || c.From != "" || c.Line != testLine {
		t.Errorf("stored %+v", c)
	}
	view = d.box(slacksim.Dana, card, ids.HoldFor)
	d.fine(d.slack.Submit(t.Context(), slacksim.Dana, view.ID, nil)) // the present length is picked
	if c := d.last(); c.For != 30*time.Minute {
		t.Errorf("stored %+v", c)
	}
}

func TestPassAllBox(t *testing.T) {
	d := newDesk(t, danas(), danas(func(l *takeover.Line) { l.ID = "ln_second" }))
	m := mrkdwn.TextMessage("What you hold.")
	m.Blocks = append(m.Blocks, slack.NewActionBlock("act", mrkdwn.Button(ids.PassAll, "all", "Pass all …")))
	_, err := d.bot.Writer.slack.PostOnce(t.Context(), slackapi.Urgent, "list", slackapi.Place{Channel: slacksim.DeskChannel}, m)
	slacktest.Must(t, err)
	list := d.card()
	d.click(slacksim.Dana, list.Ref(), ids.PassAll)
	view := d.slack.View(slacksim.Dana)
	if !strings.Contains(string(view.Blocks), "You offer 2 lines.") {
		t.Errorf("the box says %s", view.Blocks)
	}
	d.fine(d.slack.Submit(t.Context(), slacksim.Dana, view.ID, map[string]string{"to": slacksim.Omar}))
	if c := d.last(); c.Verb != takeover.HandOffAll || c.To != slacksim.Omar || c.Line != "" || c.From != "" {
		t.Errorf("stored %+v", c)
	}
	d.click(slacksim.Omar, list.Ref(), ids.PassAll)
	if _, text := d.private(slacksim.Omar); d.slack.View(slacksim.Omar) != nil || !strings.Contains(text, "There is nothing to do that with any more.") {
		t.Errorf("who holds nothing is told %q", text)
	}
}

// TestOutsideOfChannelsTheAnswerIsADirectMessage: the App Home has no other place.
func TestOutsideOfChannelsTheAnswerIsADirectMessage(t *testing.T) {
	d := newDesk(t, danas())
	in := interaction{Type: "block_actions", Actions: []action{{ActionID: ids.HandOff, Value: string(testLine)}}}
	in.User.ID = slacksim.Omar
	_, err := d.bot.Handle(t.Context(), Request{interaction: &in})
	slacktest.Must(t, err)
	d.tasks.Wait()
	if got := d.directs(slacksim.Omar); len(got) != 1 || !strings.Contains(got[0], "only the holder or a lead may do that") {
		t.Errorf("told %q", got)
	}
	in.Actions[0].ActionID = ids.Extend
	_, err = d.bot.Handle(t.Context(), Request{interaction: &in})
	slacktest.Must(t, err)
	slacktest.Must(t, d.bot.Tell(t.Context(), takeover.TellJob{Command: 1, Refusal: takeover.Refusal{Kind: takeover.RefusedNotYours, Holder: slacksim.Dana}}))
	if got := d.directs(slacksim.Omar); len(got) != 2 {
		t.Errorf("told %q", got)
	}
}

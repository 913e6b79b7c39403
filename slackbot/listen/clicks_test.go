package listen_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"takeoverbot/internal/desktest"
	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/mrkdwn"
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
func last(d *desktest.Desk) takeover.Command {
	d.Helper()
	stored := d.Backend.Stored()
	if len(stored) == 0 {
		d.Fatal("nothing is stored")
	}
	return stored[len(stored)-1]
}

func TestClicksOfAHeldCard(t *testing.T) {
	t.Parallel()
	spoke := func(l *takeover.Line) {
		l.Takeover.Spoke = takeover.Spoke{At: takeover.ProviderTime(slacktest.Night), Text: "I have booked it."}
	}
	offers := func(l *takeover.Line) { *l = desktest.Offered() }
	for name, tc := range map[string]struct {
		line   takeover.Line
		user   string
		action string
		pick   []slacksim.Pick
		want   takeover.Command
	}{
		"+30 min": {danas(), slacksim.Dana, "line.extend", nil, takeover.Command{Verb: takeover.Extend, Line: desktest.LineID, For: 30 * time.Minute, More: true}},
		"number":  {danas(spoke), slacksim.Omar, "line.number", nil, takeover.Command{Verb: takeover.ShowNumber, Line: desktest.LineID}},
		"fine":    {danas(spoke), slacksim.Omar, "line.fine", nil, takeover.Command{Verb: takeover.Fine, Line: desktest.LineID}},
		"correct": {danas(spoke), slacksim.Omar, "line.correct", nil, takeover.Command{Verb: takeover.Correct, Line: desktest.LineID}},
		"outcome": {handedBack(), slacksim.Omar, "line.outcome", []slacksim.Pick{{Value: ids.OutcomeOf(desktest.LineID, takeover.RefOf("box"), takeover.OutcomeFollowUp)}},
			takeover.Command{Verb: takeover.SetOutcome, Line: desktest.LineID, HandBack: takeover.RefOf("box"), Outcome: takeover.OutcomeFollowUp}},
		"withdraw": {danas(offers), slacksim.Dana, "handoff.withdraw", nil,
			takeover.Command{Verb: takeover.Withdraw, Line: desktest.LineID, Handoff: "h2x4"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := desktest.New(t, tc.line)
			card := d.Open(desktest.LineID)
			d.Click(tc.user, card.Ref(), tc.action, tc.pick...)
			got := last(d)
			if got.Reply.Channel != slacksim.DeskChannel || got.By != takeover.OperatorID(tc.user) || got.Origin != takeover.FromButton || got.Key == "" {
				t.Errorf("stored %+v", got)
			}
			got.Key, got.By, got.Origin, got.At, got.Reply, got.Lead, got.Team = "", "", "", time.Time{}, takeover.Reply{}, false, ""
			if fmt.Sprint(got) != fmt.Sprint(tc.want) {
				t.Errorf("stored %+v, want %+v", got, tc.want)
			}
		})
	}
}

// handedBack is a line that the AI has again.
func handedBack() takeover.Line {
	return danas(func(l *takeover.Line) {
		l.State, l.Takeover, l.HandBack = takeover.StateAI, takeover.Takeover{}, takeover.HandBack{Key: "box"}
	})
}

// openedBox opens the modal of a button or of an option in the card's menu.
func openedBox(d *desktest.Desk, user string, card slacksim.Message, action string) *slacksim.View {
	d.Helper()
	if action == ids.HandOff {
		d.Click(user, card.Ref(), action)
	} else {
		d.Click(user, card.Ref(), ids.Menu, slacksim.Pick{Value: action + " " + string(desktest.LineID)})
	}
	return d.Slack.View(user)
}

// TestTheHolderSendsACorrection: the box has the words already, and what is sent says that it corrects.
func TestTheHolderSendsACorrection(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, danas(func(l *takeover.Line) {
		l.Takeover.Spoke = takeover.Spoke{At: takeover.ProviderTime(slacktest.Night), Text: "I have booked it."}
		l.Can[takeover.CanReply] = takeover.Ability{Level: takeover.LevelYes}
	}))
	card := d.Open(desktest.LineID)
	d.Click(slacksim.Dana, card.Ref(), ids.Correct)
	view := d.Slack.View(slacksim.Dana)
	if view == nil {
		t.Fatal("no box")
	}
	d.Fine(d.Slack.Submit(t.Context(), slacksim.Dana, view.ID, map[string]string{}))
	c := last(d)
	if c.Verb != takeover.Say || !c.Corrects || !strings.Contains(c.Words, "Please disregard the automatic message \"I have booked it.\"") {
		t.Errorf("stored %+v", c)
	}
	d.Click(slacksim.Omar, card.Ref(), ids.Correct)
	if c := last(d); c.Verb != takeover.Correct || c.By != slacksim.Omar {
		t.Errorf("an operator who does not hold the line: stored %+v", c)
	}
}

func TestHandOffBox(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, danas())
	card := d.Open(desktest.LineID)
	before := len(d.Backend.Stored())
	slacktest.Must(t, d.Bot.Listener.People.Ask(t.Context(), slacksim.Guest, slacksim.BotUserID, slacksim.Outside))
	for to, wrong := range map[string]string{
		slacksim.Dana:      "That is you",
		slacksim.Guest:     "That person cannot take lines",
		slacksim.BotUserID: "That person cannot take lines",
		slacksim.Outside:   "That person cannot take lines",
	} {
		view := openedBox(d, slacksim.Dana, card, ids.HandOff)
		got := d.Fine(d.Slack.Submit(t.Context(), slacksim.Dana, view.ID, map[string]string{"to": to}))
		if !strings.Contains(got.Body, wrong) || strings.Contains(got.Body, `\u003c`) {
			t.Errorf("%s: %s", to, got.Body)
		}
		d.Slack.CloseView(t.Context(), slacksim.Dana, true)
	}
	if n := len(d.Backend.Stored()); n != before {
		t.Errorf("%d commands of what was refused", n-before)
	}
	view := openedBox(d, slacksim.Dana, card, ids.HandOff)
	got := d.Fine(d.Slack.Submit(t.Context(), slacksim.Dana, view.ID, map[string]string{"to": slacksim.Omar, "note": " The plumber was called. "}))
	c := last(d)
	if got.Body != "" || c.Verb != takeover.HandOff || c.Line != desktest.LineID || c.To != slacksim.Omar || c.Note != "The plumber was called." || c.Reply.Channel != slacksim.DeskChannel || c.Origin != takeover.FromModal {
		t.Errorf("stored %+v", c)
	}
}

func TestOnlyTheHolderHandsOff(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, danas())
	card := d.Open(desktest.LineID)
	d.Click(slacksim.Omar, card.Ref(), ids.HandOff)
	if _, text := d.Private(slacksim.Omar); d.Slack.View(slacksim.Omar) != nil || !strings.Contains(text, "@Dana has this line, and only the holder or a lead may do that.") {
		t.Errorf("told %q", text)
	}
}

func TestTakeFromBoxAsksWhy(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, danas())
	card := d.Open(desktest.LineID)
	view := openedBox(d, slacksim.Omar, card, ids.TakeFrom)
	d.Fine(d.Slack.Submit(t.Context(), slacksim.Omar, view.ID, map[string]string{"note": "Her phone is off."}))
	if c := last(d); c.Verb != takeover.TakeFrom || c.From != slacksim.Dana || c.Note != "Her phone is off." || c.By != slacksim.Omar || c.Line != desktest.LineID {
		t.Errorf("stored %+v", c)
	}
	view = openedBox(d, slacksim.Omar, card, ids.TakeFrom)
	if got := d.Fine(d.Slack.Submit(t.Context(), slacksim.Omar, view.ID, map[string]string{"note": "  "})); !strings.Contains(got.Body, "Please say why") {
		t.Errorf("an empty reason: %q", got.Body)
	}
	d.Slack.CloseView(t.Context(), slacksim.Omar, true)
	openedBox(d, slacksim.Dana, card, ids.TakeFrom)
	if _, text := d.Private(slacksim.Dana); d.Slack.View(slacksim.Dana) != nil || !strings.Contains(text, "You already have this line.") {
		t.Errorf("told %q", text)
	}
}

func TestHoldForBox(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, danas())
	card := d.Open(desktest.LineID)
	view := openedBox(d, slacksim.Dana, card, ids.HoldFor)
	d.Fine(d.Slack.Submit(t.Context(), slacksim.Dana, view.ID, map[string]string{"for": "120"}))
	if c := last(d); c.Verb != takeover.Extend || c.For != 2*time.Hour || c.More || c.From != "" || c.Line != desktest.LineID {
		t.Errorf("stored %+v", c)
	}
	view = openedBox(d, slacksim.Dana, card, ids.HoldFor)
	d.Fine(d.Slack.Submit(t.Context(), slacksim.Dana, view.ID, nil)) // the present length is picked
	if c := last(d); c.For != 30*time.Minute {
		t.Errorf("stored %+v", c)
	}
}

func TestPassAllBox(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, danas(), danas(func(l *takeover.Line) { l.ID = "ln_second" }))
	m := mrkdwn.TextMessage("What you hold.")
	m.Blocks = append(m.Blocks, slack.NewActionBlock("act", mrkdwn.Button(ids.PassAll, "all", "Pass all …")))
	_, err := d.Client.PostOnce(t.Context(), slackapi.Urgent, "list", slackapi.Place{Channel: slacksim.DeskChannel}, m)
	slacktest.Must(t, err)
	list := d.Card()
	d.Click(slacksim.Dana, list.Ref(), ids.PassAll)
	view := d.Slack.View(slacksim.Dana)
	if !strings.Contains(string(view.Blocks), "You offer 2 lines.") {
		t.Errorf("the box says %s", view.Blocks)
	}
	d.Fine(d.Slack.Submit(t.Context(), slacksim.Dana, view.ID, map[string]string{"to": slacksim.Omar}))
	if c := last(d); c.Verb != takeover.HandOffAll || c.To != slacksim.Omar || c.Line != "" || c.From != "" {
		t.Errorf("stored %+v", c)
	}
	d.Click(slacksim.Omar, list.Ref(), ids.PassAll)
	if _, text := d.Private(slacksim.Omar); d.Slack.View(slacksim.Omar) != nil || !strings.Contains(text, "There is nothing to do that with any more.") {
		t.Errorf("who holds nothing is told %q", text)
	}
}

// TestOutsideOfChannelsTheAnswerIsADirectMessage: in the App Home there is no other place.
func TestOutsideOfChannelsTheAnswerIsADirectMessage(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, danas())
	press := func(action string) {
		_, err := d.Bot.Dispatch(t.Context(), payloadBody(fmt.Sprintf(`{"type":"block_actions","user":{"id":%q},"actions":[{"action_id":%q,"value":%q}]}`,
			slacksim.Omar, action, desktest.LineID)))
		slacktest.Must(t, err)
	}
	press(ids.HandOff)
	d.Tasks.Wait()
	if got := d.Directs(slacksim.Omar); len(got) != 1 || !strings.Contains(got[0], "only the holder or a lead may do that") {
		t.Errorf("told %q", got)
	}
	press(ids.Extend)
	slacktest.Must(t, d.Bot.Tell(t.Context(), takeover.TellJob{Command: 1, Refusal: takeover.Refusal{Kind: takeover.RefusedNotYours, Holder: slacksim.Dana}}))
	if got := d.Directs(slacksim.Omar); len(got) != 2 {
		t.Errorf("told %q", got)
	}
}

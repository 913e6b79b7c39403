package write_test

import (
	"strings"
	"testing"

	"takeoverbot/internal/desktest"
	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/takeover"
)

const newDeskChannel = "C0NEW"

// moves makes another channel the desk's; close does what happens to the former one.
func moves(d *desktest.Desk, close func()) {
	d.Helper()
	d.Slack.AddChannel(slacksim.Channel{ID: newDeskChannel, Name: "new-desk", Members: []string{slacksim.BotUserID, slacksim.Dana, slacksim.Omar}})
	d.Bot.Writer.Desks[0].Channel = newDeskChannel
	close()
}

// closings are what happens to a desk's channel.
func closings(d *desktest.Desk) map[string]func() {
	return map[string]func(){
		"archived":     func() { d.Slack.SetArchived(slacksim.DeskChannel, true) },
		"without us":   func() { d.Slack.SetBotMember(slacksim.DeskChannel, false) },
		"still usable": func() {},
	}
}

// TestACardFollowsTheDesk: every kind of job posts a new card in the desk's new channel once the
// former channel cannot be used.
func TestACardFollowsTheDesk(t *testing.T) {
	t.Parallel()
	wishes := map[string]func(*desktest.Desk) error{
		"open": func(d *desktest.Desk) error {
			d.Backend.Said[slacktest.LineIn(takeover.StateHeld).Newest.ID] = desktest.Dialogue("uau")
			d.Put(takeover.Open, func(c *takeover.Command) { c.Key, c.Reply.Channel = "again", newDeskChannel })
			return d.TryLast()
		},
		"say": func(d *desktest.Desk) error {
			return d.Bot.Say(d.Context(), takeover.SayJob{Entry: takeover.Entry{Key: "s", Line: desktest.LineID, Event: takeover.EventSilenced, Other: slacksim.Dana, At: slacktest.Night}})
		},
		"draft": func(d *desktest.Desk) error {
			return d.Bot.Draft(d.Context(), takeover.DraftJob{Entry: takeover.Entry{Key: "d", Line: desktest.LineID, At: slacktest.Night}})
		},
		"follow": func(d *desktest.Desk) error {
			d.Backend.Said[slacktest.LineIn(takeover.StateHeld).Newest.ID] = desktest.Dialogue("uau")
			return d.Bot.Follow(d.Context(), takeover.FollowJob{Line: desktest.LineID})
		},
	}
	for wish, run := range wishes {
		for _, how := range []string{"archived", "without us", "still usable"} {
			t.Run(wish+" "+how, func(t *testing.T) {
				t.Parallel()
				d := desktest.New(t, slacktest.LineIn(takeover.StateHeld))
				former := d.Open(desktest.LineID)
				moves(d, closings(d)[how])
				var err error
				for range 3 { // as the job comes back
					if err = run(d); err == nil {
						break
					}
				}
				slacktest.Must(t, err)
				post, _, err := d.Posts.Card(t.Context(), desktest.LineID)
				slacktest.Must(t, err)
				if how == "still usable" {
					if post.TS != former.TS || len(d.Slack.Thread(former.Channel, former.TS)) == 0 {
						t.Errorf("the card stands at %+v, or its thread is empty", post)
					}
					return
				}
				if post.Channel != newDeskChannel || len(d.Slack.Messages(newDeskChannel)) != 1 || len(d.Slack.Thread(newDeskChannel, post.TS)) == 0 {
					t.Errorf("the card stands at %+v, the new channel has %d messages", post, len(d.Slack.Messages(newDeskChannel)))
				}
			})
		}
	}
}

func TestADrawingFollowsTheDesk(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.LineIn(takeover.StateAI))
	d.Open(desktest.LineID)
	moves(d, closings(d)["archived"])
	l := d.Backend.Change(desktest.LineID, func(l *takeover.Line) { v := l.Version; *l = slacktest.LineIn(takeover.StateHeld); l.Version = v })
	d.Draw(l.Version)
	if cards := d.Slack.Messages(newDeskChannel); len(cards) != 1 || !strings.Contains(d.Read(cards[0]), "AI is silent") {
		t.Errorf("the new channel has %+v", cards)
	}
}

func TestTheChannelThatFailedIsNamed(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.LineIn(takeover.StateAI))
	moves(d, func() { d.Slack.SetArchived(newDeskChannel, true) })
	d.Put(takeover.Open)
	d.WorkLast()
	if _, text := d.Private(slacksim.Dana); !strings.Contains(text, "new-desk") || !strings.Contains(text, "is archived") {
		t.Errorf("told %q", text)
	}
}

package slackbot

import (
	"strings"
	"testing"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/takeover"
)

const newDeskChannel = "C0NEW"

// moves makes another channel the desk's; close does what happens to the former one.
func (d *desk) moves(close func()) {
	d.Helper()
	d.slack.AddChannel(slacksim.Channel{ID: newDeskChannel, Name: "new-desk", Members: []string{slacksim.BotUserID, slacksim.Dana, slacksim.Omar}})
	d.bot.Writer.cfg.Desks[0].Channel = newDeskChannel
	close()
}

// closings are what happens to a desk's channel.
func (d *desk) closings() map[string]func() {
	return map[string]func(){
		"archived":     func() { d.slack.SetArchived(slacksim.DeskChannel, true) },
		"without us":   func() { d.slack.SetBotMember(slacksim.DeskChannel, false) },
		"still usable": func() {},
	}
}

// TestACardFollowsTheDesk to another channel once the former one cannot be used, whatever
// is to be shown on it or below it.
func TestACardFollowsTheDesk(t *testing.T) {
	wishes := map[string]func(*desk) error{
		"open": func(d *desk) error {
			d.house.said[slacktest.LineIn(takeover.StateHeld).Newest.ID] = dialogue("uau")
			d.put(takeover.Open, func(c *takeover.Command) { c.Key, c.Reply.Channel = "again", newDeskChannel })
			return d.tryLast()
		},
		"say": func(d *desk) error {
			return d.bot.Say(d.Context(), takeover.SayJob{Entry: takeover.Entry{Key: "s", Line: testLine, Event: takeover.EventSilenced, Other: slacksim.Dana, At: slacktest.Night}})
		},
		"draft": func(d *desk) error {
			return d.bot.Draft(d.Context(), takeover.DraftJob{Entry: takeover.Entry{Key: "d", Line: testLine, At: slacktest.Night}})
		},
		"follow": func(d *desk) error {
			d.house.said[slacktest.LineIn(takeover.StateHeld).Newest.ID] = dialogue("uau")
			return d.bot.Follow(d.Context(), takeover.FollowJob{Line: testLine})
		},
	}
	for wish, run := range wishes {
		for _, how := range []string{"archived", "without us", "still usable"} {
			t.Run(wish+" "+how, func(t *testing.T) {
				d := newDesk(t, slacktest.LineIn(takeover.StateHeld))
				former := d.open(testLine)
				d.moves(d.closings()[how])
				var err error
				for range 3 { // as the job comes back
					if err = run(d); err == nil {
						break
					}
				}
				slacktest.Must(t, err)
				post, _, err := d.posts.Card(t.Context(), testLine)
				slacktest.Must(t, err)
				if how == "still usable" {
					if post.TS != former.TS || len(d.slack.Thread(former.Channel, former.TS)) == 0 {
						t.Errorf("the card stands at %+v, or its thread is empty", post)
					}
					return
				}
				if post.Channel != newDeskChannel || len(d.slack.Messages(newDeskChannel)) != 1 || len(d.slack.Thread(newDeskChannel, post.TS)) == 0 {
					t.Errorf("the card stands at %+v, the new channel has %d messages", post, len(d.slack.Messages(newDeskChannel)))
				}
			})
		}
	}
}

// TestADrawingFollowsTheDesk.
func TestADrawingFollowsTheDesk(t *testing.T) {
	d := newDesk(t, slacktest.LineIn(takeover.StateAI))
	d.open(testLine)
	d.moves(d.closings()["archived"])
	l := d.house.change(testLine, func(l *takeover.Line) { v := l.Version; *l = slacktest.LineIn(takeover.StateHeld); l.Version = v })
	d.draw(l.Version)
	if cards := d.slack.Messages(newDeskChannel); len(cards) != 1 || !strings.Contains(d.read(cards[0]), "AI is silent") {
		t.Errorf("the new channel has %+v", cards)
	}
}

// TestTheChannelThatFailedIsNamed.
func TestTheChannelThatFailedIsNamed(t *testing.T) {
	d := newDesk(t, slacktest.LineIn(takeover.StateAI))
	d.moves(func() { d.slack.SetArchived(newDeskChannel, true) })
	d.put(takeover.Open)
	d.workLast()
	if _, text := d.private(slacksim.Dana); !strings.Contains(text, "new-desk") || !strings.Contains(text, "is archived") {
		t.Errorf("told %q", text)
	}
}

// TestWordsInAFormerChannel work below a card that stands there still, and ordinary
// threads of that channel mean nothing.
func TestWordsInAFormerChannel(t *testing.T) {
	l := heldBySim(slacksim.Dana)
	d := newDesk(t, l)
	card := d.putUp(l)
	d.moves(func() {})
	d.write(slacksim.Dana, card, "!note the water is off")
	if got := d.house.stored(); len(got) != 1 || got[0].Verb != takeover.Remark || got[0].Line != l.ID {
		t.Errorf("stored %+v", got)
	}
	other, got := d.slack.Say(t.Context(), slacksim.Dana, newDeskChannel, "", "lunch?")
	d.fine(got)
	d.write(slacksim.Omar, other, "!take")
	if n := len(d.house.stored()); n != 1 || len(d.slack.Private(slacksim.Omar)) != 0 {
		t.Errorf("a word in some thread: %d stored", n)
	}
}

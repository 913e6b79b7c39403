package write_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/desktest"
	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/ids"
	"takeoverbot/takeover"
	"takeoverbot/talk"
)

// written is a desk with a text that Dana wrote in the thread of a card, and that leaves in five seconds.
func written(t *testing.T) (*desktest.Desk, talk.Text) {
	t.Helper()
	d := desktest.New(t, slacktest.LineIn(takeover.StateHeld))
	card := d.Open(desktest.LineID)
	ref, _ := d.Slack.Say(t.Context(), slacksim.Dana, card.Channel, card.TS, "I am on my way")
	text := talk.Text{ID: "tx_1", Line: desktest.LineID, By: slacksim.Dana, Source: talk.Source{Channel: ref.Channel, TS: ref.TS},
		Words: "I am on my way", Parts: 1, State: talk.Waiting, DueAt: time.Now().Add(talk.Regret)}
	d.Backend.PutText(text)
	return d, text
}

// reactions are those on the message of a text.
func reactions(d *desktest.Desk, text talk.Text) []string {
	var names []string
	for _, m := range d.Slack.Thread(text.Source.Channel, d.Card().TS) {
		for _, r := range m.Reactions {
			if m.TS == text.Source.TS {
				names = append(names, r.Name)
			}
		}
	}
	return names
}

func (m marking) as(state talk.State) {
	m.Helper()
	m.text.State = state
	m.Backend.PutText(m.text)
	slacktest.Must(m.T, m.Bot.Mark(m.Context(), talk.MarkJob{Text: m.text.ID}))
}

type marking struct {
	*desktest.Desk
	text talk.Text
}

// TestOneReactionSaysWhatBecameOfAText: each state has its own, and it takes the place of the one before.
func TestOneReactionSaysWhatBecameOfAText(t *testing.T) {
	t.Parallel()
	d, text := written(t)
	m := marking{d, text}
	for _, step := range []struct {
		state talk.State
		want  string
	}{
		{talk.Waiting, "hourglass_flowing_sand"}, {talk.Leaving, "hourglass_flowing_sand"}, {talk.Unsure, "warning"}, {talk.Sent, "outbox_tray"},
		{talk.Unconfirmed, "grey_question"}, {talk.Delivered, "white_check_mark"}, {talk.Failed, "x"},
	} {
		m.as(step.state)
		m.as(step.state) // again: nothing is called
		if got := reactions(d, text); !slices.Equal(got, []string{step.want}) {
			t.Errorf("%s is shown as %v", step.state, got)
		}
	}
	if added, removed := d.Times("reactions.add"), d.Times("reactions.remove"); added != 6 || removed != 5 {
		t.Errorf("%d reactions added and %d removed, want 6 and 5", added, removed)
	}
}

// TestAWordThatStaysIsNotShownAsBeingSent: its message was edited so that it stays inside.
func TestAWordThatStaysIsNotShownAsBeingSent(t *testing.T) {
	t.Parallel()
	d, text := written(t)
	m := marking{d, text}
	m.as(talk.Waiting)
	m.as(talk.Stopped)
	if got := reactions(d, text); len(got) != 0 {
		t.Errorf("a text that was stopped is shown as %v", got)
	}
}

// TestSendingIsNotShownForLessThanASecond: the job has come late.
func TestSendingIsNotShownForLessThanASecond(t *testing.T) {
	t.Parallel()
	d, text := written(t)
	m := marking{d, text}
	m.text.DueAt = time.Now().Add(900 * time.Millisecond)
	m.as(talk.Waiting)
	if n := d.Times("reactions.add"); n != 0 {
		t.Errorf("%d reactions", n)
	}
}

// TestMarkAfterACrash: whatever a process had stored when it died, one reaction is there in the end.
func TestMarkAfterACrash(t *testing.T) {
	t.Parallel()
	for killAt := range 4 {
		t.Run(fmt.Sprint(killAt), func(t *testing.T) {
			t.Parallel()
			d, text := written(t)
			m := marking{d, text}
			n := 0
			d.Posts.BeforePut = func(any) error {
				if n++; n > killAt {
					return slacktest.ErrKilled
				}
				return nil
			}
			for _, state := range []talk.State{talk.Waiting, talk.Sent} {
				m.text.State = state
				d.Backend.PutText(m.text)
				_ = d.Bot.Mark(t.Context(), talk.MarkJob{Text: text.ID}) // it may die
			}
			d.Posts.BeforePut = nil
			m.as(talk.Delivered)
			if got := reactions(d, text); !slices.Equal(got, []string{"white_check_mark"}) {
				t.Errorf("reactions: %v", got)
			}
		})
	}
}

// TestMarkShowsTheNewestState: a text that changed while an older state was being shown.
func TestMarkShowsTheNewestState(t *testing.T) {
	t.Parallel()
	d, text := written(t)
	text.State = talk.Sent
	d.Backend.PutText(text)
	d.Posts.BeforePut = func(row any) error {
		if p, ok := row.(takeover.Post); ok && p.TS != "" && p.Key == "mark/tx_1/outbox_tray" { // now it is on the message
			text.State = talk.Delivered
			d.Backend.PutText(text)
		}
		return nil
	}
	slacktest.Must(t, d.Bot.Mark(t.Context(), talk.MarkJob{Text: text.ID}))
	if got := reactions(d, text); !slices.Equal(got, []string{"white_check_mark"}) {
		t.Errorf("reactions: %v", got)
	}
}

// TestMarkOfAMessageThatTakesNone: the words are what matters, so a reaction holds nothing up.
func TestMarkOfAMessageThatTakesNone(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change func(*desktest.Desk, *talk.Text)
		later  bool
	}{
		"deleted":       {func(_ *desktest.Desk, text *talk.Text) { text.Source.TS = "1700000000.000001" }, false},
		"stopped":       {func(_ *desktest.Desk, text *talk.Text) { text.State = talk.Stopped }, false},
		"purged":        {func(d *desktest.Desk, text *talk.Text) { delete(d.Backend.Texts, text.ID); text.ID = "tx_other" }, false},
		"without scope": {func(d *desktest.Desk, _ *talk.Text) { d.Slack.SetScopes([]string{"chat:write"}) }, false},
		"leased": {func(d *desktest.Desk, _ *talk.Text) {
			_, _, err := d.Posts.Lease(d.Context(), "mark/tx_1", time.Minute)
			slacktest.Must(d.T, err)
		}, true},
		"Slack is down": {func(d *desktest.Desk, _ *talk.Text) {
			d.Slack.FailNext("reactions.add", 1, slacksim.Fault{Kind: slacksim.FaultUnavailable})
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, text := written(t)
			text.State = talk.Sent
			tt.change(d, &text)
			d.Backend.PutText(text)
			err := d.Bot.Mark(t.Context(), talk.MarkJob{Text: "tx_1"})
			if tt.later && err == nil || !tt.later && err != nil {
				t.Errorf("the job ends with %v", err)
			}
		})
	}
}

// TestWordsOfABoxAreShownInTheThread, once, with the reaction on that message.
func TestWordsOfABoxAreShownInTheThread(t *testing.T) {
	t.Parallel()
	d, text := written(t)
	text.Source = talk.Source{}
	m := marking{d, text}
	for _, state := range []talk.State{talk.Waiting, talk.Sent, talk.Delivered} {
		m.as(state)
	}
	var shown []slacksim.Message
	for _, post := range d.Slack.Thread(slacksim.DeskChannel, d.Card().TS) {
		if strings.Contains(d.Read(post), "wrote to the end user") {
			shown = append(shown, post)
		}
	}
	if len(shown) != 1 || !strings.Contains(d.Read(shown[0]), text.Words) || len(shown[0].Reactions) != 1 || shown[0].Reactions[0].Name != "white_check_mark" {
		t.Errorf("shown: %+v", shown)
	}
}

// TestSettledLater: the message that a text may not have been sent has a button, until a report
// settles it or the text is sent again.
func TestSettledLater(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		settle func(m marking)
		want   string
	}{
		"reported":              {func(m marking) { m.as(talk.Delivered) }, "your text was delivered after all"},
		"reported in two steps": {func(m marking) { m.as(talk.Sent); m.as(talk.Delivered) }, "your text was delivered after all"},
		"sent again": {func(m marking) {
			m.text.Again, m.text.ID = m.text.ID, "tx_2"
			m.text.Source = talk.Source{}
			m.as(talk.Waiting)
		}, "sent this text again"},
		"still unsure": {func(m marking) { m.as(talk.Unsure) }, "may not have been sent"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, text := written(t)
			m := marking{d, text}
			m.as(talk.Unsure)
			e := slacktest.EntryOf(takeover.EventTextUnsure)
			e.Line, e.Text, e.Other = desktest.LineID, string(text.ID), slacksim.Dana
			slacktest.Must(t, d.Bot.Say(t.Context(), takeover.SayJob{Entry: e}))
			tt.settle(m)
			var said string
			for _, post := range d.Slack.Thread(slacksim.DeskChannel, d.Card().TS) {
				if read := d.Read(post); strings.Contains(read, "after all") || strings.Contains(read, "this text again") || strings.Contains(read, "may not have been sent") {
					said += read
					if button := strings.Contains(string(post.Blocks), ids.SendAgain); button != (name == "still unsure") {
						t.Errorf("a button: %t", button)
					}
				}
			}
			if !strings.Contains(said, tt.want) || strings.Count(said, text.Words) != 1 {
				t.Errorf("the thread says %q", said)
			}
		})
	}
}

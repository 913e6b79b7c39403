package slackbot_test

import (
	"testing"

	"takeoverbot/internal/desktest"
	"takeoverbot/internal/slacktest"
	"takeoverbot/takeover"
)

// said are turns of a conversation, by the letters of desktest.Dialogue.
func said(turns string) []takeover.Message {
	words := map[rune]string{'u': "the ceiling is coming down", 'a': "A technician will be there in ten minutes.", 'o': "I am on my way.", 'n': "The plumber comes at four."}
	all := desktest.Dialogue(turns)
	for i, r := range turns {
		all[i].Text = words[r]
	}
	return all
}

// saidRows are the posts with what was said: the first of a thread, and what came later.
func saidRows(t *testing.T) []pageRow {
	t.Helper()
	var rows []pageRow
	for _, r := range []struct {
		title, when string
		state       takeover.State
		more        string // after the first two turns; empty: the first post
	}{
		{"The first post", "Somebody has opened the line.", takeover.StateAI, ""},
		{"The first post of a held line", "The card was put up anew while an operator has the line.", takeover.StateHeld, ""},
		{"The end user writes", "On a held line.", takeover.StateHeld, "u"},
		{"The end user writes three times", "Within ten seconds: one post, which grows.", takeover.StateHeld, "uuu"},
		{"The AI speaks", "Although an operator has the line.", takeover.StateHeld, "a"},
		{"The end user and an operator write", "Seen at once.", takeover.StateHeld, "uo"},
		{"A note for the AI", "It was given at a hand-back.", takeover.StateAI, "n"},
		{"After the hand-back", "The end user writes and the AI answers.", takeover.StateAI, "ua"},
	} {
		d := desktest.New(t, slacktest.With(slacktest.LineIn(r.state), func(l *takeover.Line) {
			if l.HandBack.By = holder; r.state == takeover.StateHeld {
				l.Covered[0].Before = said("ua")[1].At
			}
		}))
		d.Backend.Said[desktest.ConversationID] = said("ua")
		card := d.Open(desktest.LineID)
		if r.more != "" {
			d.Backend.Said[desktest.ConversationID] = said("ua" + r.more)
			slacktest.Must(t, d.Bot.Follow(t.Context(), takeover.FollowJob{Line: desktest.LineID}))
		}
		thread := d.Slack.Thread(card.Channel, card.TS)
		last := thread[len(thread)-1]
		rows = append(rows, pageRow{r.title, r.when, last.Text, last.Blocks})
	}
	return rows
}

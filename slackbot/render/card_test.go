package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// TestCardGoldens holds every card to what a person reads and presses, and four of them, which
// have every kind of block and element, to their JSON.
func TestCardGoldens(t *testing.T) {
	cards := map[string]slackapi.Message{}
	for name, line := range slacktest.Cards() {
		cards[name] = Card(line, slacktest.DrawnAt(line))
	}
	var text bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(cards)) {
		fmt.Fprintf(&text, "# %s\n\n%s\n", name, slacktest.ShownText(t, cards[name].Text, cards[name].Blocks))
	}
	goldens := map[string][]byte{"cards.txt": text.Bytes()}
	for _, name := range []string{"days_ago", "held", "hostile", "spoke"} {
		goldens[name+".json"] = slacktest.ShownJSON(t, cards[name].Text, cards[name].Blocks)
	}
	slacktest.Goldens(t, "card", goldens)
}

func TestCardKeepsItsPromises(t *testing.T) {
	for name, line := range slacktest.Cards() {
		t.Run(name, func(t *testing.T) {
			m := Card(line, slacktest.DrawnAt(line))
			seen := checkMessage(t, m)
			if seen.Lines > 10 || seen.Buttons > 5 {
				t.Errorf("%d lines, %d buttons; at most 10 and 5", seen.Lines, seen.Buttons)
			}
			proven := line.State == takeover.StateHeld || line.State == takeover.StateReturning && line.Trouble != nil && line.Trouble.StillSilent
			for _, s := range append([]string{m.Text, State(line, slacktest.DrawnAt(line))}, seen.Mrkdwn...) {
				if slacktest.ClaimsSilence(s) && !proven {
					t.Errorf("silence is claimed without a proof: %q", s)
				}
				if strings.Contains(s, string(line.EndUser)) || strings.Contains(s, "4155550137") {
					t.Errorf("the number is not masked: %q", s)
				}
			}
			who, said, _ := strings.Cut(m.Text, ". "+State(line, slacktest.DrawnAt(line))+". ")
			if !strings.HasPrefix(who, mrkdwn.Escape(named(line))) || said == "" {
				t.Errorf("the sentence does not say whom it is about, and then the state: %q", m.Text)
			}
		})
	}
}

// TestCardExactWords holds the card to the product's table, word for word.
func TestCardExactWords(t *testing.T) {
	checked := "<!date^1795317249^{time_secs}|03:14:09 UTC>"
	back := "<!date^1795318869^{time_secs}|03:41:09 UTC>"
	tests := []struct{ card, state, buttons string }{
		{"ai", "AI is answering", "Take over, Transcript, ⋯"},
		{"no_answer", "No answer since <!date^1795317069^{time}|03:11 UTC>", "Take over, Transcript, ⋯"},
		{"days_ago", "No answer since <!date^1795317069^{date_short_pretty} {time}|2026-11-22 03:11 UTC>", "Take over, Transcript, ⋯"},
		{"taking", "Taking over… (<@UDANA>)", ""},
		{"held", "<@UDANA> has it — AI is silent (checked " + checked + ")", "Hand back to AI, Reply …, +30 min, Hand off …, ⋯"},
		{"held_compared", "<@UDANA> has it — AI is silent (checked <!date^1795317969^{time_secs}|03:26:09 UTC>)", "Hand back to AI, Reply …, +30 min, Hand off …, ⋯"},
		{"held_offered", "<@UDANA> has it — AI is silent (checked " + checked + ")", "Hand back to AI, Reply …, Hand off …, Withdraw offer, ⋯"},
		{"held_call", "<@UDANA> has it — a phone call: the AI on the phone is not silenced", "Hand back to AI, Reply …, +30 min, Hand off …, ⋯"},
		{"held_call_text", "<@UDANA> has it — AI is silent in text, not on the phone (checked " + checked + ")", "Hand back to AI, Reply …, +30 min, Hand off …, ⋯"},
		{"held_unchecked", "<@UDANA> has it — silence not checked since " + checked + " (Telnyx does not answer)", "Check now, Hand back to AI, Reply …, ⋯"},
		{"held_unchecked_failing", "<@UDANA> has it — silence not checked since " + checked + " (Telnyx answers 503)", "Check now, Hand back to AI, Reply …, ⋯"},
		{"held_read_otherwise", "<@UDANA> has it — NOT silent: Telnyx says that the AI is on; the bot looks again", "Check now, Hand back to AI, Reply …, ⋯"},
		{"held_left", "<@UDANA> has it — NOT silent in an older conversation: the AI was switched on there outside Slack", "Check now, Hand back to AI, Reply …, ⋯"},
		{"not_listed", "NOT proven silent — Telnyx did not answer, still trying · ref k7f2", "Try again, Show number, ⋯"},
		{"not_whole", "NOT proven silent — Telnyx does not list all conversations of the end user, still trying · ref k7f2", "Try again, Show number, ⋯"},
		{"held_not_whole", "<@UDANA> has it — silence not checked since " + checked + " (Telnyx does not list all conversations of the end user)", "Check now, Hand back to AI, Reply …, ⋯"},
		{"joining", "New conversation — silencing the AI… (<@UDANA>)", ""},
		{"spoke", "AI spoke after the takeover — <!date^1795317251^{time_secs}|03:14:11 UTC>", "Send correction, It was fine, Show number, ⋯"},
		{"outside", "AI is answering — changed outside Slack, seen <!date^1795317611^{time_secs}|03:20:11 UTC>", "Take over again, Transcript, ⋯"},
		{"not_answered", "AI has not answered since <!date^1795317309^{time}|03:15 UTC>", "Take over again, Outcome …, ⋯"},
		{"hold_lapsed", "Handing back… (the hold ran out)", ""},
		{"not_silent_422", "NOT silent — Telnyx refused (422), still trying · ref k7f2", "Try again, Show number, ⋯"},
		{"unknown_silent", "NOT proven silent — Telnyx did not answer, still trying · ref k7f2", "Try again, Show number, ⋯"},
		{"returning", "Handing back… (<@UOMAR>)", ""},
		{"not_back_422", "NOT handed back — Telnyx refused (422), still trying · ref k7f2", "Try again, Show number, ⋯"},
		{"ai_again", "AI is answering again — since " + back, "Take over, Outcome …, ⋯"},
	}
	for _, tt := range tests {
		line := slacktest.Cards()[tt.card]
		if got := State(line, slacktest.DrawnAt(line)); got != tt.state {
			t.Errorf("%s: state %q, want %q", tt.card, got, tt.state)
		}
		if got := buttonsOf(t, Card(line, slacktest.DrawnAt(line))); got != tt.buttons {
			t.Errorf("%s: buttons %q, want %q", tt.card, got, tt.buttons)
		}
	}
}

// buttonsOf lists what can be pressed below a message, in order.
func buttonsOf(t *testing.T, m slackapi.Message) string {
	t.Helper()
	raw, err := json.Marshal(m.Blocks)
	if err != nil {
		t.Fatal(err)
	}
	var blocks []struct {
		Type     string
		Elements []struct {
			Type        string
			Text        struct{ Text string }
			Placeholder struct{ Text string }
		}
	}
	_ = json.Unmarshal(raw, &blocks) // a quote has elements of another form
	var labels []string
	for _, b := range blocks {
		if b.Type != "actions" {
			continue
		}
		for _, e := range b.Elements {
			if e.Type == "overflow" {
				e.Text.Text = "⋯"
			}
			labels = append(labels, e.Text.Text+e.Placeholder.Text)
		}
	}
	return strings.Join(labels, ", ")
}

// TestCardFeet reads what stands below the last lines.
func TestCardFeet(t *testing.T) {
	for name, want := range map[string][]string{
		"taking":           {"Until the card says otherwise, the AI may still answer the end user."},
		"joining":          {"Until the card says otherwise, the AI may still answer the end user in the new conversation."},
		"returning":        {"Until the card says that the AI answers again, it may leave the end user without an answer."},
		"held":             {"Since ", "until ", "(30 min hold)", "ref k7f2"},
		"held_endless":     {"Since "},
		"spoke":            {"Held by <@UDANA> since ", "silence checked at "},
		"held_offered":     {"Offered to <@UOMAR> at ", "not accepted yet: <@UDANA> keeps it until then."},
		"hold_asked":       {"The 30 min hold ran out at ", "asked <@UDANA>; next step at "},
		"hold_leads_told":  {"told the leads", "Offered to", "on the phone the AI is not silenced"},
		"joining_trouble":  {"The AI is still talking.", "Offered to"},
		"not_lapsed":       {"The hold ran out at ", "3 attempts so far"},
		"outside":          {"the bot does not switch it off again by itself"},
		"not_answered":     {"Take over again"},
		"ai_again_outcome": {"Outcome: visit booked (<@UDANA>, <!date^1795319049^{time}|03:44 UTC>)"},
	} {
		foot := strings.Join(faceOf(slacktest.Cards()[name], slacktest.DrawnAt(slacktest.Cards()[name])).foot, "\n")
		for _, part := range want {
			if !strings.Contains(foot, part) {
				t.Errorf("%s: %q is not in %q", name, part, foot)
			}
		}
		if strings.Contains(foot, "nobody") {
			t.Errorf("%s: %q", name, foot)
		}
	}
}

// TestNoAnswerIsSaidFirst of a line that the AI should have answered, once five minutes had passed when
// the messages were read; where something else is known of the AI, the card says that.
func TestNoAnswerIsSaidFirst(t *testing.T) {
	t.Parallel()
	later := func(name string, after time.Duration) takeover.Line {
		return slacktest.With(slacktest.Cards()[name], func(l *takeover.Line) { l.Recent.ReadAt = slacktest.Night.Add(-3*time.Minute + after) })
	}
	for name, tt := range map[string]struct {
		line takeover.Line
		want bool
	}{
		"a moment ago":          {later("ai", 5*time.Minute-time.Second), false},
		"five minutes":          {later("ai", 5*time.Minute), true},
		"answered":              {slacktest.With(later("ai", time.Hour), func(l *takeover.Line) { l.Recent.WaitsSince = takeover.ProviderTime{} }), false},
		"switched off":          {later("off_outside", time.Hour), false},
		"switched on elsewhere": {later("outside", time.Hour), false},
		"handed back":           {later("ai_again", time.Hour), false},
		"held":                  {later("held", time.Hour), false},
		"ended":                 {slacktest.With(later("ai", time.Hour), func(l *takeover.Line) { l.Newest.Ended = true }), false},
	} {
		card := Card(tt.line, slacktest.Night)
		seen := checkMessage(t, card)
		if got := strings.HasPrefix(State(tt.line, slacktest.Night), "No answer since "); got != tt.want {
			t.Errorf("%s: %q", name, State(tt.line, slacktest.Night))
		}
		all := strings.Join(append(seen.Texts, seen.Mrkdwn...), " ")
		if !strings.Contains(all, "YES. Please send somebody") {
			t.Errorf("%s: the messages are not on the card: %q", name, all)
		}
		if tt.want && (strings.Contains(all, "has been waiting") || strings.Contains(card.Text, "waiting since") || strings.Contains(Listed(tt.line, slacktest.Night), "waits since") || strings.Contains(all, "AI is answering")) {
			t.Errorf("%s: twice, or a contradiction: %q, %q", name, all, card.Text)
		}
	}
}

// TestNothingStandsTwiceOnACard: who has the line, and when silence was checked.
func TestNothingStandsTwiceOnACard(t *testing.T) {
	t.Parallel()
	for name, line := range slacktest.Cards() {
		f := faceOf(line, slacktest.DrawnAt(line))
		foot := strings.Join(f.foot, "\n")
		if strings.Contains(f.state, " has it") && strings.Contains(foot, "Held by") {
			t.Errorf("%s: who has it stands in %q and in %q", name, f.state, foot)
		}
		if n := strings.Count(f.state+foot, "checked"); n > 1 {
			t.Errorf("%s: %d times when it was checked: %q, %q", name, n, f.state, foot)
		}
	}
}

// TestCardSaysWhatTheAISaid, word for word and literally.
func TestCardSaysWhatTheAISaid(t *testing.T) {
	seen := checkMessage(t, Card(slacktest.Cards()["spoke"], slacktest.Night))
	if !slices.ContainsFunc(seen.Texts, func(s string) bool { return strings.Contains(s, "I have booked the plumber for 08:00.") }) {
		t.Errorf("%q", seen.Texts)
	}
}

func TestCardNamesWhoPressed(t *testing.T) {
	foot := strings.Join(faceOf(slacktest.Cards()["not_back_422"], slacktest.Night).foot, "\n")
	if !strings.Contains(foot, "<@UOMAR> pressed") || strings.Contains(foot, "<@UDANA>") {
		t.Errorf("UOMAR handed back, but: %s", foot)
	}
	if foot := strings.Join(faceOf(slacktest.Cards()["not_silent_422"], slacktest.Night).foot, "\n"); !strings.Contains(foot, "<@UDANA> pressed") {
		t.Errorf("UDANA took over, but: %s", foot)
	}
}

// TestCardHostileTextIsLiteral looks for the end user's words outside of literal text.
func TestCardHostileTextIsLiteral(t *testing.T) {
	m := Card(slacktest.Cards()["hostile"], slacktest.Night)
	seen := checkMessage(t, m)
	for _, s := range seen.Mrkdwn {
		if strings.Contains(s, "bold") || strings.Contains(s, "evil") {
			t.Errorf("the end user's words are mark-up: %q", s)
		}
	}
	if !slices.ContainsFunc(seen.Texts, func(s string) bool { return strings.HasPrefix(s, "<!channel> <@U0BOSS> &amp; *bold*") }) {
		t.Errorf("the end user's words are not shown as they are: %q", seen.Texts)
	}
	for _, s := range append(seen.Texts, m.Text) {
		if strings.ContainsRune(s, '\u202e') {
			t.Errorf("a direction override is left in %q", s)
		}
	}
}

package slackbot

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// night is when the cards of these tests are drawn.
var night = time.Date(2026, 11, 22, 3, 14, 9, 0, time.UTC)

const (
	holder = takeover.OperatorID("UDANA")
	other  = takeover.OperatorID("UOMAR")
)

// recentOf is what was read at night of a conversation that ends with these lines.
func recentOf(lines []takeover.Excerpt) takeover.Recent {
	r := takeover.Recent{Lines: lines, ReadAt: night}
	for i := len(lines) - 1; i >= 0 && lines[i].Role == takeover.RoleEndUser; i-- {
		r.WaitsSince = lines[i].At
	}
	return r
}

// lineIn is a line as it stands in a state, with a conversation at night.
func lineIn(state takeover.State) takeover.Line {
	l := takeover.NewLine("ln_kq3v5n2m", "Telnyx", takeover.Conversation{
		ID: "c0ffee00-0000-4000-8000-000000000001", Channel: takeover.ChannelText, EndUser: "+14155550137", Agent: "+13125550100",
		Name: "R. Miller, Unit 4B",
	}, night.Add(-time.Hour))
	l.Version, l.State = 7, state
	l.Can = takeover.Capabilities{}
	for _, what := range takeover.AllCapabilities() {
		l.Can[what] = takeover.Ability{Level: takeover.LevelYes}
	}
	l.Recent = recentOf([]takeover.Excerpt{
		{Role: takeover.RoleEndUser, Text: "Water comes through the ceiling", At: night.Add(-4 * time.Minute)},
		{Role: takeover.RoleAssistant, Text: "I am sorry to hear that. Is it getting worse?", At: night.Add(-4*time.Minute + 3*time.Second)},
		{Role: takeover.RoleEndUser, Text: "YES. Please send somebody", At: night.Add(-3 * time.Minute)},
	})
	if state == takeover.StateAI {
		return l
	}
	l.Takeover.Holder, l.Takeover.Claim, l.Ref = holder, "click", "k7f2"
	l.Takeover.ClaimedAt, l.Takeover.GotAt, l.Since = night.Add(-2*time.Second), night.Add(-2*time.Second), night.Add(-2*time.Second)
	if state == takeover.StateHeld || state == takeover.StateReturning {
		l.Since, l.Takeover.ProvenAt = night, night
		l.Covered = []takeover.Covered{{ID: l.Newest.ID, CheckedAt: night}}
		l.Takeover.Hold = takeover.Hold{For: 30 * time.Minute, Until: night.Add(30 * time.Minute), NextAt: night.Add(30 * time.Minute)}
	}
	if state == takeover.StateReturning {
		l.Since = night.Add(27 * time.Minute)
		l.HandBack = takeover.HandBack{By: other, Key: "box"}
	}
	return l
}

// with returns the line changed.
func with(l takeover.Line, change func(*takeover.Line)) takeover.Line {
	change(&l)
	return l
}

// inTrouble is a line whose change is not proven.
func inTrouble(state takeover.State, kind takeover.ProviderErrorKind, status int) takeover.Line {
	l := lineIn(state)
	l.Trouble = &takeover.Trouble{Kind: kind, Status: status, Since: night, Attempts: 3, NextAt: l.Since.Add(10 * time.Second), StillSilent: state == takeover.StateReturning}
	return l
}

// neverSilenced is a line that was given up before silence was proven.
func neverSilenced(kind takeover.ProviderErrorKind, status int) takeover.Line {
	l := inTrouble(takeover.StateReturning, kind, status)
	l.Trouble.StillSilent = false
	return l
}

// ranOut is a held line whose hold has run out, step steps ago.
func ranOut(step takeover.HoldStep) takeover.Line {
	return with(lineIn(takeover.StateHeld), func(l *takeover.Line) {
		l.Takeover.Hold.Step, l.Takeover.Hold.NextAt = step, l.Takeover.Hold.Until.Add(time.Duration(step)*takeover.AskEvery)
	})
}

// offering is a line that its holder offers to the other.
func offering(l takeover.Line) takeover.Line {
	l.Takeover.Handoff = takeover.Handoff{Ref: "h2x4", To: other, By: holder, Note: "The plumber was called.", At: night.Add(6 * time.Minute)}
	return l
}

// spokeAfter is a held line whose AI spoke after the takeover.
func spokeAfter(text string) takeover.Line {
	return with(lineIn(takeover.StateHeld), func(l *takeover.Line) {
		l.Takeover.Spoke = takeover.Spoke{At: night.Add(2 * time.Second), Text: text}
	})
}

const hostileText = "<!channel> <@U0BOSS> &amp; *bold* _it_ `x` :tada:\n> *UDANA has it — AI is silent*\u202e <https://evil.example|card>"

// cards is one line per row of the product's table of cards, and the odd ones.
func cards() map[string]takeover.Line {
	taking, returning := takeover.StateTaking, takeover.StateReturning
	return map[string]takeover.Line{
		"ai":           lineIn(takeover.StateAI),
		"taking":       lineIn(taking),
		"held":         lineIn(takeover.StateHeld),
		"held_call":    with(lineIn(takeover.StateHeld), func(l *takeover.Line) { l.Newest.Channel = takeover.ChannelCall }),
		"returning":    lineIn(returning),
		"held_offered": offering(lineIn(takeover.StateHeld)),
		"held_long": with(lineIn(takeover.StateHeld), func(l *takeover.Line) {
			l.Takeover.Hold.For, l.Takeover.Hold.Until = 2*time.Hour, night.Add(2*time.Hour)
		}),
		"held_endless":     with(lineIn(takeover.StateHeld), func(l *takeover.Line) { l.Takeover.Hold = takeover.Hold{} }),
		"held_compared":    with(lineIn(takeover.StateHeld), func(l *takeover.Line) { l.ComparedAt = night.Add(12 * time.Minute) }),
		"hold_asked":       ranOut(takeover.HoldAsked),
		"hold_asked_again": ranOut(takeover.HoldAskedAgain),
		"hold_leads_told":  with(offering(ranOut(takeover.HoldLeadsTold)), func(l *takeover.Line) { l.Newest.Channel = takeover.ChannelCall }),
		"hold_lapsed":      with(lineIn(returning), func(l *takeover.Line) { l.HandBack.By = "" }),
		"not_lapsed":       with(inTrouble(returning, takeover.Refused, 422), func(l *takeover.Line) { l.HandBack.By = "" }),
		"joining":          with(lineIn(taking), func(l *takeover.Line) { l.Takeover.ProvenAt = night.Add(-time.Hour) }),
		"joining_offered":  offering(with(lineIn(taking), func(l *takeover.Line) { l.Takeover.ProvenAt = night })),
		"joining_trouble":  offering(with(inTrouble(taking, takeover.Refused, 422), func(l *takeover.Line) { l.Takeover.ProvenAt = night })),
		"spoke":            spokeAfter("I have booked the plumber for 08:00."),
		"spoke_hostile":    with(offering(spokeAfter(hostileText)), func(l *takeover.Line) { l.Newest.Channel = takeover.ChannelCall }),
		"spoke_unheard":    with(spokeAfter(""), func(l *takeover.Line) { l.Recent = recentOf(nil) }),
		"off_outside":      with(lineIn(takeover.StateAI), func(l *takeover.Line) { l.OffAt = night }),
		"not_back_partly": with(inTrouble(takeover.StateReturning, takeover.Failing, 503), func(l *takeover.Line) {
			l.Trouble.StillSilent = false
		}),
		"outside": with(lineIn(takeover.StateAI), func(l *takeover.Line) { l.OutsideAt = night.Add(6*time.Minute + 2*time.Second) }),
		"not_answered": with(lineIn(takeover.StateAI), func(l *takeover.Line) {
			l.HandBack.Key, l.Aftercare = "box", takeover.Aftercare{Since: night, WaitsSince: night.Add(time.Minute), Missed: true}
		}),
		"ai_again":          with(lineIn(takeover.StateAI), func(l *takeover.Line) { l.HandBack.Key, l.Since = "box", night.Add(27*time.Minute) }),
		"not_silent_key":    inTrouble(taking, takeover.KeyRefused, 401),
		"not_silent_gone":   inTrouble(taking, takeover.Gone, 404),
		"not_silent_422":    inTrouble(taking, takeover.Refused, 422),
		"not_silent_429":    inTrouble(taking, takeover.Limited, 429),
		"not_silent_503":    inTrouble(taking, takeover.Failing, 503),
		"not_silent_mute":   inTrouble(taking, takeover.NoAnswer, 0),
		"not_silent_kept":   inTrouble(taking, takeover.NotKept, 0),
		"not_silent_cannot": inTrouble(taking, takeover.Unsupported, 0),
		"not_silent_once":   with(inTrouble(taking, takeover.Refused, 422), func(l *takeover.Line) { l.Trouble.Attempts = 1 }),
		"unknown_silent":    with(inTrouble(taking, takeover.NoAnswer, 0), func(l *takeover.Line) { l.Trouble.FlagUnknown = true }),
		"lost_entries":      with(inTrouble(taking, takeover.LostEntries, 0), func(l *takeover.Line) { l.Trouble.Lost = []string{"lease_id", "a<b&c"} }),
		"not_back_422":      inTrouble(returning, takeover.Refused, 422),
		"not_back_unknown":  with(inTrouble(returning, takeover.NoAnswer, 0), func(l *takeover.Line) { l.Trouble.FlagUnknown = true }),
		"not_back_never":    neverSilenced(takeover.KeyRefused, 401),
		"hostile": with(lineIn(takeover.StateHeld), func(l *takeover.Line) {
			l.Newest.Name = hostileText
			l.EndUser = "sip:<!here>@<evil>.example"
			for i := range l.Recent.Lines {
				l.Recent.Lines[i].Text = hostileText
			}
		}),
		"long": with(inTrouble(taking, takeover.LostEntries, 0), func(l *takeover.Line) {
			l.Newest.Name = strings.Repeat("Lopado&temacho<selacho ", 300)
			l.EndUser = takeover.Target("sip:guest@" + strings.Repeat("long.", 800) + "example")
			for i := range l.Recent.Lines {
				l.Recent.Lines[i].Text = strings.Repeat("&<>", takeover.ExcerptLength/3)
			}
			for range 400 {
				l.Trouble.Lost = append(l.Trouble.Lost, strings.Repeat("key&", 40))
			}
		}),
		"days_ago":     with(lineIn(takeover.StateAI), func(l *takeover.Line) { l.Recent.ReadAt = night.Add(72 * time.Hour) }),
		"nobody_spoke": with(lineIn(takeover.StateAI), func(l *takeover.Line) { l.Recent = recentOf(nil) }),
		"nameless": with(lineIn(takeover.StateAI), func(l *takeover.Line) {
			l.Newest.Name, l.Newest.Channel = "\u202e\u200b", takeover.ChannelWeb
			l.Recent = recentOf(l.Recent.Lines[:2])
			l.Recent.Lines[0].At, l.Recent.Lines[1].At = time.Time{}, time.Date(1812, 1, 1, 0, 0, 0, 0, time.UTC)
			l.Recent.Lines[0].Text = "\u200b"
		}),
	}
}

// shownJSON is a message as it is sent, indented for the reader of a golden file.
func shownJSON(t *testing.T, m slackapi.Message) []byte {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(struct {
		Text   string `json:"text"`
		Blocks any    `json:"blocks"`
	}{m.Text, m.Blocks}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestCardGolden(t *testing.T) {
	for name, line := range cards() {
		t.Run(name, func(t *testing.T) {
			slacktest.Golden(t, "card/"+name+".json", shownJSON(t, card(line)))
		})
	}
	slacktest.Golden(t, "card/sentence.json", shownJSON(t, mrkdwn.TextMessage("One plain sentence, as every private answer is.")))
}

func TestCardKeepsItsPromises(t *testing.T) {
	for name, line := range cards() {
		t.Run(name, func(t *testing.T) {
			m := card(line)
			seen := checkMessage(t, m)
			if seen.Lines > 10 || seen.Buttons > 5 {
				t.Errorf("%d lines, %d buttons; at most 10 and 5", seen.Lines, seen.Buttons)
			}
			proven := line.State == takeover.StateHeld || line.State == takeover.StateReturning && line.Trouble != nil && line.Trouble.StillSilent
			for _, s := range append([]string{m.Text, cardState(line)}, seen.Mrkdwn...) {
				if slacktest.ClaimsSilence(s) && !proven {
					t.Errorf("silence is claimed without a proof: %q", s)
				}
				if strings.Contains(s, string(line.EndUser)) || strings.Contains(s, "4155550137") {
					t.Errorf("the number is not masked: %q", s)
				}
			}
			if !strings.HasPrefix(m.Text, cardState(line)+". ") {
				t.Errorf("the sentence does not begin with the state: %q", m.Text)
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
		{"taking", "Taking over… (<@UDANA>)", ""},
		{"held", "<@UDANA> has it — AI is silent (checked " + checked + ")", "Hand back to AI, +30 min, Hand off …, ⋯"},
		{"held_compared", "<@UDANA> has it — AI is silent (checked <!date^1795317969^{time_secs}|03:26:09 UTC>)", "Hand back to AI, +30 min, Hand off …, ⋯"},
		{"held_offered", "<@UDANA> has it — AI is silent (checked " + checked + ")", "Hand back to AI, +30 min, Hand off …, Withdraw offer, ⋯"},
		{"joining", "New conversation — silencing the AI… (<@UDANA>)", ""},
		{"spoke", "AI spoke after the takeover — <!date^1795317251^{time_secs}|03:14:11 UTC>", "Send correction, It was fine, ⋯"},
		{"outside", "AI is answering — changed outside Slack, seen <!date^1795317611^{time_secs}|03:20:11 UTC>", "Take over, Transcript, ⋯"},
		{"not_answered", "AI has not answered since <!date^1795317309^{time}|03:15 UTC>", "Take over again, Transcript, ⋯"},
		{"hold_lapsed", "Handing back… (the hold ran out)", ""},
		{"not_silent_422", "NOT silent — Telnyx refused (422), still trying · ref k7f2", "Try again, ⋯"},
		{"unknown_silent", "NOT proven silent — Telnyx did not answer, still trying · ref k7f2", "Try again, ⋯"},
		{"returning", "Handing back… (<@UOMAR>)", ""},
		{"not_back_422", "NOT handed back — Telnyx refused (422), still trying · ref k7f2", "Try again, ⋯"},
		{"ai_again", "AI is answering again — since " + back, "Take over, Transcript, ⋯"},
	}
	for _, tt := range tests {
		line := cards()[tt.card]
		if got := cardState(line); got != tt.state {
			t.Errorf("%s: state %q, want %q", tt.card, got, tt.state)
		}
		if got := buttonsOf(t, card(line)); got != tt.buttons {
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
			Type string
			Text struct{ Text string }
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
			labels = append(labels, e.Text.Text)
		}
	}
	return strings.Join(labels, ", ")
}

// TestCardFeet reads what stands below the last lines.
func TestCardFeet(t *testing.T) {
	for name, want := range map[string][]string{
		"held":            {"Held by <@UDANA> since ", "until ", "(30 min hold)", "silence checked at "},
		"held_endless":    {"Held by <@UDANA> since "},
		"held_offered":    {"Offered to <@UOMAR> at ", "not accepted yet: <@UDANA> keeps it until then."},
		"hold_asked":      {"The 30 min hold ran out at ", "asked <@UDANA>; next step at "},
		"hold_leads_told": {"told the leads", "Offered to", "This is a phone call"},
		"joining_trouble": {"The AI is still talking.", "Offered to"},
		"not_lapsed":      {"The hold ran out at ", "3 attempts so far"},
		"outside":         {"the bot does not fight it"},
		"not_answered":    {"Take over again"},
	} {
		foot := cardFoot(cards()[name])
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

// TestCardSaysWhatTheAISaid, word for word and literally.
func TestCardSaysWhatTheAISaid(t *testing.T) {
	seen := checkMessage(t, card(cards()["spoke"]))
	if !slices.ContainsFunc(seen.Texts, func(s string) bool { return strings.Contains(s, "I have booked the plumber for 08:00.") }) {
		t.Errorf("%q", seen.Texts)
	}
}

func TestCardNamesWhoPressed(t *testing.T) {
	foot := cardFoot(cards()["not_back_422"])
	if !strings.Contains(foot, "<@UOMAR> pressed") || strings.Contains(foot, "<@UDANA>") {
		t.Errorf("UOMAR handed back, but: %s", foot)
	}
	if foot := cardFoot(cards()["not_silent_422"]); !strings.Contains(foot, "<@UDANA> pressed") {
		t.Errorf("UDANA took over, but: %s", foot)
	}
}

// TestCardHostileTextIsLiteral looks for the end user's words outside of literal text.
func TestCardHostileTextIsLiteral(t *testing.T) {
	m := card(cards()["hostile"])
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

package render

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/people"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// homeText is the JSON of a Home, for looking for words.
func homeText(t *testing.T, v slack.HomeTabViewRequest) string {
	t.Helper()
	raw, err := json.Marshal(v)
	slacktest.Must(t, err)
	return string(raw)
}

func TestHomeView(t *testing.T) {
	lines := slacktest.HeldLines(100)
	SortWaitingFirst(lines)
	h := Home{Lines: lines, AsOf: slacktest.Night, Viewer: slacksim.Dana, Role: people.Responder}
	seen := map[string]int{}
	for page := range 5 {
		h.Page = page
		view := h.View()
		l := slacktest.Look(view.Blocks.BlockSet, 100)
		l.Faults = nil // the sum of a Home's characters has another limit
		raw := homeText(t, view)
		if len(view.Blocks.BlockSet) > 100 || len(raw) > 250_000 {
			t.Errorf("page %d has %d blocks, %d bytes", page, len(view.Blocks.BlockSet), len(raw))
		}
		if strings.Contains(raw, `\u003c!here\u003e","type":"mrkdwn"`) {
			t.Error("a name became mark-up")
		}
		for i := range lines {
			seen[string(lines[i].ID)] += strings.Count(raw, `"value":"`+string(lines[i].ID)+`"`)
		}
	}
	for _, l := range lines {
		if seen[string(l.ID)] == 0 {
			t.Errorf("%s is on no page", l.ID)
		}
	}
	rows, longest, once := h.rows(), takeover.ProviderTime{}, map[takeover.LineID]bool{}
	parts := []string{rows[0].part}
	for _, r := range rows {
		if last := parts[len(parts)-1]; r.part != last {
			parts, longest = append(parts, r.part), takeover.ProviderTime{}
		}
		if waits := r.line.WaitingSince(); waits.Before(longest) && !waits.IsZero() {
			t.Errorf("%s waits longer than the one before", r.line.ID)
		} else if longest = waits; once[r.line.ID] {
			t.Errorf("%s stands there twice", r.line.ID)
		}
		once[r.line.ID] = true
	}
	if want := []string{"Yours, who waits longest first", "Waiting, longest first", "Held by others"}; !slices.Equal(parts, want) || len(rows) != len(lines) {
		t.Errorf("parts %q, %d rows of %d lines", parts, len(rows), len(lines))
	}
}

// TestWhoWaitsCanBeHelpedFromTheHome: a line that nobody has can be taken over there, and one that
// another operator has can be taken from its holder.
func TestWhoWaitsCanBeHelpedFromTheHome(t *testing.T) {
	t.Parallel()
	nobody := slacktest.With(slacktest.LineIn(takeover.StateAI), func(l *takeover.Line) { l.OffAt = slacktest.Night })
	reading := slacktest.With(slacktest.ReadingLine(), func(l *takeover.Line) { l.Newest.Channel = takeover.ChannelText })
	for name, tt := range map[string]struct {
		line takeover.Line
		role people.Role
		want string
	}{
		"nobody's":                  {nobody, people.Responder, "Take over"},
		"another's":                 {slacktest.LineIn(takeover.StateHeld), people.Responder, "Take from the holder …"},
		"not proven yet":            {slacktest.LineIn(takeover.StateTaking), people.Responder, ""},
		"being handed back":         {slacktest.LineIn(takeover.StateReturning), people.Responder, ""},
		"of an AI that cannot stop": {reading, people.Responder, ""},
		"of a reader's Home":        {nobody, people.Reader, ""},
	} {
		view := Home{Lines: []takeover.Line{tt.line}, AsOf: slacktest.Night, Viewer: slacksim.Lena, Role: tt.role}.View()
		if got := buttonsOf(t, slackapi.Message{Blocks: view.Blocks.BlockSet}); got != tt.want {
			t.Errorf("%s: buttons %q, want %q", name, got, tt.want)
		}
	}
}

// TestHomeKeepsToSlacksLimits and the marks of every block are our own.
func TestHomeKeepsToSlacksLimits(t *testing.T) {
	hostile := slacktest.With(slacktest.LineIn(takeover.StateHeld), func(l *takeover.Line) {
		l.Newest.Name, l.Takeover.Holder = "<!channel> *x* &amp; "+strings.Repeat("long ", 80), slacksim.Dana
	})
	offered := slacktest.With(slacktest.LineIn(takeover.StateHeld), func(l *takeover.Line) {
		l.ID, l.Takeover.Handoff = "ln_2", takeover.Handoff{Ref: "q2w3", To: slacksim.Omar, By: slacksim.Dana, At: slacktest.Night}
	})
	ranOut := slacktest.With(slacktest.LineIn(takeover.StateHeld), func(l *takeover.Line) { l.ID, l.Takeover.Hold.Step = "ln_3", takeover.HoldAsked })
	lines := []takeover.Line{hostile, offered, ranOut, slacktest.With(slacktest.InTrouble(takeover.StateTaking, takeover.Refused, 422), func(l *takeover.Line) { l.ID = "ln_4" }),
		slacktest.With(slacktest.LineIn(takeover.StateReturning), func(l *takeover.Line) { l.ID = "ln_5" })}
	for _, lines := range [][]takeover.Line{nil, lines} {
		for r := people.Reader; r <= people.Admin; r++ {
			v := Home{Lines: lines, AsOf: slacktest.Night, Viewer: slacksim.Dana, Role: r}.View()
			for _, f := range slacktest.Look(v.Blocks.BlockSet, 100).Faults {
				t.Errorf("role %d: %s", r, f)
			}
			if !strings.Contains(homeText(t, v), "As of ") {
				t.Error("it does not say how current it is")
			}
		}
	}
}

// TestReadersSeeMaskedNumbers, and no buttons that act.
func TestReadersSeeMaskedNumbers(t *testing.T) {
	mine := slacktest.With(slacktest.LineIn(takeover.StateHeld), func(l *takeover.Line) { l.Takeover.Holder = slacksim.Dana })
	for r, whole := range map[people.Role]bool{people.Reader: false, people.Responder: true, people.Lead: true} {
		text := homeText(t, Home{Lines: []takeover.Line{mine}, AsOf: slacktest.Night, Viewer: slacksim.Dana, Role: r}.View())
		if strings.Contains(text, "415-555-0137") != whole || strings.Contains(text, ids.HandBack) != whole {
			t.Errorf("role %d: whole number and buttons wanted %t: %s", r, whole, text)
		}
	}
}

// TestHomeSilenceHasATime: "silent" never stands there without when it was seen.
func TestHomeSilenceHasATime(t *testing.T) {
	for _, state := range []takeover.State{takeover.StateTaking, takeover.StateHeld, takeover.StateReturning} {
		for _, l := range []takeover.Line{slacktest.LineIn(state), slacktest.InTrouble(state, takeover.NoAnswer, 0)} {
			words := State(l, slacktest.Night)
			if slacktest.ClaimsSilence(words) && (l.State != takeover.StateHeld || !strings.Contains(words, "<!date^")) {
				t.Errorf("%s: %q", state, words)
			}
		}
	}
}

func TestDigestIsOfWhatMatters(t *testing.T) {
	h := Home{Lines: []takeover.Line{slacktest.LineIn(takeover.StateHeld)}, AsOf: slacktest.Night, Viewer: slacksim.Dana, Role: people.Responder}
	was := h.Digest()
	later := h
	later.AsOf = slacktest.Night.Add(time.Hour)
	later.Lines = []takeover.Line{slacktest.With(slacktest.LineIn(takeover.StateHeld), func(l *takeover.Line) { l.ComparedAt = slacktest.Night.Add(time.Hour) })}
	if later.Digest() != was {
		t.Error("a newer comparison alone makes another Home")
	}
	for name, change := range map[string]func(*takeover.Line){
		"another holder": func(l *takeover.Line) { l.Takeover.Holder = slacksim.Omar }, "more time": func(l *takeover.Line) { l.Takeover.Hold.Until = slacktest.Night.Add(time.Hour) },
		"nobody waits": func(l *takeover.Line) { l.Recent = slacktest.RecentOf(l.Recent.Lines[:2]) }, "an offer": func(l *takeover.Line) { l.Takeover.Handoff = takeover.Handoff{To: "U1"} },
	} {
		changed := h
		changed.Lines = []takeover.Line{slacktest.With(slacktest.LineIn(takeover.StateHeld), change)}
		if changed.Digest() == was {
			t.Errorf("%s makes no other Home", name)
		}
	}
	known := takeover.Home{Digest: was, AsOf: slacktest.Night}
	if !h.Stands(known, was) || h.Stands(takeover.Home{}, was) || h.Stands(known, "other") {
		t.Error("what stands is not recognised")
	}
	if h.AsOf = slacktest.Night.Add(homeAge); h.Stands(known, was) {
		t.Error("an old Home with lines on it is not renewed")
	}
	if h.Lines = nil; !h.Stands(known, was) {
		t.Error("an empty Home is renewed")
	}
}

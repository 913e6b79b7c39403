package slacktest

import (
	"fmt"
	"maps"
	"strings"
	"time"

	"takeoverbot/internal/slacksim"
	"takeoverbot/takeover"
)

// Night is when the cards of these tests are drawn.
var Night = time.Date(2026, 11, 22, 3, 14, 9, 0, time.UTC)

// The operators of these tests.
const (
	Holder = takeover.OperatorID("UDANA")
	Other  = takeover.OperatorID("UOMAR")
)

// RecentOf is what was read at night of a conversation that ends with these lines.
func RecentOf(lines []takeover.Excerpt) takeover.Recent {
	r := takeover.Recent{Lines: lines, ReadAt: Night}
	for i := len(lines) - 1; i >= 0 && lines[i].Role == takeover.RoleEndUser; i-- {
		r.WaitsSince = lines[i].At
	}
	return r
}

// LineIn is a line as it stands in a state, with a conversation at night.
func LineIn(state takeover.State) takeover.Line {
	l := takeover.NewLine("ln_kq3v5n2m", "Telnyx", takeover.Conversation{
		ID: "c0ffee00-0000-4000-8000-000000000001", Channel: takeover.ChannelText, EndUser: "+14155550137", Agent: "+13125550100",
		Name: "R. Miller, Unit 4B",
	}, Night.Add(-time.Hour))
	l.Version, l.State = 7, state
	l.Can = takeover.Capabilities{}
	for _, what := range takeover.AllCapabilities() {
		l.Can[what] = takeover.Ability{Level: takeover.LevelYes}
	}
	l.Recent = RecentOf([]takeover.Excerpt{
		{Role: takeover.RoleEndUser, Text: "Water comes through the ceiling", At: takeover.ProviderTime(Night.Add(-4 * time.Minute))},
		{Role: takeover.RoleAssistant, Text: "I am sorry to hear that. Is it getting worse?", At: takeover.ProviderTime(Night.Add(-4*time.Minute + 3*time.Second))},
		{Role: takeover.RoleEndUser, Text: "YES. Please send somebody", At: takeover.ProviderTime(Night.Add(-3 * time.Minute))},
	})
	if state == takeover.StateAI {
		return l
	}
	l.Takeover.Holder, l.Takeover.Claim, l.Ref = Holder, "click", "k7f2"
	l.Takeover.ClaimedAt, l.Takeover.GotAt, l.Since = Night.Add(-2*time.Second), Night.Add(-2*time.Second), Night.Add(-2*time.Second)
	if state == takeover.StateHeld || state == takeover.StateReturning {
		l.Since, l.Takeover.ProvenAt = Night, Night
		l.Takeover.ListedAt, l.Takeover.AsOf = Night, takeover.ProviderTime(Night)
		l.Covered = []takeover.Covered{{ID: l.Newest.ID, Channel: takeover.ChannelText, CheckedAt: Night}}
		l.Takeover.Hold = takeover.Hold{For: 30 * time.Minute, Until: Night.Add(30 * time.Minute), NextAt: Night.Add(30 * time.Minute)}
	}
	if state == takeover.StateReturning {
		l.Since = Night.Add(27 * time.Minute)
		l.HandBack = takeover.HandBack{By: Other, Key: "box"}
	}
	return l
}

// DrawnAt is when the card of a line is drawn: while its proof is fresh, unless the line says
// that it is not.
func DrawnAt(l takeover.Line) time.Time {
	switch {
	case !l.Takeover.Doubt.Since.IsZero():
		return l.Takeover.Doubt.Since.Add(70 * time.Second)
	case l.ComparedAt.After(Night):
		return l.ComparedAt
	default:
		return Night
	}
}

// OnThePhone is a held line of which a phone call is the newest conversation.
func OnThePhone(l *takeover.Line) {
	l.Newest.Channel, l.Newest.CreatedAt = takeover.ChannelCall, takeover.ProviderTime(Night.Add(-2*time.Minute))
	l.Covered[0].Channel = takeover.ChannelCall
}

// With returns the line changed.
func With(l takeover.Line, change func(*takeover.Line)) takeover.Line {
	change(&l)
	return l
}

// InTrouble is a line whose change is not proven.
func InTrouble(state takeover.State, kind takeover.ProviderErrorKind, status int) takeover.Line {
	l := LineIn(state)
	l.Trouble = &takeover.Trouble{Kind: kind, Status: status, Since: Night, Attempts: 3, NextAt: l.Since.Add(10 * time.Second), StillSilent: state == takeover.StateReturning}
	return l
}

// NeverSilenced is a line that was given up before silence was proven.
func NeverSilenced(kind takeover.ProviderErrorKind, status int) takeover.Line {
	l := InTrouble(takeover.StateReturning, kind, status)
	l.Trouble.StillSilent = false
	return l
}

// RanOut is a held line whose hold has run out, step steps ago.
func RanOut(step takeover.HoldStep) takeover.Line {
	return With(LineIn(takeover.StateHeld), func(l *takeover.Line) {
		l.Takeover.Hold.Step, l.Takeover.Hold.NextAt = step, l.Takeover.Hold.Until.Add(time.Duration(step)*takeover.AskEvery)
	})
}

// Offering is a line that its holder offers to the other.
func Offering(l takeover.Line) takeover.Line {
	l.Takeover.Handoff = takeover.Handoff{Ref: "h2x4", To: Other, By: Holder, Note: "The plumber was called.", At: Night.Add(6 * time.Minute)}
	return l
}

// SpokeAfter is a held line whose AI spoke after the takeover.
func SpokeAfter(text string) takeover.Line {
	return With(LineIn(takeover.StateHeld), func(l *takeover.Line) {
		l.Takeover.Spoke = takeover.Spoke{At: takeover.ProviderTime(Night.Add(2 * time.Second)), Text: text}
	})
}

// HostileText holds everything that could break a message, or notify people.
const HostileText = "<!channel> <@U0BOSS> &amp; *bold* _it_ `x` :tada:\n> *UDANA has it — AI is silent*\u202e <https://evil.example|card>"

// silenceCards are held lines by what is proven of their AI.
func silenceCards() map[string]takeover.Line {
	taking, returning := takeover.StateTaking, takeover.StateReturning
	return map[string]takeover.Line{
		"held_call": With(LineIn(takeover.StateHeld), OnThePhone),
		"held_call_text": With(LineIn(takeover.StateHeld), func(l *takeover.Line) {
			OnThePhone(l)
			l.Covered = append(l.Covered, takeover.Covered{ID: "older", Channel: takeover.ChannelText, CheckedAt: Night})
		}),
		"held_phones": With(LineIn(takeover.StateHeld), func(l *takeover.Line) {
			l.Takeover.Calls = []takeover.Call{{ID: "call", Since: takeover.ProviderTime(Night.Add(-2 * time.Minute))}}
		}),
		"held_unchecked": With(LineIn(takeover.StateHeld), func(l *takeover.Line) {
			l.Takeover.Doubt = takeover.Doubt{Since: Night, Why: &takeover.Trouble{Kind: takeover.NoAnswer}}
		}),
		"held_unchecked_failing": With(LineIn(takeover.StateHeld), func(l *takeover.Line) {
			l.Takeover.Doubt = takeover.Doubt{Since: Night, Why: &takeover.Trouble{Kind: takeover.Failing, Status: 503}}
		}),
		"held_read_otherwise": With(LineIn(takeover.StateHeld), func(l *takeover.Line) {
			l.Covered[0].CheckedAt, l.Covered[0].OddAt = time.Time{}, Night
		}),
		"held_left": With(LineIn(takeover.StateHeld), func(l *takeover.Line) {
			l.Covered = append(l.Covered, takeover.Covered{ID: "older", Channel: takeover.ChannelText, LeftAt: Night})
		}),
		"held_may_change": With(LineIn(takeover.StateHeld), func(l *takeover.Line) { l.Covered[0].CareUntil = Night.Add(2 * time.Minute) }),
		"held_beyond":     With(LineIn(takeover.StateHeld), func(l *takeover.Line) { l.Takeover.Beyond = 3 }),
		"not_listed":      With(InTrouble(taking, takeover.NoAnswer, 0), func(l *takeover.Line) { l.Trouble.Unlisted = true }),
		"not_whole":       With(InTrouble(taking, takeover.NotWhole, 0), func(l *takeover.Line) { l.Trouble.Unlisted = true }),
		"held_not_whole": With(LineIn(takeover.StateHeld), func(l *takeover.Line) {
			l.Takeover.Doubt = takeover.Doubt{Since: Night, Why: &takeover.Trouble{Kind: takeover.NotWhole, Unlisted: true}}
		}),
		"outside_others": With(LineIn(returning), func(l *takeover.Line) { l.HandBack.By, l.OutsideAt = "", Night }),
	}
}

// Cards is one line per row of the product's table of cards, and the odd ones.
func Cards() map[string]takeover.Line {
	taking, returning := takeover.StateTaking, takeover.StateReturning
	cards := map[string]takeover.Line{
		"ai":           LineIn(takeover.StateAI),
		"taking":       LineIn(taking),
		"held":         LineIn(takeover.StateHeld),
		"returning":    LineIn(returning),
		"held_offered": Offering(LineIn(takeover.StateHeld)),
		"held_long": With(LineIn(takeover.StateHeld), func(l *takeover.Line) {
			l.Takeover.Hold.For, l.Takeover.Hold.Until = 2*time.Hour, Night.Add(2*time.Hour)
		}),
		"held_endless":     With(LineIn(takeover.StateHeld), func(l *takeover.Line) { l.Takeover.Hold = takeover.Hold{} }),
		"held_compared":    With(LineIn(takeover.StateHeld), func(l *takeover.Line) { l.ComparedAt = Night.Add(12 * time.Minute) }),
		"hold_asked":       RanOut(takeover.HoldAsked),
		"hold_asked_again": RanOut(takeover.HoldAskedAgain),
		"hold_leads_told":  With(Offering(RanOut(takeover.HoldLeadsTold)), OnThePhone),
		"hold_lapsed":      With(LineIn(returning), func(l *takeover.Line) { l.HandBack.By = "" }),
		"not_lapsed":       With(InTrouble(returning, takeover.Refused, 422), func(l *takeover.Line) { l.HandBack.By = "" }),
		"joining":          With(LineIn(taking), func(l *takeover.Line) { l.Takeover.ProvenAt = Night.Add(-time.Hour) }),
		"joining_offered":  Offering(With(LineIn(taking), func(l *takeover.Line) { l.Takeover.ProvenAt = Night })),
		"joining_trouble":  Offering(With(InTrouble(taking, takeover.Refused, 422), func(l *takeover.Line) { l.Takeover.ProvenAt = Night })),
		"spoke":            SpokeAfter("I have booked the plumber for 08:00."),
		"spoke_hostile":    With(Offering(SpokeAfter(HostileText)), OnThePhone),
		"spoke_unheard":    With(SpokeAfter(""), func(l *takeover.Line) { l.Recent = RecentOf(nil) }),
		"off_outside":      With(LineIn(takeover.StateAI), func(l *takeover.Line) { l.OffAt = Night }),
		"not_back_partly": With(InTrouble(takeover.StateReturning, takeover.Failing, 503), func(l *takeover.Line) {
			l.Trouble.StillSilent = false
		}),
		"outside": With(LineIn(takeover.StateAI), func(l *takeover.Line) { l.OutsideAt = Night.Add(6*time.Minute + 2*time.Second) }),
		"not_answered": With(LineIn(takeover.StateAI), func(l *takeover.Line) {
			l.HandBack.Key, l.Aftercare = "box", takeover.Aftercare{Since: Night, WaitsSince: Night.Add(time.Minute), Missed: true}
		}),
		"ai_again": With(LineIn(takeover.StateAI), func(l *takeover.Line) { l.HandBack.Key, l.Since = "box", Night.Add(27*time.Minute) }),
		"ai_again_outcome": With(LineIn(takeover.StateAI), func(l *takeover.Line) {
			l.HandBack, l.Since = takeover.HandBack{Key: "box", Outcome: takeover.Outcome{Kind: takeover.OutcomeVisit, By: Holder, At: Night.Add(30 * time.Minute)}}, Night.Add(27*time.Minute)
		}),
		"not_silent_key":    InTrouble(taking, takeover.KeyRefused, 401),
		"not_silent_gone":   InTrouble(taking, takeover.Gone, 404),
		"not_silent_422":    InTrouble(taking, takeover.Refused, 422),
		"not_silent_429":    InTrouble(taking, takeover.Limited, 429),
		"not_silent_503":    InTrouble(taking, takeover.Failing, 503),
		"not_silent_mute":   InTrouble(taking, takeover.NoAnswer, 0),
		"not_silent_kept":   InTrouble(taking, takeover.NotKept, 0),
		"not_silent_cannot": InTrouble(taking, takeover.Unsupported, 0),
		"not_silent_once":   With(InTrouble(taking, takeover.Refused, 422), func(l *takeover.Line) { l.Trouble.Attempts = 1 }),
		"unknown_silent":    With(InTrouble(taking, takeover.NoAnswer, 0), func(l *takeover.Line) { l.Trouble.FlagUnknown = true }),
		"lost_entries":      With(InTrouble(taking, takeover.LostEntries, 0), func(l *takeover.Line) { l.Trouble.Lost = []string{"lease_id", "a<b&c"} }),
		"not_back_422":      InTrouble(returning, takeover.Refused, 422),
		"not_back_unknown":  With(InTrouble(returning, takeover.NoAnswer, 0), func(l *takeover.Line) { l.Trouble.FlagUnknown = true }),
		"not_back_never":    NeverSilenced(takeover.KeyRefused, 401),
		"hostile": With(LineIn(takeover.StateHeld), func(l *takeover.Line) {
			l.Newest.Name = HostileText
			l.EndUser = "sip:<!here>@<evil>.example"
			for i := range l.Recent.Lines {
				l.Recent.Lines[i].Text = HostileText
			}
		}),
		"long": With(InTrouble(taking, takeover.LostEntries, 0), func(l *takeover.Line) {
			l.Newest.Name = strings.Repeat("Lopado&temacho<selacho ", 300)
			l.EndUser = takeover.Target("sip:guest@" + strings.Repeat("long.", 800) + "example")
			for i := range l.Recent.Lines {
				l.Recent.Lines[i].Text = strings.Repeat("&<>", takeover.ExcerptLength/3)
			}
			for range 400 {
				l.Trouble.Lost = append(l.Trouble.Lost, strings.Repeat("key&", 40))
			}
		}),
		"no_answer":    With(LineIn(takeover.StateAI), func(l *takeover.Line) { l.Recent.ReadAt = Night.Add(47 * time.Minute) }),
		"days_ago":     With(LineIn(takeover.StateAI), func(l *takeover.Line) { l.Recent.ReadAt = Night.Add(72 * time.Hour) }),
		"nobody_spoke": With(LineIn(takeover.StateAI), func(l *takeover.Line) { l.Recent = RecentOf(nil) }),
		"nameless": With(LineIn(takeover.StateAI), func(l *takeover.Line) {
			l.Newest.Name, l.Newest.Channel = "\u202e\u200b", takeover.ChannelWeb
			l.Recent = RecentOf(l.Recent.Lines[:2])
			l.Recent.Lines[0].At, l.Recent.Lines[1].At = takeover.ProviderTime{}, takeover.ProviderTime(time.Date(1812, 1, 1, 0, 0, 0, 0, time.UTC))
			l.Recent.Lines[0].Text = "\u200b"
		}),
	}
	maps.Copy(cards, silenceCards())
	maps.Copy(cards, readingCards())
	return cards
}

// readingCards are lines whose AI cannot be silenced.
func readingCards() map[string]takeover.Line {
	return map[string]takeover.Line{
		"reading":         ReadingLine(),
		"reading_watched": With(WatchedLine(), func(l *takeover.Line) { l.Watch.Until = Night.Add(time.Minute) }),
		"reading_hidden": With(ReadingLine(), func(l *takeover.Line) {
			l.Recent.Lines, l.Recent.State, l.Recent.Why = nil, takeover.TranscriptHidden, "The transcript is hidden by permission (scope conversations:read_sensitive)."
			l.Can[takeover.CanRead] = takeover.Ability{Level: takeover.LevelSetUp, Reason: "x"}
			l.Can[takeover.CanWatch] = l.Can[takeover.CanRead]
		}),
		"reading_ended": endedReading("completed", "Night desk"),
		"reading_odd":   endedReading(HostileText, HostileText),
	}
}

// HeldLines are n held lines: those of an even number are Omar's, and on every third the
// end user waits, the last of them longest.
func HeldLines(n int) []takeover.Line {
	lines := make([]takeover.Line, n)
	for i := range lines {
		l := LineIn(takeover.StateHeld)
		l.ID, l.Takeover.Holder = takeover.LineID(fmt.Sprintf("ln_%04d", i)), slacksim.Dana
		l.EndUser, l.Newest.Name = takeover.Target(fmt.Sprintf("+1415555%04d", i)), fmt.Sprintf("Tenant %d <!here>", i)
		if i%2 == 0 {
			l.Takeover.Holder = slacksim.Omar
		}
		l.Recent = RecentOf(l.Recent.Lines[:2])
		if i%3 == 0 {
			l.Recent.WaitsSince = takeover.ProviderTime(Night.Add(-time.Duration(i) * time.Minute))
		}
		lines[i] = l
	}
	return lines
}

// EntryOf is an entry of the audit with everything in it that an event may have.
func EntryOf(event takeover.Event) takeover.Entry {
	return takeover.Entry{Key: "k", Line: "ln_1", At: Night, Who: Other, Origin: takeover.FromButton, Event: event,
		Before: takeover.Standing{State: takeover.StateAI}, After: takeover.Standing{State: takeover.StateTaking, Holder: Holder, Trouble: true}, Answer: "PUT 200 <b>&", Ref: "k7f2",
		Other: Holder, Lag: 1200 * time.Millisecond, Outcome: takeover.OutcomeVisit, Lost: []string{"lease_id", "<!here>"},
		Trouble: &takeover.Trouble{Kind: takeover.Refused, Status: 422, NextAt: Night}}
}

// ReadingLine is a line of a provider whose AI cannot be silenced.
func ReadingLine() takeover.Line {
	l := LineIn(takeover.StateAI)
	l.Provider, l.Newest.Channel, l.Newest.AgentName, l.Newest.Status = "Anyreach", takeover.ChannelCall, "Night desk", "in_progress"
	yes := takeover.Ability{Level: takeover.LevelYes}
	l.Can = takeover.Capabilities{takeover.CanRead: yes, takeover.CanWatch: yes,
		takeover.CanSilence: {Level: takeover.LevelNo, Reason: "Anyreach's AI cannot be silenced from outside. Call the end user yourself."}}
	return l
}

// WatchedLine is one whose new messages an operator wants to see.
func WatchedLine() takeover.Line {
	return With(ReadingLine(), func(l *takeover.Line) {
		l.Watch = takeover.Watch{By: Holder, Ref: "w7t2", Until: time.Now().Add(time.Minute)}
	})
}

func endedReading(status, agent string) takeover.Line {
	l := ReadingLine()
	l.Newest.Status, l.Newest.AgentName, l.Newest.Ended = status, agent, true
	l.Can[takeover.CanWatch] = takeover.Ability{Level: takeover.LevelNo, Reason: "x"}
	return l
}

// LongLines are lines with everything that makes a list long.
func LongLines(n int) []takeover.Line {
	var lines []takeover.Line
	for i := range n {
		l := With(Cards()["held"], func(l *takeover.Line) { l.Newest.Name = HostileText })
		if i%2 == 1 {
			l = Cards()["long"]
		}
		l.ID, l.Since = takeover.LineID(fmt.Sprintf("ln_row%dkq3v5n2m", i)), Night.Add(time.Duration(i)*time.Minute)
		lines = append(lines, l)
	}
	return lines
}

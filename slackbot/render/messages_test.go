package render

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// checkMessage holds a message to Slack's limits and to what the product promises of all of
// them.
func checkMessage(t testing.TB, m slackapi.Message) *slacktest.Looked {
	t.Helper()
	return slacktest.CheckMessage(t, m.Text, m.Blocks)
}

// checkSpoken holds a private sentence to what all messages keep.
func checkSpoken(t *testing.T, s string) {
	t.Helper()
	checkMessage(t, mrkdwn.TextMessage(s))
}

// threadText is what the thread of a desk that sends all lines of the holder says of an entry.
func threadText(l takeover.Line, e takeover.Entry) string {
	return ThreadMessage(l, e, "", takeover.Desk{}).Blocks[0].(*slack.SectionBlock).Text.Text
}

func TestEveryRefusalSaysWhatToDo(t *testing.T) {
	for _, kind := range slacktest.ConstantsOf(t, "RefusalKind") {
		for _, state := range slacktest.ConstantsOf(t, "State") {
			t.Run(kind+" while "+state, func(t *testing.T) {
				r := takeover.Refusal{Kind: takeover.RefusalKind(kind), Line: "ln_1", State: takeover.State(state), Holder: slacktest.Holder,
					Earlier: 700 * time.Millisecond, Since: slacktest.Night, Ref: "k7f2", Why: "Only members of `the group` may."}
				s := Refusal(r)
				checkSpoken(t, s)
				if !strings.ContainsAny(s, "*`") && !strings.Contains(s, "card") && !strings.Contains(s, "Write to") {
					t.Errorf("it does not say what to do: %q", s)
				}
				if slacktest.ClaimsSilence(s) && r.State != takeover.StateHeld {
					t.Errorf("silence is claimed without a proof: %q", s)
				}
			})
		}
	}
	s := Refusal(takeover.Refusal{Kind: takeover.RefusedTaken, State: takeover.StateTaking, Holder: slacktest.Holder, Earlier: 700 * time.Millisecond})
	if !strings.HasPrefix(s, "<@UDANA> was faster: 0.7 seconds earlier. ") {
		t.Errorf("the second is not told who and how much earlier: %q", s)
	}
}

// TestNobodyIsFasterByNothing: the clocks of two replicas may say that the second click came
// first; then nothing is said of how much faster the first one was.
func TestNobodyIsFasterByNothing(t *testing.T) {
	t.Parallel()
	for _, lag := range []time.Duration{-time.Hour, -time.Second, 0, time.Nanosecond, 400 * time.Microsecond, 9 * time.Millisecond, 10 * time.Millisecond, 49 * time.Millisecond} {
		said := Refusal(takeover.Refusal{Kind: takeover.RefusedTaken, State: takeover.StateHeld, Holder: slacktest.Holder, Earlier: lag})
		logged := entryWords(takeover.Line{Provider: "Telnyx"}, takeover.Entry{At: slacktest.Night, Who: slacktest.Holder, Event: takeover.EventCameSecond, Other: slacktest.Other, Lag: lag})
		for _, s := range []string{said, logged} {
			if !strings.Contains(s, "faster") || strings.Contains(s, "0.000") || strings.Contains(s, "0.0 ") || strings.Contains(s, "-") {
				t.Errorf("%s: %q", lag, s)
			}
		}
	}
}

// TestEveryEventHasItsTexts: an event without a row would be told by its name.
func TestEveryEventHasItsTexts(t *testing.T) {
	for _, name := range slacktest.ConstantsOf(t, "Event") {
		t.Run(name, func(t *testing.T) {
			event := takeover.Event(name)
			texts, ok := eventTexts[event]
			if !ok || texts.log == "" {
				t.Fatal("the event has no row, or none for the log")
			}
			// The thread tells of a correction by its draft.
			if told := texts.thread != ""; told != event.Said() && event != takeover.EventCorrectionAsked {
				t.Errorf("the thread says %q, and the domain has it told: %t", texts.thread, event.Said())
			}
			bare := takeover.Entry{Event: event, Ref: "k7f2", At: slacktest.Night}
			for _, e := range []takeover.Entry{slacktest.EntryOf(event), bare} {
				row := entryWords(takeover.Line{Provider: "Telnyx"}, e)
				checkSpoken(t, row)
				if !strings.HasSuffix(row, "ref k7f2") || strings.Contains(row, "UDANA,") || strings.Contains(row, "by UDANA") {
					t.Errorf("row %q", row)
				}
				checkSpoken(t, threadText(slacktest.LineIn(takeover.StateTaking), e))
				for _, said := range []string{row, threadText(slacktest.LineIn(takeover.StateTaking), e)} {
					if place := strings.NewReplacer("{time}", "", "{time_secs}", "", "{date_short_pretty}", "").Replace(said); strings.ContainsAny(place, "{}") {
						t.Errorf("a place is not filled in: %q", said)
					}
				}
			}
		})
	}
}

// TestAnEventOfALaterVersionHasWords: a database may be read by an older bot.
func TestAnEventOfALaterVersionHasWords(t *testing.T) {
	e := takeover.Entry{Event: "did *something* new", Who: slacktest.Holder, Ref: "k7f2"}
	if got := logText(takeover.Line{Provider: "Telnyx"}, e); got != "<@UDANA> did "+mrkdwn.Escape("*something*")+" new" {
		t.Errorf("%q", got)
	}
}

// TestWhatPeopleWroteFillsInNothing.
func TestWhatPeopleWroteFillsInNothing(t *testing.T) {
	e := slacktest.EntryOf(takeover.EventOffered)
	e.Note = "{provider} {who}"
	if got := threadText(slacktest.LineIn(takeover.StateHeld), e); !strings.Contains(got, "“{provider} {who}”") {
		t.Errorf("%q", got)
	}
}

func TestLogWords(t *testing.T) {
	entry := func(d takeover.Event, change func(*takeover.Entry)) takeover.Entry {
		e := takeover.Entry{At: slacktest.Night, Who: slacktest.Holder, Origin: takeover.FromButton, Event: d, Ref: "k7f2"}
		change(&e)
		return e
	}
	tests := []struct {
		name string
		e    takeover.Entry
		want string
	}{
		{"claim", entry(takeover.EventClaimed, func(e *takeover.Entry) {
			e.Before, e.After = takeover.Standing{State: takeover.StateAI}, takeover.Standing{State: takeover.StateTaking, Holder: slacktest.Holder}
		}),
			"<@UDANA> pressed take over (button) · AI is answering → <@UDANA> takes over · ref k7f2"},
		{"second", entry(takeover.EventCameSecond, func(e *takeover.Entry) { e.Other, e.Lag = slacktest.Other, 300*time.Millisecond }),
			"<@UDANA> pressed take over, but <@UOMAR> was 0.3 seconds faster (button) · ref k7f2"},
		{"silence", entry(takeover.EventSilenced, func(e *takeover.Entry) {
			e.Who, e.Other, e.Lag, e.Answer = "", slacktest.Holder, 1200*time.Millisecond, "PUT 200, read back true"
			e.Before, e.After = takeover.Standing{State: takeover.StateTaking, Holder: slacktest.Holder}, takeover.Standing{State: takeover.StateHeld, Holder: slacktest.Holder}
		}), "AI proven silent for <@UDANA>, 1.2 seconds after the click · <@UDANA> takes over → held by <@UDANA> · PUT 200, read back true · ref k7f2"},
		{"hand back of another's", entry(takeover.EventHandedBack, func(e *takeover.Entry) { e.Origin, e.Other = takeover.FromModal, slacktest.Other }),
			"<@UDANA> pressed hand back of what <@UOMAR> held (box) · ref k7f2"},
		{"hand back of the own", entry(takeover.EventHandedBack, func(e *takeover.Entry) { e.Origin, e.Other = takeover.FromModal, slacktest.Holder }),
			"<@UDANA> pressed hand back (box) · ref k7f2"},
		{"fail", entry(takeover.EventUnproven, func(e *takeover.Entry) {
			e.Who, e.Trouble = "", &takeover.Trouble{Kind: takeover.Refused, Status: 422}
		}), "not proven: Telnyx refused (422) · ref k7f2"},
		{"note", entry(takeover.EventNoteGiven, func(e *takeover.Entry) { e.Origin = takeover.FromModal }), "the AI was given what was noted (box) · ref k7f2"},
	}
	for _, tt := range tests {
		if got := entryWords(takeover.Line{Provider: "Telnyx"}, tt.e); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

// TestThreadLinesTellTheTruthOfTheirTime: until a line of the thread is posted, its
// takeover may have gone on.
func TestThreadLinesTellTheTruthOfTheirTime(t *testing.T) {
	failed := slacktest.EntryOf(takeover.EventUnproven)
	failed.After.State = takeover.StateTaking
	proven := failed
	proven.After.State = takeover.StateReturning
	unproven := proven
	proven.Trouble = &takeover.Trouble{Kind: takeover.Refused, Status: 422, StillSilent: true}
	const (
		notSilent   = "NOT silent (<@UDANA> takes over): Telnyx refused (422). The AI is still talking. If it is urgent, call the end user yourself. The bot goes on trying. · ref k7f2"
		stillSilent = "NOT handed back (line of <@UDANA>): Telnyx refused (422). Nothing shows that the AI answers again: for now only a person can answer the end user. If it is urgent, call the end user yourself. The bot goes on trying. · ref k7f2"
		unknown     = "NOT handed back (line of <@UDANA>): Telnyx refused (422). The AI may be silent or still talking. If it is urgent, call the end user yourself. The bot goes on trying. · ref k7f2"
	)
	tests := []struct {
		name string
		now  takeover.Line
		e    takeover.Entry
		want string
	}{
		{"a takeover that is proven by now", slacktest.LineIn(takeover.StateHeld), failed, notSilent},
		{"a hand-back after a proof that is done by now", slacktest.LineIn(takeover.StateAI), proven, stillSilent},
		{"a hand-back without a proof that is done by now", slacktest.LineIn(takeover.StateAI), unproven, unknown},
		{"a hand-back after a proof", slacktest.LineIn(takeover.StateReturning), proven, stillSilent},
		{"a hand-back without a proof", slacktest.NeverSilenced(takeover.Refused, 422), unproven, unknown},
	}
	for _, tt := range tests {
		if got := threadText(tt.now, tt.e); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

func TestWhoHeldItIsToldOfTheHandBack(t *testing.T) {
	e := slacktest.EntryOf(takeover.EventReleased)
	if got := threadText(slacktest.LineIn(takeover.StateAI), e); !strings.HasPrefix(got, "<@UOMAR> handed back what <@UDANA> held.") {
		t.Errorf("%q does not mention the holder", got)
	}
	e.Other = e.Who
	if got := threadText(slacktest.LineIn(takeover.StateAI), e); !strings.HasPrefix(got, "<@UOMAR> handed back. ") {
		t.Errorf("%q", got)
	}
}

func TestEveryTroubleHasWords(t *testing.T) {
	for _, kind := range slacktest.ConstantsOf(t, "ProviderErrorKind") {
		for _, status := range []int{0, 422} {
			for _, unknown := range []bool{false, true} {
				t.Run(fmt.Sprint(kind, status, unknown), func(t *testing.T) {
					e := slacktest.EntryOf(takeover.EventUnproven)
					e.Trouble = &takeover.Trouble{Kind: takeover.ProviderErrorKind(kind), Status: status, FlagUnknown: unknown, Lost: strings.Split(strings.Repeat("a<b ", 99), " ")}
					for _, event := range []takeover.Event{takeover.EventUnproven, takeover.EventDeskWarned, takeover.EventEntriesLost} {
						e.Event, e.Lost = event, e.Trouble.Lost
						checkSpoken(t, threadText(slacktest.LineIn(takeover.StateTaking), e))
						checkSpoken(t, entryWords(takeover.Line{Provider: "Telnyx"}, e))
					}
					l := slacktest.LineIn(takeover.StateTaking)
					l.Trouble = e.Trouble
					checkMessage(t, Card(l, slacktest.DrawnAt(l)))
					checkSpoken(t, ProviderFailure(&takeover.ProviderError{Provider: "Telnyx", Kind: e.Trouble.Kind, Status: status, RetryAfter: time.Duration(status) * time.Second}, Unchanged, "k7f2"))
				})
			}
		}
	}
}

func TestEverySlackRefusalHasWords(t *testing.T) {
	for _, code := range []string{"not_in_channel", "channel_not_found", "is_archived", "is_inactive", "outsiders_in_channel", "missing_scope", "invalid_blocks", "<!here>", ""} {
		checkSpoken(t, SlackFailure(&slackapi.Error{Code: code, Class: slackapi.Permanent}, "C0DESK", Decided, "k7f2"))
	}
}

// TestWhyAWatchEnds is said in the thread.
func TestWhyAWatchEnds(t *testing.T) {
	gone := &takeover.Trouble{Kind: takeover.Gone, Status: 404}
	for want, e := range map[string]takeover.Entry{
		"the conversation has ended (completed)":                  {End: takeover.WatchEnded, Answer: "completed"},
		"30 minutes have passed":                                  {End: takeover.WatchTimeUp},
		"the transcript cannot be shown any more":                 {End: takeover.WatchUnreadable},
		"Anyreach does not know this conversation any more (404)": {End: takeover.WatchFailed, Trouble: gone},
	} {
		e.Event, e.Other, e.Ref = takeover.EventWatchEnded, slacktest.Holder, "w7t2"
		if got := threadText(slacktest.WatchedLine(), e); !strings.Contains(got, "The watch of <@UDANA> ended: "+want+".") {
			t.Errorf("%s", got)
		}
	}
}

// TestAWarningStandsWhileSilenceCannotBeChecked: neither the holder's message nor the desk's says
// that it has ended before it has.
func TestAWarningStandsWhileSilenceCannotBeChecked(t *testing.T) {
	l := slacktest.LineIn(takeover.StateHeld)
	l.Takeover.Doubt = takeover.Doubt{Since: slacktest.Night, Why: &takeover.Trouble{Kind: takeover.Failing, Status: 503}, HolderTold: true, DeskTold: true}
	direct := Direct{Line: l, Entry: slacktest.EntryOf(takeover.EventUncheckedHolder), To: slacktest.Holder}
	if words := direct.words(); strings.Contains(words, "has ended") || !Alarming(l, takeover.EventUncheckedDesk) {
		t.Errorf("the holder is told %q; the desk's warning stands: %t", words, Alarming(l, takeover.EventUncheckedDesk))
	}
	direct.Line.Takeover.Doubt = takeover.Doubt{}
	if words := direct.words(); !strings.Contains(words, "has ended") || Alarming(direct.Line, takeover.EventUncheckedDesk) {
		t.Errorf("checked again, and the holder is told %q", words)
	}
	direct.Line = l
	direct.Line.Takeover.Holder = slacktest.Other
	if words := direct.words(); !strings.Contains(words, "has ended") {
		t.Errorf("another operator holds it, and the first one is told %q", words)
	}
}

// TestWithoutLeadsTheDeskIsTold: no text says that leads were told where the desk has none.
func TestWithoutLeadsTheDeskIsTold(t *testing.T) {
	t.Parallel()
	l := slacktest.With(slacktest.RanOut(takeover.HoldLeadsTold), func(l *takeover.Line) { l.Takeover.Hold.Leaderless = true })
	texts := []string{Card(l, slacktest.DrawnAt(l)).Text}
	for _, event := range []takeover.Event{takeover.EventHolderAskedAgain, takeover.EventLeadsTold} {
		e := takeover.Entry{Event: event, Line: l.ID, At: slacktest.Night, Other: slacktest.Holder, Waiting: takeover.ProviderTime(slacktest.Night), Until: slacktest.Night, Leaderless: true}
		texts = append(texts, ThreadMessage(l, e, "", takeover.Desk{}).Text, Direct{Line: l, Entry: e, To: slacktest.Holder}.Message().Text, logText(l, e))
	}
	for _, text := range texts {
		if strings.Contains(text, "leads") {
			t.Errorf("%q", text)
		}
	}
	for i, want := range []string{"told the desk's channel; next", "Without an answer the desk's channel is told at ", "Without an answer the desk's channel is told at ", "",
		"For the whole desk: ", "For the whole desk: ", "the desk's channel was told that "} {
		if !strings.Contains(texts[i], want) {
			t.Errorf("%q is not in %q", want, texts[i])
		}
	}
}

// TestWhatEndedAnOffer names the person who acted, and what that person did.
func TestWhatEndedAnOffer(t *testing.T) {
	t.Parallel()
	for want, e := range map[string]takeover.Entry{
		"<@UDANA> withdrew the offer to <@UOMAR>":                                            {Who: "UDANA", Other: "UOMAR"},
		"<@UOMAR> took the line, which ended the offer":                                      {Who: "UOMAR", Other: "UOMAR", Cause: takeover.EventTakenFrom},
		"<@ULENA> took the line, which ended the offer to <@UOMAR>":                          {Who: "ULENA", Other: "UOMAR", Cause: takeover.EventTakenFrom},
		"<@UDANA> handed the line back, which ended the offer to <@UOMAR>":                   {Who: "UDANA", Other: "UOMAR", Cause: takeover.EventHandedBack},
		"<@UDANA> offered the line anew, which ended the offer to <@UOMAR>":                  {Who: "UDANA", Other: "UOMAR", Cause: takeover.EventOffered},
		"The line went back to the AI by the desk's rule, which ended the offer to <@UOMAR>": {Other: "UOMAR", Cause: takeover.EventLapsed},
		"The AI was switched on outside Slack, which ended the offer to <@UOMAR>":            {Other: "UOMAR", Cause: takeover.EventSwitchedOn},
		"The takeover ended, and with it the offer to <@UOMAR>":                              {Other: "UOMAR"},
	} {
		e.Event = takeover.EventWithdrawn
		if got := logText(takeover.Line{Provider: "Telnyx"}, e); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestAnAnswerThatComesTooLate says which case it is.
func TestAnAnswerThatComesTooLate(t *testing.T) {
	t.Parallel()
	for want, r := range map[string]takeover.Refusal{
		"This offer is to <@UOMAR>: no other person can answer it. Nothing was changed; <@UDANA> has it.": {To: "UOMAR", State: takeover.StateHeld, Holder: "UDANA"},
		"<@UOMAR> accepted this offer, at ":                                    {State: takeover.StateHeld, Offer: takeover.OfferEnd{Event: takeover.EventAccepted, By: "UOMAR", At: slacktest.Night}},
		"<@UOMAR> declined this offer, at ":                                    {Offer: takeover.OfferEnd{Event: takeover.EventDeclined, By: "UOMAR", At: slacktest.Night}},
		"<@UDANA> withdrew the offer to <@UOMAR>, at ":                         {Offer: takeover.OfferEnd{Event: takeover.EventWithdrawn, By: "UDANA", To: "UOMAR", At: slacktest.Night}},
		" It is offered to <@ULENA> now. Nothing was changed":                  {To: "ULENA", Offer: takeover.OfferEnd{Event: takeover.EventWithdrawn, Cause: takeover.EventOffered, By: "UDANA", To: "UOMAR", At: slacktest.Night}},
		"This line is not offered to anybody now. Nothing was changed; the AI": {State: takeover.StateAI},
	} {
		r.Kind = takeover.RefusedOver
		if got := Refusal(r); !strings.Contains(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestATakeoverOfAPhoneCallSilencesNoPhone, and the thread does not say that it does.
func TestATakeoverOfAPhoneCallSilencesNoPhone(t *testing.T) {
	t.Parallel()
	text, call := takeover.Covered{ID: "t", Channel: takeover.ChannelText}, takeover.Covered{ID: "c", Channel: takeover.ChannelCall}
	for want, l := range map[string]takeover.Line{
		"took over. The AI is silent (read back at ":                                {Covered: []takeover.Covered{text}},
		"took over. The AI is silent in text, not on the phone (read back at ":      {Newest: takeover.Conversation{Channel: takeover.ChannelCall}, Covered: []takeover.Covered{call, text}},
		"took over. This is a phone call: the AI on the phone is not silenced. Lis": {Newest: takeover.Conversation{Channel: takeover.ChannelCall}, Covered: []takeover.Covered{call}},
	} {
		if got := threadText(l, slacktest.EntryOf(takeover.EventSilenced)); !strings.Contains(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestTheHolderCanActFromADirectMessage: a message that asks for something has the button for it, and
// none once the line is another operator's.
func TestTheHolderCanActFromADirectMessage(t *testing.T) {
	t.Parallel()
	waits := slacktest.LineIn(takeover.StateHeld)
	doubted := slacktest.With(waits, func(l *takeover.Line) {
		l.Takeover.Doubt = takeover.Doubt{Since: slacktest.Night, Why: &takeover.Trouble{Kind: takeover.NoAnswer}, HolderTold: true}
	})
	anothers := slacktest.With(waits, func(l *takeover.Line) { l.Takeover.Holder = "ULENA" })
	mute := slacktest.With(waits, func(l *takeover.Line) { l.OptedOutAt = slacktest.Night })
	for name, tt := range map[string]struct {
		event takeover.Event
		line  takeover.Line
		want  string
	}{
		"accepted":              {takeover.EventAccepted, waits, "Reply …, Hand back to AI, Hand off …"},
		"accepted, no texts":    {takeover.EventAccepted, mute, "Hand back to AI, Hand off …"},
		"accepted, another's":   {takeover.EventAccepted, anothers, ""},
		"unanswered":            {takeover.EventReplyMissed, waits, "Reply …, Hand back to AI, Hand off …"},
		"unanswered, no texts":  {takeover.EventReplyMissed, mute, "Hand back to AI, Hand off …"},
		"unanswered, another's": {takeover.EventReplyMissed, anothers, ""},
		"not checked":           {takeover.EventUncheckedHolder, doubted, "Check now, Show number"},
		"not checked, over":     {takeover.EventUncheckedHolder, waits, ""},
		"kept":                  {takeover.EventKept, waits, "Reply …, Hand back to AI, Hand off …"},
	} {
		e := slacktest.EntryOf(tt.event)
		e.Who, e.Other = slacktest.Holder, slacktest.Other
		m := Direct{Line: tt.line, Entry: e, To: slacktest.Holder}.Message()
		checkMessage(t, m)
		if got := buttonsOf(t, m); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

package render

import (
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/takeover"
)

// night is the audit of a takeover: claimed at 03:13:41, silent at 03:14:02, not checked from 03:20 on, checked
// again at 03:32, the AI spoke at 03:33, handed back at 03:40, no answer of the AI from 03:41 on.
func night() []takeover.Entry {
	ai, taking := takeover.Standing{State: takeover.StateAI}, takeover.Standing{State: takeover.StateTaking, Holder: slacktest.Holder}
	held, returning := takeover.Standing{State: takeover.StateHeld, Holder: slacktest.Holder}, takeover.Standing{State: takeover.StateReturning, Holder: slacktest.Holder}
	entry := func(clock string, event takeover.Event, before, after takeover.Standing) takeover.Entry {
		return takeover.Entry{At: clockOf(clock), Event: event, Before: before, After: after, Ref: "k7f2"}
	}
	unchecked, missed := entry("03:30:00", takeover.EventUncheckedDesk, held, held), entry("03:43:00", takeover.EventAnswerMissed, ai, ai)
	unchecked.Lag, missed.Waiting = 10*time.Minute, takeover.ProviderTime(clockOf("03:41:00"))
	return []takeover.Entry{
		entry("03:13:41", takeover.EventClaimed, ai, taking), entry("03:14:02", takeover.EventSilenced, taking, held),
		unchecked, entry("03:32:00", takeover.EventCheckedAgain, held, held), entry("03:33:00", takeover.EventAISpoke, held, held),
		entry("03:40:00", takeover.EventHandedBack, held, returning), entry("03:40:02", takeover.EventReleased, returning, ai), missed,
	}
}

func clockOf(clock string) time.Time {
	at, err := time.Parse(time.DateTime, slacktest.Night.Format(time.DateOnly)+" "+clock)
	if err != nil {
		panic(err)
	}
	return at
}

// TestWhoWasSpeaking is one sentence for each minute of a night.
func TestWhoWasSpeaking(t *testing.T) {
	t.Parallel()
	at := func(clock string) string { return mrkdwn.TimeSeconds(clockOf(clock)) }
	for clock, want := range map[string]string{
		"03:00:00": "nobody held the line: the AI answered, as far as the bot knows, whose log of this line begins at " + mrkdwn.DateTime(clockOf("03:13:41")) + ".",
		"03:13:50": "<@UDANA> was taking the line over: the AI was not proven silent yet.",
		"03:15:00": "<@UDANA> held the line: the AI was silent (checked " + at("03:14:02") + ").",
		"03:25:00": "<@UDANA> held the line: the bot had not been able to check since " + at("03:20:00") + " that the AI was silent.",
		"03:31:00": "<@UDANA> held the line: the bot had not been able to check since " + at("03:20:00") + " that the AI was silent.",
		"03:32:30": "<@UDANA> held the line: the AI was silent (checked " + at("03:32:00") + ").",
		"03:34:00": "<@UDANA> held the line: the AI was silent (checked " + at("03:32:00") + "); the AI had spoken all the same, which the bot noticed at " + at("03:33:00") + ".",
		"03:40:01": "the line of <@UDANA> was being handed back: the AI may have answered already.",
		"03:42:00": "nobody held the line: the AI answered.",
		"03:44:00": "nobody answered: no operator held the line, and the AI had not answered the end user since " + mrkdwn.Time(clockOf("03:41:00")) + ".",
	} {
		got := momentSentence(takeover.MomentOf(night(), clockOf(clock)), clockOf(clock), clockOf("04:00:00"))
		if got != "At "+mrkdwn.Time(clockOf(clock))+" "+want {
			t.Errorf("%s: %s\nwant %s", clock, got, want)
		}
	}
	for name, tc := range map[string]struct {
		audit []takeover.Entry
		at    time.Time
		want  string
	}{
		"no log":            {nil, clockOf("03:15:00"), "whose log has nothing of this line"},
		"older than it is":  {nil, clockOf("03:15:00").AddDate(0, 0, -91), "not known, because the log is kept for 90 days"},
		"begins in between": {night()[1:], clockOf("03:14:00"), "not known, because the log of this line begins at"},
	} {
		if got := momentSentence(takeover.MomentOf(tc.audit, tc.at), tc.at, clockOf("04:00:00")); !strings.Contains(got, tc.want) {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// TestTheMinuteAround: messages and entries stand together in the order of time, masked and without live marks.
func TestTheMinuteAround(t *testing.T) {
	t.Parallel()
	l := slacktest.LineIn(takeover.StateAI)
	said := func(clock string, r takeover.Role, text string) takeover.Message {
		return takeover.Message{Role: r, Text: text, At: takeover.ProviderTime(clockOf(clock))}
	}
	msgs := []takeover.Message{
		said("03:10:00", takeover.RoleEndUser, "too early"), said("03:13:35", takeover.RoleEndUser, "<!channel> I am at +1 415 555 0137"),
		said("03:13:38", takeover.RoleAssistant, "Help is *coming*"), said("03:14:30", takeover.RoleOperator, "I am on my way"), said("03:16:00", takeover.RoleEndUser, "too late"),
	}
	m := Moment("it", []Around{{Line: l, Audit: night(), Messages: msgs, Unread: "More may be missing."}}, clockOf("03:14:00"), clockOf("04:00:00"), 2)
	all := strings.Join(checkMessage(t, m).Texts, "\n")
	last := -1
	for _, want := range []string{"At <!date", "I am at •••• 0137", "coming", "AI proven silent for nobody", "I am on my way", "More may be missing.", "2 lines more"} {
		i := strings.Index(all, want)
		if i <= last {
			t.Errorf("%q is missing or out of order: %s", want, all)
		}
		last = i
	}
	if strings.Contains(all, "too early") || strings.Contains(all, "too late") || strings.Contains(all, "<!channel>") {
		t.Error(all)
	}
	quiet := Moment("it", []Around{{Line: l, Audit: night()}}, clockOf("03:05:00"), clockOf("04:00:00"), 0)
	if all := strings.Join(checkMessage(t, quiet).Texts, "\n"); !strings.Contains(all, "Nothing was written or pressed between") {
		t.Error(all)
	}
	var many []takeover.Message
	for range 200 {
		many = append(many, said("03:14:00", takeover.RoleEndUser, strings.Repeat("<&> ", 200)))
	}
	full := Moment("it", []Around{{Line: l, Messages: many}}, clockOf("03:14:00"), clockOf("04:00:00"), 0)
	if all := strings.Join(checkMessage(t, full).Texts, "\n"); !strings.Contains(all, "more follow") {
		t.Error(all)
	}
}

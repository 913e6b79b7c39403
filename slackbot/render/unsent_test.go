package render

import (
	"encoding/json"
	"strings"
	"testing"

	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/people"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
	"takeoverbot/talk"
)

// TestTheThreadSaysWhichWordsLeave: in one sentence, by the desk's mode, and where none leave, why
// and what to do.
func TestTheThreadSaysWhichWordsLeave(t *testing.T) {
	t.Parallel()
	held := slacktest.LineIn(takeover.StateHeld)
	no := func(reason string) takeover.Line {
		return slacktest.With(held, func(l *takeover.Line) {
			l.Can = takeover.Capabilities{takeover.CanReply: {Level: takeover.LevelNo, Reason: reason}}
		})
	}
	for name, tt := range map[string]struct {
		line    takeover.Line
		careful bool
		want    []string
	}{
		"direct":     {held, false, []string{"What <@UDANA> writes or posts in this thread goes to the end user as a text after five seconds; begin a line with // to keep it here."}},
		"careful":    {held, true, []string{"Only what <@UDANA> writes with *Reply …* on the card, or in lines that begin with &gt;, goes to the end user"}},
		"nobody's":   {slacktest.LineIn(takeover.StateAI), false, []string{ThreadHead}},
		"a web chat": {no("No way into a web chat."), false, []string{threadStays, "No way into a web chat.", "Call the end user instead"}},
		"without a number": {slacktest.With(no("No way into a web chat."), func(l *takeover.Line) { l.EndUser = "conversation:c1" }), true,
			[]string{threadStays, "What you note with `!note` is told to the AI when you hand back."}},
		"not known": {no(""), false, []string{threadStays, "Telnyx does not let a person write to this end user."}},
		"nobody's, opted out": {slacktest.With(slacktest.LineIn(takeover.StateAI), func(l *takeover.Line) { l.OptedOutAt = slacktest.Night }), false,
			[]string{threadStays}},
		"nobody's web chat": {slacktest.With(no("No way into a web chat."), func(l *takeover.Line) { l.State = takeover.StateAI }), false, []string{threadStays}},
		"opted out":         {slacktest.With(held, func(l *takeover.Line) { l.OptedOutAt = slacktest.Night }), false, []string{threadStays, "texts are off until START"}},
	} {
		head := TalkHead(tt.line, tt.careful)
		checkSpoken(t, head)
		said := threadText(tt.line, slacktest.EntryOf(takeover.EventSilenced))
		for _, want := range tt.want {
			if !tt.line.Taken() && !strings.HasSuffix(strings.Split(said, " · ref ")[0], " "+threadStays) {
				t.Errorf("%s: a takeover that has ended says %q", name, said)
			}
			if !strings.Contains(head, want) || !tt.careful && tt.line.Taken() && !strings.Contains(said, want) {
				t.Errorf("%s: %q, %q; want %q", name, head, said, want)
			}
		}
	}
}

// TestATextThatMayNotHaveBeenSent has a button, until it is settled.
func TestATextThatMayNotHaveBeenSent(t *testing.T) {
	t.Parallel()
	l, e := slacktest.LineIn(takeover.StateHeld), slacktest.EntryOf(takeover.EventTextUnsure)
	e.Line, e.Text, e.Other = l.ID, "tx_1", slacktest.Holder
	m := ThreadMessage(l, e, "I am on my way. Call +14155550137", takeover.Desk{})
	checkMessage(t, m)
	blocks, err := json.Marshal(m.Blocks)
	slacktest.Must(t, err)
	for _, want := range []string{`"` + ids.SendAgain + `"`, `"` + string(l.ID) + ` tx_1"`, "I am on my way."} {
		if !strings.Contains(string(blocks), want) {
			t.Errorf("no %s in %s", want, blocks)
		}
	}
	if strings.Contains(string(blocks), "4155550137") {
		t.Errorf("the number is not masked: %s", blocks)
	}
	for state, want := range map[talk.State]string{talk.Sent: "was sent after all", talk.Delivered: "was delivered after all",
		talk.Unconfirmed: "does not say whether it arrived", talk.Failed: "did not reach the end user", talk.Unsure: "<@UOMAR> sent this text again."} {
		after := Settled(l, talk.Text{State: state, By: slacktest.Holder, Words: "I am on my way"}, map[bool]takeover.OperatorID{true: slacktest.Other}[state == talk.Unsure])
		checkMessage(t, after)
		if !strings.Contains(after.Text, want) || len(after.Blocks) != 2 {
			t.Errorf("%s: %q with %d blocks", state, after.Text, len(after.Blocks))
		}
	}
}

// TestWordsOfABox stand in the thread, with how many texts they fill if those are many.
func TestWordsOfABox(t *testing.T) {
	t.Parallel()
	for parts, many := range map[int]bool{1: false, 2: false, 3: true} {
		m := Wrote(slacktest.LineIn(takeover.StateHeld), talk.Text{By: slacktest.Holder, Words: "I am on my way", Parts: parts})
		checkMessage(t, m)
		if strings.Contains(m.Text, "they fill 3 texts") != many {
			t.Errorf("%d parts: %q", parts, m.Text)
		}
	}
}

// TestEveryFailureSaysWhatToDo, of each kind.
func TestEveryFailureSaysWhatToDo(t *testing.T) {
	t.Parallel()
	for _, kind := range slacktest.ConstantsOf(t, "SendFailureKind") {
		words := SendFailure("Telnyx", &takeover.SendFailure{Kind: takeover.SendFailureKind(kind), Code: "40300", Detail: "why <!channel>"})
		checkSpoken(t, "Your text did not reach the end user: "+words+" · ref k7f2")
		if !strings.Contains(strings.ToLower(words), "call") || !strings.Contains(words, "(Telnyx code 40300)") {
			t.Errorf("%s: %q", kind, words)
		}
	}
}

// TestTheCardSaysWhereTextsAreOff: after STOP, and on a line that has no texts. Then it has no button
// to write, on the Home neither.
func TestTheCardSaysWhereTextsAreOff(t *testing.T) {
	t.Parallel()
	held := slacktest.LineIn(takeover.StateHeld)
	for want, l := range map[string]takeover.Line{
		"The end user opted out (wrote STOP): texts are off until START.": slacktest.With(held, func(l *takeover.Line) { l.OptedOutAt = slacktest.Night }),
		"No way into a web chat.": slacktest.With(held, func(l *takeover.Line) {
			l.Newest.Channel, l.Can = takeover.ChannelWeb, takeover.Capabilities{takeover.CanReply: {Level: takeover.LevelNo, Reason: "No way into a web chat."}}
		}),
		"": held,
	} {
		card := Card(l, slacktest.DrawnAt(l))
		checkMessage(t, card)
		home := Home{Lines: []takeover.Line{l}, Viewer: slacktest.Holder, Role: people.Responder, AsOf: slacktest.Night}
		blocks, err := json.Marshal([]any{card.Blocks, home.View()})
		slacktest.Must(t, err)
		if !strings.Contains(card.Text, want) || !strings.Contains(string(blocks), want) {
			t.Errorf("no %q in %s", want, card.Text)
		}
		if n := strings.Count(string(blocks), ids.Reply); n != map[bool]int{true: 2}[want == ""] {
			t.Errorf("%q: %d buttons to write", want, n)
		}
	}
}

// TestPicturesAreNamed where the words are quoted that they were sent with: there may be none.
func TestPicturesAreNamed(t *testing.T) {
	t.Parallel()
	l := slacktest.LineIn(takeover.StateHeld)
	files := []takeover.FileID{"F1"}
	for name, m := range map[string]slackapi.Message{
		"asked":   AskSpeaker(takeover.Refusal{Line: l.ID, Holder: slacktest.Holder}, takeover.Command{Files: files}, 7),
		"settled": Settled(l, talk.Text{State: talk.Sent, By: slacktest.Holder, Files: files}, ""),
	} {
		checkMessage(t, m)
		blocks, err := json.Marshal(m.Blocks)
		slacktest.Must(t, err)
		if !strings.Contains(string(blocks), "(a picture)") {
			t.Errorf("%s: %s", name, blocks)
		}
	}
}

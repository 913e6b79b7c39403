package takeover_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"takeoverbot/takeover"
)

func TestOptOutOf(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]takeover.OptOut{
		"STOP": takeover.OptedOut, " stop\n": takeover.OptedOut, "Stop  all": takeover.OptedOut, "quit": takeover.OptedOut,
		"start": takeover.OptedIn, "UNSTOP ": takeover.OptedIn,
		"": takeover.OptUnchanged, "please stop the leak": takeover.OptUnchanged, "STOP.": takeover.OptUnchanged, "stopp": takeover.OptUnchanged,
	} {
		if got := takeover.OptOutOf(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

// turn is a message that was written so many seconds after the takeover; "u ok", "a hello". With the
// key of a text behind a slash it was put there by the bot.
func turn(i int, what string, seconds int) takeover.Message {
	roles := map[string]takeover.Role{"u": takeover.RoleEndUser, "a": takeover.RoleAssistant, "o": takeover.RoleOperator}
	who, words, _ := strings.Cut(what, " ")
	words, written, _ := strings.Cut(words, "/")
	return takeover.Message{Key: fmt.Sprint("m", i), Role: roles[who], Text: words, Written: written, At: provided(seconds)}
}

func provided(seconds int) takeover.ProviderTime {
	return takeover.ProviderTime(noon.Add(time.Duration(seconds) * time.Second))
}

func reported(key, words string, seconds int) takeover.LineText {
	return takeover.LineText{Key: key, By: takeover.RoleEndUser, Text: words, At: provided(seconds), In: "c1"}
}

func sent(key, words string, seconds int) takeover.LineText {
	return takeover.LineText{Key: key, By: takeover.RoleOperator, Text: words, At: provided(seconds), In: "c1"}
}

// TestTextsAndTheConversation: whatever the provider puts into the conversation, and when, each
// text is one message, an end user's words are the end user's, and an operator's are the operator's.
func TestTextsAndTheConversation(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		shows    []takeover.Message
		texts    []takeover.LineText
		want     string // role, words, and behind a colon under which key a report or a sent text is known
		appended bool
		spoke    bool // the AI has, after the takeover
	}{
		"not in the conversation": {nil, []takeover.LineText{reported("w1", "help", 1)}, "end user help:w1", false, false},
		"in it":                   {[]takeover.Message{turn(1, "u help", 2)}, []takeover.LineText{reported("w1", "help", 1)}, "end user help:w1", false, false},
		"in it, with other white space": {[]takeover.Message{turn(1, "u help  me", 2)}, []takeover.LineText{reported("w1", "help me ", 1)},
			"end user help  me:w1", false, false},
		"two equal ones, one is there": {[]takeover.Message{turn(1, "u ok", 2)}, []takeover.LineText{reported("w1", "ok", 1), reported("w2", "ok", 9)},
			"end user ok:w1, end user ok:w2", false, false},
		"two equal ones, both are there": {[]takeover.Message{turn(1, "u ok", 2), turn(2, "u ok", 10)},
			[]takeover.LineText{reported("w1", "ok", 1), reported("w2", "ok", 9)}, "end user ok:w1, end user ok:w2", false, false},
		"an equal one of long before": {[]takeover.Message{turn(1, "u ok", 1)}, []takeover.LineText{reported("w1", "ok", 200)},
			"end user ok, end user ok:w1", false, false},
		"in between": {[]takeover.Message{turn(1, "u a", 1), turn(2, "u c", 5)}, []takeover.LineText{reported("w1", "b", 3)},
			"end user a, end user b:w1, end user c", false, false},
		"of another conversation": {nil, []takeover.LineText{{Key: "w1", By: takeover.RoleEndUser, Text: "help", At: provided(1), In: "c2"}}, "", false, false},
		"of another conversation, but here": {[]takeover.Message{turn(1, "u help", 2)},
			[]takeover.LineText{{Key: "w1", By: takeover.RoleEndUser, Text: "help", At: provided(1), In: "c2"}}, "end user help:w1", false, false},
		"the AI repeats the end user": {[]takeover.Message{turn(1, "a help", 2)}, []takeover.LineText{reported("w1", "help", 1)},
			"end user help:w1, AI help", false, true},

		"sent, put there by the bot":      {[]takeover.Message{turn(1, "o hi/tx_1", 3)}, []takeover.LineText{sent("tx_1", "hi", 2)}, "operator hi:tx_1", false, false},
		"sent, put there by the provider": {[]takeover.Message{turn(1, "a hi", 3)}, []takeover.LineText{sent("tx_1", "hi", 2)}, "operator hi:tx_1", true, false},
		"with quotes that it has changed": {[]takeover.Message{turn(1, `a "hi" it's me`, 3)}, []takeover.LineText{sent("tx_1", "“hi” it’s me", 2)},
			`operator "hi" it's me:tx_1`, true, false},
		"put there by both": {[]takeover.Message{turn(1, "a hi", 2), turn(2, "o hi/tx_1", 3)}, []takeover.LineText{sent("tx_1", "hi", 2)},
			"operator hi:tx_1, operator hi:tx_1", true, false},
		"the AI said so long before":         {[]takeover.Message{turn(1, "a hi", -900)}, []takeover.LineText{sent("tx_1", "hi", 2)}, "AI hi", false, false},
		"the AI said so before the takeover": {[]takeover.Message{turn(1, "a hi", -5)}, []takeover.LineText{sent("tx_1", "hi", 2)}, "AI hi", false, false},
		"the AI says so a minute after it was put there": {[]takeover.Message{turn(1, "o hi/tx_1", 3), turn(2, "a hi", 63)},
			[]takeover.LineText{sent("tx_1", "hi", 2)}, "operator hi:tx_1, AI hi", false, true},
		"twice the same": {[]takeover.Message{turn(1, "a ok", 3), turn(2, "a ok", 30)}, []takeover.LineText{sent("tx_1", "ok", 2), sent("tx_2", "ok", 29)},
			"operator ok:tx_1, operator ok:tx_2", true, false},
		"put there after the end user wrote again": {[]takeover.Message{turn(1, "u who?", 1), turn(2, "u STOP", 4), turn(3, "o hi/tx_1", 6)},
			[]takeover.LineText{sent("tx_1", "hi", 3)}, "end user who?, operator hi:tx_1, end user STOP", false, false},
		"two that were put there in another order": {[]takeover.Message{turn(1, "u STOP", 4), turn(2, "o again/tx_2", 6), turn(3, "o hi/tx_1", 7)},
			[]takeover.LineText{sent("tx_1", "hi", 2), sent("tx_2", "again", 3)}, "operator hi:tx_1, operator again:tx_2, end user STOP", false, false},
		"a picture without words": {[]takeover.Message{turn(1, "a ", 3)}, []takeover.LineText{sent("tx_1", "", 2)}, "AI ", false, false},
		"sent, not there yet":     {nil, []takeover.LineText{sent("tx_1", "hi", 2)}, "", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newFixture(heldOne())
			h.ai.spoken["c1"], h.store.texts = tt.shows, tt.texts
			_, got, err := h.Read(t.Context(), takeover.Reading{Line: "ln_1", Conversation: "c1"})
			if err != nil {
				t.Fatal(err)
			}
			var all []string
			for _, m := range got.Messages {
				one := string(m.Role) + " " + m.Text
				if key := m.Written + m.Reported; key != "" {
					one += ":" + key
				}
				all = append(all, one)
			}
			if strings.Join(all, ", ") != tt.want {
				t.Errorf("%q, want %q", all, tt.want)
			}
			if appended := !h.store.cursors[takeover.AppendedName("Telnyx")].IsZero(); appended != tt.appended {
				t.Errorf("the provider is known to append: %t", appended)
			}
			if l := h.store.lines["ln_1"]; l.Takeover.Spoke.At.IsZero() == tt.spoke {
				t.Errorf("the AI spoke: %+v", l.Takeover.Spoke)
			}
		})
	}
}

// TestALaterPartOfAConversation lacks what was said before: a text of before is not put in.
func TestALaterPartOfAConversation(t *testing.T) {
	t.Parallel()
	h := newFixture(heldOne())
	h.ai.cut = true
	h.ai.spoken["c1"] = []takeover.Message{turn(1, "u b", 100)}
	h.store.texts = []takeover.LineText{reported("w1", "a", 90), reported("w2", "b", 100), reported("w3", "c", 140)}
	_, got, err := h.Read(t.Context(), takeover.Reading{Line: "ln_1", Conversation: "c1"})
	if err != nil || len(got.Messages) != 2 || got.Messages[0].Reported != "w2" || got.Messages[1].Key != "w3" {
		t.Errorf("%+v, %v", got.Messages, err)
	}
}

// heldOne is a line of UA, proven at noon, with one conversation.
func heldOne() takeover.Line {
	return heldTwo(func(l *takeover.Line) {
		l.Newest.ID = "c1"
		l.Covered = []takeover.Covered{{ID: "c1", Channel: takeover.ChannelText, CheckedAt: noon, Before: provided(0)}}
	})
}

func TestWithPictures(t *testing.T) {
	t.Parallel()
	for want, tt := range map[string]struct {
		words string
		n     int
	}{"hello": {"hello", 0}, "hello (a picture)": {"hello", 1}, "hello (2 pictures)": {"hello", 2}, "(a picture)": {"", 1}, "(10 pictures)": {"", 10}} {
		if got := takeover.WithPictures(tt.words, tt.n); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

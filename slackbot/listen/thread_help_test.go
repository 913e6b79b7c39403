package listen

import (
	"encoding/json"
	"strings"
	"testing"

	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/render"
	"takeoverbot/takeover"
)

func TestThreadHelpKeepsToSlacksLimits(t *testing.T) {
	t.Parallel()
	help := threadHelp("There is no word “!x”: nothing was changed. These work here:", render.ThreadHead)
	slacktest.CheckMessage(t, help.Text, help.Blocks)
	hostile := slacktest.With(slacktest.LineIn(takeover.StateHeld), func(l *takeover.Line) { l.Recent.Lines[2].Text = "<!channel> *x* " + strings.Repeat("&", 300) })
	question := render.AskHandBack(hostile, takeover.Command{By: "U0OTHER"})
	slacktest.CheckMessage(t, question.Text, question.Blocks)
}

// TestExamplesNameNobody: a product that is installed anywhere knows nobody of the demo.
func TestExamplesNameNobody(t *testing.T) {
	t.Parallel()
	held := slacktest.LineIn(takeover.StateHeld)
	takeFrom, _ := takeFromModal(modalRequest{line: held, by: slacktest.Other})
	handOff, _ := handOffModal(modalRequest{line: held, by: slacktest.Holder})
	boxes, err := json.Marshal([]any{takeFrom, handOff})
	slacktest.Must(t, err)
	texts := []string{strings.ReplaceAll(string(boxes), string(slacktest.Holder), "")}
	for _, w := range words() {
		texts = append(texts, w.example, w.what)
	}
	for _, w := range threadWords() {
		texts = append(texts, w.example, w.what)
	}
	for _, text := range texts {
		for _, name := range []string{"dana", "omar", "lena", "his phone", "her phone"} {
			if strings.Contains(strings.ToLower(text), name) {
				t.Errorf("%q is in %q", name, text)
			}
		}
	}
}

// TestAClickIsAnsweredWhereItWas: in the thread, or in the channel for the card above the thread, of
// which Slack tells the thread as well.
func TestAClickIsAnsweredWhereItWas(t *testing.T) {
	t.Parallel()
	for thread, want := range map[string]string{"": "", "1.1": "", "1.0": "1.0"} {
		var in interaction
		in.Container.ChannelID, in.Container.MessageTS, in.Container.ThreadTS = "C1", "1.1", thread
		if got := in.reply().Thread; got != want {
			t.Errorf("thread %q: answered in %q", thread, got)
		}
	}
}

package slackbot

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/takeover"
)

// testConversation is the current one of testLine.
const testConversation = takeover.ConversationID("c0ffee00-0000-4000-8000-000000000001")

// spoken are n messages, a minute apart: "word 001" is the first.
func spoken(n int) []takeover.Message {
	var all []takeover.Message
	for i := range n {
		m := takeover.Message{Key: fmt.Sprintf("%032x", i+1), Role: takeover.RoleEndUser, Text: fmt.Sprintf("word %03d", i+1), At: slacktest.Night.Add(time.Duration(i-n) * time.Minute)}
		if i%2 == 1 {
			m.Role = takeover.RoleAssistant
		}
		all = append(all, m)
	}
	return all
}

// wordsIn lists the "word 001" of texts, in order.
func wordsIn(texts []string) []int {
	var found []int
	for _, text := range texts {
		for _, part := range strings.Split(text, "word ")[1:] {
			var n int
			if _, err := fmt.Sscanf(part, "%d", &n); err == nil {
				found = append(found, n)
			}
		}
	}
	return found
}

func fromTo(from, to int) []int {
	var all []int
	for i := from; i <= to; i++ {
		all = append(all, i)
	}
	return all
}

// TestOpenDrawsTheLineAsItIsByNow: the drawing for a proof that comes before the card
// stands finds none and does nothing, so that opening has to show the proof.
func TestOpenDrawsTheLineAsItIsByNow(t *testing.T) {
	d := newDesk(t, slacktest.LineIn(takeover.StateTaking))
	d.house.readThen = func(l *takeover.Line) {
		held := slacktest.LineIn(takeover.StateHeld)
		l.State, l.Takeover, l.Covered = held.State, held.Takeover, held.Covered
	}
	if got := d.read(d.open(testLine)); !strings.Contains(got, "AI is silent (checked ") {
		t.Errorf("the card says %q", got)
	}
}

func TestOpenShowsTheLastMessagesOnce(t *testing.T) {
	d := newDesk(t, slacktest.LineIn(takeover.StateAI))
	d.house.said[testConversation] = spoken(50)
	card := d.open(testLine)
	if got := wordsIn(d.thread(card)); !slices.Equal(got, fromTo(31, 50)) {
		t.Errorf("the thread shows %v, want 31 to 50 in order", got)
	}
	first := d.thread(card)[0]
	if !strings.HasPrefix(first, "Nothing written in this thread reaches the end user.\nThe last 20 messages of 50, oldest first.") {
		t.Errorf("the thread begins with %q", first)
	}
	if got := d.read(card); !strings.Contains(got, "word 050") || strings.Contains(got, "word 047") {
		t.Errorf("the card shows %q, want the last three lines", got)
	}

	d.open(testLine)
	if got := wordsIn(d.thread(card)); len(got) != 20 {
		t.Errorf("opened again, the thread shows %v", got)
	}
	d.house.said[testConversation] = spoken(53)
	d.open(testLine)
	if got := wordsIn(d.thread(card)); !slices.Equal(got, fromTo(31, 53)) {
		t.Errorf("after three new messages the thread shows %v", got)
	}
	if last := d.thread(card)[len(d.thread(card))-1]; !strings.HasPrefix(last, "3 new messages since the last time, oldest first.") {
		t.Errorf("the new ones begin with %q", last)
	}
	if n := len(d.slack.Messages(slacksim.DeskChannel)); n != 1 {
		t.Errorf("%d cards, want one", n)
	}
	if got := d.read(d.card()); !strings.Contains(got, "word 053") {
		t.Errorf("the card shows %q, want the newest line", got)
	}
}

func TestOpenHeads(t *testing.T) {
	tests := []struct {
		t    takeover.Transcript
		n    int
		want string
	}{
		{takeover.Transcript{Messages: spoken(1), Complete: true}, 1, "All there is: 1 message, oldest first."},
		{takeover.Transcript{Messages: spoken(7), Complete: true, Total: 7}, 7, "All there is: 7 messages, oldest first."},
		{takeover.Transcript{Messages: spoken(20), Total: 300}, 20, "The last 20 messages of 300, oldest first."},
		{takeover.Transcript{Messages: spoken(20)}, 20, "The last 20 messages, oldest first; there are earlier ones."},
	}
	for _, tt := range tests {
		if got := newestHead(tt.n, tt.t); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

func TestOpenTellsTheAskerOnly(t *testing.T) {
	tests := []struct {
		name string
		line takeover.Line
		conv takeover.ConversationID
		said int
		want []string
		not  string
	}{
		{"answering", slacktest.LineIn(takeover.StateAI), "", 3, []string{"The card is here, with the last messages in its thread. AI is answering."}, "older"},
		{"held", slacktest.LineIn(takeover.StateHeld), "", 3, []string{"has it — AI is silent (checked 03:14:09"}, "older"},
		{"no messages", slacktest.LineIn(takeover.StateAI), "", 0, []string{"Telnyx has no messages of this conversation: it may be set to keep none."}, ""},
		{"an older one that is covered", slacktest.With(slacktest.LineIn(takeover.StateHeld), func(l *takeover.Line) { l.Covered = append(l.Covered, takeover.Covered{ID: "old"}) }), "old", 3,
			[]string{"You opened an older conversation of this line; a takeover covers it and the newest one."}, "not cover"},
		{"an older one that is not covered", slacktest.LineIn(takeover.StateHeld), "old", 3,
			[]string{"You opened an older conversation of this line that the present takeover does not cover: the AI may be talking there."}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := newDesk(t, tt.line)
			d.house.said[testConversation], d.house.said["old"] = spoken(tt.said), spoken(tt.said)
			d.put(takeover.Open, func(c *takeover.Command) { c.Conversation = tt.conv })
			d.workLast()
			_, text := d.private(slacksim.Dana)
			for _, want := range tt.want {
				if !strings.Contains(text, want) {
					t.Errorf("told %q, want %q", text, want)
				}
			}
			if tt.not != "" && strings.Contains(text, tt.not) {
				t.Errorf("told %q", text)
			}
			if len(d.slack.Private(slacksim.Omar)) != 0 {
				t.Error("somebody else was told too")
			}
		})
	}
}

// TestPressedAgainAfterACrash: the job runs once more, from every point at which the
// process may have died.
func TestPressedAgainAfterACrash(t *testing.T) {
	for killAt := range 12 {
		t.Run(fmt.Sprint(killAt), func(t *testing.T) {
			d := newDesk(t, slacktest.LineIn(takeover.StateAI))
			d.house.said[testConversation] = longSpoken(40)
			d.put(takeover.Open)
			n := 0
			d.posts.BeforePut = func(any) error {
				if n++; n > killAt {
					return slacktest.ErrKilled
				}
				return nil
			}
			_ = d.tryLast() // it may die
			d.posts.BeforePut = nil
			d.workLast()
			if n := len(d.slack.Messages(slacksim.DeskChannel)); n != 1 {
				t.Errorf("%d cards", n)
			}
			if got := wordsIn(d.thread(d.card())); !slices.Equal(got, fromTo(21, 40)) {
				t.Errorf("the thread shows %v, want 21 to 40 once", got)
			}
		})
	}
}

// longSpoken are messages of which twenty need several posts.
func longSpoken(n int) []takeover.Message {
	all := spoken(n)
	for i := range all {
		all[i].Text += " " + strings.Repeat("a few more words. ", 60)
	}
	return all
}

func TestRefreshSaysWhereNothingIsNew(t *testing.T) {
	d := newDesk(t, slacktest.LineIn(takeover.StateAI))
	d.house.said[testConversation] = spoken(5)
	card := d.open(testLine)
	refresh := func() (new int) {
		t.Helper()
		before := len(d.slack.Private(slacksim.Dana))
		d.click(slacksim.Dana, card.Ref(), "line.menu", slacksim.Pick{Value: "line.refresh " + string(testLine)})
		d.workLast()
		return len(d.slack.Private(slacksim.Dana)) - before
	}
	if n := refresh(); n != 1 {
		t.Fatalf("%d answers, want one", n)
	}
	if _, text := d.private(slacksim.Dana); !strings.Contains(text, "There is nothing new") {
		t.Errorf("told %q", text)
	}
	d.house.said[testConversation] = spoken(6)
	if n := refresh(); n != 0 {
		t.Error("an answer beside what the thread shows")
	}
	if got := wordsIn(d.thread(card)); !slices.Equal(got, fromTo(1, 6)) {
		t.Errorf("the thread shows %v", got)
	}
}

// TestALostCardIsPutUpAgain: somebody deleted it, and with it its thread.
func TestALostCardIsPutUpAgain(t *testing.T) {
	d := newDesk(t, slacktest.LineIn(takeover.StateAI))
	d.house.said[testConversation] = spoken(30)
	lost := d.open(testLine)
	d.deleteCard(lost)
	card := d.open(testLine)
	if card.TS == lost.TS {
		t.Fatal("no new card")
	}
	if got := wordsIn(d.thread(card)); !slices.Equal(got, fromTo(11, 30)) {
		t.Errorf("the new thread shows %v, want 11 to 30", got)
	}
	p, text := d.private(slacksim.Dana)
	if !strings.HasPrefix(text, "The card had been deleted and was put up again. The card is here") || !strings.Contains(p.Text, strings.ReplaceAll(card.TS, ".", "")) {
		t.Errorf("told %q: it does not lead to the new card", p.Text)
	}
	if got := wordsIn(d.thread(lost)); len(got) != 20 {
		t.Errorf("the old thread shows %v", got)
	}
}

// deleteCard removes a card as a workspace's owner may.
func (d *desk) deleteCard(m slacksim.Message) {
	d.Helper()
	_, _, err := slack.New(slacktest.Token, slack.OptionAPIURL(d.slack.APIURL())).DeleteMessageContext(d.Context(), m.Channel, m.TS)
	slacktest.Must(d.T, err)
}

func TestEarlierGoesBackTwentyAtATime(t *testing.T) {
	d := newDesk(t, slacktest.LineIn(takeover.StateAI))
	d.house.said[testConversation] = spoken(50)
	card := d.open(testLine)
	press := func() {
		t.Helper()
		thread := d.slack.Thread(card.Channel, card.TS)
		d.click(slacksim.Dana, thread[len(thread)-1].Ref(), "line.earlier")
		d.workLast()
	}
	press()
	press()
	if got := wordsIn(d.thread(card)); !slices.Equal(got, slices.Concat(fromTo(31, 50), fromTo(11, 30), fromTo(1, 10))) {
		t.Errorf("the thread shows %v", got)
	}
	thread := d.thread(card)
	if last := thread[len(thread)-1]; !strings.HasPrefix(last, "Messages 1 to 10 of 50, oldest first.") || strings.Contains(last, "[20 earlier]") {
		t.Errorf("the beginning says %q", last)
	}
	// The first button, pressed again: nothing twice, and not without a word.
	before := len(thread)
	d.click(slacksim.Omar, d.slack.Thread(card.Channel, card.TS)[0].Ref(), "line.earlier")
	d.workLast()
	if got := len(d.thread(card)); got != before {
		t.Errorf("%d messages in the thread, want %d", got, before)
	}
	if _, text := d.private(slacksim.Omar); !strings.Contains(text, "Messages 11 to 30 are in the thread already") {
		t.Errorf("told %q", text)
	}
}

func TestEarlierWithoutABeginning(t *testing.T) {
	d := newDesk(t, slacktest.LineIn(takeover.StateAI))
	d.house.said[testConversation] = spoken(5)
	for before, want := range map[string]string{"unknown": "cannot find where this left off", fmt.Sprintf("%032x", 1): "nothing earlier"} {
		d.put(takeover.Earlier, func(c *takeover.Command) { c.Before = before })
		d.workLast()
		if _, text := d.private(slacksim.Dana); !strings.Contains(text, want) {
			t.Errorf("told %q, want %q", text, want)
		}
	}
}

func TestWholeTranscriptIsOneFileInTheAskersZone(t *testing.T) {
	d := newDesk(t, slacktest.LineIn(takeover.StateAI))
	d.house.said[testConversation] = spoken(300)
	card := d.open(testLine)
	d.click(slacksim.Omar, card.Ref(), "line.transcript")
	d.workLast()
	d.workLast() // the job runs twice
	files := d.slack.Files()
	if len(files) != 1 {
		t.Fatalf("%d files", len(files))
	}
	text := string(files[0].Content)
	if got := wordsIn([]string{text}); !slices.Equal(got, fromTo(1, 300)) {
		t.Errorf("the file has %d of 300 messages", len(got))
	}
	if !strings.Contains(text, "Europe/Berlin") || strings.Contains(text, "4155550137") || files[0].Channel != card.Channel {
		t.Errorf("file in %s:\n%.300s", files[0].Channel, text)
	}
	if strings.Contains(files[0].Name+files[0].Title, "4155550137") || !strings.HasPrefix(files[0].Title, "Transcript •••• 0137, 300 messages") {
		t.Errorf("named %q, %q", files[0].Name, files[0].Title)
	}
}

func TestWholeTranscriptOfAnOlderConversation(t *testing.T) {
	d := newDesk(t, slacktest.LineIn(takeover.StateAI))
	d.house.said[testConversation], d.house.said["old"] = spoken(2), spoken(40)
	d.put(takeover.Open, func(c *takeover.Command) { c.Conversation = "old" })
	d.workLast()
	thread := d.slack.Thread(d.card().Channel, d.card().TS)
	d.click(slacksim.Dana, thread[len(thread)-1].Ref(), "line.transcript")
	d.workLast()
	if got := wordsIn([]string{string(d.slack.Files()[0].Content)}); len(got) != 40 {
		t.Errorf("the file has %d messages, want the 40 of the conversation below which it was asked for", len(got))
	}
}

func TestNoTranscriptOfNothing(t *testing.T) {
	d := newDesk(t, slacktest.LineIn(takeover.StateAI))
	d.put(takeover.WholeText)
	d.workLast()
	if _, text := d.private(slacksim.Dana); !strings.Contains(text, "Telnyx has no messages of this conversation") || len(d.slack.Files()) != 0 {
		t.Errorf("told %q, %d files", text, len(d.slack.Files()))
	}
}

// TestHistoryBelowALostCard: the buttons of a thread outlive the card above it.
func TestHistoryBelowALostCard(t *testing.T) {
	for _, verb := range []takeover.Verb{takeover.Earlier, takeover.WholeText} {
		t.Run(string(verb), func(t *testing.T) {
			d := newDesk(t, slacktest.LineIn(takeover.StateAI))
			d.house.said[testConversation] = spoken(50)
			_, err := d.bot.putUpCard(t.Context(), d.house.lines[testLine])
			slacktest.Must(t, err)
			lost := d.card()
			d.deleteCard(lost) // without replies nothing is left of it
			d.put(verb, func(c *takeover.Command) {
				if verb == takeover.Earlier {
					c.Before = fmt.Sprintf("%032x", 31)
				}
			})
			d.workLast()
			card := d.card()
			if card.TS == lost.TS || len(d.slack.Messages(slacksim.DeskChannel)) != 1 {
				t.Fatal("no new card")
			}
			if n := len(d.slack.Thread(card.Channel, card.TS)); n != 1 {
				t.Errorf("%d messages below the new card, want one", n)
			}
		})
	}
}

package write_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"takeoverbot/internal/desktest"
	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/takeover"
	"takeoverbot/talk"
)

// TestOpenDrawsTheLineAsItIsByNow: the drawing for a proof that comes before the card is posted
// finds none and does nothing, so that the opening has to show the proof.
func TestOpenDrawsTheLineAsItIsByNow(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.LineIn(takeover.StateTaking))
	d.Backend.ReadThen = func(l *takeover.Line) {
		held := slacktest.LineIn(takeover.StateHeld)
		l.State, l.Takeover, l.Covered = held.State, held.Takeover, held.Covered
	}
	if got := d.Read(d.Open(desktest.LineID)); !strings.Contains(got, "AI is silent (checked ") {
		t.Errorf("the card says %q", got)
	}
}

func TestOpenShowsTheLastMessagesOnce(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.LineIn(takeover.StateAI))
	d.Backend.Said[desktest.ConversationID] = desktest.Spoken(50)
	card := d.Open(desktest.LineID)
	if got := desktest.WordsIn(d.Thread(card)); !slices.Equal(got, desktest.FromTo(31, 50)) {
		t.Errorf("the thread shows %v, want 31 to 50 in order", got)
	}
	first := d.Thread(card)[0]
	if !strings.HasPrefix(first, "Until an operator takes over, nothing written in this thread reaches the end user.\nThe last 20 messages of 50, oldest first.") {
		t.Errorf("the thread begins with %q", first)
	}
	if got := d.Read(card); !strings.Contains(got, "word 050") || strings.Contains(got, "word 047") {
		t.Errorf("the card shows %q, want the last three lines", got)
	}

	d.Open(desktest.LineID)
	if got := desktest.WordsIn(d.Thread(card)); len(got) != 20 {
		t.Errorf("opened again, the thread shows %v", got)
	}
	d.Backend.Said[desktest.ConversationID] = desktest.Spoken(53)
	d.Open(desktest.LineID)
	if got := desktest.WordsIn(d.Thread(card)); !slices.Equal(got, desktest.FromTo(31, 53)) {
		t.Errorf("after three new messages the thread shows %v", got)
	}
	if last := d.Thread(card)[len(d.Thread(card))-1]; !strings.HasPrefix(last, "3 new messages since the last time, oldest first.") {
		t.Errorf("the new ones begin with %q", last)
	}
	if n := len(d.Slack.Messages(slacksim.DeskChannel)); n != 1 {
		t.Errorf("%d cards, want one", n)
	}
	if got := d.Read(d.Card()); !strings.Contains(got, "word 053") {
		t.Errorf("the card shows %q, want the newest line", got)
	}
}

func TestOpenTellsTheAskerOnly(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		line takeover.Line
		conv takeover.ConversationID
		said int
		want []string
		not  string
	}{
		{"answering", slacktest.LineIn(takeover.StateAI), "", 3, []string{"The card is here, with the last messages in its thread. AI is answering."}, "older"},
		{"held", slacktest.LineIn(takeover.StateHeld), "", 3, []string{"has it — AI is silent (checked "}, "older"},
		{"no messages", slacktest.LineIn(takeover.StateAI), "", 0, []string{"Telnyx has no messages of this conversation: it may be set to keep none."}, ""},
		{"an older one that is covered", slacktest.With(slacktest.LineIn(takeover.StateHeld), func(l *takeover.Line) { l.Covered = append(l.Covered, takeover.Covered{ID: "old"}) }), "old", 3,
			[]string{"You opened an older conversation of this line; a takeover covers it and the newest one."}, "not cover"},
		{"an older one that is not covered", slacktest.LineIn(takeover.StateHeld), "old", 3,
			[]string{"You opened an older conversation of this line that the present takeover does not cover: the AI may be talking there."}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := desktest.New(t, tt.line)
			d.Backend.Said[desktest.ConversationID], d.Backend.Said["old"] = desktest.Spoken(tt.said), desktest.Spoken(tt.said)
			d.Put(takeover.Open, func(c *takeover.Command) { c.Conversation = tt.conv })
			d.WorkLast()
			_, text := d.Private(slacksim.Dana)
			for _, want := range tt.want {
				if !strings.Contains(text, want) {
					t.Errorf("told %q, want %q", text, want)
				}
			}
			if tt.not != "" && strings.Contains(text, tt.not) {
				t.Errorf("told %q", text)
			}
			if len(d.Slack.Private(slacksim.Omar)) != 0 {
				t.Error("another person was told, too")
			}
		})
	}
}

// TestPressedAgainAfterACrash: the job runs again after a crash at each of its writes.
func TestPressedAgainAfterACrash(t *testing.T) {
	t.Parallel()
	for killAt := range 12 {
		t.Run(fmt.Sprint(killAt), func(t *testing.T) {
			t.Parallel()
			d := desktest.New(t, slacktest.LineIn(takeover.StateAI))
			d.Backend.Said[desktest.ConversationID] = longSpoken(40)
			d.Put(takeover.Open)
			n := 0
			d.Posts.BeforePut = func(any) error {
				if n++; n > killAt {
					return slacktest.ErrKilled
				}
				return nil
			}
			_ = d.TryLast() // it may die
			d.Posts.BeforePut = nil
			d.WorkLast()
			if n := len(d.Slack.Messages(slacksim.DeskChannel)); n != 1 {
				t.Errorf("%d cards", n)
			}
			if got := desktest.WordsIn(d.Thread(d.Card())); !slices.Equal(got, desktest.FromTo(21, 40)) {
				t.Errorf("the thread shows %v, want 21 to 40 once", got)
			}
		})
	}
}

// longSpoken are messages of which twenty need several posts.
func longSpoken(n int) []takeover.Message {
	all := desktest.Spoken(n)
	for i := range all {
		all[i].Text += " " + strings.Repeat("a few more words. ", 60)
	}
	return all
}

func TestRefreshSaysWhereNothingIsNew(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.LineIn(takeover.StateAI))
	d.Backend.Said[desktest.ConversationID] = desktest.Spoken(5)
	card := d.Open(desktest.LineID)
	refresh := func() (new int) {
		t.Helper()
		before := len(d.Slack.Private(slacksim.Dana))
		d.Click(slacksim.Dana, card.Ref(), "line.menu", slacksim.Pick{Value: "line.refresh " + string(desktest.LineID)})
		d.WorkLast()
		return len(d.Slack.Private(slacksim.Dana)) - before
	}
	if n := refresh(); n != 1 {
		t.Fatalf("%d answers, want one", n)
	}
	if _, text := d.Private(slacksim.Dana); !strings.Contains(text, "There is nothing new") {
		t.Errorf("told %q", text)
	}
	d.Backend.Said[desktest.ConversationID] = desktest.Spoken(6)
	if n := refresh(); n != 0 {
		t.Error("an answer beside what the thread shows")
	}
	if got := desktest.WordsIn(d.Thread(card)); !slices.Equal(got, desktest.FromTo(1, 6)) {
		t.Errorf("the thread shows %v", got)
	}
}

// TestALostCardIsPutUpAgain: it was deleted, and with it its thread.
func TestALostCardIsPutUpAgain(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.LineIn(takeover.StateAI))
	d.Backend.Said[desktest.ConversationID] = desktest.Spoken(30)
	lost := d.Open(desktest.LineID)
	deleteCard(d, lost)
	card := d.Open(desktest.LineID)
	if card.TS == lost.TS {
		t.Fatal("no new card")
	}
	if got := desktest.WordsIn(d.Thread(card)); !slices.Equal(got, desktest.FromTo(11, 30)) {
		t.Errorf("the new thread shows %v, want 11 to 30", got)
	}
	p, text := d.Private(slacksim.Dana)
	if !strings.HasPrefix(text, "The card had been deleted and was put up again. The card is here") || !strings.Contains(p.Text, strings.ReplaceAll(card.TS, ".", "")) {
		t.Errorf("told %q: it does not lead to the new card", p.Text)
	}
	if got := desktest.WordsIn(d.Thread(lost)); len(got) != 20 {
		t.Errorf("the old thread shows %v", got)
	}
}

// deleteCard removes a card as a workspace's owner may.
func deleteCard(d *desktest.Desk, m slacksim.Message) {
	d.Helper()
	_, _, err := slack.New(slacktest.Token, slack.OptionAPIURL(d.Slack.APIURL())).DeleteMessageContext(d.Context(), m.Channel, m.TS)
	slacktest.Must(d.T, err)
}

func TestEarlierGoesBackTwentyAtATime(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.LineIn(takeover.StateAI))
	d.Backend.Said[desktest.ConversationID] = desktest.Spoken(50)
	card := d.Open(desktest.LineID)
	press := func() {
		t.Helper()
		thread := d.Slack.Thread(card.Channel, card.TS)
		d.Click(slacksim.Dana, thread[len(thread)-1].Ref(), "line.earlier")
		d.WorkLast()
	}
	press()
	press()
	if got := desktest.WordsIn(d.Thread(card)); !slices.Equal(got, slices.Concat(desktest.FromTo(31, 50), desktest.FromTo(11, 30), desktest.FromTo(1, 10))) {
		t.Errorf("the thread shows %v", got)
	}
	thread := d.Thread(card)
	if last := thread[len(thread)-1]; !strings.HasPrefix(last, "Messages 1 to 10 of 50, oldest first.") || strings.Contains(last, "[20 earlier]") {
		t.Errorf("the beginning says %q", last)
	}
	// The first button, pressed again, posts nothing twice and says why.
	before := len(thread)
	d.Click(slacksim.Omar, d.Slack.Thread(card.Channel, card.TS)[0].Ref(), "line.earlier")
	d.WorkLast()
	if got := len(d.Thread(card)); got != before {
		t.Errorf("%d messages in the thread, want %d", got, before)
	}
	if _, text := d.Private(slacksim.Omar); !strings.Contains(text, "Messages 11 to 30 are in the thread already") {
		t.Errorf("told %q", text)
	}
}

func TestEarlierWithoutABeginning(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.LineIn(takeover.StateAI))
	d.Backend.Said[desktest.ConversationID] = desktest.Spoken(5)
	for before, want := range map[string]string{"unknown": "cannot find where this left off", fmt.Sprintf("%032x", 1): "nothing earlier"} {
		d.Put(takeover.Earlier, func(c *takeover.Command) { c.Before = before })
		d.WorkLast()
		if _, text := d.Private(slacksim.Dana); !strings.Contains(text, want) {
			t.Errorf("told %q, want %q", text, want)
		}
	}
}

func TestWholeTranscriptIsOneFileInTheAskersZone(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.LineIn(takeover.StateAI))
	d.Backend.Said[desktest.ConversationID] = desktest.Spoken(300)
	card := d.Open(desktest.LineID)
	d.Click(slacksim.Omar, card.Ref(), "line.transcript")
	d.WorkLast()
	d.WorkLast() // the job runs twice
	files := d.Slack.Files()
	if len(files) != 1 {
		t.Fatalf("%d files", len(files))
	}
	text := string(files[0].Content)
	if got := desktest.WordsIn([]string{text}); !slices.Equal(got, desktest.FromTo(1, 300)) {
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
	t.Parallel()
	d := desktest.New(t, slacktest.LineIn(takeover.StateAI))
	d.Backend.Said[desktest.ConversationID], d.Backend.Said["old"] = desktest.Spoken(2), desktest.Spoken(40)
	d.Put(takeover.Open, func(c *takeover.Command) { c.Conversation = "old" })
	d.WorkLast()
	thread := d.Slack.Thread(d.Card().Channel, d.Card().TS)
	d.Click(slacksim.Dana, thread[len(thread)-1].Ref(), "line.transcript")
	d.WorkLast()
	if got := desktest.WordsIn([]string{string(d.Slack.Files()[0].Content)}); len(got) != 40 {
		t.Errorf("the file has %d messages, want the 40 of the conversation below which it was asked for", len(got))
	}
}

func TestNoTranscriptOfNothing(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.LineIn(takeover.StateAI))
	d.Put(takeover.WholeText)
	d.WorkLast()
	if _, text := d.Private(slacksim.Dana); !strings.Contains(text, "Telnyx has no messages of this conversation") || len(d.Slack.Files()) != 0 {
		t.Errorf("told %q, %d files", text, len(d.Slack.Files()))
	}
}

// TestTheTranscriptNamesItsAuthors: of texts that the bot has written into the conversation.
func TestTheTranscriptNamesItsAuthors(t *testing.T) {
	t.Parallel()
	d := logged(t)
	d.Backend.PutText(talk.Text{ID: "tx_1", By: slacksim.Omar})
	at := takeover.ProviderTime(slacktest.Night)
	d.Backend.Said[desktest.ConversationID] = []takeover.Message{{Role: takeover.RoleOperator, Written: "tx_1", Text: "Hello", At: at}, {Role: takeover.RoleOperator, Written: "tx_gone", Text: "Bye", At: at}}
	d.Put(takeover.WholeText)
	d.WorkLast()
	if text := strings.ToLower(string(d.Slack.Files()[0].Content)); !strings.Contains(text, "person (omar): hello") || !strings.Contains(text, "person: bye") {
		t.Error(text)
	}
}

// TestHistoryBelowALostCard: the buttons in a thread can be pressed after the card was deleted.
func TestHistoryBelowALostCard(t *testing.T) {
	t.Parallel()
	for _, verb := range []takeover.Verb{takeover.Earlier, takeover.WholeText} {
		t.Run(string(verb), func(t *testing.T) {
			t.Parallel()
			d := desktest.New(t, slacktest.LineIn(takeover.StateAI))
			d.Backend.Said[desktest.ConversationID] = desktest.Spoken(50)
			lost := d.PutUp(d.Backend.Lines[desktest.LineID])
			deleteCard(d, lost) // without replies nothing is left of it
			d.Put(verb, func(c *takeover.Command) {
				if verb == takeover.Earlier {
					c.Before = fmt.Sprintf("%032x", 31)
				}
			})
			d.WorkLast()
			card := d.Card()
			if card.TS == lost.TS || len(d.Slack.Messages(slacksim.DeskChannel)) != 1 {
				t.Fatal("no new card")
			}
			if n := len(d.Slack.Thread(card.Channel, card.TS)); n != 1 {
				t.Errorf("%d messages below the new card, want one", n)
			}
		})
	}
}

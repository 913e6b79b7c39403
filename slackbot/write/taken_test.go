package write_test

import (
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/desktest"
	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/takeover"
)

// TestTakeWhatIsFound: the one line that is found is taken over; of several, none, and each has
// a button. The answer says which happened.
func TestTakeWhatIsFound(t *testing.T) {
	t.Parallel()
	hit := func(id, number string) takeover.Conversation {
		return takeover.Conversation{ID: takeover.ConversationID(id), Provider: "Telnyx", EndUser: takeover.Target(number), Agent: "+13125550100", LastMessageAt: takeover.ProviderTime(slacktest.Night)}
	}
	for _, tt := range []struct {
		name  string
		found takeover.Found
		taken string
		want  []string
	}{
		{"none", takeover.Found{}, "", []string{"for numbers ending in 0137", "Nothing was taken over."}},
		{"one", takeover.Found{Conversations: []takeover.Conversation{hit("c1", "+14155550137")}}, "ln_c1", nil},
		{"two conversations of one line", takeover.Found{Conversations: []takeover.Conversation{hit("c1", "+14155550137"), hit("c2", "+14155550137")}}, "ln_c1", nil},
		{"two lines", takeover.Found{Conversations: []takeover.Conversation{hit("c1", "+14155550137"), hit("c2", "+13125550137")}}, "",
			[]string{"2 lines for numbers ending in 0137: nothing was taken over yet. Which one do you take over?", "[Take over]"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := desktest.New(t)
			d.Backend.Found = tt.found
			d.Ask(slacksim.Dana, "take 0137")
			slacktest.Must(t, d.Bot.Work(t.Context(), takeover.WorkJob{Command: 1, Verb: takeover.Search}))
			var taken string
			for id, l := range d.Backend.Lines {
				if l.Taken() {
					taken += string(id)
				}
			}
			if taken != tt.taken {
				t.Errorf("taken over: %q, want %q", taken, tt.taken)
			}
			if tt.want == nil {
				return
			}
			_, text := d.Private(slacksim.Dana)
			for _, part := range tt.want {
				if !strings.Contains(text, part) {
					t.Errorf("told %q, not %q", text, part)
				}
			}
		})
	}
}

// TestTakenIsToldToItsEnd: the operator who typed is told what became of the takeover, each way
// in which it stands once.
func TestTakenIsToldToItsEnd(t *testing.T) {
	t.Parallel()
	line := slacktest.LineIn(takeover.StateAI)
	d := desktest.New(t, line)
	d.Ask(slacksim.Dana, "take +1 415 555 0137")
	c := d.Backend.Stored()[0]
	c.At = time.Now()
	d.Backend.Commands[0].At = c.At
	become := func(change func(*takeover.Line)) {
		l := d.Backend.Lines[line.ID]
		change(&l)
		l.Version++
		d.Backend.Lines[line.ID] = l
	}
	work := func(verb takeover.Verb) error {
		return d.Bot.Work(t.Context(), takeover.WorkJob{Command: 1, Verb: verb, Line: line.ID})
	}
	slacktest.Must(t, d.Backend.TakeFound(t.Context(), 1, c, line.ID))
	slacktest.Must(t, work(takeover.Open))
	told := func(n int, parts ...string) {
		t.Helper()
		all := d.Slack.Private(slacksim.Dana)
		if len(all) != n {
			t.Fatalf("%d private answers, want %d", len(all), n)
		}
		_, text := d.Private(slacksim.Dana)
		for _, part := range parts {
			if !strings.Contains(text, part) {
				t.Errorf("told %q, not %q", text, part)
			}
		}
	}
	told(1, "Taking over… (@Dana)", "You are told here what becomes of the takeover.")
	if err := work(takeover.TakeOver); err == nil {
		t.Error("it is not known yet, and the job does not come back")
	}
	told(1)
	become(func(l *takeover.Line) { l.Trouble = &takeover.Trouble{Kind: takeover.Refused, Status: 422} })
	if err := work(takeover.TakeOver); err == nil {
		t.Error("it is tried again, and the job does not come back")
	}
	told(2, "NOT silent", "The card is")
	become(func(l *takeover.Line) {
		held := slacktest.LineIn(takeover.StateHeld)
		held.Takeover.Claim, held.ID = c.Key, l.ID
		*l = held
	})
	for range 2 {
		slacktest.Must(t, work(takeover.TakeOver))
		told(3, "has it — AI is silent", "The card is")
	}
}

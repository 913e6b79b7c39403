package slackbot

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/takeover"
)

// conversations are n of one end user with as many agents, newest first.
func conversations(n int) []takeover.Conversation {
	var all []takeover.Conversation
	for i := range n {
		all = append(all, takeover.Conversation{ID: takeover.ConversationID(fmt.Sprintf("c%02d", i)), EndUser: "+14155550137",
			Agent: takeover.Target(fmt.Sprintf("+1312555010%02d", i)), Channel: takeover.ChannelText,
			Name: fmt.Sprintf("Miller %02d", i), LastMessageAt: slacktest.Night.Add(-time.Duration(i) * time.Hour)})
	}
	return all
}

func TestFindPagesFiveAtATime(t *testing.T) {
	d := newDesk(t)
	d.house.found = takeover.Found{Conversations: conversations(12)}
	d.ask(slacksim.Dana, "(415) 555-0137")
	d.workLast()
	shown := func(from, to int) slacksim.Private {
		t.Helper()
		p, text := d.private(slacksim.Dana)
		if want := fmt.Sprintf("12 conversations for +1 415-555-0137, newest first. Shown: %d to %d.", from, to); !strings.Contains(text, want) {
			t.Errorf("%q, want %q", text, want)
		}
		for i := range 12 {
			name := fmt.Sprintf("Miller %02d", i)
			if got, want := strings.Contains(text, name), i+1 >= from && i < to; got != want {
				t.Errorf("%s is shown: %v, want %v", name, got, want)
			}
		}
		return p
	}
	p := shown(1, 5)
	for _, page := range [][2]int{{6, 10}, {11, 12}} {
		d.click(slacksim.Dana, p.Ref(), "search.more")
		d.workLast()
		p = shown(page[0], page[1])
	}
	if n := len(d.slack.Private(slacksim.Dana)); n != 1 {
		t.Errorf("%d private messages, want one whose pages replace each other", n)
	}
	if err := d.slack.Click(t.Context(), slacksim.Dana, p.Ref(), "search.more").Err; !errors.Is(err, slacksim.ErrNotThere) {
		t.Errorf("%v: the last page leads on", err)
	}
	if len(d.slack.Messages(slacksim.DeskChannel)) != 0 || len(d.slack.Private(slacksim.Omar)) != 0 {
		t.Error("somebody else saw the search")
	}
	for _, q := range d.house.queries {
		if q.Value != "+14155550137" || q.Limit != findLimit {
			t.Errorf("asked for %s, %d", q.Value, q.Limit)
		}
	}
}

func TestFindLooksThroughMoreWhereTheProviderCannotFilter(t *testing.T) {
	for text, limit := range map[string]int{"0137": 100, "name Miller": 100, "unit 4B": findLimit, "+14155550137": findLimit} {
		d := newDesk(t)
		d.ask(slacksim.Dana, text)
		d.workLast()
		if q := d.house.queries[0]; q.Limit != limit {
			t.Errorf("%s: limit %d, want %d", text, q.Limit, limit)
		}
		if _, answer := d.private(slacksim.Dana); !strings.Contains(answer, "Try") && !strings.Contains(answer, "try") {
			t.Errorf("%s: nothing found, and %q does not say what to try", text, answer)
		}
	}
}

func TestMoreIsRefused(t *testing.T) {
	tests := []struct {
		name   string
		change func(d *desk)
		by     string
		want   string
	}{
		{"for somebody else", func(*desk) {}, slacksim.Omar, "too old to go on with"},
		{"when the search is gone", func(d *desk) { d.house.commands[0].Verb = takeover.Open }, slacksim.Dana, "too old to go on with"},
		{"when the results became fewer", func(d *desk) { d.house.found = takeover.Found{Conversations: conversations(3)} }, slacksim.Dana, "no more results"},
		{"when the provider fails", func(d *desk) {
			d.house.fails = &takeover.ProviderError{Provider: "Telnyx", Kind: takeover.Limited, Status: 429, RetryAfter: 3 * time.Second}
		}, slacksim.Dana, "Please try again in 3.0 seconds."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := newDesk(t)
			d.house.found = takeover.Found{Conversations: conversations(7)}
			d.ask(slacksim.Dana, "+14155550137")
			d.workLast()
			tt.change(d)
			p, list := d.private(slacksim.Dana)
			more := takeover.Command{Key: "more", Verb: takeover.SearchMore, By: takeover.OperatorID(tt.by), Search: 1, After: 5,
				Reply: takeover.Reply{Channel: slacksim.DeskChannel, Replace: true}}
			if tt.by == slacksim.Dana {
				d.click(slacksim.Dana, p.Ref(), "search.more")
			} else {
				slacktest.Must(t, d.house.Put(t.Context(), more))
			}
			d.workLast()
			if _, text := d.private(tt.by); !strings.Contains(text, tt.want) || strings.Contains(text, "Miller") {
				t.Errorf("told %q, want %q", text, tt.want)
			}
			if got := d.slack.PlainPrivate(d.slack.Private(slacksim.Dana)[0], time.UTC); got != list {
				t.Errorf("the list that stood there is gone: %q", got)
			}
		})
	}
}

func TestOneHitOpensAtOnce(t *testing.T) {
	d := newDesk(t)
	d.house.found = takeover.Found{Conversations: conversations(1)}
	d.house.said["c00"] = spoken(3)
	d.ask(slacksim.Dana, "+14155550137")
	d.workLast()
	if card := d.read(d.card()); !strings.Contains(card, "AI is answering") || strings.Contains(card, "4155550137") {
		t.Errorf("card %q", card)
	}
	if _, text := d.private(slacksim.Dana); !strings.HasPrefix(text, "1 conversation for +1 415-555-0137. The card is here, with the last messages in its thread. AI is answering.") {
		t.Errorf("told %q", text)
	}
}

// TestTheOnlyHitMayHaveOlderOnes: where the provider has more, the newest one is not
// taken for the only one.
func TestTheOnlyHitMayHaveOlderOnes(t *testing.T) {
	d := newDesk(t)
	d.house.found = takeover.Found{Conversations: conversations(1), More: true}
	d.ask(slacksim.Dana, "+14155550137")
	d.workLast()
	if len(d.slack.Messages(slacksim.DeskChannel)) != 0 {
		t.Error("a card was posted")
	}
	if _, text := d.private(slacksim.Dana); !strings.Contains(text, "newest") {
		t.Errorf("told %q", text)
	}
}

func TestResultsTellWhoSpeaks(t *testing.T) {
	d := newDesk(t)
	held := slacktest.With(slacktest.LineIn(takeover.StateHeld), func(l *takeover.Line) {
		l.Agent, l.Covered = "+13125550101", []takeover.Covered{{ID: "new", CheckedAt: slacktest.Night}}
	})
	d.house.lines[held.ID] = held
	of := func(id takeover.ConversationID, agent takeover.Target, off bool) takeover.Conversation {
		return takeover.Conversation{ID: id, EndUser: "+14155550137", Agent: agent, Channel: takeover.ChannelText, LastMessageAt: slacktest.Night, AIDisabled: off}
	}
	d.house.found.Conversations = []takeover.Conversation{of("new", "+13125550101", true), of("old", "+13125550101", false), of("x", "+13125550102", true), of("y", "+13125550103", false)}
	d.ask(slacksim.Dana, "+14155550137")
	d.workLast()
	_, text := d.private(slacksim.Dana)
	want := []string{"has it — AI is silent (checked 03:14:09", "· AI is answering", "AI is off — switched off outside Slack", "· AI is answering"}
	for _, line := range strings.Split(text, "\n")[1:] {
		if len(want) > 0 && strings.Contains(line, want[0]) {
			want = want[1:]
		}
	}
	if len(want) > 0 {
		t.Errorf("missing %q in\n%s", want, text)
	}
}

func TestProviderFailuresAreWorded(t *testing.T) {
	for _, kind := range slacktest.ConstantsOf(t, "ProviderErrorKind") {
		for verb, work := range map[string]func(d *desk){
			"find":  func(d *desk) { d.ask(slacksim.Dana, "+14155550137") },
			"open":  func(d *desk) { d.put(takeover.Open) },
			"whole": func(d *desk) { d.put(takeover.WholeText) },
			"20":    func(d *desk) { d.put(takeover.Earlier) },
		} {
			t.Run(kind+" "+verb, func(t *testing.T) {
				d := newDesk(t, slacktest.LineIn(takeover.StateAI))
				work(d)
				d.house.fails = fmt.Errorf("read: %w", &takeover.ProviderError{Provider: "Telnyx", Kind: takeover.ProviderErrorKind(kind), Status: 418})
				d.workLast()
				_, text := d.private(slacksim.Dana)
				if !strings.Contains(text, "Nothing was changed: whoever spoke on the line still does.") || !strings.Contains(text, "· ref ") {
					t.Errorf("told %q", text)
				}
				if len(d.slack.Messages(slacksim.DeskChannel)) != 0 {
					t.Error("a card was posted")
				}
			})
		}
	}
}

// TestAFailureThatNobodyCanBeToldOf: a refresh of the bot's own doing has no asker.
func TestAFailureThatNobodyCanBeToldOf(t *testing.T) {
	d := newDesk(t, slacktest.LineIn(takeover.StateAI))
	slacktest.Must(t, d.house.Put(t.Context(), takeover.Command{Key: "stale", Verb: takeover.Refresh, By: slacksim.Dana, Line: testLine}))
	d.house.fails = &takeover.ProviderError{Provider: "Telnyx", Kind: takeover.Failing, Status: 503}
	d.workLast()
	if n := d.times("chat.postEphemeral"); n != 0 {
		t.Errorf("%d answers without an address", n)
	}
}

func TestWhatOnlyTheJobCanMendComesBackToIt(t *testing.T) {
	d := newDesk(t, slacktest.LineIn(takeover.StateAI))
	d.put(takeover.Open)
	d.slack.FailNext("chat.postMessage", 1, slacksim.Fault{Kind: slacksim.FaultRateLimited, RetryAfter: time.Second})
	slacktest.WantLater(t, d.tryLast(), time.Second)
	d.slack.FailNext("chat.postMessage", 1, slacksim.Fault{Kind: slacksim.FaultDropAfterCommit})
	if err := d.tryLast(); err == nil {
		t.Fatal("a lost answer counts as success")
	}
	d.workLast()
	if n := len(d.slack.Messages(slacksim.DeskChannel)); n != 1 {
		t.Errorf("%d cards stand, want one", n)
	}
}

func TestSlacksRefusalIsWorded(t *testing.T) {
	d := newDesk(t, slacktest.LineIn(takeover.StateAI))
	d.slack.SetArchived(slacksim.DeskChannel, true)
	slacktest.Must(t, d.house.Put(t.Context(), takeover.Command{Key: "k", Verb: takeover.Open, By: slacksim.Dana, Line: testLine,
		Reply: takeover.Reply{Channel: slacksim.OtherChannel}}))
	d.slack.SetBotMember(slacksim.OtherChannel, true)
	d.workLast()
	if _, text := d.private(slacksim.Dana); !strings.Contains(text, "is archived") {
		t.Errorf("told %q", text)
	}
}

// put stores a wish of Dana's for the line of these tests.
func (d *desk) put(verb takeover.Verb, change ...func(*takeover.Command)) {
	d.Helper()
	c := takeover.Command{Key: fmt.Sprint(verb, len(d.house.stored())), Verb: verb, By: slacksim.Dana, Line: testLine,
		Reply: takeover.Reply{Channel: slacksim.DeskChannel}}
	for _, f := range change {
		f(&c)
	}
	slacktest.Must(d.T, d.house.Put(d.Context(), c))
}

package write_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/desktest"
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
			Name: fmt.Sprintf("Miller %02d", i), LastMessageAt: takeover.ProviderTime(slacktest.Night.Add(-time.Duration(i) * time.Hour))})
	}
	return all
}

func TestFindPagesFiveAtATime(t *testing.T) {
	t.Parallel()
	d := desktest.New(t)
	d.Backend.Found = takeover.Found{Conversations: conversations(12)}
	d.Ask(slacksim.Dana, "(415) 555-0137")
	d.WorkLast()
	shown := func(from, to int) slacksim.Private {
		t.Helper()
		p, text := d.Private(slacksim.Dana)
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
		d.Click(slacksim.Dana, p.Ref(), "search.more")
		d.WorkLast()
		p = shown(page[0], page[1])
	}
	if n := len(d.Slack.Private(slacksim.Dana)); n != 1 {
		t.Errorf("%d private messages, want one whose pages replace each other", n)
	}
	if err := d.Slack.Click(t.Context(), slacksim.Dana, p.Ref(), "search.more").Err; !errors.Is(err, slacksim.ErrNotThere) {
		t.Errorf("%v: the last page leads on", err)
	}
	if len(d.Slack.Messages(slacksim.DeskChannel)) != 0 || len(d.Slack.Private(slacksim.Omar)) != 0 {
		t.Error("another person saw the search")
	}
	for _, q := range d.Backend.Queries {
		if q.Value != "+14155550137" || q.Limit != 50 {
			t.Errorf("asked for %s, %d", q.Value, q.Limit)
		}
	}
}

func TestFindLooksThroughMoreWhereTheProviderCannotFilter(t *testing.T) {
	t.Parallel()
	for text, limit := range map[string]int{"0137": 100, "name Miller": 100, "unit 4B": 50, "+14155550137": 50} {
		d := desktest.New(t)
		d.Ask(slacksim.Dana, text)
		d.WorkLast()
		if q := d.Backend.Queries[0]; q.Limit != limit {
			t.Errorf("%s: limit %d, want %d", text, q.Limit, limit)
		}
		if _, answer := d.Private(slacksim.Dana); !strings.Contains(answer, "Try") && !strings.Contains(answer, "try") {
			t.Errorf("%s: nothing found, and %q does not say what to try", text, answer)
		}
	}
}

func TestMoreIsRefused(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(d *desktest.Desk)
		by     string
		want   string
	}{
		{"for another person", func(*desktest.Desk) {}, slacksim.Omar, "too old to go on with"},
		{"when the search is gone", func(d *desktest.Desk) { d.Backend.Commands[0].Verb = takeover.Open }, slacksim.Dana, "too old to go on with"},
		{"when the results became fewer", func(d *desktest.Desk) { d.Backend.Found = takeover.Found{Conversations: conversations(3)} }, slacksim.Dana, "no more results"},
		{"when the provider fails", func(d *desktest.Desk) {
			d.Backend.Fails = &takeover.ProviderError{Provider: "Telnyx", Kind: takeover.Limited, Status: 429, RetryAfter: 3 * time.Second}
		}, slacksim.Dana, "Please try again in 3.0 seconds."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := desktest.New(t)
			d.Backend.Found = takeover.Found{Conversations: conversations(7)}
			d.Ask(slacksim.Dana, "+14155550137")
			d.WorkLast()
			tt.change(d)
			p, list := d.Private(slacksim.Dana)
			more := takeover.Command{Key: "more", Verb: takeover.SearchMore, By: takeover.OperatorID(tt.by), Search: 1, After: 5,
				Reply: takeover.Reply{Channel: slacksim.DeskChannel, Replace: true}}
			if tt.by == slacksim.Dana {
				d.Click(slacksim.Dana, p.Ref(), "search.more")
			} else {
				slacktest.Must(t, d.Backend.Put(t.Context(), more))
			}
			d.WorkLast()
			if _, text := d.Private(tt.by); !strings.Contains(text, tt.want) || strings.Contains(text, "Miller") {
				t.Errorf("told %q, want %q", text, tt.want)
			}
			if got := d.Slack.PlainPrivate(d.Slack.Private(slacksim.Dana)[0], time.UTC); got != list {
				t.Errorf("the list that stood there is gone: %q", got)
			}
		})
	}
}

func TestOneHitOpensAtOnce(t *testing.T) {
	t.Parallel()
	d := desktest.New(t)
	d.Backend.Found = takeover.Found{Conversations: conversations(1)}
	d.Backend.Said["c00"] = desktest.Spoken(3)
	d.Ask(slacksim.Dana, "+14155550137")
	d.WorkLast()
	if card := d.Read(d.Card()); !strings.Contains(card, "AI is answering") || strings.Contains(card, "4155550137") {
		t.Errorf("card %q", card)
	}
	if _, text := d.Private(slacksim.Dana); !strings.HasPrefix(text, "1 conversation for +1 415-555-0137. The card is here, with the last messages in its thread. AI is answering.") {
		t.Errorf("told %q", text)
	}
}

// TestTheOnlyHitMayHaveOlderOnes: where the provider has more, the newest one is not
// taken for the only one.
func TestTheOnlyHitMayHaveOlderOnes(t *testing.T) {
	t.Parallel()
	d := desktest.New(t)
	d.Backend.Found = takeover.Found{Conversations: conversations(1), More: true}
	d.Ask(slacksim.Dana, "+14155550137")
	d.WorkLast()
	if len(d.Slack.Messages(slacksim.DeskChannel)) != 0 {
		t.Error("a card was posted")
	}
	if _, text := d.Private(slacksim.Dana); !strings.Contains(text, "newest") {
		t.Errorf("told %q", text)
	}
}

func TestResultsTellWhoSpeaks(t *testing.T) {
	t.Parallel()
	d := desktest.New(t)
	held := slacktest.With(slacktest.LineIn(takeover.StateHeld), func(l *takeover.Line) {
		l.Agent, l.Covered = "+13125550101", []takeover.Covered{{ID: "new", CheckedAt: slacktest.Night}}
	})
	d.Backend.Lines[held.ID] = held
	of := func(id takeover.ConversationID, agent takeover.Target, off bool) takeover.Conversation {
		return takeover.Conversation{ID: id, EndUser: "+14155550137", Agent: agent, Channel: takeover.ChannelText, LastMessageAt: takeover.ProviderTime(slacktest.Night), AIDisabled: off}
	}
	d.Backend.Found.Conversations = []takeover.Conversation{of("new", "+13125550101", true), of("old", "+13125550101", false), of("x", "+13125550102", true), of("y", "+13125550103", false)}
	d.Ask(slacksim.Dana, "+14155550137")
	d.WorkLast()
	_, text := d.Private(slacksim.Dana)
	want := []string{"has it — AI is silent (checked ", "· AI is answering", "AI is off — switched off outside Slack", "· AI is answering"}
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
	t.Parallel()
	for _, kind := range slacktest.ConstantsOf(t, "ProviderErrorKind") {
		for verb, work := range map[string]func(d *desktest.Desk){
			"find":  func(d *desktest.Desk) { d.Ask(slacksim.Dana, "+14155550137") },
			"open":  func(d *desktest.Desk) { d.Put(takeover.Open) },
			"whole": func(d *desktest.Desk) { d.Put(takeover.WholeText) },
			"20":    func(d *desktest.Desk) { d.Put(takeover.Earlier) },
		} {
			t.Run(kind+" "+verb, func(t *testing.T) {
				t.Parallel()
				d := desktest.New(t, slacktest.LineIn(takeover.StateAI))
				work(d)
				d.Backend.Fails = fmt.Errorf("read: %w", &takeover.ProviderError{Provider: "Telnyx", Kind: takeover.ProviderErrorKind(kind), Status: 418})
				d.WorkLast()
				_, text := d.Private(slacksim.Dana)
				cards := len(d.Slack.Messages(slacksim.DeskChannel))
				if verb == "open" && takeover.ProviderErrorKind(kind) != takeover.Gone {
					// What cannot be read can be taken over all the same.
					if !strings.Contains(text, "The messages cannot be read now: Telnyx ") || strings.Contains(text, "Nothing was changed") || cards != 1 {
						t.Errorf("%d cards, told %q", cards, text)
					}
					return
				}
				if !strings.Contains(text, "Nothing was changed on the line.") || !strings.Contains(text, "· ref ") {
					t.Errorf("told %q", text)
				}
				if cards != 0 {
					t.Error("a card was posted")
				}
			})
		}
	}
}

// TestAFailureThatNobodyCanBeToldOf: no person asked for the refresh of an outdated card.
func TestAFailureThatNobodyCanBeToldOf(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.LineIn(takeover.StateAI))
	slacktest.Must(t, d.Backend.Put(t.Context(), takeover.Command{Key: "stale", Verb: takeover.Refresh, By: slacksim.Dana, Line: desktest.LineID}))
	d.Backend.Fails = &takeover.ProviderError{Provider: "Telnyx", Kind: takeover.Failing, Status: 503}
	d.WorkLast()
	if n := d.Times("chat.postEphemeral"); n != 0 {
		t.Errorf("%d answers without an address", n)
	}
}

func TestWhatOnlyTheJobCanMendComesBackToIt(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.LineIn(takeover.StateAI))
	d.Put(takeover.Open)
	d.Slack.FailNext("chat.postMessage", 1, slacksim.Fault{Kind: slacksim.FaultRateLimited, RetryAfter: time.Second})
	slacktest.WantLater(t, d.TryLast(), time.Second)
	d.Slack.FailNext("chat.postMessage", 1, slacksim.Fault{Kind: slacksim.FaultDropAfterCommit})
	if err := d.TryLast(); err == nil {
		t.Fatal("a lost answer counts as success")
	}
	d.WorkLast()
	if n := len(d.Slack.Messages(slacksim.DeskChannel)); n != 1 {
		t.Errorf("%d cards stand, want one", n)
	}
}

func TestSlacksRefusalIsWorded(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.LineIn(takeover.StateAI))
	d.Slack.SetArchived(slacksim.DeskChannel, true)
	slacktest.Must(t, d.Backend.Put(t.Context(), takeover.Command{Key: "k", Verb: takeover.Open, By: slacksim.Dana, Line: desktest.LineID,
		Reply: takeover.Reply{Channel: slacksim.OtherChannel}}))
	d.Slack.SetBotMember(slacksim.OtherChannel, true)
	d.WorkLast()
	if _, text := d.Private(slacksim.Dana); !strings.Contains(text, "is archived") {
		t.Errorf("told %q", text)
	}
}

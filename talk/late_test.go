package talk_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"takeoverbot/takeover"
	"takeoverbot/talk"
)

// TestADeletionThatComesFirst: Slack sends a message again that no process took, and by then its
// author may have deleted it.
func TestADeletionThatComesFirst(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(rt)
		w.far.answer = func(string) (bool, takeover.SendReceipt, error) {
			return true, takeover.SendReceipt{Message: "m"}, nil
		}
		in := takeover.Reply{Channel: "C1"}
		w.apply(takeover.Command{Verb: takeover.TakeOver, By: "UA"})
		w.apply(takeover.Command{Key: "message/1/9", Verb: takeover.Recall, By: "UA", Message: "1", Reply: in})
		w.apply(takeover.Command{Key: "message/1", Verb: takeover.Say, By: "UA", Words: "deleted", Parts: 1, Message: "1", Reply: in})
		w.apply(takeover.Command{Key: "message/2", Verb: takeover.Say, By: "UA", Words: "hello", Parts: 1, Message: "2", Reply: in})
		_ = w.bot.Send(rt.Context(), talk.SendJob{Line: w.line.ID})
		if !slices.Equal(w.far.got, []string{"hello"}) {
			rt.Fatalf("left: %q", w.far.got)
		}
	})
}

// TestTakeAndSendOfADeletedMessage: its words do not leave, so the line stays with its holder, and who
// pressed is told.
func TestTakeAndSendOfADeletedMessage(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) { // for the world, which needs one
		w := newWorld(rt)
		in := takeover.Reply{Channel: "C1"}
		w.apply(takeover.Command{Verb: takeover.TakeOver, By: "UA"})
		w.apply(takeover.Command{Verb: takeover.Say, By: "UB", Words: "I know her", Parts: 1, Message: "17.1", Reply: in})
		refused := w.seq
		w.apply(takeover.Command{Verb: takeover.Recall, By: "UB", Message: "17.1", Reply: in})
		w.store.jobs = nil
		w.apply(takeover.Command{Verb: takeover.TakeAndSay, By: "UB", Of: refused})
		if w.line.Takeover.Holder != "UA" {
			rt.Errorf("%s holds the line", w.line.Takeover.Holder)
		}
		if told, ok := w.store.jobs[0].(takeover.TellJob); !ok || len(w.store.jobs) != 1 || told.Refusal.Kind != takeover.RefusedDeleted || told.Refusal.Holder != "UA" {
			rt.Errorf("what follows: %+v", w.store.jobs)
		}
	})
}

// TestAProviderThatIsNotSetUpAnyMore gets nothing, and that is certain.
func TestAProviderThatIsNotSetUpAnyMore(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) { // for the world, which needs one
		w := newWorld(rt)
		w.apply(takeover.Command{Verb: takeover.TakeOver, By: "UA"})
		w.apply(takeover.Command{Verb: takeover.Say, By: "UA", Words: "hello", Parts: 1, Message: "17.1", Reply: takeover.Reply{Channel: "C1"}})
		w.bot.Providers = nil
		if err := w.bot.Send(rt.Context(), talk.SendJob{Line: w.line.ID}); err != nil {
			rt.Error(err)
		}
		got := w.store.texts[0]
		if got.State != talk.Failed || got.Failure == nil || got.Failure.Kind != takeover.SendUnset || !got.LeftAt.IsZero() {
			rt.Errorf("the text is %+v", got)
		}
		if i := len(w.followed) - 1; w.followed[i].Event != takeover.EventTextFailed {
			rt.Errorf("what follows: %+v", w.followed)
		}
	})
}

// TestTheOrderIsSlacks: messages whose events arrive in another order than that in which they were
// written leave in the order of Slack's time, if none has left yet.
func TestTheOrderIsSlacks(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(rt)
		w.far.answer = func(string) (bool, takeover.SendReceipt, error) { return true, takeover.SendReceipt{Message: "m"}, nil }
		w.apply(takeover.Command{Verb: takeover.TakeOver, By: "UA"})
		n := rapid.IntRange(2, 12).Draw(rt, "messages")
		var want []string
		for i := range n {
			want = append(want, fmt.Sprint("words ", i))
		}
		for _, words := range rapid.Permutation(slices.Clone(want)).Draw(rt, "arrival") {
			ts := fmt.Sprint("1700000000.", slices.Index(want, words)+9) // .9 is before .10
			w.apply(takeover.Command{Verb: takeover.Say, By: "UA", Words: words, Parts: 1, Message: ts, Reply: takeover.Reply{Channel: "C1"}})
		}
		if err := w.bot.Send(rt.Context(), talk.SendJob{Line: w.line.ID}); err != nil {
			rt.Fatal(err)
		}
		if !slices.Equal(w.far.got, want) {
			rt.Errorf("left: %q", w.far.got)
		}
	})
}

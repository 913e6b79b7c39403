package store

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"takeoverbot/takeover"
	"takeoverbot/talk"
)

// textOf is a text of line ln_1 in a state.
func textOf(id talk.ID, state talk.State, words string) talk.Text {
	return talk.Text{ID: id, Line: "ln_1", By: "UA", Source: talk.Source{Channel: "C1", TS: string(id)}, Words: words, Parts: 1, State: state,
		WrittenAt: start, DueAt: start.Add(talk.Regret)}
}

func (b *base) putTexts(texts ...talk.Text) {
	b.Helper()
	err := b.ChangeTexts(b.Context(), func(ctx context.Context, tx talk.Tx) error {
		for _, t := range texts {
			if err := tx.PutText(ctx, t); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

func TestTextsLeaveInTheirOrder(t *testing.T) {
	onBoth(t, func(b *base) {
		other := textOf("tx_0", talk.Waiting, "of another line")
		other.Line = "ln_2"
		second := textOf("tx_a", talk.Waiting, "second")
		second.Source.TS = "tx_c" // written after the first
		b.putTexts(other, textOf("tx_b", talk.Waiting, "first"), second)
		edited := textOf("tx_b", talk.Waiting, "first, edited")
		b.putTexts(edited)
		for _, want := range []talk.ID{"tx_b", "tx_a"} {
			got, ok, err := b.NextText(b.Context(), "ln_1")
			if err != nil || !ok || got.ID != want {
				b.Fatalf("%+v, %t, %v; want %s", got, ok, err, want)
			}
			b.putTexts(got.Leaves(start))
			if again, _, _ := b.NextText(b.Context(), "ln_1"); again.ID != want || again.State != talk.Leaving {
				b.Fatalf("%s is %s: a text that is leaving lets another pass", again.ID, again.State)
			}
			b.putTexts(got.Accepted("m/" + string(want)))
		}
		if got, ok, err := b.NextText(b.Context(), "ln_1"); ok || err != nil {
			b.Errorf("%+v, %v is left", got, err)
		}
		got, ok, err := b.Text(b.Context(), "tx_b")
		if err != nil || !ok || got.Words != "first, edited" || got.Message != "m/tx_b" || !got.DueAt.Equal(edited.DueAt) {
			b.Errorf("%+v, %t, %v", got, ok, err)
		}
		if at, ok, err := b.TextAt(b.Context(), got.Source); err != nil || !ok || at.ID != "tx_b" {
			b.Errorf("%+v, %t, %v stands in the message", at, ok, err)
		}
		if at, ok, _ := b.TextAt(b.Context(), talk.Source{}); ok {
			b.Errorf("%+v stands in no message", at)
		}
	})
}

func TestReportsFindTheirText(t *testing.T) {
	onBoth(t, func(b *base) {
		line := takeover.NewLine("ln_1", "Telnyx", takeover.Conversation{ID: "c1", EndUser: "+14155550137", Agent: "+13125550100"}, start)
		b.change(func(ctx context.Context, tx takeover.Tx) error { _, err := tx.Save(ctx, line); return err })
		b.putTexts(textOf("tx_1", talk.Waiting, "hello").Accepted("m1"), textOf("tx_2", talk.Unsure, "hello"), textOf("tx_3", talk.Leaving, "hello"))
		report := takeover.SendReport{Message: "m9", Outcome: takeover.SendDelivered, From: line.Agent, To: line.EndUser, Text: "hello"}
		for name, tc := range map[string]struct {
			change func(*takeover.SendReport)
			want   talk.ID
		}{
			"by its name":               {func(r *takeover.SendReport) { r.Message = "m1" }, "tx_1"},
			"by its words, the oldest":  {func(*takeover.SendReport) {}, "tx_2"},
			"other words":               {func(r *takeover.SendReport) { r.Text = "Hello" }, ""},
			"to another end user":       {func(r *takeover.SendReport) { r.To = "+14155550138" }, ""},
			"from another number":       {func(r *takeover.SendReport) { r.From = "+13125550101" }, ""},
			"without a name or targets": {func(r *takeover.SendReport) { *r = takeover.SendReport{Text: "hello"} }, ""},
		} {
			r := report
			tc.change(&r)
			if got, ok, err := b.TextOf(b.Context(), r); err != nil || got.ID != tc.want || ok != (tc.want != "") {
				b.Errorf("%s: %q, %t, %v; want %q", name, got.ID, ok, err, tc.want)
			}
		}
	})
}

func TestReportsWaitForTheirText(t *testing.T) {
	onBoth(t, func(b *base) {
		err := b.ChangeTexts(b.Context(), func(ctx context.Context, tx talk.Tx) error {
			for _, outcome := range []takeover.SendOutcome{takeover.SendOnTheWay, takeover.SendDelivered} {
				if err := tx.Park(ctx, takeover.SendReport{Message: "m1", Outcome: outcome}); err != nil {
					return err
				}
			}
			return tx.Park(ctx, takeover.SendReport{Message: "m2", Outcome: takeover.SendFailed})
		})
		if err != nil {
			b.Fatal(err)
		}
		for _, want := range []int{2, 0} {
			err := b.ChangeTexts(b.Context(), func(ctx context.Context, tx talk.Tx) error {
				got, err := tx.Parked(ctx, "m1")
				if len(got) != want || want > 0 && got[1].Outcome != takeover.SendDelivered {
					b.Errorf("%+v are parked, want %d", got, want)
				}
				return err
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}

func TestTextsArePurged(t *testing.T) {
	onBoth(t, func(b *base) {
		b.putTexts(textOf("tx_1", talk.Delivered, "done"), textOf("tx_2", talk.Waiting, "not done"))
		b.clock.advance(time.Hour)
		if _, err := b.Purge(b.Context(), takeover.Retention{Commands: b.clock.Now(), Audit: b.clock.Now()}); err != nil {
			b.Fatal(err)
		}
		if n := b.count("SELECT count(*) FROM texts WHERE id = 'tx_2'"); n != 1 {
			b.Error("a text that has not left was purged")
		}
		if n := b.count("SELECT count(*) FROM texts WHERE id = 'tx_1'"); n != 0 {
			b.Error("a text that arrived is kept for ever")
		}
	})
}

// TestTextsOfALine are what was received and what may have left, in their order, and stay while
// the line is attended.
func TestTextsOfALine(t *testing.T) {
	onBoth(t, func(b *base) {
		left := textOf("tx_1", talk.Waiting, "second").Leaves(start)
		b.putTexts(left, textOf("tx_2", talk.Waiting, "not yet"), textOf("tx_3", talk.Stopped, "never"))
		taken := left.Accepted("m1")
		taken.TakenAt = takeover.ProviderTime(start.Add(time.Minute))
		for range 2 { // a command may be worked again
			err := b.ChangeTexts(b.Context(), func(ctx context.Context, tx talk.Tx) error {
				in := takeover.LineText{Key: "telnyx/received/m2/+1", By: takeover.RoleEndUser, Text: "third", At: takeover.ProviderTime(start), In: "c1"}
				return errors.Join(tx.PutReceived(ctx, "ln_1", in), tx.PutReceived(ctx, "ln_2", takeover.LineText{Key: "other"}))
			})
			if err != nil {
				b.Fatal(err)
			}
		}
		want := []takeover.LineText{{Key: "tx_1", By: takeover.RoleOperator, Text: "second", At: takeover.ProviderTime(start)},
			{Key: "telnyx/received/m2/+1", By: takeover.RoleEndUser, Text: "third", At: takeover.ProviderTime(start), In: "c1"}}
		if got, err := b.Texts(b.Context(), "ln_1"); err != nil || !slices.EqualFunc(got, want, sameLineText) {
			b.Errorf("%+v, %v", got, err)
		}
		b.putTexts(taken)
		want[0].At = taken.TakenAt
		if got, err := b.Texts(b.Context(), "ln_1"); err != nil || !slices.EqualFunc(got, want, sameLineText) {
			b.Errorf("%+v, %v", got, err)
		}
		if next, ok, err := b.NextText(b.Context(), "ln_1"); err != nil || next.ID != "tx_2" {
			b.Errorf("the next one is %+v, %t, %v", next, ok, err)
		}
		earlier := textOf("tx_4", talk.Waiting, "its event came late")
		earlier.Source.TS = "tx_1"
		b.putTexts(earlier)
		if next, ok, err := b.NextText(b.Context(), "ln_1"); err != nil || next.ID != "tx_4" {
			b.Errorf("the next one is %+v, %t, %v", next, ok, err)
		}
	})
}

func sameLineText(a, b takeover.LineText) bool {
	same := a.At.Equal(b.At)
	a.At, b.At = takeover.ProviderTime{}, takeover.ProviderTime{}
	return same && a == b
}

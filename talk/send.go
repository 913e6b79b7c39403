package talk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"takeoverbot/takeover"
)

const (
	// sendTime bounds one call to the provider.
	sendTime = 10 * time.Second
	// sendLease outlives it: two processes never send the texts of one line at once.
	sendLease = 30 * time.Second
	// sendBusy is how soon a second sender of a line looks again.
	sendBusy = time.Second
	// sendRun is how long a job goes on with further texts of its line.
	sendRun = 20 * time.Second
	// patience is how long a text waits for a provider that takes nothing: after that it is
	// old news, and its author is told.
	patience = 10 * time.Minute
)

// Send sends the texts of a line that are due, one after another: a text waits until the one
// before it is answered. It returns when none is open.
func (s *Service) Send(ctx context.Context, job SendJob) error {
	for began := time.Now(); time.Since(began) < sendRun; {
		t, ok, err := s.Store.NextText(ctx, job.Line)
		if err != nil {
			return fmt.Errorf("look for texts: %w", err)
		}
		if !ok {
			return nil
		}
		if wait := t.DueAt.Sub(s.Now()); wait > 0 && t.State == Waiting {
			if wait > Regret {
				return takeover.Later(wait, "the provider takes no text now")
			}
			s.Wait(ctx, wait)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			continue // it may have been edited or deleted meanwhile
		}
		links, ok, err := s.attach(ctx, t)
		if err != nil {
			return err
		}
		if !ok {
			continue // it does not leave, or was changed meanwhile
		}
		if err := s.sendAlone(ctx, t, links); err != nil {
			return err
		}
	}
	return takeover.Later(0, "the line has more texts")
}

// sendAlone sends the line's first open text under a lease. ready is what that was when its pictures
// were read, and links are their addresses.
func (s *Service) sendAlone(ctx context.Context, ready Text, links []string) error {
	id := ready.Line
	lease, ok, err := s.Store.Lease(ctx, "talk/"+string(id), sendLease)
	if err != nil {
		return fmt.Errorf("lease the line: %w", err)
	}
	if !ok {
		return takeover.Later(sendBusy, "another process sends the line's texts")
	}
	defer lease.Release()
	var t Text
	var line takeover.Line
	var by takeover.Replier
	err = s.Store.ChangeTexts(ctx, func(ctx context.Context, tx Tx) (err error) {
		if line, err = tx.Line(ctx, id); err != nil {
			return fmt.Errorf("load the line: %w", err)
		}
		t, by, err = s.leave(ctx, tx, lease, line, ready)
		return err
	})
	if err != nil || by == nil {
		return err
	}
	return s.call(ctx, by, line, t, links)
}

// leave stores that the line's first open text is about to leave, if its pictures are those of ready, and
// returns by whom; nil if none leaves now. A text that is stored so already was left behind by a process
// that died in the call.
func (s *Service) leave(ctx context.Context, tx Tx, lease takeover.Lease, line takeover.Line, ready Text) (t Text, by takeover.Replier, err error) {
	t, ok, err := tx.NextText(ctx, line.ID)
	if err != nil || !ok {
		return t, nil, err
	}
	if mine, err := tx.Leased(ctx, lease); err != nil || !mine {
		return t, nil, errors.Join(err, takeover.Later(sendBusy, "this process has slept past its lease"))
	}
	now, by := s.Now(), s.replier(line)
	switch {
	case t.State == Leaving:
		return t, nil, s.settle(ctx, tx, t, t.Lost())
	case t.DueAt.After(now), !slices.Equal(t.Files, ready.Files):
		return t, nil, nil // it was edited, or is the next one after one that was deleted
	case by == nil:
		return t, nil, s.settle(ctx, tx, t, t.Refused(takeover.SendFailure{Kind: takeover.SendUnset}))
	case now.Sub(t.WrittenAt) > patience && t.Attempts > 0:
		return t, nil, s.settle(ctx, tx, t, t.Refused(takeover.SendFailure{Kind: takeover.SendLater}))
	}
	t = t.Leaves(now)
	return t, by, tx.PutText(ctx, t)
}

// call sends a text that is stored as leaving, once, and stores the answer.
func (s *Service) call(ctx context.Context, p takeover.Replier, line takeover.Line, t Text, links []string) error {
	calling, cancel := context.WithTimeout(context.WithoutCancel(ctx), sendTime) // a stop does not cut it: its answer would be lost
	receipt, err := p.Send(calling, takeover.Texted{From: line.Agent, To: line.EndUser, Text: t.Words, Media: links})
	cancel()
	storing, cancel := context.WithTimeout(context.WithoutCancel(ctx), sendTime)
	defer cancel()
	var wait time.Duration
	stored := s.Store.ChangeTexts(storing, func(ctx context.Context, tx Tx) error {
		now, ok, err2 := tx.Text(ctx, t.ID)
		if err2 != nil || !ok {
			return err2
		}
		after := now
		if now.State == Leaving { // else a report came first
			after, wait = answered(now, receipt, err, s.Now())
		}
		return s.settle(ctx, tx, now, after)
	})
	if stored != nil {
		return fmt.Errorf("store the answer: %w", stored)
	}
	if wait > 0 {
		return takeover.Later(wait, "the provider takes no text now")
	}
	return nil
}

// answered is the text after the provider's answer, and how long to wait before it is tried again.
func answered(t Text, receipt takeover.SendReceipt, err error, now time.Time) (Text, time.Duration) {
	failure, ok := errors.AsType[*takeover.ProviderError](err)
	switch {
	case err == nil:
		if receipt.Parts > 0 {
			t.Parts = receipt.Parts
		}
		t.TakenAt = receipt.At
		return t.Accepted(receipt.Message), 0
	case !ok || failure.MayLand:
		return t.Lost(), 0
	case failure.Transient():
		wait := sendAgain(t, failure.RetryAfter)
		return t.Unsent(now.Add(wait)), wait
	}
	why := takeover.SendFailure{Kind: takeover.SendUnknown, Code: failure.Code, Detail: failure.Detail}
	if failure.Send != nil {
		why = *failure.Send
	}
	return t.Refused(why), 0
}

// sendAgain is how long a text of which nothing has left waits until it is tried again, and at least
// as long as the other side asks for, up to a minute.
func sendAgain(t Text, asked time.Duration) time.Duration {
	return max(min(time.Second<<min(t.Attempts, 5), 30*time.Second), min(asked, time.Minute))
}

// settle stores what became of a text and what follows from it.
func (s *Service) settle(ctx context.Context, tx Tx, before, t Text) error {
	if t.Message != "" && before.Message == "" {
		reports, err := tx.Parked(ctx, t.Message)
		if err != nil {
			return fmt.Errorf("look for reports: %w", err)
		}
		for _, r := range reports {
			t, _ = t.Reported(r)
		}
	}
	if err := s.put(ctx, tx, t, MarkJob{Text: t.ID}); err != nil {
		return err
	}
	sent := arrived(t.State) && !arrived(before.State)
	failed := t.State != before.State && (t.State == Failed || t.State == Unsure)
	if !sent && !failed {
		return nil
	}
	line, err := tx.Line(ctx, t.Line)
	if err != nil {
		return fmt.Errorf("load the line: %w", err)
	}
	if sent {
		if err := s.Takeover.Follows(ctx, tx, line.Replied()); err != nil {
			return err
		}
		if err := s.corrected(ctx, tx, t); err != nil {
			return err
		}
		return tx.Enqueue(ctx, RecordJob{Text: t.ID})
	}
	return s.Takeover.Follows(ctx, tx, notArrived(line, t, s.Now()))
}

// notArrived is the step that follows where a text has failed, or may not have been sent.
func notArrived(line takeover.Line, t Text, now time.Time) takeover.Step {
	e := line.TextFact(takeover.EventTextUnsure, string(t.ID), t.By, now)
	step := takeover.Step{Line: line}
	if t.State == Failed {
		e.Event, e.Failure = takeover.EventTextFailed, t.Failure
		if t.Failure != nil && t.Failure.Kind == takeover.SendOptedOut {
			step = line.OptOut(true, "text/"+string(t.ID)+"/out", now)
		}
	}
	step.Entries = append([]takeover.Entry{e}, step.Entries...)
	return step
}

// corrected ends the alarm about what the AI said after the takeover, once the text was sent that
// corrects it, and unless the AI has spoken again.
func (s *Service) corrected(ctx context.Context, tx Tx, t Text) error {
	if t.Corrects.IsZero() {
		return nil
	}
	line, err := tx.Line(ctx, t.Line)
	if err != nil {
		return fmt.Errorf("load the line: %w", err)
	}
	if !time.Time(line.Takeover.Spoke.At).Equal(time.Time(t.Corrects)) {
		return nil
	}
	return s.Takeover.Apply(ctx, tx, 0, takeover.Command{Key: "text/" + string(t.ID) + "/corrects", Verb: takeover.Fine,
		By: t.By, Origin: takeover.FromModal, At: s.Now().UTC(), Line: t.Line})
}

// arrived reports whether the provider has taken a text in that state, as far as is known.
func arrived(s State) bool { return s == Sent || s == Delivered || s == Unconfirmed }

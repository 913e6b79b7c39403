package takeover

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// errLeaseLost is returned where a settler may not write any more: another one works the
// line, or may begin to.
var errLeaseLost = errors.New("the settler has slept past its lease")

// attempt is one attempt to make the provider's flags agree with what a line wants.
type attempt struct {
	*Service
	line   Line // with what the attempt brought back
	lease  Lease
	proofs []Proof
	last   ConversationID // whose flag was set last
}

// prove does the provider's part for every covered conversation. err is ours: nothing is
// known of the provider.
func (a *attempt) prove(ctx context.Context) (*ProviderError, error) {
	p, err := a.silencer(a.line.Provider)
	if err != nil {
		return asProviderError(a.line.Provider, err), nil
	}
	if a.line.State == StateReturning {
		if failure := a.note(ctx, p); failure != nil {
			return failure, nil
		}
		return a.setAll(ctx, p, p.Release)
	}
	// What is known is silenced before anything is listed, and the list is had after the last
	// write: at the time that the card names, no conversation in it was on.
	for range CoveredMost {
		if failure, err := a.setAll(ctx, p, p.Silence); failure != nil || err != nil {
			return failure, err
		}
		if failure, err := a.list(ctx, p); failure != nil || err != nil {
			return failure, err
		}
		if a.line.proven() {
			break
		}
	}
	return a.readAgain(ctx, p), nil
}

// list lists the line's conversations and has the line cover what is in the list. Nothing tells
// another conversation of an anonymous end user.
func (a *attempt) list(ctx context.Context, p Silencer) (*ProviderError, error) {
	at, list := a.notAhead(a.Now(), a.lease.At), Listing{Conversations: []Conversation{a.line.conversation()}}
	if !a.alone(a.line) {
		var err error
		if list, err = a.listed(ctx, p, a.line); err != nil {
			return asProviderError(a.line.Provider, err), nil
		}
	}
	return nil, a.cover(ctx, list, at)
}

// cover stores a list of the line's conversations, and has the attempt go on with the line as
// it is then.
func (a *attempt) cover(ctx context.Context, list Listing, at time.Time) error {
	var covered Line
	err := a.Store.Change(ctx, func(ctx context.Context, tx Tx) error {
		covered = a.line // the store calls this again where another change of the line came first
		if err := a.leased(ctx, tx); err != nil {
			return err
		}
		line, err := tx.Line(ctx, a.line.ID)
		if err != nil {
			return fmt.Errorf("load the line: %w", err)
		}
		if line.State != a.line.State || line.Ref != a.line.Ref {
			return nil // it went on meanwhile, and the attempt is of no interest
		}
		step := line.attempted(a.line).Listed(list, at)
		step.Settle = false // that is being done
		if covered, err = a.stored(ctx, tx, step); err != nil {
			return err
		}
		cursor, err := tx.Cursor(ctx, syncName(line.Provider))
		if err == nil && cursor.IsZero() && !list.AsOf.IsZero() {
			_, err = tx.MoveCursor(ctx, syncName(line.Provider), cursor, list.AsOf)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("cover what was listed: %w", err)
	}
	a.line = covered
	return nil
}

// setFlag is Silencer.Silence or Silencer.Release.
type setFlag = func(ctx context.Context, id ConversationID, known Snapshot, keep Keep) (Proof, error)

// setAll sets the flags that are not proven, one after another, until one fails.
func (a *attempt) setAll(ctx context.Context, p Silencer, verb setFlag) (*ProviderError, error) {
	for i := range a.line.Covered {
		if c := a.line.Covered[i]; !c.CheckedAt.IsZero() || !c.LeftAt.IsZero() {
			continue
		}
		if a.neverOff(ctx, p, i) {
			continue
		}
		if failure, err := a.set(ctx, verb, i); failure != nil || err != nil {
			return failure, err
		}
	}
	return nil, nil
}

// neverOff reports whether a line that is given up needs no write in a conversation: the bot's
// writes were all refused there, and the flag reads as the AI's. A write would be refused, too.
func (a *attempt) neverOff(ctx context.Context, p Silencer, i int) bool {
	c := a.line.Covered[i]
	if a.line.State != StateReturning || c.Written || c.inCare() {
		return false
	}
	at := a.notAhead(a.Now(), a.lease.At)
	if silent, err := p.Silenced(ctx, c.ID); err != nil || silent {
		return false
	}
	a.line = a.line.edited(c.ID, func(c *Covered) { c.CheckedAt = at.UTC() })
	a.proofs = append(a.proofs, Proof{CheckedAt: at, Answer: "read as on, nothing to write"})
	return true
}

// set sets the flag of one conversation.
func (a *attempt) set(ctx context.Context, verb setFlag, i int) (*ProviderError, error) {
	a.line.Covered = slices.Clone(a.line.Covered)
	c := &a.line.Covered[i]
	inCare, known, written := c.inCare(), c.Snapshot, c.Written // because of an earlier write
	var unkept error
	proof, err := verb(ctx, c.ID, known, func(ctx context.Context, b Before) error {
		if c.Before.IsZero() {
			c.Before = b.NewestAt
		}
		c.Snapshot, c.CareUntil, c.Written = b.Snapshot, careUntil(a.lease.At), true
		unkept = a.keep(ctx, *c)
		return unkept
	})
	if unkept != nil {
		return nil, unkept
	}
	mayLand := proof.MayLand
	var failure *ProviderError
	if err != nil {
		failure = asProviderError(a.line.Provider, err)
		mayLand = failure.MayLand
		if !mayLand && !failure.FlagUnknown {
			c.Snapshot = known // nothing was lost
		}
		if failure.noWrite() {
			c.Written = written
		}
		proof, err = a.settled(failure, c)
	}
	if !mayLand && !inCare {
		c.CareUntil = time.Time{}
	}
	if err != nil {
		return failure, nil
	}
	c.CheckedAt, a.last = a.notAhead(proof.CheckedAt, a.lease.At).UTC(), c.ID
	a.proofs = append(a.proofs, proof)
	return nil, nil
}

// settled is what a failure proves all the same; it returns the failure where that is
// nothing.
func (a *attempt) settled(failure *ProviderError, c *Covered) (Proof, error) {
	if len(failure.Lost) > 0 || failure.FlagUnknown {
		c.Snapshot = failure.Snapshot // the only record of what the write may have lost
	}
	newest := c.ID == a.line.Newest.ID
	switch {
	case failure.Kind == Gone && a.line.attempts() >= maxRepairs && (!newest || a.line.State == StateReturning):
		// There is nothing to switch, and no AI can speak there. One answer does not tell: a
		// proxy's 404 would leave an AI as it is.
		return Proof{CheckedAt: a.Now(), Gone: newest, Answer: failure.Answer()}, nil
	case failure.Kind == LostEntries && failure.Proof != nil && a.line.attempts() >= maxRepairs:
		// The flag is proven; entries that cannot be put back must not keep the line from
		// being held or given back for ever.
		a.line.Unrepaired = failure.Lost
		return *failure.Proof, nil
	}
	return Proof{}, failure
}

// keep stores what a conversation of the line has to hold, and until when the write that
// comes now may take effect: for the process that goes on if this one dies before it has
// read back what its write has done. Without the lease there is no write.
func (a *attempt) keep(ctx context.Context, conv Covered) error {
	err := a.Store.Change(ctx, func(ctx context.Context, tx Tx) error {
		if err := a.leased(ctx, tx); err != nil {
			return err
		}
		line, err := tx.Line(ctx, a.line.ID)
		if err != nil {
			return fmt.Errorf("load the line: %w", err)
		}
		_, err = tx.Save(ctx, line.edited(conv.ID, func(c *Covered) {
			c.Snapshot, c.CareUntil, c.Before, c.Written = conv.Snapshot, conv.CareUntil, conv.Before, conv.Written
		}))
		return err
	})
	if err != nil {
		return fmt.Errorf("keep the conversation's entries: %w", err)
	}
	return nil
}

// leased returns errLeaseLost where another settler may work the line.
func (a *attempt) leased(ctx context.Context, tx Tx) error {
	switch held, err := tx.Leased(ctx, a.lease); {
	case err != nil:
		return fmt.Errorf("look at the lease: %w", err)
	case !held:
		return errLeaseLost
	}
	return nil
}

// readAgain reads the flags once more that were read before the last write: "silent
// (checked 03:14:09)" speaks of all conversations of the line, and the last one was not
// silent when the first was read. It costs nothing where there is one. A flag that cannot be
// read again, or reads otherwise, is not proven.
func (a *attempt) readAgain(ctx context.Context, p Silencer) *ProviderError {
	for i, c := range a.line.Covered {
		if c.ID == a.last || !c.LeftAt.IsZero() {
			continue
		}
		silent, err := p.Silenced(ctx, c.ID)
		if err == nil && silent {
			a.line.Covered[i].CheckedAt = a.notAhead(a.Now(), a.lease.At).UTC()
			continue
		}
		a.line.Covered[i].CheckedAt = time.Time{}
		if err != nil {
			return asProviderError(a.line.Provider, err)
		}
		return &ProviderError{Provider: a.line.Provider, Op: "read conversation again", Kind: NotKept}
	}
	return nil
}

// note gives the hand-back's note to the AI, before it may answer. A note that the
// provider refuses for good does not keep the line from being given back.
func (a *attempt) note(ctx context.Context, p Silencer) *ProviderError {
	h := &a.line.HandBack
	if h.Note == "" || h.NoteDone || h.NoteFailed {
		return nil
	}
	noter, ok := p.(Noter)
	if !ok {
		h.NoteFailed = true
		return nil
	}
	err := noter.Note(ctx, a.line.Answering(), h.Key, h.Note)
	if err == nil {
		h.NoteDone = true
		return nil
	}
	failure := asProviderError(a.line.Provider, err)
	if failure.Kind == Refused || failure.Kind == Unsupported || failure.Kind == Gone {
		h.NoteFailed = true
		return nil
	}
	return failure
}

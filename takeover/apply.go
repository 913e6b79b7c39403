package takeover

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// Apply works a stored command, seq being its number in the inbox, within the
// transaction that marks it as worked: its effects happen exactly once.
func (s *Service) Apply(ctx context.Context, tx Tx, seq int64, c Command) error {
	if c.Refused != "" {
		return tx.Enqueue(ctx, TellJob{Command: seq, Refusal: Refusal{Kind: RefusedRole, Why: c.Refused}})
	}
	switch c.Verb {
	case Search, SearchMore, Open, Earlier, WholeText, ShowLog, ShowMoment, ExportLog:
		return tx.Enqueue(ctx, WorkJob{Command: seq, Verb: c.Verb})
	case HandOffAll, AcceptAll:
		return s.applyToAll(ctx, tx, seq, c)
	}
	line, err := tx.Line(ctx, c.Line)
	if errors.Is(err, ErrNotFound) {
		return tx.Enqueue(ctx, TellJob{Command: seq, Refusal: Refusal{Kind: RefusedNoLine, Line: c.Line}})
	}
	if err != nil {
		return fmt.Errorf("load the line: %w", err)
	}
	if c.Verb == Refresh {
		if err := s.store(ctx, tx, Step{Line: line, Draw: true}); err != nil {
			return err
		}
		return tx.Enqueue(ctx, WorkJob{Command: seq, Verb: c.Verb})
	}
	return s.applyToOne(ctx, tx, seq, c, line)
}

// TakeFound takes over the line that the search c found, which is stored with the number seq. It
// is decided like a click of the time at which the search was typed.
func (s *Service) TakeFound(ctx context.Context, seq int64, c Command, found LineID) error {
	c.Verb, c.Line, c.Show = TakeOver, found, true
	err := s.Store.Change(ctx, func(ctx context.Context, tx Tx) error {
		line, err := tx.Line(ctx, found)
		if err != nil {
			return fmt.Errorf("load the line: %w", err)
		}
		return s.applyToOne(ctx, tx, seq, c, line)
	})
	if err != nil {
		return fmt.Errorf("take over what was found: %w", err)
	}
	return nil
}

// applyToOne decides about one line.
func (s *Service) applyToOne(ctx context.Context, tx Tx, seq int64, c Command, line Line) error {
	line.Can = s.abilities(line.conversation()) // as of now, whatever an old card shows
	step := Decide(line, c, s.rules(line))
	if c.Verb == TakeOver && step.Save {
		if err := s.beginSync(ctx, tx, line.Provider); err != nil {
			return err
		}
	}
	if err := s.store(ctx, tx, step); err != nil {
		return err
	}
	var jobs []Job
	if step.Refusal != nil {
		jobs = append(jobs, TellJob{Command: seq, Refusal: *step.Refusal})
	}
	if c.Verb == ShowNumber {
		jobs = append(jobs, WorkJob{Command: seq, Verb: c.Verb})
	}
	if c.Show {
		jobs = append(jobs, WorkJob{Command: seq, Verb: Open, Line: c.Line})
	}
	if c.Show && c.Verb == TakeOver && step.Refusal == nil {
		jobs = append(jobs, WorkJob{Command: seq, Verb: TakeOver, Line: c.Line})
	}
	return tx.Enqueue(ctx, jobs...)
}

// applyToAll applies a command to every line that it is about: those that By holds, or
// those that were offered to By.
func (s *Service) applyToAll(ctx context.Context, tx Tx, seq int64, c Command) error {
	lines, err := tx.Taken(ctx)
	if err != nil {
		return fmt.Errorf("load what is held: %w", err)
	}
	lines = slices.DeleteFunc(lines, func(l Line) bool {
		if c.Verb == AcceptAll {
			return l.Takeover.Handoff.To != c.By || !l.Taken()
		}
		return l.Takeover.Holder != c.By || !l.Taken() || l.Takeover.Handoff.To == c.To
	})
	if len(lines) == 0 {
		return tx.Enqueue(ctx, TellJob{Command: seq, Refusal: Refusal{Kind: RefusedNothing}})
	}
	for _, line := range lines {
		step := Decide(line, c, s.rules(line))
		if err := s.store(ctx, tx, step); err != nil {
			return err
		}
		if step.Refusal != nil {
			return tx.Enqueue(ctx, TellJob{Command: seq, Refusal: *step.Refusal})
		}
	}
	return nil
}

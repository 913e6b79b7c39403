package takeover

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"
)

// Store keeps lines, commands and the audit.
type Store interface {
	// Line returns a line, or ErrNotFound.
	Line(ctx context.Context, id LineID) (Line, error)
	// LinesOf returns the lines of an end user, newest change first.
	LinesOf(ctx context.Context, provider string, endUser Target) ([]Line, error)
	// Taken returns every line that is not StateAI, longest first.
	Taken(ctx context.Context) ([]Line, error)
	// Command returns a stored command, or ErrNotFound once it was purged.
	Command(ctx context.Context, seq int64) (Command, error)
	// Audit returns the newest entries of a line, oldest first.
	Audit(ctx context.Context, id LineID, limit int) ([]Entry, error)
	// Change runs fn in a transaction. fn may run again and must only use tx.
	Change(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
	// Lease gives key to one caller in all replicas until release, or until ttl has
	// passed; ok is false while another caller has it.
	Lease(ctx context.Context, key string, ttl time.Duration) (release func(), ok bool, err error)
	// DueLines returns lines whose Line.Due has come, the longest overdue first.
	DueLines(ctx context.Context, now time.Time, limit int) ([]LineID, error)
	// Attended says whether any line of the provider is attended (Line.Attended).
	Attended(ctx context.Context, provider string) (bool, error)
	// AttendedOf returns the attended line of a pair, or ErrNotFound.
	AttendedOf(ctx context.Context, provider string, endUser, agent Target) (Line, error)
	// Cursor is how far a reader of a list has come; the zero time if it never began. UTC.
	Cursor(ctx context.Context, name string) (time.Time, error)
	// Uncompared returns held lines whose flag was not compared since before, the longest
	// first.
	Uncompared(ctx context.Context, before time.Time, limit int) ([]Line, error)
	// Compared remembers that the flag of a line was seen as wanted, without changing the
	// line's version.
	Compared(ctx context.Context, id LineID, at time.Time) error
	// Purge removes worked commands received, and audit entries written, before the
	// given times. It returns how many rows went.
	Purge(ctx context.Context, commands, audit time.Time) (int64, error)
}

// Tx is the store within one transaction.
type Tx interface {
	// Line returns a line, or ErrNotFound.
	Line(ctx context.Context, id LineID) (Line, error)
	// Taken returns every line that is not StateAI, longest first.
	Taken(ctx context.Context) ([]Line, error)
	// Attended says whether any line of the provider is attended (Line.Attended).
	Attended(ctx context.Context, provider string) (bool, error)
	// Cursor is how far a reader of a list has come; the zero time if it never began. UTC.
	Cursor(ctx context.Context, name string) (time.Time, error)
	// MoveCursor remembers how far a reader of a list has come; moved is false, and nothing
	// changes, where it is not at from any more.
	MoveCursor(ctx context.Context, name string, from, to time.Time) (moved bool, err error)
	// LineOf returns the line of a pair, or ErrNotFound.
	LineOf(ctx context.Context, provider string, endUser, agent Target) (Line, error)
	// Save stores the line and returns it with its new version. It is ErrConflict if
	// somebody saved the line since it was loaded.
	Save(ctx context.Context, l Line) (Line, error)
	// Record appends to the audit; an entry whose key is there already changes nothing.
	Record(ctx context.Context, e Entry) error
	// Enqueue stores jobs that run once the transaction is committed.
	Enqueue(ctx context.Context, jobs ...Job) error
}

// Service is the only one who decides.
type Service struct {
	Store     Store
	Providers Providers
	Now       func() time.Time
	Log       *slog.Logger
	// NewID makes a fresh line id.
	NewID func() LineID
	// Rules are what the desk has set.
	Rules Rules
	// Wait waits until d has passed on the clock of Now, or ctx ends, or somebody turned
	// the clock.
	Wait func(ctx context.Context, d time.Duration)
	// Happened counts what an operator of the bot wants to know of; may be nil.
	Happened func(Deed)
	// Proved observes how long a line took from click to proof, by state reached; may
	// be nil.
	Proved func(s State, d time.Duration)
}

// Apply works a stored command, seq being its number in the inbox, within the
// transaction that marks it as worked: its effects happen exactly once.
func (s *Service) Apply(ctx context.Context, tx Tx, seq int64, c Command) error {
	switch c.Verb {
	case Refresh:
		return s.redraw(ctx, tx, seq, c)
	case HandOffAll, AcceptAll:
		return s.decideAll(ctx, tx, seq, c)
	}
	if _, ok := decisions()[c.Verb]; ok || c.Verb == TakeOver {
		return s.decide(ctx, tx, seq, c)
	}
	return tx.Enqueue(ctx, WorkJob{Command: seq, Verb: c.Verb})
}

func (s *Service) decide(ctx context.Context, tx Tx, seq int64, c Command) error {
	line, err := tx.Line(ctx, c.Line)
	if errors.Is(err, ErrNotFound) {
		return tx.Enqueue(ctx, TellJob{Command: seq, Refusal: Refusal{Kind: RefusedNoLine, Line: c.Line}})
	}
	if err != nil {
		return fmt.Errorf("load the line: %w", err)
	}
	line.Can = s.abilities(line.Conversation()) // as of now, whatever an old card shows
	step := Decide(line, c, s.Rules)
	if c.Verb == TakeOver && step.Save {
		if err := s.lookBack(ctx, tx, line); err != nil {
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
	if c.Show {
		jobs = append(jobs, WorkJob{Command: seq, Verb: Open})
	}
	return tx.Enqueue(ctx, jobs...)
}

// decideAll applies a wish to every line that it is about: those that By holds, or those
// that were offered to By.
func (s *Service) decideAll(ctx context.Context, tx Tx, seq int64, c Command) error {
	lines, err := tx.Taken(ctx)
	if err != nil {
		return fmt.Errorf("load what is held: %w", err)
	}
	lines = slices.DeleteFunc(lines, func(l Line) bool {
		if c.Verb == AcceptAll {
			return l.Handoff.To != c.By || !l.Taken()
		}
		return l.Holder != c.By || !l.Taken() || l.Handoff.To == c.To
	})
	if len(lines) == 0 {
		return tx.Enqueue(ctx, TellJob{Command: seq, Refusal: Refusal{Kind: RefusedNothing}})
	}
	for _, line := range lines {
		step := Decide(line, c, s.Rules)
		if err := s.store(ctx, tx, step); err != nil {
			return err
		}
		if step.Refusal != nil {
			return tx.Enqueue(ctx, TellJob{Command: seq, Refusal: *step.Refusal})
		}
	}
	return nil
}

func (s *Service) redraw(ctx context.Context, tx Tx, seq int64, c Command) error {
	line, err := tx.Line(ctx, c.Line)
	if errors.Is(err, ErrNotFound) {
		return tx.Enqueue(ctx, TellJob{Command: seq, Refusal: Refusal{Kind: RefusedNoLine, Line: c.Line}})
	}
	if err != nil {
		return fmt.Errorf("load the line: %w", err)
	}
	if line, err = tx.Save(ctx, line); err != nil { // a new version, so that the card is drawn
		return err
	}
	return tx.Enqueue(ctx, WorkJob{Command: seq, Verb: c.Verb}, DrawJob{Line: line.ID, Version: line.Version})
}

// store keeps what a transition decided.
func (s *Service) store(ctx context.Context, tx Tx, step Step) error {
	line := step.Line
	if step.Save || step.Draw {
		var err error
		if line, err = tx.Save(ctx, line); err != nil {
			return fmt.Errorf("save the line: %w", err)
		}
	}
	for _, e := range step.Entries {
		if err := tx.Record(ctx, e); err != nil {
			return fmt.Errorf("write the audit: %w", err)
		}
	}
	if s.Happened != nil {
		for _, e := range step.Entries {
			s.Happened(e.Deed)
		}
	}
	if jobs := step.jobs(line); len(jobs) > 0 {
		return tx.Enqueue(ctx, jobs...)
	}
	return nil
}

// jobs are what has to be done because of the step, line being what was stored.
func (s Step) jobs(line Line) []Job {
	var jobs []Job
	if s.Settle {
		jobs = append(jobs, SettleJob{Line: line.ID, Now: s.Now})
	}
	if s.Draw {
		jobs = append(jobs, DrawJob{Line: line.ID, Version: line.Version})
	}
	if s.Watch {
		jobs = append(jobs, WatchJob{Line: line.ID, Ref: line.Watch.Ref})
	}
	for _, e := range s.Say {
		jobs = append(jobs, SayJob{Entry: e})
	}
	for _, d := range s.Direct {
		if d.To != "" {
			jobs = append(jobs, DirectJob(d))
		}
	}
	for _, d := range s.Draft {
		jobs = append(jobs, d)
	}
	for _, f := range s.Follow {
		jobs = append(jobs, f)
	}
	return jobs
}

// Remember makes sure that each conversation that q found has its line and returns the
// lines in the same order. newest tells the line's newest conversation for each of them.
func (s *Service) Remember(ctx context.Context, q Query, convs []Conversation, newest func(Conversation) Conversation) ([]Line, error) {
	lines := make([]Line, len(convs))
	err := s.Store.Change(ctx, func(ctx context.Context, tx Tx) error {
		for i, c := range convs {
			line, err := s.remember(ctx, tx, q, c, newest(c))
			if err != nil {
				return err
			}
			lines[i] = line
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("remember the lines found: %w", err)
	}
	return lines, nil
}

// whole says whether a query finds every conversation of an end user that it finds at all.
// Another one of the same end user may not carry a label or a name.
func (q Query) whole() bool { return q.Field == FieldEndUser || q.Field == FieldLastDigits }

func (s *Service) remember(ctx context.Context, tx Tx, q Query, c, newest Conversation) (Line, error) {
	line, err := tx.LineOf(ctx, c.Provider, c.EndUser, c.Agent)
	if errors.Is(err, ErrNotFound) {
		line = NewLine(s.NewID(), c.Provider, newest, s.Now())
		line.Can = s.abilities(newest)
		if q.whole() {
			line.ListedAt = s.Now().UTC()
		}
		return tx.Save(ctx, line)
	}
	if err != nil {
		return Line{}, err
	}
	before := line
	if q.whole() && s.Now().Sub(line.ListedAt) >= listedFresh/2 {
		line.ListedAt = s.Now().UTC()
	}
	// What was found by a label may be older than what the line stands for.
	if line.State == StateAI && (q.whole() || !newest.newest().Before(line.CurrentAt)) {
		line = line.found(newest, s.abilities(newest), s.Now())
	}
	if line.same(before) {
		return line, nil
	}
	return tx.Save(ctx, line)
}

// found is the line as a list tells it.
func (l Line) found(newest Conversation, can Capabilities, now time.Time) Line {
	if l.Current != newest.ID || l.Status != newest.Status || l.Ended != newest.Ended || !l.Can.Equal(can) {
		l = l.Show(newest, newest)
		l.Can = can
	}
	l.CurrentAt = newest.newest().UTC()
	return l.seenOff(newest, now)
}

// same says whether a list told nothing that is worth a write. When something last
// happened is kept with the next one.
func (l Line) same(o Line) bool {
	return l.Current == o.Current && l.Status == o.Status && l.Ended == o.Ended && l.Can.Equal(o.Can) && l.ListedAt.Equal(o.ListedAt) && l.OffAt.Equal(o.OffAt)
}

// Read reads the newest n messages of one of the line's conversations (the current one
// if id is empty), remembers the last lines of the current one for the card, and returns
// both.
func (s *Service) Read(ctx context.Context, line LineID, id ConversationID, n int) (Line, Transcript, error) {
	l, err := s.Store.Line(ctx, line)
	if err != nil {
		return Line{}, Transcript{}, fmt.Errorf("load the line: %w", err)
	}
	if id == "" {
		id = l.Current
	}
	provider, err := s.provider(l.Provider)
	if err != nil {
		return l, Transcript{}, err
	}
	t, err := provider.Transcript(ctx, id, n)
	if err != nil {
		return l, Transcript{}, err
	}
	l, err = s.Update(ctx, line, func(l Line) Line {
		if l.State == StateAI && !l.Covers(id) {
			l.Covered = append(l.Covered[:min(1, len(l.Covered)):1], Covered{ID: id})
		}
		return s.heard(l, id, t)
	})
	return l, t, err
}

// heard is the line after a conversation's transcript was read. An older conversation's
// last words are not the line's.
func (s *Service) heard(l Line, id ConversationID, t Transcript) Line {
	if id == l.Current {
		l.Status, l.Ended = t.Status, t.Ended
		l = l.Heard(t, s.Now())
	}
	l.Can = s.abilities(l.Conversation())
	return l
}

// Update changes a line outside its states, and tries again when somebody was faster.
func (s *Service) Update(ctx context.Context, id LineID, change func(Line) Line) (Line, error) {
	var saved Line
	err := s.Store.Change(ctx, func(ctx context.Context, tx Tx) error {
		l, err := tx.Line(ctx, id)
		if err != nil {
			return err
		}
		saved, err = tx.Save(ctx, change(l))
		return err
	})
	if err != nil {
		return Line{}, fmt.Errorf("update the line: %w", err)
	}
	return saved, nil
}

// Retention of what the bot keeps. Commands outlive Slack's longest redelivery
// (24 hours); the audit is kept for a quarter.
const (
	KeepCommands = 48 * time.Hour
	KeepAudit    = 90 * 24 * time.Hour
)

// Purge removes what is older than its retention.
func (s *Service) Purge(ctx context.Context, _ PurgeJob) error {
	n, err := s.Store.Purge(ctx, s.Now().Add(-KeepCommands), s.Now().Add(-KeepAudit))
	if err != nil {
		return fmt.Errorf("purge: %w", err)
	}
	s.Log.InfoContext(ctx, "purged", "rows", n)
	return nil
}

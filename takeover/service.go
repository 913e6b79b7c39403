package takeover

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"
)

// Deps are what the service works with. All but Happened, BadRow, Proved and Placeholders are needed.
type Deps struct {
	Store     Store
	Providers Providers
	Desks     Desks
	Now       func() time.Time
	// Wait waits until d has passed on the clock of Now, or ctx ends, or the clock is turned.
	Wait func(ctx context.Context, d time.Duration)
	// Turned is how far a test or the demo has turned the clock of Now, of which the database knows
	// nothing; nil where none can.
	Turned func() time.Duration
	// Placeholders are further words for an end user without a number or an address.
	Placeholders Placeholders
	// NewID makes a fresh line id.
	NewID func() LineID
	Log   *slog.Logger
	// Happened counts what an operator of the bot wants to know of; may be nil.
	Happened func(Event)
	// BadRow counts rows that could not be used and were left out, by what they are; may be nil.
	BadRow func(what string)
	// Proved observes how long a line took from click to proof, by the state reached; may
	// be nil.
	Proved func(s State, d time.Duration)
}

// Service decides, and is the only part of the bot that does: it loads lines, asks the
// transitions, and stores what they decided with the jobs that follow. Safe for use by
// several goroutines.
type Service struct{ Deps }

// New returns a Service. It fails, naming all that is missing, where a part is.
func New(d Deps) (*Service, error) {
	var missing []error
	for _, part := range []struct {
		name string
		has  bool
	}{
		{"Store", d.Store != nil}, {"Providers", len(d.Providers) > 0}, {"Desks", len(d.Desks) > 0}, {"Now", d.Now != nil}, {"Wait", d.Wait != nil},
		{"NewID", d.NewID != nil}, {"Log", d.Log != nil},
	} {
		if !part.has {
			missing = append(missing, fmt.Errorf("the domain lacks %s", part.name))
		}
	}
	if len(missing) > 0 {
		return nil, errors.Join(missing...)
	}
	if d.BadRow == nil {
		d.BadRow = func(string) {}
	}
	if d.Happened == nil {
		d.Happened = func(Event) {}
	}
	if d.Proved == nil {
		d.Proved = func(State, time.Duration) {}
	}
	return &Service{d}, nil
}

// rules are what the line's desk has set.
func (s *Service) rules(l Line) Rules {
	desk := s.Desks.Of(l)
	desk.Rules.Leaderless = desk.Groups.Leads == ""
	return desk.Rules
}

// Follows stores what a transition decided, with the jobs that follow.
func (s *Service) Follows(ctx context.Context, tx Tx, step Step) error { return s.store(ctx, tx, step) }

// Able is the line with what its provider can do for it now.
func (s *Service) Able(line Line) Line {
	line.Can = s.abilities(line.conversation())
	return line
}

// store keeps what a transition decided.
func (s *Service) store(ctx context.Context, tx Tx, step Step) error {
	_, err := s.stored(ctx, tx, step)
	return err
}

// stored is store, and returns the line with the version that it has from now on.
func (s *Service) stored(ctx context.Context, tx Tx, step Step) (line Line, err error) {
	line = step.Line
	if step.Draw {
		line = line.drawn(s.Now())
	}
	if step.Save || step.Draw { // a new version asks for a new drawing
		if line, err = tx.Save(ctx, line); err != nil {
			return Line{}, fmt.Errorf("save the line: %w", err)
		}
	}
	for _, e := range step.Entries {
		if err := tx.Record(ctx, e); err != nil {
			return Line{}, fmt.Errorf("write the audit: %w", err)
		}
		s.Happened(e.Event)
	}
	if jobs := step.jobs(line, s.Now()); len(jobs) > 0 {
		err = tx.Enqueue(ctx, jobs...)
	}
	return line, err
}

// jobs are what has to be done because of the step, line being what was stored.
func (s Step) jobs(line Line, now time.Time) []Job {
	var jobs []Job
	if s.Settle {
		jobs = append(jobs, SettleJob{Line: line.ID, Now: s.Now})
	}
	if s.Draw {
		urgency := line.Urgency(now)
		if line.State == StateAI && slices.ContainsFunc(s.Entries, func(e Entry) bool { return e.Before.State != StateAI }) {
			urgency = min(urgency, UrgentWrong) // until now an operator had it
		}
		jobs = append(jobs, DrawJob{Line: line.ID, Version: line.Version, Urgency: urgency})
	}
	for _, e := range s.Entries {
		if e.Event.Said() {
			jobs = append(jobs, SayJob{Entry: e})
		}
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

// change loads a line, asks for a step, stores it where it saves or draws something, and
// returns the line as it is stored then.
func (s *Service) change(ctx context.Context, id LineID, decide func(Line) Step) (Line, error) {
	var line Line
	err := s.Store.Change(ctx, func(ctx context.Context, tx Tx) error {
		var err error
		if line, err = tx.Line(ctx, id); err != nil {
			return fmt.Errorf("load the line: %w", err)
		}
		step := decide(line)
		if line = step.Line; !step.Save && !step.Draw {
			return nil
		}
		line, err = s.stored(ctx, tx, step)
		return err
	})
	return line, err
}

// Retention of what the bot keeps. Commands outlive Slack's longest redelivery
// (24 hours); the audit is kept for a quarter. A line on which nothing happens goes a year after its last
// change: the next search begins it anew.
const (
	KeepCommands = 48 * time.Hour
	KeepAudit    = 90 * 24 * time.Hour
	// KeepKnown is for how long what Slack said of a person or a group counts while Slack does
	// not answer, and how long it is kept.
	KeepKnown = 30 * 24 * time.Hour
	KeepLines = 365 * 24 * time.Hour
)

// Purge removes what is older than its retention.
func (s *Service) Purge(ctx context.Context, _ PurgeJob) error {
	now := s.Now()
	n, err := s.Store.Purge(ctx, Retention{Commands: now.Add(-KeepCommands), Audit: now.Add(-KeepAudit), Known: now.Add(-KeepKnown), Lines: now.Add(-KeepLines)})
	if err != nil {
		return fmt.Errorf("purge: %w", err)
	}
	s.Log.InfoContext(ctx, "purged", "rows", n)
	return nil
}

// errNoProvider is the cause of NotSetUp.
var errNoProvider = errors.New("the bot has no credential of this provider")

// provider finds a line's provider. It may be switched off since.
func (s *Service) provider(name string) (Provider, error) {
	if p, ok := s.Providers.Named(name); ok {
		return p, nil
	}
	return nil, &ProviderError{Provider: name, Op: "reach the provider", Kind: NotSetUp, Err: errNoProvider}
}

// silencer is the line's provider, if it can be silenced.
func (s *Service) silencer(name string) (Silencer, error) {
	p, err := s.provider(name)
	if err != nil {
		return nil, err
	}
	if silencer, ok := p.(Silencer); ok {
		return silencer, nil
	}
	return nil, &ProviderError{Provider: name, Op: "silence the AI", Kind: Unsupported}
}

// abilities asks a conversation's provider what works. What a provider has no method
// for does not work, whatever it says.
func (s *Service) abilities(c Conversation) Capabilities {
	p, err := s.provider(c.Provider)
	if err != nil {
		return switchedOff(c.Provider)
	}
	can := p.Can(c)
	if _, ok := p.(Silencer); !ok && can.Of(CanSilence).Yes() {
		can[CanSilence] = Ability{Level: LevelNo, Reason: "The bot does not know how to silence " + c.Provider + "."}
	}
	return can
}

// switchedOff is what works with a provider that the bot has no credential of.
func switchedOff(name string) Capabilities {
	can := Capabilities{}
	for _, what := range AllCapabilities() {
		can[what] = Ability{Level: LevelSetUp, Reason: "The bot has no key for " + name + " any more: the operator of the bot has to set one."}
	}
	return can
}

// asProviderError is err as what the provider failed at.
func asProviderError(name string, err error) *ProviderError {
	if pe, ok := errors.AsType[*ProviderError](err); ok {
		return pe
	}
	return &ProviderError{Provider: name, Op: "reach the provider", Kind: NoAnswer, Err: err}
}

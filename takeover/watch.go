package takeover

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"
)

const (
	// WatchFor is how long a watch lasts at most.
	WatchFor = 30 * time.Minute
	// WatchEvery is how long a watch waits between two looks, on average. Nothing is
	// looked at where nobody watches.
	WatchEvery = 10 * time.Second
	// watchJitter keeps watches that began together from looking together.
	watchJitter = 2 * time.Second
)

// Watch is one person's wish to see new messages of a line as they come.
type Watch struct {
	By    OperatorID
	Ref   Ref       // of the press that began it
	Until time.Time // when it ends by itself. UTC
}

// Watched says whether somebody watches the line.
func (l Line) Watched() bool { return l.Watch.By != "" }

// watch begins a watch, or ends the one there is.
func (l Line) watch(c Command) Step {
	if l.Watch.Ref == RefOf(c.Key) {
		return Step{Line: l} // the same click, delivered again
	}
	if l.Watched() && c.At.Before(l.Watch.Until) {
		s := l.EndWatch("asked to", c.At)
		for i := range s.Entries {
			s.Entries[i].Key, s.Entries[i].Who, s.Entries[i].Origin = c.Key, c.By, c.Origin
		}
		s.Say = s.Entries
		return s
	}
	if a := l.Ability(CanWatch); !a.Yes() {
		return l.cannot(c, a, DidNotWatch)
	}
	before := l.describe()
	l.Watch = Watch{By: c.By, Ref: RefOf(c.Key), Until: c.At.Add(WatchFor).UTC()}
	e := []Entry{l.entry(c, DidWatch, before)}
	return Step{Line: l, Save: true, Draw: true, Watch: true, Entries: e, Say: e}
}

// cannot refuses what the line's provider cannot do. Nothing of the line changes.
func (l Line) cannot(c Command, a Ability, deed Deed) Step {
	e := l.entry(c, deed, l.describe())
	e.Answer = a.Reason
	r := l.refuse(RefusedUnsupported, c)
	r.Why, r.Provider = a.Reason, l.Provider
	return Step{Line: l, Draw: true, Refusal: r, Entries: []Entry{e}}
}

// EndWatch ends the line's watch and says why, in a few words.
func (l Line) EndWatch(why string, now time.Time) Step {
	e := Entry{Key: fmt.Sprintf("watch/%s/%s/over", l.ID, l.Watch.Ref), Line: l.ID, At: now.UTC(), Origin: FromBot, Deed: DidStopWatch,
		Before: l.describe(), After: l.describe(), Answer: why, Ref: l.Watch.Ref, Other: l.Watch.By}
	l.Watch = Watch{}
	return Step{Line: l, Save: true, Draw: true, Entries: []Entry{e}, Say: []Entry{e}}
}

// Look reads the newest n messages for a watch. over says that the watch has ended or
// that another one has taken its place. It stores only what differs from what is known.
func (s *Service) Look(ctx context.Context, job WatchJob, n int) (line Line, t Transcript, over bool, err error) {
	line, err = s.Store.Line(ctx, job.Line)
	if err != nil {
		return Line{}, Transcript{}, false, fmt.Errorf("load the line: %w", err)
	}
	if line.Watch.Ref != job.Ref {
		return line, Transcript{}, true, nil
	}
	provider, err := s.provider(line.Provider)
	if err != nil {
		return line, Transcript{}, false, err
	}
	if t, err = provider.Transcript(ctx, line.Current, n); err != nil {
		return line, Transcript{}, false, err
	}
	if line.hears(t) {
		return line, t, false, nil
	}
	line, err = s.Update(ctx, line.ID, func(l Line) Line { return s.heard(l, l.Current, t) })
	return line, t, line.Watch.Ref != job.Ref, err
}

// hears says whether the line knows already what the transcript would tell it.
func (l Line) hears(t Transcript) bool {
	fresh := l.Heard(t, l.RecentAt)
	if len(fresh.Recent) != len(l.Recent) || l.Unread != fresh.Unread || l.Status != t.Status || l.Ended != t.Ended {
		return false
	}
	for i := range fresh.Recent {
		a, b := fresh.Recent[i], l.Recent[i]
		if a.Role != b.Role || a.Text != b.Text || !a.At.Equal(b.At) {
			return false
		}
	}
	return true
}

// StopWatch ends the job's watch, unless another has taken its place. why is said in
// the thread.
func (s *Service) StopWatch(ctx context.Context, job WatchJob, why string) error {
	return s.Store.Change(ctx, func(ctx context.Context, tx Tx) error {
		line, err := tx.Line(ctx, job.Line)
		if err != nil {
			return fmt.Errorf("load the line: %w", err)
		}
		if line.Watch.Ref != job.Ref {
			return nil
		}
		return s.store(ctx, tx, line.EndWatch(why, s.Now()))
	})
}

// LookAgain asks for the watch's next look, after WatchEvery or what the provider asked
// for.
func LookAgain(asked time.Duration) error {
	jitter := rand.N(2*watchJitter) - watchJitter //nolint:gosec // not a secret
	return Later(max(WatchEvery+jitter, asked), "nothing is known of the next message")
}

package takeover_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"takeoverbot/takeover"
)

// spoilt is a store with one pair whose row cannot be read, one whose row cannot be stored, and one
// line of which every change fails.
type spoilt struct {
	*fakeStore
	unreadable, unstorable takeover.Target
	failing                takeover.LineID
}

func (s *spoilt) AttendedOf(ctx context.Context, provider string, endUser, agent takeover.Target) (takeover.Line, error) {
	if endUser == s.unreadable {
		return takeover.Line{}, fmt.Errorf("decode: %w", takeover.ErrBadRow)
	}
	return s.fakeStore.AttendedOf(ctx, provider, endUser, agent)
}

func (s *spoilt) DueLines(ctx context.Context, now time.Time, n int) ([]takeover.LineID, error) {
	due, err := s.fakeStore.DueLines(ctx, now, n)
	return append([]takeover.LineID{s.failing}, due...), err
}

func (s *spoilt) Change(ctx context.Context, fn func(context.Context, takeover.Tx) error) error {
	return s.fakeStore.Change(ctx, func(ctx context.Context, tx takeover.Tx) error {
		return fn(ctx, &spoiltTx{tx, s})
	})
}

type spoiltTx struct {
	takeover.Tx
	of *spoilt
}

var errSpoilt = errors.New("spoilt")

func (t *spoiltTx) Line(ctx context.Context, id takeover.LineID) (takeover.Line, error) {
	if id == t.of.failing {
		return takeover.Line{}, errSpoilt
	}
	return t.Tx.Line(ctx, id)
}

func (t *spoiltTx) LineOf(ctx context.Context, provider string, endUser, agent takeover.Target) (takeover.Line, error) {
	if endUser == t.of.unstorable {
		return takeover.Line{}, fmt.Errorf("save: %w", takeover.ErrBadRow)
	}
	return t.Tx.LineOf(ctx, provider, endUser, agent)
}

// TestOneBadChangeStopsNoOther: what others wrote is noticed, and the list goes on.
func TestOneBadChangeStopsNoOther(t *testing.T) {
	for name, spoil := range map[string]func(*spoilt, takeover.Target){
		"unreadable": func(s *spoilt, endUser takeover.Target) { s.unreadable = endUser },
		"unstorable": func(s *spoilt, endUser takeover.Target) { s.unstorable = endUser },
	} {
		t.Run(name, func(t *testing.T) {
			h := held(t)
			counted := 0
			h.BadRow = func(string) { counted++ }
			s := &spoilt{fakeStore: h.store}
			h.Store = s
			other := h.line()
			other.ID, other.EndUser = "ln_other", "+19995550100"
			other.Newest.ID, other.Covered = "x", []takeover.Covered{{ID: "x", Channel: takeover.ChannelText}}
			h.store.lines[other.ID] = other
			spoil(s, other.EndUser)
			h.turn(5 * time.Second)
			h.ai.convs = append([]takeover.Conversation{{ID: "x", EndUser: other.EndUser, Agent: other.Agent, Channel: takeover.ChannelText,
				LastMessageAt: takeover.ProviderTime(h.clock)}}, h.ai.convs...)
			h.ai.writes("c1", takeover.RoleEndUser, "help!")
			if err := h.SyncOnce(t.Context()); err != nil {
				t.Fatal(err)
			}
			if counted != 1 {
				t.Errorf("%d rows were counted, want 1", counted)
			}
			if l := h.line(); !l.Covered[0].SeenAt.Equal(takeover.ProviderTime(h.clock)) {
				t.Errorf("the other line's message was not noticed: %+v", l.Covered)
			}
		})
	}
}

// TestOneFailingLineStopsNoTimer.
func TestOneFailingLineStopsNoTimer(t *testing.T) {
	h := held(t)
	h.Store = &spoilt{fakeStore: h.store, failing: "ln_failing"}
	var counted []string
	h.BadRow = func(what string) { counted = append(counted, what) }
	h.turn(24 * time.Hour)
	n, err := h.TakeDue(t.Context())
	if !errors.Is(err, errSpoilt) || n != 1 {
		t.Errorf("%d steps were taken, %v; want the other line's", n, err)
	}
	if !slices.Equal(counted, []string{"timer"}) {
		t.Errorf("counted as bad rows: %q", counted)
	}
}

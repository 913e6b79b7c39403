package talk_test

import (
	"context"
	"errors"
	"slices"
	"time"

	"takeoverbot/takeover"
	"takeoverbot/talk"
)

var errDead = errors.New("the process is dead")

// memory is a talk.Store of one line.
type memory struct {
	w        *world
	texts    []talk.Text
	parked   []takeover.SendReport
	received []takeover.LineText
	jobs     []takeover.Job
	cursors  map[string]takeover.ProviderTime
	commands map[int64]takeover.Command
	dead     bool // nothing is stored any more
	// pictures are handed out, by token.
	pictures map[string]talk.Picture
}

func (m *memory) NextText(_ context.Context, line takeover.LineID) (talk.Text, bool, error) {
	var open []talk.Text
	for _, t := range m.texts {
		if t.Line == line && t.State.Open() {
			open = append(open, t)
		}
	}
	t, ok := talk.First(open)
	return t, ok, nil
}

func (m *memory) Text(_ context.Context, id talk.ID) (talk.Text, bool, error) {
	return m.first(func(t talk.Text) bool { return t.ID == id })
}

func (m *memory) first(is func(talk.Text) bool) (talk.Text, bool, error) {
	if i := slices.IndexFunc(m.texts, is); i >= 0 {
		return m.texts[i], true, nil
	}
	return talk.Text{}, false, nil
}

func (m *memory) KeepPicture(_ context.Context, token string, p talk.Picture, length time.Duration) error {
	if m.dead {
		return errDead
	}
	if len(token) != 26 || length != time.Hour {
		m.w.rt.Fatalf("kept under %q for %s", token, length)
	}
	m.pictures[token] = p
	return nil
}

func (m *memory) ChangeTexts(ctx context.Context, fn func(ctx context.Context, tx talk.Tx) error) error {
	if m.dead {
		return errDead
	}
	return fn(ctx, &memoryTx{memory: m})
}

func (*memory) Lease(context.Context, string, time.Duration) (takeover.Lease, bool, error) {
	return takeover.Lease{Release: func() {}}, true, nil
}

type memoryTx struct {
	takeover.Tx
	*memory
}

func (tx *memoryTx) Line(context.Context, takeover.LineID) (takeover.Line, error) {
	return tx.w.line, nil
}

func (*memoryTx) Leased(context.Context, takeover.Lease) (bool, error) { return true, nil }

func (tx *memoryTx) Cursor(_ context.Context, name string) (takeover.ProviderTime, error) {
	return tx.cursors[name], nil
}

func (tx *memoryTx) MoveCursor(_ context.Context, name string, from, to takeover.ProviderTime) (bool, error) {
	moved := tx.cursors[name].Equal(from)
	if moved {
		tx.cursors[name] = to
	}
	return moved, nil
}

func (tx *memoryTx) Enqueue(_ context.Context, jobs ...takeover.Job) error {
	tx.jobs = append(tx.jobs, jobs...)
	return nil
}

func (tx *memoryTx) TextAt(_ context.Context, source talk.Source) (talk.Text, bool, error) {
	return tx.first(func(t talk.Text) bool { return t.Source == source })
}

func (tx *memoryTx) PutText(_ context.Context, t talk.Text) error {
	if i := slices.IndexFunc(tx.texts, func(o talk.Text) bool { return o.ID == t.ID }); i >= 0 {
		t.Seq = tx.texts[i].Seq
		tx.texts[i] = t
		return nil
	}
	t.Seq = int64(len(tx.texts) + 1)
	tx.texts = append(tx.texts, t)
	return nil
}

func (tx *memoryTx) TextOf(_ context.Context, r takeover.SendReport) (talk.Text, bool, error) {
	if t, ok, err := tx.first(func(t talk.Text) bool { return t.Message == r.Message }); ok || err != nil {
		return t, ok, err
	}
	return tx.first(func(t talk.Text) bool {
		return t.Words == r.Text && (t.State == talk.Leaving || t.State == talk.Unsure)
	})
}

func (tx *memoryTx) Park(_ context.Context, r takeover.SendReport) error {
	tx.parked = append(tx.parked, r)
	return nil
}

func (tx *memoryTx) Parked(_ context.Context, message string) (mine []takeover.SendReport, err error) {
	for _, r := range tx.parked {
		if r.Message == message {
			mine = append(mine, r)
		}
	}
	tx.parked = slices.DeleteFunc(tx.parked, func(r takeover.SendReport) bool { return r.Message == message })
	return mine, nil
}

func (tx *memoryTx) PutReceived(_ context.Context, _ takeover.LineID, t takeover.LineText) error {
	tx.received = append(tx.received, t)
	return nil
}

func (tx *memoryTx) LineOf(_ context.Context, provider string, endUser, agent takeover.Target) (takeover.Line, error) {
	if l := tx.w.line; l.Provider == provider && l.EndUser == endUser && l.Agent == agent {
		return l, nil
	}
	return takeover.Line{}, takeover.ErrNotFound
}

func (tx *memoryTx) Command(_ context.Context, seq int64) (takeover.Command, error) {
	if c, ok := tx.commands[seq]; ok {
		return c, nil
	}
	return takeover.Command{}, takeover.ErrNotFound
}

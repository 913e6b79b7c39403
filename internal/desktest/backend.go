package desktest

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"takeoverbot/internal/slacktest"
	"takeoverbot/takeover"
	"takeoverbot/talk"
)

// Backend stands for the domain, the provider and the store: it keeps what it is given and
// returns what a test put into it. It decides nothing.
type Backend struct {
	Mu       sync.Mutex
	Commands []takeover.Command // number n is at n-1
	PutFails error              // what Put fails with
	Hang     bool               // Put waits until its context ends
	ReaderUp chan struct{}      // if not nil, reading waits for it or for the context
	Lines    map[takeover.LineID]takeover.Line
	Entries  map[takeover.LineID][]takeover.Entry
	Texts    map[talk.ID]talk.Text
	Found    takeover.Found
	Said     map[takeover.ConversationID][]takeover.Message
	Fails    error // what the provider fails with
	Queries  []takeover.Query
	Reads    int // of conversations
	// Checks waits until the commands that wait were checked; may be nil.
	Checks func()
	// Tell answers operators in private; may be nil.
	Tell     func(context.Context, takeover.TellJob) error
	ReadThen func(*takeover.Line) // changes the stored line right after it was read
}

// NewBackend returns a Backend that has the lines.
func NewBackend(lines ...takeover.Line) *Backend {
	h := &Backend{Lines: map[takeover.LineID]takeover.Line{}, Entries: map[takeover.LineID][]takeover.Entry{}, Texts: map[talk.ID]talk.Text{}, Said: map[takeover.ConversationID][]takeover.Message{}}
	for _, l := range lines {
		h.Lines[l.ID] = l
	}
	return h
}

// Put keeps a command once for its key, as the inbox does.
func (h *Backend) Put(ctx context.Context, c takeover.Command) error {
	h.Mu.Lock()
	hang, err := h.Hang, h.PutFails
	h.Mu.Unlock()
	if hang {
		<-ctx.Done()
		return ctx.Err()
	}
	if err := cmp.Or(err, ctx.Err()); err != nil {
		return err
	}
	h.Mu.Lock()
	known := slices.ContainsFunc(h.Commands, func(o takeover.Command) bool { return o.Key == c.Key })
	if !known {
		h.Commands = append(h.Commands, c)
	}
	seq := int64(len(h.Commands))
	h.Mu.Unlock()
	if known || c.Refused == "" {
		return nil
	}
	return h.tellRefused(ctx, takeover.Pending{Seq: seq, Command: c})
}

// Find returns h.Found and h.Fails, and keeps the query.
func (h *Backend) Find(_ context.Context, q takeover.Query) (takeover.Found, error) {
	h.Mu.Lock()
	defer h.Mu.Unlock()
	h.Queries = append(h.Queries, q)
	return h.Found, h.Fails
}

// Remember stores a line for each conversation.
func (h *Backend) Remember(_ context.Context, _ takeover.Query, convs []takeover.Conversation, newest func(takeover.Conversation) takeover.Conversation) ([]takeover.Line, error) {
	h.Mu.Lock()
	defer h.Mu.Unlock()
	var lines []takeover.Line
	for _, c := range convs {
		id := takeover.LineID("ln_" + string(newest(c).ID))
		for _, l := range h.Lines {
			if l.EndUser == c.EndUser && l.Agent == c.Agent {
				id = l.ID
			}
		}
		if _, ok := h.Lines[id]; !ok {
			l := takeover.NewLine(id, "Telnyx", newest(c), slacktest.Night)
			l.Version = 1
			h.Lines[id] = l
		}
		lines = append(lines, compared(h.Lines[id]))
	}
	return lines, nil
}

// TakeFound has the line taken over by the searcher, not proven yet.
func (h *Backend) TakeFound(_ context.Context, _ int64, c takeover.Command, found takeover.LineID) error {
	h.Mu.Lock()
	defer h.Mu.Unlock()
	l := h.Lines[found]
	l.State, l.Takeover.Holder, l.Takeover.Claim, l.Since = takeover.StateTaking, c.By, c.Key, c.At
	l.Version++
	h.Lines[found] = l
	return h.Fails
}

// Read returns what was said in a conversation.
func (h *Backend) Read(_ context.Context, r takeover.Reading) (takeover.Line, takeover.Transcript, error) {
	id, conv, n := r.Line, r.Conversation, r.Messages
	h.Mu.Lock()
	defer h.Mu.Unlock()
	h.Reads++
	l, ok := h.Lines[id]
	switch {
	case !ok:
		return l, takeover.Transcript{}, takeover.ErrNotFound
	case h.Fails != nil:
		return l, takeover.Transcript{}, h.Fails
	case conv == "":
		conv = l.Newest.ID
	}
	all := h.Said[conv]
	t := takeover.Transcript{Messages: all, Complete: n <= 0 || len(all) <= n, Total: len(all)}
	if !t.Complete {
		t.Messages = all[len(all)-n:]
	}
	t.Status, t.Ended = l.Newest.Status, l.Newest.Ended
	l = l.Read(conv, t, slacktest.Night).Line
	l.Version++
	h.Lines[id] = l
	l = compared(l)
	if h.ReadThen != nil {
		later := l
		h.ReadThen(&later)
		later.Version++
		h.Lines[id] = later
	}
	return l, t, nil
}

// compared is a line as the store loads it: a held one was compared a moment ago.
func compared(l takeover.Line) takeover.Line {
	if l.State == takeover.StateHeld && l.ComparedAt.IsZero() && l.Takeover.Doubt.Since.IsZero() {
		l.ComparedAt = time.Now().UTC()
	}
	return l
}

// wait is how long the store takes.
func (h *Backend) wait(ctx context.Context) error {
	h.Mu.Lock()
	up := h.ReaderUp
	h.Mu.Unlock()
	if up == nil {
		return nil
	}
	select {
	case <-up:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Line returns a line, or takeover.ErrNotFound.
func (h *Backend) Line(ctx context.Context, id takeover.LineID) (takeover.Line, error) {
	if err := h.wait(ctx); err != nil {
		return takeover.Line{}, err
	}
	h.Mu.Lock()
	defer h.Mu.Unlock()
	l, ok := h.Lines[id]
	if !ok {
		return l, takeover.ErrNotFound
	}
	return compared(l), nil
}

// Text returns a text; ok is false if there is none.
func (h *Backend) Text(_ context.Context, id talk.ID) (t talk.Text, ok bool, err error) {
	h.Mu.Lock()
	defer h.Mu.Unlock()
	t, ok = h.Texts[id]
	return t, ok, nil
}

// PutText stores a text.
func (h *Backend) PutText(t talk.Text) {
	h.Mu.Lock()
	defer h.Mu.Unlock()
	h.Texts[t.ID] = t
}

// Change stores the line changed, as a new version.
func (h *Backend) Change(id takeover.LineID, change func(*takeover.Line)) takeover.Line {
	h.Mu.Lock()
	defer h.Mu.Unlock()
	l := h.Lines[id]
	change(&l)
	l.Version++
	h.Lines[id] = l
	return l
}

// LinesOf returns the lines of an end user.
func (h *Backend) LinesOf(_ context.Context, _ string, endUser takeover.Target) ([]takeover.Line, error) {
	h.Mu.Lock()
	defer h.Mu.Unlock()
	var lines []takeover.Line
	for _, l := range h.Lines {
		if l.EndUser == endUser {
			lines = append(lines, compared(l))
		}
	}
	return lines, nil
}

// Open returns the taken lines, and those on which the AI has not answered after a hand-back.
func (h *Backend) Open(ctx context.Context) ([]takeover.Line, error) {
	lines, err := h.Taken(ctx)
	h.Mu.Lock()
	defer h.Mu.Unlock()
	for _, l := range h.Lines {
		if l.Aftercare.Missed {
			lines = append(lines, l)
		}
	}
	return lines, err
}

// Taken returns the lines that are not the AI's, longest first.
func (h *Backend) Taken(ctx context.Context) ([]takeover.Line, error) {
	if err := h.wait(ctx); err != nil {
		return nil, err
	}
	h.Mu.Lock()
	defer h.Mu.Unlock()
	var lines []takeover.Line
	for _, l := range h.Lines {
		if l.State != takeover.StateAI {
			lines = append(lines, compared(l))
		}
	}
	slices.SortFunc(lines, func(a, b takeover.Line) int { return a.Since.Compare(b.Since) })
	return lines, nil
}

// Command returns a stored command, or takeover.ErrNotFound.
func (h *Backend) Command(_ context.Context, seq int64) (takeover.Command, error) {
	h.Mu.Lock()
	defer h.Mu.Unlock()
	if seq < 1 || seq > int64(len(h.Commands)) {
		return takeover.Command{}, takeover.ErrNotFound
	}
	return h.Commands[seq-1], nil
}

// Audit returns the newest entries of a line, oldest first.
func (h *Backend) Audit(_ context.Context, id takeover.LineID, limit int) ([]takeover.Entry, error) {
	h.Mu.Lock()
	defer h.Mu.Unlock()
	entries := h.Entries[id]
	return entries[max(0, len(entries)-limit):], nil
}

// Happened returns the entries of an event, or of all where it is empty, from a time on until another.
func (h *Backend) Happened(_ context.Context, event takeover.Event, from, until time.Time) (found []takeover.Entry, err error) {
	h.Mu.Lock()
	defer h.Mu.Unlock()
	for _, entries := range h.Entries {
		for _, e := range entries {
			if (event == "" || e.Event == event) && !e.At.Before(from) && e.At.Before(until) {
				found = append(found, e)
			}
		}
	}
	return found, nil
}

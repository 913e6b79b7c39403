package telnyxsim

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Ways in which a read can show something other than the truth. The first three show older metadata: what was written
// since then is not there yet, neither in the answer nor for a list's filters.
const (
	ReadBefore  = "before"   // as it was before the conversation's newest write that changed something
	ReadLagging = "lagging"  // as it was LagMS ago: for so long after each write, the state before it
	ReadFrozen  = "frozen"   // as it was when the misread was switched on
	ReadFlagOn  = "flag_on"  // the flag reads as set, whatever is true
	ReadFlagOff = "flag_off" // the flag reads as not set, whatever is true
	ReadNull    = "null"     // the metadata is null
)

// ReadWays returns the ways in which a read can show something other than the truth.
func ReadWays() []string {
	return []string{ReadBefore, ReadLagging, ReadFrozen, ReadFlagOn, ReadFlagOff, ReadNull}
}

// maxLag bounds LagMS, as an older state is kept only for the newest writes.
const maxLag = time.Hour

// Misread makes requests that read conversations show something other than the truth. The assistant, writes and the
// methods of Sim go by the truth all the same. Messages are not part of it; see Faults.MessagesLateMS.
type Misread struct {
	Op  Op     `json:"op"`           // get or list; "" and all are both
	ID  string `json:"id,omitempty"` // of the only conversation that is misread; "" is each
	How string `json:"how"`          // before, lagging, frozen, flag_on, flag_off or null
	// Times is how many answers show something wrong; one that shows the truth anyway does not count. 0 is every one
	// until the misread is taken away.
	Times int `json:"times"`
	// LagMS is how old the shown state is with lagging, in milliseconds, an hour at most.
	LagMS int `json:"lag_ms,omitempty"`
	// ForMS ends the misread so many milliseconds after it was switched on; 0 is never. It and LagMS are counted by the
	// clock that SetNow and Advance turn.
	ForMS int `json:"for_ms,omitempty"`

	since time.Time // when it was switched on
	until time.Time // from ForMS; the zero time is for ever
}

// Misread adds a misread behind those already there. Of those that fit a request the first is used.
func (s *Sim) Misread(m Misread) error {
	return s.UpdateFaults(func(all *Faults) { all.Misread = append(all.Misread, m) })
}

func (m Misread) check() error {
	switch {
	case !slices.Contains([]Op{"", OpAll, OpGet, OpList}, m.Op):
		return fmt.Errorf("operation %q reads no conversation", m.Op)
	case m.ID != "" && !isUUID(m.ID):
		return fmt.Errorf("the id %q is not a uuid", m.ID)
	case !slices.Contains(ReadWays(), m.How):
		return fmt.Errorf("unknown way to misread %q", m.How)
	case min(m.Times, m.LagMS, m.ForMS) < 0:
		return fmt.Errorf("a number is negative")
	case (m.How == ReadLagging) != (m.LagMS > 0):
		return fmt.Errorf("lag_ms belongs to lagging, which needs it")
	case ms(m.LagMS) > maxLag:
		return fmt.Errorf("lag_ms is more than %s", maxLag)
	}
	return nil
}

// fits reports whether a request of op that may show the conversation id is misread; "" is any of them.
func (m *Misread) fits(op Op, id string) bool {
	return (m.Op == "" || m.Op == OpAll || m.Op == op) && (m.ID == "" || id == "" || strings.EqualFold(m.ID, id))
}

// look is one request that reads conversations, with s.mu held.
type look struct {
	s       *Sim
	now     time.Time
	misread int                    // of Faults.Misread; -1 for the truth
	wrong   map[*Conversation]bool // shown so, and not true
}

// look begins a request of op for one conversation, or, with id "", for many. s.mu must be held until its end.
func (s *Sim) look(op Op, id string) *look {
	fits := func(m Misread) bool { return m.fits(op, id) }
	return &look{s: s, now: s.clock.Now(), misread: slices.IndexFunc(s.faults.Misread, fits), wrong: map[*Conversation]bool{}}
}

// at returns what the request sees of c, which may be c itself; nil where it is not visible yet.
func (l *look) at(c *Conversation) *Conversation {
	if c.shownFrom.After(l.now) {
		return nil
	}
	if last := c.lastShown(l.now); !last.Equal(c.LastMessageAt) {
		seen := *c
		seen.LastMessageAt = last
		c = &seen
	}
	if l.misread < 0 {
		return c
	}
	m := &l.s.faults.Misread[l.misread]
	if m.ID != "" && !strings.EqualFold(m.ID, c.ID) {
		return c
	}
	meta, differs := l.s.misreadAs(m, c, l.now)
	if !differs {
		return c
	}
	seen := *c
	seen.Metadata, seen.null = meta, meta == nil
	l.wrong[&seen] = true
	return &seen
}

// show ends the request: these conversations are in the answer. The misread that made one of them wrong is used.
func (l *look) show(rows ...*Conversation) {
	if !slices.ContainsFunc(rows, func(c *Conversation) bool { return l.wrong[c] }) {
		return
	}
	all := l.s.faults.Misread
	switch all[l.misread].Times {
	case 0: // stays
	case 1:
		l.s.faults.Misread = slices.Delete(all, l.misread, l.misread+1)
	default:
		all[l.misread].Times--
	}
	l.s.changed()
}

// misreadAs returns the metadata that m shows of c, and whether it is another than the true one. s.mu must be held.
func (s *Sim) misreadAs(m *Misread, c *Conversation, now time.Time) (Metadata, bool) {
	switch m.How {
	case ReadFlagOn, ReadFlagOff:
		on := m.How == ReadFlagOn
		if c.AIDisabled() == on {
			return nil, false
		}
		meta := c.Metadata.Clone()
		meta.set(KeyAIDisabled, on)
		return meta, true
	case ReadNull:
		return nil, true
	case ReadLagging:
		return s.past[c.ID].before(now.Add(-ms(m.LagMS)))
	case ReadFrozen:
		return s.past[c.ID].before(m.since)
	}
	return s.past[c.ID].newest()
}

package telnyx

import (
	"slices"
	"time"

	"takeoverbot/takeover"
)

// Telnyx seems to list messages newest first but does not promise it. Messages of one time, which a
// batch import makes, keep the server's order, so that its direction has to be known for them too.

// direction says how a page lists messages: below 0 newest first, above 0 oldest first, 0 where it
// does not show.
type direction int

// oldestFirst reports whether a page lists the oldest message first. Its times show that, else
// earlier pages of the account did, else what must follow what. Without any sign it counts as
// newest first, which is what has been seen of Telnyx.
func (p *Provider) oldestFirst(page []Message) bool {
	shown := byTimes(page)
	if shown != 0 {
		p.listed.Store(int32(min(max(shown, -1), 1)))
	} else if shown = direction(p.listed.Load()); shown == 0 {
		shown = byContents(page)
	}
	return shown > 0
}

// byTimes is the direction in which times mostly rise along a page.
func byTimes(page []Message) (d direction) {
	var before time.Time
	for _, m := range page {
		t := m.CreatedAt.Time
		if t.IsZero() {
			t = m.SentAt.Time
		}
		if t.IsZero() {
			continue
		}
		if !before.IsZero() {
			d += direction(t.Compare(before))
		}
		before = t
	}
	return d
}

// byContents is the direction in which a page makes sense: instructions to the AI come first, and
// the answer of a tool comes behind its call.
func byContents(page []Message) (d direction) {
	if len(page) < 2 {
		return 0
	}
	first, last := page[0].role() == takeover.RoleSystem, page[len(page)-1].role() == takeover.RoleSystem
	switch {
	case first && !last:
		return 1
	case last && !first:
		return -1
	}
	calls := func(m Message) bool { return len(m.ToolCalls) > 0 }
	answers := func(m Message) bool { return m.role() == takeover.RoleTool }
	for i, m := range page[1:] {
		switch before := page[i]; {
		case calls(before) && answers(m):
			d++
		case answers(before) && calls(m):
			d--
		}
	}
	return d
}

// inOrder sorts messages, oldest first, by when they were made. Messages of one time, and those
// without a time, stay behind the one before them. When a message was sent decides nothing: that
// may be by another clock, and is filled in later.
func inOrder(list []Message) []Message {
	type placed struct {
		Message
		at time.Time
	}
	all := make([]placed, len(list))
	var at time.Time
	for i, m := range list {
		if !m.CreatedAt.Time.IsZero() {
			at = m.CreatedAt.Time
		}
		all[i] = placed{m, at}
	}
	slices.SortStableFunc(all, func(a, b placed) int { return a.at.Compare(b.at) })
	sorted := make([]Message, len(all))
	for i, p := range all {
		sorted[i] = p.Message
	}
	return sorted
}

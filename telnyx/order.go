package telnyx

import (
	"cmp"
	"context"
	"slices"
	"time"

	"takeoverbot/takeover"
)

// Telnyx seems to list messages newest first but does not promise it. Messages of one time, which a
// batch import makes, keep the server's order, so that its direction has to be known for them too.

// direction says how a page lists messages: below 0 newest first, above 0 oldest first, 0 where it
// does not show.
type direction int

const (
	// othersAsked is how many other conversations are read at most to learn the direction.
	othersAsked = 5
	// othersAgain is how soon others are read again where they did not show it.
	othersAgain = 10 * time.Minute
)

// oldestFirst reports whether a page of a conversation lists the oldest message first. Its times show that,
// else earlier pages of the account did, else what must follow what, else other conversations. Without any
// sign it counts as newest first, which is what has been seen of Telnyx.
//
// What pages have shown is not stored: a restart costs at most six calls, once, and only where the
// first conversation that is read shows nothing itself.
func (p *Provider) oldestFirst(ctx context.Context, id string, page []Message) bool {
	shown := cmp.Or(p.seen(page), byContents(page))
	if shown == 0 && len(page) > 1 {
		shown = p.seenInOthers(ctx, id)
	}
	return shown > 0
}

// seen is the direction that the times of a page show, or of the last page that showed it.
func (p *Provider) seen(page []Message) direction {
	if shown := byTimes(page); shown != 0 {
		p.listed.Store(int32(min(max(shown, -1), 1)))
	}
	return direction(p.listed.Load())
}

// seenInOthers reads other conversations until one shows the direction.
func (p *Provider) seenInOthers(ctx context.Context, id string) direction {
	p.asking.Lock()
	defer p.asking.Unlock()
	if p.now().Sub(p.asked) < othersAgain {
		return p.seen(nil)
	}
	p.asked = p.now()
	newest, _ := p.client.List(ctx, ListOptions{Limit: othersAsked}) // without an answer there is no sign
	for _, other := range newest.Conversations {
		if other.ID == id {
			continue
		}
		page, err := p.client.Messages(ctx, other.ID, 1, smallPage)
		if err != nil || p.seen(page.Messages) != 0 {
			break
		}
	}
	return p.seen(nil)
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

package telnyx

import (
	"context"
	"slices"
	"strconv"
	"time"
)

const (
	smallPage = 20  // enough for a card's thread, in one quick call
	largePage = 100 // the most the API gives
	maxPages  = 20  // calls for one history; with large pages 2,000 messages
)

// History is the newest part of a conversation's messages, or all of them.
type History struct {
	Messages []KeyedMessage // oldest first
	Total    int            // as the server says; 0 when it did not
	Complete bool           // Messages reaches back to the first one
}

// KeyedMessage is a message with a key that stays the same when it is read again.
type KeyedMessage struct {
	Message
	Key string
}

// AllMessages reads all messages, in at most 20 calls.
func (c *Client) AllMessages(ctx context.Context, id string) (History, error) {
	return c.NewestMessages(ctx, id, 0)
}

// NewestMessages reads the newest n messages (all with n <= 0) in as few calls as can
// be, at most 20. Telnyx seems to list newest first but does not promise it: which way
// round it is, is seen on the first page, and the rest is read accordingly.
func (c *Client) NewestMessages(ctx context.Context, id string, n int) (History, error) {
	r := &reader{client: c, id: id, want: n, size: largePage}
	if 0 < n && n <= smallPage {
		r.size = smallPage
	}
	first, err := r.read(ctx, 1)
	if err != nil {
		return History{}, err
	}
	rising := oldestFirst(first.Messages)
	if rising && first.TotalPages > 1 {
		err = r.backwards(ctx, first)
	} else {
		err = r.forwards(ctx, first, rising)
	}
	if err != nil {
		return History{}, err
	}
	return r.history(), nil
}

// reader collects pages.
type reader struct {
	client *Client
	id     string
	want   int // messages; <= 0 for all
	size   int // of a page

	calls    int
	total    int
	list     []Message // oldest first
	complete bool
}

// read reads one page.
func (r *reader) read(ctx context.Context, number int) (MessagePage, error) {
	r.calls++
	page, err := r.client.Messages(ctx, r.id, number, r.size)
	if err == nil && page.TotalResults > 0 {
		r.total = page.TotalResults
	}
	return page, err
}

// forwards reads on from the first page, to the end or until there is enough. rising
// says that the server lists oldest first (and not how many pages there are): then only
// the end is enough.
func (r *reader) forwards(ctx context.Context, page MessagePage, rising bool) error {
	r.list = page.Messages
	for number := 1; ; number++ {
		if r.complete = r.last(page, number); r.complete {
			break
		}
		if enough := !rising && r.want > 0 && len(r.list) >= r.want; enough || r.calls >= maxPages {
			break
		}
		next, err := r.read(ctx, number+1)
		if err != nil {
			return err
		}
		if slices.EqualFunc(page.Messages, next.Messages, sameMessage) {
			break // the server does not page: nothing new will ever come
		}
		fresh := next.Messages
		if !rising {
			fresh = fresh[overlap(page, next):]
		}
		r.list = append(r.list, fresh...)
		page = next
	}
	if !rising {
		slices.Reverse(r.list)
	}
	return nil
}

// backwards reads from the last page towards the first, which is there already, for a
// server that lists oldest first.
func (r *reader) backwards(ctx context.Context, first MessagePage) error {
	for number := first.TotalPages; number > 1; number-- {
		if r.want > 0 && len(r.list) >= r.want || r.calls >= maxPages {
			return nil
		}
		page, err := r.read(ctx, number)
		if err != nil {
			return err
		}
		if slices.EqualFunc(page.Messages, first.Messages, sameMessage) {
			break // the server does not page
		}
		r.list = append(page.Messages, r.list...)
	}
	r.list = append(first.Messages, r.list...)
	r.complete = r.calls >= first.TotalPages
	return nil
}

// last says whether no page can follow. What the server says of the number of pages
// counts for more than a short page.
func (r *reader) last(page MessagePage, number int) bool {
	switch {
	case len(page.Messages) == 0:
		return true
	case page.TotalPages > 0:
		return number >= page.TotalPages
	case page.PageSize > 0:
		return len(page.Messages) < min(page.PageSize, r.size)
	}
	return len(page.Messages) < r.size
}

// overlap says how many messages at the head of next were already at the end of before.
// A message that arrives between two reads of a newest-first list pushes one across the
// border. By their totals the server says how many arrived, so that a text that somebody
// really sent twice stays two.
func overlap(before, next MessagePage) int {
	most := min(len(before.Messages), len(next.Messages))
	if before.TotalResults > 0 && next.TotalResults > 0 {
		most = min(most, max(0, next.TotalResults-before.TotalResults))
	}
	for n := most; n > 0; n-- {
		tail := before.Messages[len(before.Messages)-n:]
		if slices.EqualFunc(tail, next.Messages[:n], sameMessage) {
			return n
		}
	}
	return 0
}

// sameMessage says whether two messages are one, read twice.
func sameMessage(a, b Message) bool { return a.identity() == b.identity() }

// oldestFirst says whether times mostly rise along a page. Without any hint the list is
// taken for newest first, which is what has been seen of Telnyx.
func oldestFirst(list []Message) bool {
	var rising int
	var before time.Time
	for _, m := range list {
		t := m.CreatedAt.Time
		if t.IsZero() {
			t = m.SentAt.Time
		}
		if t.IsZero() {
			continue
		}
		if !before.IsZero() {
			rising += t.Compare(before)
		}
		before = t
	}
	return rising > 0
}

// history gives the messages their keys, sorts them and keeps the newest ones.
func (r *reader) history() History {
	list := inTime(withKeys(r.list))
	h := History{Messages: list, Total: r.total, Complete: r.complete}
	if r.want > 0 && len(list) > r.want {
		h.Messages, h.Complete = list[len(list)-r.want:], false
	}
	return h
}

// withKeys counts exact repeats, so that each message has a key of its own.
func withKeys(list []Message) []KeyedMessage {
	seen := make(map[string]int, len(list))
	keyed := make([]KeyedMessage, 0, len(list))
	for _, m := range list {
		id := m.identity()
		seen[id]++
		keyed = append(keyed, KeyedMessage{Message: m, Key: id + "-" + strconv.Itoa(seen[id])})
	}
	return keyed
}

// inTime sorts by when messages were sent, else made. Ties keep their order, and a
// message without any time stays behind the one before it.
func inTime(list []KeyedMessage) []KeyedMessage {
	type timed struct {
		KeyedMessage
		when time.Time
	}
	all := make([]timed, len(list))
	var before time.Time
	for i, m := range list {
		if t := m.at(); !t.IsZero() {
			before = t
		}
		all[i] = timed{m, before}
	}
	slices.SortStableFunc(all, func(a, b timed) int { return a.when.Compare(b.when) })
	for i := range all {
		list[i] = all[i].KeyedMessage
	}
	return list
}

package telnyx

import (
	"context"
	"slices"

	"takeoverbot/internal/apicall"
	"takeoverbot/takeover"
)

const (
	smallPage = 20  // enough for a card's thread, in one quick call
	largePage = 100 // the most the API gives
	maxPages  = 20  // calls for one history; with large pages 2,000 messages
)

// Transcript reads the newest n messages, or all with n <= 0, in as few calls as possible, at
// most 20: one for up to 100 messages, three for 300. The first page shows in which direction
// Telnyx lists, and the other pages are read accordingly. Where it does not, and no earlier page
// did, other conversations are looked at.
func (p *Provider) Transcript(ctx context.Context, id takeover.ConversationID, n int) (takeover.Transcript, error) {
	r := &reader{client: p.client, id: string(id), want: n, size: largePage}
	if 0 < n && n <= smallPage {
		r.size = smallPage
	}
	first, err := r.read(ctx, 1)
	if err != nil {
		return takeover.Transcript{}, err
	}
	rising := p.oldestFirst(ctx, string(id), first.Messages)
	if rising && first.Meta.TotalPages > 1 {
		err = r.backwards(ctx, first)
	} else {
		err = r.forwards(ctx, first, rising)
	}
	if err != nil {
		return takeover.Transcript{}, err
	}
	return r.transcript(), nil
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
	if err == nil && page.Meta.TotalResults > 0 {
		r.total = page.Meta.TotalResults
	}
	return page, err
}

// forwards reads on from the first page, to the end or until there are enough messages.
// rising says that the server lists oldest first and does not say how many pages there
// are: then only the end has the newest messages.
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
			r.complete = number == 1 && len(page.Messages) < r.size
			break // the server repeats the page: it has no other
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

// backwards reads from the last page towards the first, which was read already, for a
// server that lists oldest first.
func (r *reader) backwards(ctx context.Context, first MessagePage) error {
	for number := first.Meta.TotalPages; number > 1; number-- {
		if r.want > 0 && len(r.list) >= r.want || r.calls >= maxPages {
			return nil
		}
		page, err := r.read(ctx, number)
		if err != nil {
			return err
		}
		if slices.EqualFunc(page.Messages, first.Messages, sameMessage) {
			break // the server repeats the page
		}
		r.list = append(page.Messages, r.list...)
	}
	r.list = append(first.Messages, r.list...)
	r.complete = r.calls >= first.Meta.TotalPages
	return nil
}

// last reports whether no page can follow. The number of pages that the server states
// counts for more than a short page.
func (r *reader) last(page MessagePage, number int) bool {
	switch {
	case len(page.Messages) == 0:
		return true
	case page.Meta.TotalPages > 0:
		return number >= page.Meta.TotalPages
	case page.Meta.PageSize > 0:
		return len(page.Messages) < min(page.Meta.PageSize, r.size)
	}
	return false // the server may send fewer than it was asked for: only an empty page is the end
}

// overlap counts the messages at the head of next that were already at the end of before.
// A message that arrives between two reads of a newest-first list pushes an older one to
// the next page. The totals of both pages tell how many arrived, so that a text that was
// really sent twice stays two.
func overlap(before, next MessagePage) int {
	most := min(len(before.Messages), len(next.Messages))
	if before.Meta.TotalResults > 0 && next.Meta.TotalResults > 0 {
		most = min(most, max(0, next.Meta.TotalResults-before.Meta.TotalResults))
	}
	for n := most; n > 0; n-- {
		tail := before.Messages[len(before.Messages)-n:]
		if slices.EqualFunc(tail, next.Messages[:n], sameMessage) {
			return n
		}
	}
	return 0
}

// transcript gives the messages their keys and keeps the newest ones.
func (r *reader) transcript() takeover.Transcript {
	keys := apicall.Keys{}
	t := takeover.Transcript{Total: r.total, Complete: r.complete}
	for _, m := range inOrder(r.list) {
		t.Messages = append(t.Messages, m.domain(keys.Next(m.identity())))
	}
	if older := len(t.Messages) - r.want; r.want > 0 && older > 0 {
		t.Messages, t.Complete = t.Messages[older:], false
	}
	return t
}

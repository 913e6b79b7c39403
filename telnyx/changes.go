package telnyx

import (
	"context"
	"errors"
	"slices"
	"time"

	"takeoverbot/internal/apicall"
	"takeoverbot/takeover"
)

const (
	// maxListPages bounds the calls of one list.
	maxListPages = 20
	// lone is how many rows need no second page although no list has shown how many the server
	// sends: the usual list of a pair has one row.
	lone = 1
	// leastMaximum is how many rows every server is taken to send on a page, if it has them
	// and no further page can be had.
	leastMaximum = 10
)

// errNotWhole is that the server's pages do not lead to the end of a list.
var errNotWhole = errors.New("the list cannot be read to its end")

// Changes lists the conversations whose last message was written at since or later,
// newest first: one call, and a further one for each page that may be full, at most 20.
// List compares every row with since, because a server may ignore the filter: then only the
// newest page can be had, and the list is cut where since lies before it. A conversation
// that gets a message between two pages may be missing; it is in the next Changes from the
// same time on.
func (p *Provider) Changes(ctx context.Context, since takeover.ProviderTime) (takeover.Listing, error) {
	from := apicall.At(time.Time(since))
	list, rows, err := p.list(ctx, ListOptions{Limit: maxLimit, LastMessageFrom: from}, func(page Page, _ int) bool { return page.reaches(time.Time(since)) })
	rows = slices.DeleteFunc(rows, func(row Conversation) bool {
		// A conversation without a message changed when it was opened.
		return row.LastMessageAt.Time.IsZero() && !row.CreatedAt.Within(from, apicall.Timestamp{})
	})
	list.Conversations = newestFirst(rows)
	return list, err
}

// Conversations lists the newest n conversations of an end user with an agent, in one call
// where the server sends them on one page that is not its largest, and in one for each
// spelling of a SIP address. It fails where the end of the list cannot be reached.
func (p *Provider) Conversations(ctx context.Context, endUser, agent takeover.Target, n int) (takeover.Listing, error) {
	var all takeover.Listing
	var rows []Conversation
	for _, user := range spellings(string(endUser)) {
		for _, with := range spellings(string(agent)) {
			wish := ListOptions{Limit: n, Metadata: map[string]string{keyEndUser: user, keyAgent: with}}
			list, some, err := p.list(ctx, wish, func(_ Page, known int) bool { return known >= n })
			if err != nil {
				return takeover.Listing{}, err
			}
			if list.More && len(some) < n {
				return takeover.Listing{}, p.client.api.Failure(opList, takeover.NotWhole, errNotWhole)
			}
			if all.AsOf.IsZero() {
				all.AsOf = list.AsOf
			}
			all.More = all.More || list.More
			rows = withNew(rows, some)
		}
	}
	all.More = all.More || len(rows) > n
	all.Conversations = newestFirst(rows)[:min(len(rows), n)]
	return all, nil
}

// withNew is rows with those of more that it does not have yet.
func withNew(rows, more []Conversation) []Conversation {
	for _, row := range more {
		if !slices.ContainsFunc(rows, func(r Conversation) bool { return r.ID == row.ID }) {
			rows = append(rows, row)
		}
	}
	return rows
}

// list reads pages until enough says so, or one proves the end of the list. More says that
// neither came.
func (p *Provider) list(ctx context.Context, wish ListOptions, enough func(page Page, known int) bool) (list takeover.Listing, rows []Conversation, err error) {
	seen := make(map[string]bool)
	var before int64 // rows of the page before
	for i := range maxListPages {
		page, err := p.client.List(ctx, wish)
		if err != nil {
			return takeover.Listing{}, nil, err
		}
		if i == 0 {
			list.AsOf = takeover.ProviderTime(page.asOf())
		}
		known := len(seen)
		for _, row := range page.Conversations {
			if !seen[row.ID] {
				seen[row.ID], rows = true, append(rows, row)
			}
		}
		switch {
		case !p.maybeFull(page):
			return list, rows, nil
		case enough(page, len(rows)):
			list.More = len(rows) >= wish.limit() && wish.LastMessageFrom.Text == ""
			return list, rows, nil
		case len(seen) == known:
			// What is left was seen, unless the server ignores the bound, or has more rows of
			// one moment than a page holds.
			list.More = (page.Sent >= before || page.Sent != int64(len(page.Conversations))) && !p.short(ctx, page)
			return list, rows, nil
		case page.Oldest.Text == "":
			list.More = !p.short(ctx, page) // the pages are not sorted
			return list, rows, nil
		}
		wish.LastMessageTo, before = page.Oldest, page.Sent
	}
	list.More = true
	return list, rows, nil
}

// short reports whether the server sends more rows than a page has: then these were all. It asks
// for the newest rows of all, if no list has shown that so far.
func (p *Provider) short(ctx context.Context, page Page) bool {
	if page.Full || page.Sent < leastMaximum {
		return !page.Full
	}
	if all, err := p.client.List(ctx, ListOptions{Limit: maxLimit}); err == nil {
		p.maybeFull(all)
	}
	return page.Sent < p.largest.Load()
}

// maybeFull reports whether more rows may exist than a page has. Fewer rows than asked for
// are no proof of the end: the server's own maximum is documented nowhere. Fewer than it
// has ever sent are.
func (p *Provider) maybeFull(page Page) bool {
	for {
		most := p.largest.Load()
		switch {
		case page.Sent < max(most, lone+1):
			return page.Full // a short page was asked for
		case p.largest.CompareAndSwap(most, page.Sent):
			return true
		}
	}
}

// Silenced reads the flag, in one call.
func (p *Provider) Silenced(ctx context.Context, id takeover.ConversationID) (bool, error) {
	got, err := p.client.Get(ctx, string(id))
	return readFlag(got.Metadata[keyAIDisabled]), err
}

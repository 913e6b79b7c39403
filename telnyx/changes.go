package telnyx

import (
	"context"
	"net/http"
	"time"

	"takeoverbot/internal/apicall"
	"takeoverbot/takeover"
)

// maxChangePages bounds the calls of one Changes.
const maxChangePages = 20

// Changes lists the conversations whose last message was written at since or later,
// newest first: one call, and a further one for each page that was full, at most 20.
// complete says that it reaches back to since. Every row is compared with since here,
// since a server may ignore the filter: then only the newest page can be had, and complete
// is false where since lies before it. A conversation that gets a message between two
// pages may be missing; it is in the next Changes from the same time on.
func (p *Provider) Changes(ctx context.Context, since time.Time) (convs []takeover.Conversation, complete bool, err error) {
	found := changes{since: since, seen: map[string]bool{}}
	wish := ListOptions{Order: NewestMessage, Limit: maxLimit, LastMessageFrom: apicall.At(since)}
	for range maxChangePages {
		page, err := p.client.List(ctx, wish)
		if err != nil {
			return nil, false, err
		}
		fresh := found.add(page.Conversations)
		if !page.Full || page.reaches(since) {
			return found.newestFirst(), true, nil
		}
		if page.Oldest.Text == "" || !fresh {
			break // nothing to go on from: no order, or a page of one and the same moment
		}
		wish.LastMessageTo = page.Oldest
	}
	return found.newestFirst(), false, nil
}

// Silenced reads the flag, in one call. Metadata that the answer lacks is an error: it
// would read as "not silenced" without anybody having said so.
func (p *Provider) Silenced(ctx context.Context, id takeover.ConversationID) (bool, error) {
	c, err := p.client.Get(ctx, string(id))
	if err != nil {
		return false, err
	}
	if c.Metadata == nil {
		return false, unreadable(opRead, http.StatusOK, errNoEntries)
	}
	return readFlag(c.Metadata[keyAIDisabled]), nil
}

// changes gathers the rows of several pages, each once.
type changes struct {
	since time.Time
	seen  map[string]bool
	rows  []Conversation
}

// add takes the rows of a page that are changes; fresh says that it brought any row that
// was not seen before.
func (c *changes) add(rows []Conversation) (fresh bool) {
	for _, row := range rows {
		if c.seen[row.ID] {
			continue
		}
		c.seen[row.ID], fresh = true, true
		// Where nobody has written yet, being opened is the change.
		if row.LastMessageAt.Time.IsZero() && !within(row.CreatedAt.Time, c.since, time.Time{}) {
			continue
		}
		c.rows = append(c.rows, row)
	}
	return fresh
}

func (c *changes) newestFirst() []takeover.Conversation {
	sortNewest(c.rows)
	list := make([]takeover.Conversation, 0, len(c.rows))
	for _, row := range c.rows {
		list = append(list, row.domain())
	}
	return list
}

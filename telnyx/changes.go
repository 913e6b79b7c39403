package telnyx

import (
	"context"
	"time"

	"takeoverbot/internal/apicall"
	"takeoverbot/takeover"
)

// maxChangePages bounds the calls of one Changes.
const maxChangePages = 20

// Changes lists the conversations whose last message was written at since or later,
// newest first: one call, and a further one for each page that was full, at most 20.
// complete says that the list reaches back to since. List compares every row with since,
// because a server may ignore the filter: then only the newest page can be had, and
// complete is false where since lies before it. A conversation that gets a message between
// two pages may be missing; it is in the next Changes from the same time on.
func (p *Provider) Changes(ctx context.Context, since time.Time) (
	convs []takeover.Conversation, complete bool, err error) {
	wish := ListOptions{Limit: maxLimit, LastMessageFrom: apicall.At(since)}
	seen := make(map[string]bool)
	var rows []Conversation
	for range maxChangePages {
		page, err := p.client.List(ctx, wish)
		if err != nil {
			return nil, false, err
		}
		known := len(seen)
		for _, row := range page.Conversations {
			// A conversation without a message changed when it was opened.
			old := row.LastMessageAt.Time.IsZero() && !row.CreatedAt.Within(wish.LastMessageFrom, apicall.Timestamp{})
			if !seen[row.ID] && !old {
				rows = append(rows, row)
			}
			seen[row.ID] = true
		}
		if !page.Full || page.reaches(since) {
			return newestFirst(rows), true, nil
		}
		if page.Oldest.Text == "" || len(seen) == known {
			break // the pages are not sorted, or all rows of one are of the same moment
		}
		wish.LastMessageTo = page.Oldest
	}
	return newestFirst(rows), false, nil
}

// Silenced reads the flag, in one call.
func (p *Provider) Silenced(ctx context.Context, id takeover.ConversationID) (bool, error) {
	got, err := p.client.Get(ctx, string(id))
	return readFlag(got.Metadata[keyAIDisabled]), err
}

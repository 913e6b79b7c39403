package anyreach

import (
	"context"
	"encoding/base64"

	"takeoverbot/internal/apicall"
)

// maxPages bounds a walk.
const maxPages = 5

// Rows is the result of a walk.
type Rows struct {
	Conversations []Conversation // each once, newest first by creation
	// More says that older ones may exist: the walk had enough, reached its last page, or
	// the server repeated a page.
	More bool
}

// List walks backwards in time through all pages (at most 5), or until enough returns
// true. If a later page than the first fails, List returns the rows that it has.
func (c *Client) List(ctx context.Context, o ListOptions, enough func([]Conversation) bool) (Rows, error) {
	w := walk{client: c, options: o, seen: map[string]bool{}}
	cursor := ""
	for n := 1; ; n++ {
		p, err := c.list(ctx, o, cursor)
		if err != nil && n == 1 {
			return Rows{}, err
		}
		if err != nil {
			c.log.WarnContext(ctx, "a page is missing", "page", n, "err", err)
			return w.rows(true), nil
		}
		fresh := w.add(p)
		if p.raw < o.limit() {
			// Counted before any filter: a short page is the last one.
			return w.rows(w.truncated), nil
		}
		if !fresh && o.limit() < maxLimit {
			// All rows of the page are of one instant, and the cursor includes it; or the
			// server ignores the cursor. The largest page gets past both.
			o.Limit = maxLimit
			continue
		}
		next := cursorAt(p.last)
		if !fresh || next == "" || next == cursor || n == maxPages || (enough != nil && enough(w.list)) {
			return w.rows(true), nil
		}
		w.boundary(ctx, p.last)
		cursor = next
	}
}

// cursorAt makes a cursor of a created_at exactly as the server wrote it: parsed and
// formatted again it could be another instant.
func cursorAt(created string) string {
	if created == "" {
		return ""
	}
	return base64.StdEncoding.EncodeToString([]byte(created))
}

// walk collects pages.
type walk struct {
	client    *Client
	options   ListOptions
	seen      map[string]bool
	list      []Conversation
	truncated bool
}

func (w *walk) rows(more bool) Rows { return Rows{Conversations: w.list, More: more} }

// add keeps the rows that match. fresh says that the page has rows that no earlier page
// had, matching or not; a page without any is a repetition.
func (w *walk) add(p page) (fresh bool) {
	for _, row := range p.rows {
		if w.seen[row.ID] {
			continue
		}
		w.seen[row.ID], fresh = true, true
		if w.options.matches(row) {
			w.list = append(w.list, row)
		}
	}
	return fresh
}

// boundary asks for the one instant at which a full page ended. If the cursor excludes that
// instant, which is not documented, further rows of it would be on no page.
func (w *walk) boundary(ctx context.Context, created string) {
	o := w.options
	o.CreatedAfter = apicall.Timestamp{Text: created}
	o.CreatedBefore, o.Limit = o.CreatedAfter, maxLimit
	p, err := w.client.list(ctx, o, "")
	if err != nil {
		w.client.log.WarnContext(ctx, "the border between two pages is not certain", "err", err)
		w.truncated = true
		return
	}
	w.add(p)
	w.truncated = w.truncated || p.raw >= maxLimit
}

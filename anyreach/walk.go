package anyreach

import (
	"context"
	"encoding/base64"

	"takeoverbot/internal/apicall"
)

// maxPages bounds a walk.
const maxPages = 5

// Rows is what a walk brought home.
type Rows struct {
	Conversations []Conversation // each once, newest first by creation
	// More says that older ones may exist: the walk had enough, came to its bound, or
	// the server led it in a circle.
	More bool
}

// List walks backwards in time through all pages (at most 5), or until enough says that
// there is enough. A walk that fails after its first page returns what it has.
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
			// A page of one instant only, under a cursor that includes it, or a cursor
			// that is ignored: the largest page gets past either.
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

// cursorAt makes a cursor of a created_at, in the very words of the server: what is
// parsed and written again may be another instant.
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

// add takes over the rows that match, and says whether the server sent any that it had
// not sent before, matching or not: a page without is a circle.
func (w *walk) add(p page) bool {
	fresh := false
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

// boundary asks for the one instant at which a full page ended. Rows of that instant
// that did not fit on the page are lost if the cursor excludes it, and whether it does
// is not documented.
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

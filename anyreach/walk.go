package anyreach

import (
	"context"
	"encoding/base64"
	"slices"

	"takeoverbot/internal/apicall"
)

const (
	// maxPages is how many full pages a walk reads at most.
	maxPages = 5
	// maxCalls bounds a walk where the server's pages are shorter than asked for.
	maxCalls = 20
	// lone is how many rows need no second page: the usual list of an end user has one row.
	lone = 1
)

// Rows is the result of a walk.
type Rows struct {
	Conversations []Conversation // each once, newest first by creation
	// More says that older ones may exist: the walk had enough, reached its bounds, or
	// the server repeated a page.
	More bool
}

// List walks backwards in time until a page brings nothing new, through at most 5 full pages or as many rows
// on at most 20 shorter ones, or until enough returns true. If a later page than the first fails, List returns
// the rows that it has.
func (c *Client) List(ctx context.Context, o ListOptions, enough func([]Conversation) bool) (Rows, error) {
	w := walk{client: c, options: o, asked: o, seen: map[string]bool{}}
	for n := 1; ; n++ {
		p, err := c.list(ctx, w.asked, w.cursor)
		if err != nil && n == 1 {
			return Rows{}, err
		}
		if err != nil {
			c.log.WarnContext(ctx, "a page is missing", "page", n, "err", err)
			return w.rows(true), nil
		}
		fresh := w.add(p)
		switch {
		case p.raw <= lone && p.raw < w.asked.limit():
			return w.rows(false), nil
		case n == maxCalls:
			return w.rows(true), nil
		case !fresh && !w.otherwise(p):
			// These are rows of the last moment, unless the server has more of it than it sends on a page.
			return w.rows(p.raw >= w.before), nil
		case fresh && (enough != nil && enough(w.list) || !w.onward(ctx, p)):
			return w.rows(true), nil
		}
	}
}

// outside reports whether a page has rows that began after a bound.
func (p page) outside(bound apicall.Timestamp) bool {
	return slices.ContainsFunc(p.rows, func(c Conversation) bool { return !c.CreatedAt.Within(apicall.Timestamp{}, bound) })
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
	options   ListOptions // as wanted
	asked     ListOptions // of the next page
	cursor    string      // of the next page
	seen      map[string]bool
	list      []Conversation
	sent      int // rows of all pages that brought something new
	before    int // rows of the last one of these
	truncated bool
}

func (w *walk) rows(more bool) Rows {
	return Rows{Conversations: w.list, More: more || w.truncated}
}

// onward goes on behind a page that brought something new; false where it cannot.
func (w *walk) onward(ctx context.Context, p page) bool {
	w.sent, w.before = w.sent+p.raw, p.raw
	next := cursorAt(p.last.Text)
	if next == "" || next == w.cursor || w.sent >= maxPages*w.asked.limit() {
		return false
	}
	if p.raw < w.asked.limit() { // counted before any filter
		// The server may send fewer rows than it was asked for. This bound includes the last moment.
		w.asked.CreatedBefore, w.cursor = p.last, ""
		return true
	}
	w.boundary(ctx, p.last)
	w.cursor = next
	return true
}

// otherwise asks in another way after a page that brought nothing new; false where there is none.
func (w *walk) otherwise(p page) bool {
	switch {
	case w.asked.CreatedBefore != w.options.CreatedBefore && p.outside(w.asked.CreatedBefore): // the server ignores it
		w.asked.CreatedBefore, w.cursor = w.options.CreatedBefore, cursorAt(p.last.Text)
		return true
	case p.raw >= w.asked.limit() && w.asked.limit() < maxLimit:
		// All rows of the page are of one instant, and the cursor includes it; or the
		// server ignores the cursor. The largest page gets past both.
		w.asked.Limit = maxLimit
		return true
	}
	return false
}

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
func (w *walk) boundary(ctx context.Context, created apicall.Timestamp) {
	o := w.options
	o.CreatedAfter, o.CreatedBefore, o.Limit = created, created, maxLimit
	p, err := w.client.list(ctx, o, "")
	if err != nil {
		w.client.log.WarnContext(ctx, "the border between two pages is not certain", "err", err)
		w.truncated = true
		return
	}
	w.add(p)
	w.truncated = w.truncated || p.raw >= maxLimit
}

package telnyx

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"takeoverbot/internal/apicall"
	"takeoverbot/takeover"
)

// newestMessage is the order in which lists are read.
const newestMessage = "last_message_at.desc"

// maxLimit is the most rows asked for in one list. The server's own limit is documented
// nowhere.
const maxLimit = 100

// ListOptions says which conversations are wanted. Empty fields do not filter.
type ListOptions struct {
	// Metadata has the wanted entries, by key: "telnyx_end_user_target", "assistant_id",
	// "unit". They must match exactly (the host of a SIP URI in any case, its scheme or not).
	Metadata map[string]string

	// Bounds, both ends included. The server is sent one bound per column, the upper
	// one if there are two: whether it would apply both is unknown.
	CreatedFrom, CreatedTo         apicall.Timestamp
	LastMessageFrom, LastMessageTo apicall.Timestamp

	Limit int // rows; 0 means 50, at most 100
}

// Page is the answer to a list.
type Page struct {
	// Conversations match the wish, whatever the server's filters did. They are in the
	// server's order, without repeats.
	Conversations []Conversation
	// Full says that the server sent as many rows as it was asked for: more may exist.
	Full bool
	// Sent is how many rows the server sent, whether they match or not.
	Sent int64
	// Date is the server's clock when it answered; zero where it did not say.
	Date time.Time
	// Oldest is the time of the last message of the last row, whether that row matches
	// or not: a further page begins there. It is zero where the rows are not sorted by
	// their last messages, newest first, or have none.
	Oldest apicall.Timestamp
}

// reaches reports whether the page goes back to before t.
func (p Page) reaches(t time.Time) bool {
	return !p.Oldest.Time.IsZero() && p.Oldest.Time.Before(t)
}

// asOf is the server's clock when it answered, or the time of the newest row.
func (p Page) asOf() time.Time {
	at := p.Date
	for _, row := range p.Conversations {
		if p.Date.IsZero() && row.LastMessageAt.Time.After(at) {
			at = row.LastMessageAt.Time
		}
	}
	return at
}

// List reads conversations (GET /ai/conversations).
func (c *Client) List(ctx context.Context, o ListOptions) (Page, error) {
	for key := range o.Metadata {
		if !entryKey.MatchString(key) { // "a->b" would mean something else to the server
			return Page{}, c.api.Failure(opList, takeover.Refused, errBadKey)
		}
	}
	var sent []json.RawMessage
	var page Page
	_, err := c.api.Do(ctx, apicall.Call{Op: opList, Method: http.MethodGet, Path: conversationsPath, Query: o.query(),
		Read: dataInto(&sent), Date: &page.Date})
	if err != nil {
		return Page{}, err
	}
	rows := readableRows(sent)
	c.api.LeftOut(ctx, opList, len(sent)-len(rows))
	page.Full, page.Sent, page.Oldest = len(sent) >= o.limit(), int64(len(sent)), oldest(rows)
	seen := make(map[string]bool, len(rows))
	for _, row := range rows {
		if !seen[row.ID] && o.matches(row) {
			page.Conversations = append(page.Conversations, row)
		}
		seen[row.ID] = true
	}
	return page, nil
}

// oldest is the time of the last row's last message if the rows are sorted newest first.
// Rows without a message may stand anywhere.
func oldest(rows []Conversation) apicall.Timestamp {
	var last apicall.Timestamp
	for _, row := range rows {
		at := row.LastMessageAt
		if at.Time.IsZero() {
			continue
		}
		if !last.Time.IsZero() && at.Time.After(last.Time) {
			return apicall.Timestamp{}
		}
		last = at
	}
	return last
}

// limit is the number of rows that is asked for.
func (o ListOptions) limit() int { return min(cmp.Or(o.Limit, 50), maxLimit) }

// query writes the filters in the documented, PostgREST-like way.
func (o ListOptions) query() url.Values {
	q := url.Values{"order": {newestMessage}, "limit": {strconv.Itoa(o.limit())}}
	for key, value := range o.Metadata {
		q.Set("metadata->"+key, "eq."+value)
	}
	bound(q, "created_at", o.CreatedFrom, o.CreatedTo)
	bound(q, "last_message_at", o.LastMessageFrom, o.LastMessageTo)
	return q
}

// bound adds the one bound that the server gets of a column.
func bound(q url.Values, column string, from, to apicall.Timestamp) {
	switch {
	case to.Text != "":
		q.Set(column, "lte."+to.Text)
	case from.Text != "":
		q.Set(column, "gte."+from.Text)
	}
}

// matches compares a row with the wish again.
func (o ListOptions) matches(c Conversation) bool {
	for key, want := range o.Metadata {
		got := apicall.LooseText(c.Metadata[key])
		isTarget := key == keyEndUser || key == keyAgent
		if got != want && !(isTarget && sameTarget(got, want)) {
			return false
		}
	}
	return c.CreatedAt.Within(o.CreatedFrom, o.CreatedTo) &&
		c.LastMessageAt.Within(o.LastMessageFrom, o.LastMessageTo)
}

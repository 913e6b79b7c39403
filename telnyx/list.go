package telnyx

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"takeoverbot/internal/apicall"
	"takeoverbot/takeover"
)

// Order is how a list is sorted by the server.
type Order string

// The documented orders.
const (
	NewestMessage Order = "last_message_at.desc"
	NewestCreated Order = "created_at.desc"
)

// maxLimit is the most rows asked for in one list. The server's own limit is documented
// nowhere.
const maxLimit = 100

// ListOptions says which conversations are wanted. Empty fields do not filter; all others
// must match exactly (the host of a SIP URI in any case, its scheme or not).
type ListOptions struct {
	EndUser       string
	Agent         string
	CallControlID string
	AssistantID   string
	Channel       string            // Telnyx's word, e.g. "sms_chat"
	Metadata      map[string]string // any other entry, by key

	// Bounds, both ends included. The server is sent one bound per column, the upper
	// one if there are two: whether it would apply both is unknown.
	CreatedFrom, CreatedTo         apicall.Timestamp
	LastMessageFrom, LastMessageTo apicall.Timestamp

	Order Order // NewestMessage when empty
	Limit int   // rows; 0 means 50, at most 100
}

// Page is the answer to a list.
type Page struct {
	// Conversations match the wish, whatever the server's filters did, in the
	// server's order, each once.
	Conversations []Conversation
	// Full says that the server sent as many rows as it was asked for: more may exist.
	Full bool
	// Oldest is the last message of the last row that was sent, whether it matches or
	// not, and so where a further page begins. It is zero where the rows did not come
	// by their last messages, newest first, or have none.
	Oldest apicall.Timestamp
}

// reaches says that the page goes back to before t.
func (p Page) reaches(t time.Time) bool {
	return !p.Oldest.Time.IsZero() && p.Oldest.Time.Before(t)
}

// List reads conversations (GET /ai/conversations).
func (c *Client) List(ctx context.Context, o ListOptions) (Page, error) {
	o = o.withDefaults()
	if !o.valid() {
		return Page{}, failure(opList, takeover.Refused, errBadKey)
	}
	got, err := c.api.Do(ctx, apicall.Call{Op: opList, Method: http.MethodGet, Path: conversationsPath, Query: o.query()})
	if err != nil {
		return Page{}, err
	}
	rows, sent, err := decodeList(got.Body)
	if err != nil {
		return Page{}, unreadable(opList, got.Status, err)
	}
	page := Page{Full: sent >= o.Limit, Oldest: oldest(rows)}
	seen := make(map[string]bool, len(rows))
	for _, row := range rows {
		if !seen[row.ID] && o.matches(row) {
			page.Conversations = append(page.Conversations, row)
		}
		seen[row.ID] = true
	}
	return page, nil
}

// oldest is the last message of the last row, if the rows come newest first. Rows without
// a message may stand anywhere.
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

// withDefaults fills in limit and order: neither is ever left to the server.
func (o ListOptions) withDefaults() ListOptions {
	if o.Limit <= 0 {
		o.Limit = 50
	}
	o.Limit = min(o.Limit, maxLimit)
	if o.Order == "" {
		o.Order = NewestMessage
	}
	return o
}

// entries are the metadata entries that are filtered by.
func (o ListOptions) entries() map[string]string {
	m := make(map[string]string, len(o.Metadata)+5)
	maps.Copy(m, o.Metadata)
	for key, value := range map[string]string{keyEndUser: o.EndUser, keyAgent: o.Agent,
		keyCallControl: o.CallControlID, keyAssistant: o.AssistantID, keyChannel: o.Channel} {
		if value != "" {
			m[key] = value
		}
	}
	return m
}

// valid refuses keys that would mean something else to the server, such as "a->b".
func (o ListOptions) valid() bool {
	for key := range o.Metadata {
		if !isEntryKey(key) {
			return false
		}
	}
	return true
}

// query writes the filters in the documented, PostgREST-like way.
func (o ListOptions) query() url.Values {
	q := url.Values{"order": {string(o.Order)}, "limit": {strconv.Itoa(o.Limit)}}
	for key, value := range o.entries() {
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
	for key, want := range o.entries() {
		if !sameEntry(key, apicall.LooseText(c.Metadata[key]), want) {
			return false
		}
	}
	return within(c.CreatedAt.Time, o.CreatedFrom.Time, o.CreatedTo.Time) &&
		within(c.LastMessageAt.Time, o.LastMessageFrom.Time, o.LastMessageTo.Time)
}

// sameEntry compares one entry with what was wanted.
func sameEntry(key, got, want string) bool {
	if key == keyEndUser || key == keyAgent {
		return sameTarget(got, want)
	}
	return got == want
}

// within says whether t is between two times, both included; a zero one is no bound. A
// row without a time passes: to hide it would be a guess.
func within(t, from, to time.Time) bool {
	if t.IsZero() {
		return true
	}
	return (from.IsZero() || !t.Before(from)) && (to.IsZero() || !t.After(to))
}

// sortNewest sorts by last message, newest first, then by creation.
func sortNewest(list []Conversation) {
	slices.SortStableFunc(list, func(a, b Conversation) int {
		if n := b.LastMessageAt.Time.Compare(a.LastMessageAt.Time); n != 0 {
			return n
		}
		if n := b.CreatedAt.Time.Compare(a.CreatedAt.Time); n != 0 {
			return n
		}
		return strings.Compare(a.ID, b.ID)
	})
}

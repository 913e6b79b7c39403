package telnyx

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"takeoverbot/internal/apicall"
	"takeoverbot/takeover"
)

// graceForReadBack is how long a read-back may outlive its caller's context: the
// result of a write is worth knowing even when the caller has gone.
const graceForReadBack = 3 * time.Second

// Provider is Telnyx as takeover.Provider. It is safe for use by several goroutines.
type Provider struct {
	client *Client
	grace  time.Duration
	now    func() time.Time

	// flagAsText remembers that this account's API takes the flag as a string only.
	flagAsText atomic.Bool
	// largest is the most rows that the server has sent on a page.
	largest atomic.Int64
	// listed is the direction in which the account lists messages, as the last page with
	// different times showed it.
	listed atomic.Int32
}

var (
	_ takeover.Provider = (*Provider)(nil)
	_ takeover.Silencer = (*Provider)(nil)
	_ takeover.Noter    = (*Provider)(nil)
)

// NewProvider makes a Provider of a client. By the clock now it says when something was
// read back; deadlines of calls do not follow it.
func NewProvider(c *Client, now func() time.Time) *Provider {
	return &Provider{client: c, grace: graceForReadBack, now: now}
}

// Name is "Telnyx".
func (p *Provider) Name() string { return providerName }

// Find lists conversations, newest first, in one call, and in one for each spelling of a
// SIP address. Every hit is compared with the query here, whatever the server did.
// FieldLastDigits, FieldName and FieldAnonymous look through the newest q.Limit conversations
// (at most 100), since the API can filter by none of them. A query without a value is refused
// before any call: it would list all end users.
func (p *Provider) Find(ctx context.Context, q takeover.Query) (takeover.Found, error) {
	wish, keep, err := wishOf(q)
	if err != nil {
		return takeover.Found{}, p.client.api.Failure(opList, takeover.Refused, err)
	}
	wishes := []ListOptions{wish}
	if q.Field == takeover.FieldEndUser {
		wishes = nil
		for _, spelled := range spellings(q.Value) {
			wishes = append(wishes, ListOptions{Limit: wish.Limit, Metadata: map[string]string{keyEndUser: spelled}})
		}
	}
	var found takeover.Found
	var hits []Conversation
	for _, wish := range wishes {
		page, err := p.client.List(ctx, wish)
		if err != nil {
			return takeover.Found{}, err
		}
		hits = withNew(hits, slices.DeleteFunc(page.Conversations, func(c Conversation) bool { return !keep(c) }))
		found.More = found.More || page.Full
	}
	found.Conversations = newestFirst(hits)
	return found, nil
}

// wishOf translates a query into filters of the server and a test of each row.
func wishOf(q takeover.Query) (wish ListOptions, keep func(Conversation) bool, err error) {
	wish = ListOptions{Limit: max(q.Limit, 1)}
	keep = func(Conversation) bool { return true } // List has compared already
	if strings.TrimSpace(q.Value) == "" {
		return wish, nil, errors.New("nothing to look for")
	}
	switch q.Field {
	case takeover.FieldEndUser:
		wish.Metadata = map[string]string{keyEndUser: q.Value}
	case takeover.FieldLabel:
		wish.Metadata = map[string]string{q.Label: q.Value}
	case takeover.FieldAnonymous: // which end users these are, Service tells
	case takeover.FieldLastDigits:
		digits := takeover.Digits(q.Value)
		if digits == "" {
			return wish, nil, errors.New("no digits to look for")
		}
		keep = func(c Conversation) bool { return lastDigits(c.Metadata.Text(keyEndUser), digits) }
	case takeover.FieldName:
		part := strings.ToLower(strings.TrimSpace(q.Value))
		keep = func(c Conversation) bool {
			return strings.Contains(strings.ToLower(c.Name), part) || apicall.HasName(c.Metadata, part)
		}
	default:
		return wish, nil, errors.New("an unknown field to look at")
	}
	return wish, keep, nil
}

// Note puts text into the conversation as a system message, which the AI reads in its
// next turn. The same key inserts it once within 24 hours, which is how long Telnyx
// remembers.
func (p *Provider) Note(ctx context.Context, id takeover.ConversationID, key, text string) error {
	by := Metadata{"source": json.RawMessage(`"` + sourceHuman + `"`)}
	return p.client.AddMessage(ctx, string(id), NewMessage{Role: "system", Content: text, Metadata: by}, key)
}

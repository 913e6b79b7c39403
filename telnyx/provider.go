package telnyx

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
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
	// asking is held while other conversations are read for it; asked is when that was last done.
	asking sync.Mutex
	asked  time.Time
}

var (
	_ takeover.Provider = (*Provider)(nil)
	_ takeover.Silencer = (*Provider)(nil)
	_ takeover.Noter    = (*Provider)(nil)
	_ takeover.Replier  = (*Provider)(nil)
	_ takeover.Recorder = (*Provider)(nil)
)

// NewProvider makes a Provider of a client. By the clock now it says when something was
// read back; deadlines of calls do not follow it.
func NewProvider(c *Client, now func() time.Time) *Provider {
	return &Provider{client: c, grace: graceForReadBack, now: now}
}

// Name is "Telnyx".
func (p *Provider) Name() string { return providerName }

// Find lists conversations, newest first. An end user is asked for in each form in which a number
// may be stored, and each spelling of a SIP address, at the same time; a label exactly, and among
// the newest conversations in other spellings. Every hit is compared with the query here, whatever
// the server did. FieldLastDigits, FieldName and FieldAnonymous look through the newest q.Limit
// conversations (at most 100), since the API can filter by none of them. A query without a value
// is refused before any call: it would list all end users.
func (p *Provider) Find(ctx context.Context, q takeover.Query) (takeover.Found, error) {
	wishes, keep, err := wishesOf(q)
	if err != nil {
		return takeover.Found{}, p.client.api.Failure(opList, takeover.Refused, err)
	}
	pages, failed := make([]Page, len(wishes)), make([]error, len(wishes))
	var asked sync.WaitGroup
	for i, wish := range wishes {
		asked.Go(func() { pages[i], failed[i] = p.client.List(ctx, wish) })
	}
	asked.Wait()
	if failed[0] != nil {
		return takeover.Found{}, failed[0]
	}
	var hits []Conversation
	var more bool
	for _, page := range pages {
		p.maybeFull(page) // learns how many rows the server sends
		hits = withNew(hits, slices.DeleteFunc(page.Conversations, func(c Conversation) bool { return !keep(c) }))
		more = more || page.Full
	}
	if q.Field == takeover.FieldLabel && len(pages[0].Conversations) > 0 {
		more = pages[0].Full // the list of the newest is always full, and only for other spellings
	}
	if err := errors.Join(failed...); err != nil && len(hits) == 0 {
		return takeover.Found{}, err
	}
	return takeover.Found{Conversations: newestFirst(hits), More: more}, nil
}

// wishesOf translates a query into the lists that are asked for, and a test of each row.
func wishesOf(q takeover.Query) (wishes []ListOptions, keep func(Conversation) bool, err error) {
	newest := ListOptions{Limit: max(q.Limit, 1)}
	with := func(key, value string) ListOptions {
		return ListOptions{Limit: newest.Limit, Metadata: map[string]string{key: value}}
	}
	if strings.TrimSpace(q.Value) == "" {
		return nil, nil, errors.New("nothing to look for")
	}
	switch q.Field {
	case takeover.FieldEndUser:
		for _, form := range takeover.Target(q.Value).Forms() {
			for _, spelled := range spellings(string(form)) {
				wishes = append(wishes, with(keyEndUser, spelled))
			}
		}
		return wishes, func(Conversation) bool { return true }, nil // List has compared already
	case takeover.FieldLabel:
		if !entryKey.MatchString(q.Label) {
			return nil, nil, errBadKey
		}
		keep = func(c Conversation) bool { return apicall.HasLabel(c.Metadata, q.Label, q.Value) }
		return []ListOptions{with(q.Label, q.Value), {Limit: maxLimit}}, keep, nil
	case takeover.FieldAnonymous: // which end users these are, Service tells
		keep = func(Conversation) bool { return true }
	case takeover.FieldLastDigits:
		digits := takeover.Digits(q.Value)
		if digits == "" {
			return nil, nil, errors.New("no digits to look for")
		}
		keep = func(c Conversation) bool { return lastDigits(c.Metadata.Text(keyEndUser), digits) }
	case takeover.FieldName:
		keep = func(c Conversation) bool { return c.named(q.Value) }
	default:
		return nil, nil, errors.New("an unknown field to look at")
	}
	return []ListOptions{newest}, keep, nil
}

// Note puts text into the conversation as a system message, which the AI reads in its
// next turn. The same key inserts it once within 24 hours, which is how long Telnyx
// remembers.
func (p *Provider) Note(ctx context.Context, id takeover.ConversationID, key, text string) error {
	return p.client.AddMessage(ctx, string(id), NewMessage{Role: "system", Content: text, Metadata: byHuman()}, key)
}

// Record puts text into the conversation as words of the assistant, which the AI then takes
// for said. It is marked as an operator's and with the key. It sends nothing.
func (p *Provider) Record(ctx context.Context, id takeover.ConversationID, key, text string) error {
	by := byHuman()
	by[keyWritten] = jsonText(key)
	return p.client.AddMessage(ctx, string(id), NewMessage{Role: "assistant", Content: text, Metadata: by}, key)
}

// byHuman marks a message as an operator's.
func byHuman() Metadata { return Metadata{keySource: jsonText(sourceHuman)} }

// jsonText is a JSON string.
func jsonText(s string) json.RawMessage {
	raw, _ := json.Marshal(s) // a string always has a form in JSON
	return raw
}

package anyreach

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"takeoverbot/internal/apicall"
	"takeoverbot/takeover"
)

// newestLooked is how many of the newest conversations are looked through for a label that is
// spelt otherwise.
const newestLooked = 100

// findTime bounds one search, of however many pages.
const findTime = 15 * time.Second

// Provider is Anyreach as takeover.Provider. It is safe for use by several goroutines.
type Provider struct{ client *Client }

var _ takeover.Provider = (*Provider)(nil)

// NewProvider makes a Provider of a client.
func NewProvider(c *Client) *Provider { return &Provider{client: c} }

// Name is "Anyreach".
func (p *Provider) Name() string { return providerName }

// listColumns are the columns that a search needs: transcripts would make a page very large.
var listColumns = []string{"agent_id", "agent_number", "direction", "updated_at", "agent", "custom_metadata"}

// Find lists conversations, newest first. For an end user with one conversation it makes one
// call, and a second one where the number is stored without its plus; with several it reads on
// until a page brings nothing new. It compares every hit with the query.
// A query without a value is refused before any call: it would list all end users.
func (p *Provider) Find(ctx context.Context, q takeover.Query) (takeover.Found, error) {
	ctx, cancel := context.WithTimeout(ctx, findTime)
	defer cancel()
	value := strings.TrimSpace(q.Value)
	if value == "" {
		return takeover.Found{}, p.refuse(takeover.Refused, "nothing to look for")
	}
	limit := max(q.Limit, 1)
	switch q.Field {
	case takeover.FieldEndUser:
		return p.findEndUser(ctx, strings.TrimPrefix(value, "sip:"), limit)
	case takeover.FieldLastDigits:
		digits := takeover.Digits(value)
		if digits == "" {
			return takeover.Found{}, p.refuse(takeover.Refused, "no digits to look for")
		}
		keep := func(c Conversation) bool { return lastDigits(c.UserID, digits) }
		return p.search(ctx, ListOptions{UserID: digits}, limit, keep)
	case takeover.FieldAnonymous: // which end users these are, Service tells
		return p.search(ctx, ListOptions{Limit: limit}, limit, func(Conversation) bool { return true })
	case takeover.FieldLabel:
		return p.findLabel(ctx, q.Label, value, limit)
	case takeover.FieldName:
		keep := func(c Conversation) bool {
			return apicall.HasName(c.Metadata, value) || numberOf(c.UserID) == "" && apicall.Contains(c.UserID, value)
		}
		found, err := p.search(ctx, ListOptions{Limit: limit}, limit, keep)
		return found, p.orHidden(err)
	}
	return takeover.Found{}, p.refuse(takeover.Refused, "an unknown field to look at")
}

// findEndUser looks for a number as E.164, then, if there is none, without its plus, and then in
// the other form that numbers of some countries have. The server compares parts of numbers, so
// that every row is compared again.
func (p *Provider) findEndUser(ctx context.Context, wanted string, limit int) (takeover.Found, error) {
	keep := func(c Conversation) bool { return sameEndUser(c.UserID, wanted) }
	number := numberOf(wanted)
	if number == "" {
		return p.search(ctx, ListOptions{UserID: wanted}, limit, keep)
	}
	forms := []string{number, number[1:]}
	if other := takeover.Target(number).OtherForm(); other != "" {
		forms = append(forms, other, other[1:])
	}
	var found takeover.Found
	for _, form := range forms {
		var err error
		if found, err = p.search(ctx, ListOptions{UserID: form}, limit, keep); err != nil || len(found.Conversations) > 0 {
			return found, err
		}
	}
	return found, nil
}

// findLabel looks for an entry of custom_metadata: exactly, as the server compares, and, if there is
// none, among the newest conversations in other spellings. Only what the credential may see can
// be compared again.
func (p *Provider) findLabel(ctx context.Context, label, value string, limit int) (takeover.Found, error) {
	wish, err := json.Marshal(map[string]string{label: value})
	if err != nil {
		return takeover.Found{}, p.refuse(takeover.Refused, "not the name of an entry")
	}
	keep := func(c Conversation) bool { return apicall.HasLabel(c.Metadata, label, value) }
	found, err := p.search(ctx, ListOptions{Metadata: wish}, limit, keep)
	if err == nil && len(found.Conversations) == 0 {
		found, err = p.search(ctx, ListOptions{Limit: newestLooked}, limit, keep)
	}
	return found, p.orHidden(err)
}

// orHidden is err, or an error if the credential may not see names and labels: that nothing
// was found would then mean nothing.
func (p *Provider) orHidden(err error) error {
	if err == nil && p.client.Visibility() == Withheld {
		return p.refuse(takeover.Unsupported, "names and units are hidden by permission (scope "+ScopeSensitive+")")
	}
	return err
}

// search walks the list until keep has accepted limit rows.
func (p *Provider) search(
	ctx context.Context, o ListOptions, limit int, keep func(Conversation) bool,
) (takeover.Found, error) {
	o.Fields = listColumns
	hits := func(rows []Conversation) (hits []takeover.Conversation) {
		for _, row := range rows {
			if keep(row) {
				hits = append(hits, row.domain())
			}
		}
		return hits
	}
	// A search that names a limit looks through that many rows.
	enough := func(rows []Conversation) bool {
		return o.Limit > 0 && len(rows) >= o.Limit || o.Limit == 0 && len(hits(rows)) >= limit
	}
	rows, err := p.client.List(ctx, o, enough)
	if err != nil {
		return takeover.Found{}, err
	}
	found := takeover.Found{More: rows.More, Conversations: hits(rows.Conversations)}
	if other := len(rows.Conversations) - len(found.Conversations); other > 0 {
		p.client.log.DebugContext(ctx, "anyreach found others too", "rows", other)
	}
	slices.SortStableFunc(found.Conversations, func(a, b takeover.Conversation) int {
		return b.LastMessageAt.Compare(a.LastMessageAt)
	})
	if len(found.Conversations) > limit {
		found.Conversations, found.More = found.Conversations[:limit], true
	}
	return found, nil
}

func (p *Provider) refuse(kind takeover.ProviderErrorKind, why string) error {
	return p.client.api.Failure(opList, kind, errors.New(why))
}

// Transcript reads the newest n messages, or all with n <= 0, in one call.
func (p *Provider) Transcript(ctx context.Context, id takeover.ConversationID, n int) (takeover.Transcript, error) {
	conv, err := p.client.Get(ctx, string(id))
	if err != nil {
		return takeover.Transcript{}, err
	}
	t := takeover.Transcript{Messages: conv.Messages, Total: len(conv.Messages), Complete: true,
		Status: conv.Status, Ended: ended(conv.Status), State: conv.State}
	t.Why = why(t.State, t.Ended)
	if n > 0 && len(t.Messages) > n {
		t.Messages, t.Complete = t.Messages[len(t.Messages)-n:], false
	}
	return t, nil
}

// why says in words what the state of a transcript means.
func why(s takeover.TranscriptState, ended bool) string {
	switch {
	case s == takeover.TranscriptHidden:
		return hiddenWords
	case s == takeover.TranscriptNotStored && !ended:
		return "Anyreach has not stored any message of this conversation yet."
	case s == takeover.TranscriptNotStored:
		return "Anyreach stored no messages of this conversation."
	case s == takeover.TranscriptUnrecognised:
		return "Anyreach has a transcript, but in a shape that this bot does not know. It can be read in Anyreach's own dashboard."
	}
	return ""
}

// hiddenWords say what a missing scope means and who can fix it.
const hiddenWords = "The transcript is hidden by permission (scope " + ScopeSensitive + "): an Anyreach admin has to issue a key that has it."

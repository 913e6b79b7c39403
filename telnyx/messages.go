package telnyx

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"time"

	"takeoverbot/internal/apicall"
	"takeoverbot/takeover"
)

// NewMessage is a message to be put into a conversation. It is stored and read by the
// AI in its next turn; nothing is sent to anybody.
type NewMessage struct {
	Role     string // required: user, assistant, system or tool
	Content  string
	Name     string    // optional, of who says it
	SentAt   time.Time // zero: left to the server
	Metadata Metadata
}

// Messages reads one page of messages in the server's order
// (GET /ai/conversations/{id}/messages). number counts from 1; size is 1 to 100.
func (c *Client) Messages(ctx context.Context, id string, number, size int) (MessagePage, error) {
	q, err := about(opHistory, http.MethodGet, id, "/messages")
	if err != nil {
		return MessagePage{}, err
	}
	q.Query = url.Values{"page[number]": {strconv.Itoa(max(number, 1))}, "page[size]": {strconv.Itoa(min(max(size, 1), 100))}}
	got, err := c.api.Do(ctx, q)
	if err != nil {
		return MessagePage{}, err
	}
	page, err := decodeMessages(got.Body)
	if err != nil {
		return MessagePage{}, unreadable(q.Op, got.Status, err)
	}
	return page, nil
}

// AddMessage puts a message into a conversation (POST /ai/conversations/{id}/message).
// key, when not empty, makes a repeated call with the same message harmless for 24 hours.
func (c *Client) AddMessage(ctx context.Context, id string, m NewMessage, key string) error {
	q, err := about(opAdd, http.MethodPost, id, "/message")
	if err != nil {
		return err
	}
	if q.Body, err = m.appendJSON(); err != nil {
		return failure(opAdd, takeover.Refused, err)
	}
	q.Key, q.Talks = safeKey(key), true
	_, err = c.api.Do(ctx, q)
	return err
}

// appendJSON writes the request body. What is written is "content", what is read "text".
func (m NewMessage) appendJSON() ([]byte, error) {
	b := appendString([]byte(`{"role":`), m.Role)
	b = appendString(append(b, `,"content":`...), m.Content)
	if m.Name != "" {
		b = appendString(append(b, `,"name":`...), m.Name)
	}
	if !m.SentAt.IsZero() {
		b = appendString(append(b, `,"sent_at":`...), apicall.At(m.SentAt).Text)
	}
	if m.Metadata != nil {
		var err error
		if b, err = m.Metadata.appendJSON(append(b, `,"metadata":`...)); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}

// humanSource is the metadata of what this bot adds for a person.
func humanSource() Metadata { return Metadata{"source": json.RawMessage(`"` + sourceHuman + `"`)} }

var goodKey = regexp.MustCompile(`^[A-Za-z0-9_-]{1,255}$`)

// safeKey makes an Idempotency-Key that Telnyx accepts: the key itself, or a hash of one
// with other characters. No key stays no key.
func safeKey(key string) string {
	if key == "" || goodKey.MatchString(key) {
		return key
	}
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}

package telnyx

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"time"

	"takeoverbot/internal/apicall"
	"takeoverbot/takeover"
)

// NewMessage is a message to be put into a conversation. The AI reads it in its next
// turn; it is not sent to the end user.
type NewMessage struct {
	Role     string // required: user, assistant, system or tool
	Content  string
	Name     string    // optional, of the speaker
	SentAt   time.Time // zero: the server sets it
	Metadata Metadata
}

// Messages reads one page of messages in the server's order
// (GET /ai/conversations/{id}/messages). number counts from 1; size is 1 to 100.
func (c *Client) Messages(ctx context.Context, id string, number, size int) (MessagePage, error) {
	got, err := c.do(ctx, id, apicall.Call{Op: opHistory, Method: http.MethodGet, Path: "/messages", Query: url.Values{
		"page[number]": {strconv.Itoa(max(number, 1))},
		"page[size]":   {strconv.Itoa(min(max(size, 1), 100))},
	}})
	if err != nil {
		return MessagePage{}, err
	}
	page, err := decodeMessages(got.Body)
	if err != nil {
		return MessagePage{}, c.api.Unreadable(opHistory, got.Status, err)
	}
	return page, nil
}

// AddMessage puts a message into a conversation (POST /ai/conversations/{id}/message).
// key, when not empty, makes a repeated call with the same message harmless for 24 hours.
func (c *Client) AddMessage(ctx context.Context, id string, m NewMessage, key string) error {
	// What is read as "text" is written as "content".
	request := Metadata{"role": quote(m.Role), "content": quote(m.Content)}
	if m.Name != "" {
		request["name"] = quote(m.Name)
	}
	if !m.SentAt.IsZero() {
		request["sent_at"] = quote(apicall.At(m.SentAt).Text)
	}
	body, err := request.with(m.Metadata)
	if err != nil {
		return c.api.Failure(opAdd, takeover.Refused, err)
	}
	_, err = c.do(ctx, id, apicall.Call{Op: opAdd, Method: http.MethodPost, Path: "/message",
		Body: body, Key: safeKey(key), Talks: true})
	return err
}

// humanSource is the metadata of a message that this bot adds for an operator.
func humanSource() Metadata { return Metadata{"source": quote(sourceHuman)} }

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

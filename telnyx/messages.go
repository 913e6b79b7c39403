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
)

// NewMessage is a message to be put into a conversation. The AI reads it in its next
// turn; it is not sent to the end user.
type NewMessage struct {
	Role     string    `json:"role"`             // required: user, assistant, system or tool
	Content  string    `json:"content"`          // what is read as "text"
	Name     string    `json:"name,omitempty"`   // optional, of the speaker
	SentAt   time.Time `json:"sent_at,omitzero"` // UTC; zero: the server sets it
	Metadata Metadata  `json:"metadata,omitempty"`
}

// Messages reads one page of messages in the server's order
// (GET /ai/conversations/{id}/messages). number counts from 1; size is 1 to 100.
func (c *Client) Messages(ctx context.Context, id string, number, size int) (page MessagePage, err error) {
	_, err = c.do(ctx, id, apicall.Call{Op: opHistory, Method: http.MethodGet, Path: "/messages", Query: url.Values{
		"page[number]": {strconv.Itoa(max(number, 1))},
		"page[size]":   {strconv.Itoa(min(max(size, 1), 100))},
	}, Read: page.decode})
	return page, err
}

// AddMessage puts a message into a conversation (POST /ai/conversations/{id}/message).
// key, when not empty, makes a repeated call with the same message harmless for 24 hours.
func (c *Client) AddMessage(ctx context.Context, id string, m NewMessage, key string) error {
	_, err := c.do(ctx, id, apicall.Call{Op: opAdd, Method: http.MethodPost, Path: "/message",
		Body: m, Key: safeKey(key), Talks: true})
	return err
}

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

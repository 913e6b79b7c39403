package telnyx

import (
	"context"
	"net/http"
	"strings"

	"takeoverbot/internal/apicall"
)

// The client covers every operation of Telnyx's conversations API, so that a later
// feature finds it here, tested. The bot itself never calls Create, Update, Delete and
// Insights.

// Get reads one conversation (GET /ai/conversations/{id}). An answer without metadata, or with
// null, is an error: it would read as "not silenced" although the server did not say so.
func (c *Client) Get(ctx context.Context, id string) (conv Conversation, err error) {
	_, err = c.do(ctx, id, apicall.Call{Op: opRead, Method: http.MethodGet, Read: func(body []byte) error {
		got, err := decodeAbout(id, body)
		if err == nil && got.Metadata == nil {
			err = errNoEntries
		}
		if err == nil {
			conv = got
		}
		return err
	}})
	return conv, err
}

// decodeAbout reads an answer that must be about the conversation id: another conversation's
// metadata, written back here, would destroy this one.
func decodeAbout(id string, body []byte) (Conversation, error) {
	conv, err := decodeOne(body)
	if err == nil && !strings.EqualFold(conv.ID, id) {
		err = apicall.ErrOtherID
	}
	return conv, err
}

// NewConversation is what a conversation can be created with. Both parts may be empty.
type NewConversation struct {
	Name     string   `json:"name,omitempty"`
	Metadata Metadata `json:"metadata,omitempty"`
}

// Create makes a conversation (POST /ai/conversations). key, when not empty, makes a
// repeated call harmless for 24 hours.
func (c *Client) Create(ctx context.Context, n NewConversation, key string) (made Conversation, err error) {
	_, err = c.api.Do(ctx, apicall.Call{Op: opCreate, Method: http.MethodPost, Path: conversationsPath,
		Body: n, Key: safeKey(key), Talks: true, Read: func(body []byte) (err error) {
			made, err = decodeOne(body)
			return err
		}})
	return made, err
}

// Update writes a conversation's metadata (PUT /ai/conversations/{id}) and returns the status
// of the answer, 0 if there was none. Whether the server replaces or merges is not documented:
// always pass all entries. The answer's body proves nothing; read again.
func (c *Client) Update(ctx context.Context, id string, m Metadata) (status int, err error) {
	if m == nil {
		m = Metadata{}
	}
	return c.do(ctx, id, apicall.Call{Op: opWrite, Method: http.MethodPut, Body: map[string]Metadata{"metadata": m}})
}

// Delete removes a conversation (DELETE /ai/conversations/{id}).
func (c *Client) Delete(ctx context.Context, id string) error {
	_, err := c.do(ctx, id, apicall.Call{Op: opDelete, Method: http.MethodDelete})
	return err
}

// InsightRun is one run of an assistant's insights over a conversation. Anything in it may be
// missing.
type InsightRun struct {
	ID        string            `json:"id"`
	Status    string            `json:"status"` // pending, in_progress, completed or failed
	CreatedAt apicall.Timestamp `json:"created_at"`
	Results   []InsightResult   `json:"conversation_insights"`
}

// InsightResult is what one insight found: prose, Markdown or JSON as text.
type InsightResult struct {
	InsightID string              `json:"insight_id"`
	Result    apicall.LooseString `json:"result"`
}

// Insights reads the first page of a conversation's insights
// (GET /ai/conversations/{id}/conversations-insights). There may be none until some time
// after the conversation.
func (c *Client) Insights(ctx context.Context, id string) (runs []InsightRun, err error) {
	_, err = c.do(ctx, id, apicall.Call{Op: opInsight, Method: http.MethodGet, Path: "/conversations-insights",
		Read: dataInto(&runs)})
	return runs, err
}

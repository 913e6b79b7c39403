package telnyx

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"takeoverbot/internal/apicall"
	"takeoverbot/takeover"
)

const conversationsPath = "/ai/conversations"

// NewConversation is what a conversation can be created with. Both parts may be empty.
type NewConversation struct {
	Name     string
	Metadata Metadata
}

// Get reads one conversation (GET /ai/conversations/{id}).
func (c *Client) Get(ctx context.Context, id string) (Conversation, error) {
	q, err := about(opRead, http.MethodGet, id, "")
	if err != nil {
		return Conversation{}, err
	}
	got, err := c.api.Do(ctx, q)
	if err != nil {
		return Conversation{}, err
	}
	return sameConversation(q.Op, id, got)
}

// Create makes a conversation (POST /ai/conversations). key, when not empty, makes a
// repeated call harmless for 24 hours.
func (c *Client) Create(ctx context.Context, n NewConversation, key string) (Conversation, error) {
	body, err := n.appendJSON()
	if err != nil {
		return Conversation{}, failure(opCreate, takeover.Refused, err)
	}
	got, err := c.api.Do(ctx, apicall.Call{Op: opCreate, Method: http.MethodPost, Path: conversationsPath,
		Body: body, Key: safeKey(key), Talks: true})
	if err != nil {
		return Conversation{}, err
	}
	made, err := decodeOne(got.Body)
	if err != nil {
		return Conversation{}, unreadable(opCreate, got.Status, err)
	}
	return made, nil
}

// appendJSON writes the request body, metadata byte for byte.
func (n NewConversation) appendJSON() ([]byte, error) {
	b := []byte{'{'}
	if n.Name != "" {
		b = appendString(append(b, `"name":`...), n.Name)
	}
	if n.Metadata != nil {
		if n.Name != "" {
			b = append(b, ',')
		}
		var err error
		if b, err = n.Metadata.appendJSON(append(b, `"metadata":`...)); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}

// Update writes a conversation's metadata (PUT /ai/conversations/{id}). Whether the
// server replaces or merges is not documented: always pass all entries. The answer is
// not proof of anything; read again.
func (c *Client) Update(ctx context.Context, id string, m Metadata) (Conversation, error) {
	got, err := c.put(ctx, id, m)
	if err != nil {
		return Conversation{}, err
	}
	return sameConversation(opWrite, id, got)
}

// put is Update without a look at the answer's body.
func (c *Client) put(ctx context.Context, id string, m Metadata) (apicall.Answer, error) {
	q, err := about(opWrite, http.MethodPut, id, "")
	if err != nil {
		return apicall.Answer{}, err
	}
	body, err := m.appendJSON([]byte(`{"metadata":`))
	if err != nil {
		return apicall.Answer{}, failure(opWrite, takeover.Refused, err)
	}
	q.Body = append(body, '}')
	return c.api.Do(ctx, q)
}

// Delete removes a conversation (DELETE /ai/conversations/{id}).
func (c *Client) Delete(ctx context.Context, id string) error {
	q, err := about(opDelete, http.MethodDelete, id, "")
	if err != nil {
		return err
	}
	_, err = c.api.Do(ctx, q)
	return err
}

// InsightRun is one run of an assistant's insights over a conversation.
type InsightRun struct {
	ID        string
	Status    string // pending, in_progress, completed or failed
	CreatedAt apicall.Timestamp
	Results   []InsightResult
}

// InsightResult is what one insight found: prose, Markdown or JSON as text.
type InsightResult struct {
	InsightID string
	Result    string
}

// Insights reads a conversation's insights, the server's first page of them
// (GET /ai/conversations/{id}/conversations-insights). There may be none until some time
// after the conversation.
func (c *Client) Insights(ctx context.Context, id string) ([]InsightRun, error) {
	q, err := about(opInsight, http.MethodGet, id, "/conversations-insights")
	if err != nil {
		return nil, err
	}
	got, err := c.api.Do(ctx, q)
	if err != nil {
		return nil, err
	}
	var wire struct {
		Data *[]json.RawMessage `json:"data"`
	}
	if json.Unmarshal(got.Body, &wire) != nil || wire.Data == nil {
		return nil, unreadable(q.Op, got.Status, apicall.ErrNotJSON)
	}
	runs := make([]InsightRun, 0, len(*wire.Data))
	for _, raw := range *wire.Data {
		runs = append(runs, insightRunOf(raw))
	}
	return runs, nil
}

// insightRunOf reads one run, tolerating whatever is missing.
func insightRunOf(raw json.RawMessage) InsightRun {
	f := apicall.Fields(raw)
	run := InsightRun{ID: apicall.Text(f["id"]), Status: apicall.Text(f["status"]), CreatedAt: apicall.ParseTimestamp(f["created_at"])}
	var results []json.RawMessage
	if json.Unmarshal(f["conversation_insights"], &results) != nil {
		return run
	}
	for _, r := range results {
		rf := apicall.Fields(r)
		run.Results = append(run.Results, InsightResult{InsightID: apicall.Text(rf["insight_id"]), Result: apicall.LooseText(rf["result"])})
	}
	return run
}

// about starts a call about one conversation. An id that is no uuid never reaches the
// network: it would be a path of somebody else's choice.
func about(op, method, id, below string) (apicall.Call, error) {
	if !isUUID(id) {
		return apicall.Call{}, failure(op, takeover.Refused, errNotUUID)
	}
	return apicall.Call{Op: op, Method: method, Path: conversationsPath + "/" + url.PathEscape(id) + below, One: true}, nil
}

// sameConversation reads an answer that must be about id: another one's metadata written
// back here would destroy this one.
func sameConversation(op, id string, got apicall.Answer) (Conversation, error) {
	conv, err := decodeOne(got.Body)
	if err != nil {
		return Conversation{}, unreadable(op, got.Status, err)
	}
	if !strings.EqualFold(conv.ID, id) {
		return Conversation{}, unreadable(op, got.Status, apicall.ErrOtherID)
	}
	return conv, nil
}

package telnyx

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"takeoverbot/internal/apicall"
	"takeoverbot/takeover"
)

// The client covers every operation of Telnyx's conversations API, so that a later
// feature finds it here, tested. The bot itself never calls Create, Update, Delete and
// Insights, nor AllMessages in history.go.

// Get reads one conversation (GET /ai/conversations/{id}).
func (c *Client) Get(ctx context.Context, id string) (Conversation, error) {
	got, err := c.do(ctx, id, apicall.Call{Op: opRead, Method: http.MethodGet})
	if err != nil {
		return Conversation{}, err
	}
	return c.answerAbout(opRead, id, got)
}

// answerAbout reads an answer that must be about the conversation id: another conversation's
// metadata, written back here, would destroy this one.
func (c *Client) answerAbout(op, id string, got apicall.Answer) (Conversation, error) {
	conv, err := decodeOne(got.Body)
	if err == nil && !strings.EqualFold(conv.ID, id) {
		err = apicall.ErrOtherID
	}
	if err != nil {
		return Conversation{}, c.api.Unreadable(op, got.Status, err)
	}
	return conv, nil
}

// NewConversation is what a conversation can be created with. Both parts may be empty.
type NewConversation struct {
	Name     string
	Metadata Metadata
}

// Create makes a conversation (POST /ai/conversations). key, when not empty, makes a
// repeated call harmless for 24 hours.
func (c *Client) Create(ctx context.Context, n NewConversation, key string) (Conversation, error) {
	request := Metadata{}
	if n.Name != "" {
		request["name"] = quote(n.Name)
	}
	body, err := request.with(n.Metadata)
	if err != nil {
		return Conversation{}, c.api.Failure(opCreate, takeover.Refused, err)
	}
	got, err := c.api.Do(ctx, apicall.Call{Op: opCreate, Method: http.MethodPost, Path: conversationsPath,
		Body: body, Key: safeKey(key), Talks: true})
	if err != nil {
		return Conversation{}, err
	}
	made, err := decodeOne(got.Body)
	if err != nil {
		return Conversation{}, c.api.Unreadable(opCreate, got.Status, err)
	}
	return made, nil
}

// Update writes a conversation's metadata (PUT /ai/conversations/{id}). Whether the
// server replaces or merges is not documented: always pass all entries. The answer proves
// nothing; read again.
func (c *Client) Update(ctx context.Context, id string, m Metadata) (Conversation, error) {
	got, err := c.put(ctx, id, m)
	if err != nil {
		return Conversation{}, err
	}
	return c.answerAbout(opWrite, id, got)
}

// put is Update without a look at the answer's body.
func (c *Client) put(ctx context.Context, id string, m Metadata) (apicall.Answer, error) {
	if m == nil {
		m = Metadata{}
	}
	body, err := Metadata{}.with(m)
	if err != nil {
		return apicall.Answer{}, c.api.Failure(opWrite, takeover.Refused, err)
	}
	return c.do(ctx, id, apicall.Call{Op: opWrite, Method: http.MethodPut, Body: body})
}

// Delete removes a conversation (DELETE /ai/conversations/{id}).
func (c *Client) Delete(ctx context.Context, id string) error {
	_, err := c.do(ctx, id, apicall.Call{Op: opDelete, Method: http.MethodDelete})
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

// Insights reads the first page of a conversation's insights
// (GET /ai/conversations/{id}/conversations-insights). There may be none until some time
// after the conversation.
func (c *Client) Insights(ctx context.Context, id string) ([]InsightRun, error) {
	got, err := c.do(ctx, id, apicall.Call{Op: opInsight, Method: http.MethodGet, Path: "/conversations-insights"})
	if err != nil {
		return nil, err
	}
	rows, err := rowsOf(apicall.Fields(got.Body))
	if err != nil {
		return nil, c.api.Unreadable(opInsight, got.Status, err)
	}
	runs := make([]InsightRun, 0, len(rows))
	for _, raw := range rows {
		runs = append(runs, insightRunOf(apicall.Fields(raw)))
	}
	return runs, nil
}

// insightRunOf reads one run. Anything in it may be missing.
func insightRunOf(f map[string]json.RawMessage) InsightRun {
	run := InsightRun{ID: apicall.Text(f["id"]), Status: apicall.Text(f["status"]),
		CreatedAt: apicall.ParseTimestamp(f["created_at"])}
	var results []json.RawMessage
	if json.Unmarshal(f["conversation_insights"], &results) != nil {
		return run
	}
	for _, raw := range results {
		r := apicall.Fields(raw)
		run.Results = append(run.Results,
			InsightResult{InsightID: apicall.Text(r["insight_id"]), Result: apicall.LooseText(r["result"])})
	}
	return run
}

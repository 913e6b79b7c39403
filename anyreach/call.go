package anyreach

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"takeoverbot/internal/apicall"
	"takeoverbot/takeover"
)

// What the calls are named in errors, logs and metrics.
const (
	opList   = "list conversations"
	opRead   = "read conversation"
	opScopes = "read scopes"
)

const conversationsPath = "/core/conversations"

// inferred are the parameters that Anyreach documents for similar endpoints only: the
// server may refuse them.
var inferred = [...]string{"fields", "updated_after", "updated_before"}

// get makes one GET call. It fails at once while the server has asked not to be called.
func (c *Client) get(ctx context.Context, q apicall.Call) error {
	c.mu.Lock()
	wait := c.limitedUntil.Sub(c.now())
	c.mu.Unlock()
	if wait > 0 {
		e := c.api.Failure(q.Op, takeover.Limited, errors.New("asked to wait"))
		e.RetryAfter = wait
		return e
	}
	q.Method = http.MethodGet
	_, err := c.api.Do(ctx, q)
	if pe, ok := errors.AsType[*takeover.ProviderError](err); ok && pe.Kind == takeover.Limited {
		c.mu.Lock()
		c.limitedUntil = c.now().Add(pe.RetryAfter)
		c.mu.Unlock()
	}
	return err
}

// getList is get for the list. If the server refuses an inferred parameter, getList tries
// once without it; if that succeeds, no later call sends it.
func (c *Client) getList(ctx context.Context, query url.Values, read func([]byte) error) error {
	c.mu.Lock()
	for name := range c.notTaken {
		query.Del(name)
	}
	c.mu.Unlock()
	call := apicall.Call{Op: opList, Path: conversationsPath, Query: query, Read: read}
	err := c.get(ctx, call)
	refused := refusedParameters(query, err)
	if len(refused) == 0 {
		return err
	}
	for _, name := range refused {
		query.Del(name)
	}
	if err := c.get(ctx, call); err != nil {
		return err
	}
	c.log.WarnContext(ctx, "anyreach does not take parameters", "names", refused)
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, name := range refused {
		c.notTaken[name] = true
	}
	return nil
}

// refusedParameters are the inferred parameters that a 422 names; all that were sent if it
// names no field.
func refusedParameters(query url.Values, err error) []string {
	pe, ok := errors.AsType[*takeover.ProviderError](err)
	if !ok || pe.Status != http.StatusUnprocessableEntity {
		return nil
	}
	at, says := errors.AsType[*apicall.FieldError](err)
	var refused []string
	for _, name := range inferred {
		named := func(field string) bool { return field == name || strings.HasSuffix(field, "."+name) }
		if query.Has(name) && (!says || slices.ContainsFunc(at.Fields, named)) {
			refused = append(refused, name)
		}
	}
	return refused
}

// Get reads one conversation (GET /core/conversations/{id}), with all columns that the
// credential may see.
func (c *Client) Get(ctx context.Context, id string) (conv Conversation, err error) {
	if !isID(id) {
		return Conversation{}, c.api.Failure(opRead, takeover.Refused, errNoID)
	}
	path := conversationsPath + "/" + url.PathEscape(id)
	err = c.get(ctx, apicall.Call{Op: opRead, Path: path, One: true, Read: func(body []byte) error {
		got, err := conversationOf(apicall.Fields(body))
		switch {
		case err != nil:
			return err
		case got.ID != id:
			return apicall.ErrOtherID
		}
		c.saw(got.Sensitive)
		conv = got
		return nil
	}})
	return conv, err
}

// Visibility says whether the credential may see what end user and AI said.
type Visibility int

// What is known of the credential.
const (
	NotSeen  Visibility = iota // no conversation has been read yet
	Visible                    // the answer had sensitive columns
	Withheld                   // the server left them out
)

// saw remembers whether the newest answer had sensitive columns.
func (c *Client) saw(sensitive bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen = Withheld
	if sensitive {
		c.seen = Visible
	}
}

// Visibility is what the client has learned of its credential so far.
func (c *Client) Visibility() Visibility {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.seen
}

package anyreach

import (
	"context"
	"encoding/json"
	"slices"

	"takeoverbot/internal/apicall"
)

const scopesPath = "/admin/members/me/scopes"

// Scopes asks what the credential may do (GET /admin/members/me/scopes). Whether an
// organization key may ask is not documented.
func (c *Client) Scopes(ctx context.Context) (scopes []string, err error) {
	err = c.get(ctx, apicall.Call{Op: opScopes, Path: scopesPath, Read: func(body []byte) error {
		var ok bool
		if scopes, ok = decodeScopes(body); !ok {
			return apicall.ErrNotJSON
		}
		return nil
	}})
	return scopes, err
}

// decodeScopes reads a list of texts, or an object that holds exactly one.
func decodeScopes(body []byte) ([]string, bool) {
	if scopes, ok := texts(body); ok {
		return scopes, true
	}
	var found []string
	lists := 0
	for _, raw := range apicall.Fields(body) {
		if scopes, ok := texts(raw); ok {
			found, lists = scopes, lists+1
		}
	}
	return found, lists == 1
}

func texts(raw json.RawMessage) ([]string, bool) {
	var list []string
	if json.Unmarshal(raw, &list) != nil || list == nil {
		return nil, false
	}
	slices.Sort(list)
	return slices.Compact(list), true
}

// Probe says what the credential may do and see.
type Probe struct {
	Scopes    []string // sorted; nil if the server does not tell
	ScopesErr error    // why it did not
	// Any says that there is at least one conversation; without, Sees is NotSeen.
	Any  bool
	Sees Visibility
}

// Probe tries the credential: what it may do, and whether a conversation comes with its
// transcript. An error means that it cannot even list.
func (c *Client) Probe(ctx context.Context) (Probe, error) {
	var p Probe
	p.Scopes, p.ScopesErr = c.Scopes(ctx)
	page, err := c.list(ctx, ListOptions{Limit: 1}, "")
	if err != nil {
		return p, err
	}
	p.Any, p.Sees = page.raw > 0, c.Visibility()
	return p, nil
}

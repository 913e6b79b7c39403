package telnyxsim

import (
	"fmt"
	"net/url"
	"strings"
)

// parseQuery decodes a query as a strict server does: '+' is a space, and a character that RFC 3986 does not allow in a
// query, such as a raw '>', is an error. Brackets are let through, as page[size] is sent raw by many clients.
func parseQuery(raw string) (url.Values, error) {
	for i := range len(raw) {
		if !legalInQuery(raw[i]) {
			return nil, fmt.Errorf("the query has the illegal character %q at position %d", raw[i], i)
		}
	}
	values, err := url.ParseQuery(raw)
	if err != nil {
		return nil, fmt.Errorf("the query cannot be decoded: %w", err)
	}
	return values, nil
}

func legalInQuery(c byte) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		return true
	}
	return strings.IndexByte("-._~!$&'()*+,;=:@/?%[]", c) >= 0
}

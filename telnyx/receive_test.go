package telnyx_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"takeoverbot/takeover"
	"takeoverbot/telnyx"
)

// TestReceive: what a webhook tells is stored under a key that is the same when it is sent again.
func TestReceive(t *testing.T) {
	t.Parallel()
	full := errors.New("the disk is full")
	event := func(kind, id, message, direction string, to ...string) string {
		var ends []string
		for _, n := range to {
			ends = append(ends, fmt.Sprintf(`{"phone_number":%q,"status":"delivered"}`, n))
		}
		return fmt.Sprintf(`{"data":{"event_type":%q,"id":%q,"payload":{"id":%q,"direction":%q,"from":{"phone_number":"+14155550137"},"to":[%s],"text":"ok"}}}`,
			kind, id, message, direction, strings.Join(ends, ","))
	}
	for name, tt := range map[string]struct {
		body   string
		stored []string // verb and key
		put    error
		err    error
	}{
		"a report":           {event("message.finalized", "e1", "m1", "outbound", "+1"), []string{"reported telnyx/e1"}, nil, nil},
		"a text":             {event("message.received", "e2", "m2", "inbound", "+1"), []string{"received telnyx/received/m2/0"}, nil, nil},
		"under another id":   {event("message.received", "e3", "m2", "inbound", "+1"), []string{"received telnyx/received/m2/0"}, nil, nil},
		"to two numbers":     {event("message.received", "e4", "m4", "inbound", "+1", "+2"), []string{"received telnyx/received/m4/0", "received telnyx/received/m4/1"}, nil, nil},
		"of another kind":    {`{"data":{"event_type":"call.hangup","id":"e5","payload":{}}}`, nil, nil, nil},
		"not stored":         {event("message.received", "e2", "m2", "inbound", "+1"), nil, full, full},
		"no JSON":            {`{"data":`, nil, nil, telnyx.ErrUnreadable},
		"a text without one": {event("message.received", "e2", "", "inbound", "+1"), nil, nil, telnyx.ErrUnreadable},
	} {
		var stored []string
		now := time.Date(2026, 11, 27, 3, 14, 0, 0, time.UTC)
		r := telnyx.Receiver{Now: func() time.Time { return now }, Put: func(_ context.Context, c takeover.Command) error {
			if tt.put != nil {
				return tt.put
			}
			if c.Provider != "Telnyx" || !c.At.Equal(now) || (c.Report == nil) == (c.Inbound == nil) {
				t.Errorf("%s: %+v", name, c)
			}
			stored = append(stored, string(c.Verb)+" "+c.Key)
			return nil
		}}
		if _, err := r.Receive(t.Context(), []byte(tt.body)); !errors.Is(err, tt.err) || (err == nil) != (tt.err == nil) {
			t.Errorf("%s: %v", name, err)
		}
		if !slices.Equal(stored, tt.stored) {
			t.Errorf("%s: stored %q", name, stored)
		}
	}
}

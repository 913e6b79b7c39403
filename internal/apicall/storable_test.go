package apicall_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/apicall"
)

func TestStorable(t *testing.T) {
	t.Parallel()
	for target, want := range map[string]bool{
		"": true, "+14155550137": true, "sip:ännie@example.com": true, "anonymous": true, strings.Repeat("9", 512): true,
		strings.Repeat("9", 513): false, "+1415\x005550137": false, "a\nb": false, "a\u0085b": false, "\xff": false,
	} {
		if got := apicall.Storable(target); got != want {
			t.Errorf("%.20q: %t", target, got)
		}
	}
}

func TestShown(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "", " R. Miller ": "R. Miller", "a\x00b\nc": "a b c", strings.Repeat("é", 100): strings.Repeat("é", 79) + "…",
	} {
		if got := apicall.Shown(text); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

// TestTimesThatNoJSONHolds: a time whose year in UTC has five digits, or none, could be read and not be
// stored.
func TestTimesThatNoJSONHolds(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"9999-12-31T23:59:59-05:00", "0000-12-31T23:59:59Z", "0000-01-01T00:00:00+05:00", "9999-12-31T23:59:59Z", "2026-11-20T03:00:00Z"} {
		at := apicall.ParseTimestamp(json.RawMessage(`"` + text + `"`)).Time
		if _, err := json.Marshal(at); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if text[0] == '2' && !at.Equal(time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC)) {
			t.Errorf("%s: %s", text, at)
		}
	}
}

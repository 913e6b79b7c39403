package apicall

import (
	"encoding/json"
	"testing"
	"time"
)

// sameInstant are the forms in which one time may come.
var sameInstant = []string{
	"2026-11-27T03:06:06Z", "2026-11-27t03:06:06z", "2026-11-27 03:06:06", "2026-11-27T03:06:06", "2026-11-27 03:06:06Z",
	"2026-11-27 03:06:06+00", "2026-11-27T03:06:06+00", "2026-11-27 03:06:06+00:00", "2026-11-27 03:06:06 +0000",
	"2026-11-27 03:06:06 UTC", "2026-11-27 03:06:06.000000+00", "2026-11-27T03:06:06.000000000Z", "2026-11-27 05:06:06+02",
	"2026-11-26 20:06:06 -07:00", "2026-11-27T08:51:06+0545", "2026-11-27 03:06:06 +0000 UTC", " 2026-11-27T03:06:06,000Z ",
}

func TestFormsOfTime(t *testing.T) {
	t.Parallel()
	want := time.Date(2026, 11, 27, 3, 6, 6, 0, time.UTC)
	for _, s := range sameInstant {
		raw, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		got := ParseTimestamp(raw)
		if !got.Time.Equal(want) || got.Time.Location() != time.UTC || got.Text != s {
			t.Errorf("%q: got %v, %q", s, got.Time, got.Text)
		}
	}
	for s, want := range map[string]time.Time{
		`"2026-11-27T03:06Z"`:                    time.Date(2026, 11, 27, 3, 6, 0, 0, time.UTC),
		`"2026-11-27 03:06:06.123456+00"`:        time.Date(2026, 11, 27, 3, 6, 6, 123456000, time.UTC),
		`"2026-11-27"`:                           time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC),
		`"2026-13-27T03:06:06Z"`:                 {},
		`"yesterday"`:                            {},
		`"2026-11-27 at noon"`:                   {},
		`"2026-11-27 03:06:06 America/New_York"`: {}, `"2026-11-27 "`: time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC),
		`""`: {}, `null`: {}, `20261127`: {}, `{}`: {},
	} {
		if got := ParseTimestamp(json.RawMessage(s)).Time; !got.Equal(want) {
			t.Errorf("%s: got %v, want %v", s, got, want)
		}
	}
}

func FuzzTimestamp(f *testing.F) {
	for _, s := range sameInstant {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		raw, err := json.Marshal(s)
		if err != nil {
			t.Skip("cannot be JSON")
		}
		got := ParseTimestamp(raw).Time
		if got.IsZero() || got.Year() > 9999 {
			return
		}
		if again := ParseTimestamp([]byte(`"` + got.Format(time.RFC3339Nano) + `"`)).Time; !again.Equal(got) {
			t.Errorf("%q is %v, and read again %v", s, got, again)
		}
	})
}

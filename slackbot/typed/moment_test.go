package typed_test

import (
	"testing"
	"time"

	"takeoverbot/slackbot/typed"
)

// TestParseMoment reads times at 03:20 in Denver, which is 10:20 UTC.
func TestParseMoment(t *testing.T) {
	denver, err := time.LoadLocation("America/Denver")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 22, 10, 20, 0, 0, time.UTC)
	for text, want := range map[string]string{
		"03:14 0137":                       "2026-11-22T10:14:00Z 0137",
		"3:14 am 0137":                     "2026-11-22T10:14:00Z 0137",
		"12:05 AM unit 4B":                 "2026-11-22T07:05:00Z unit 4B",
		"10:10pm +1 415 555 0137":          "2026-11-22T05:10:00Z +1 415 555 0137",
		"22:10 0137":                       "2026-11-22T05:10:00Z 0137",
		"03.14.09 0137":                    "2026-11-22T10:14:09Z 0137",
		"yesterday 22:10 0137":             "2026-11-22T05:10:00Z 0137",
		"Yesterday at 02:00 0137":          "2026-11-21T09:00:00Z 0137",
		"today, 01:00 0137":                "2026-11-22T08:00:00Z 0137",
		"2026-10-31 23:59:59 0137":         "2026-11-01T05:59:59Z 0137",
		"2026-11-9 22:10 anonymous":        "2026-11-10T05:10:00Z anonymous",
		"03:14":                            "2026-11-22T10:14:00Z ",
		"0137 03:14":                       "",
		"":                                 "",
		"25:00 0137":                       "",
		"03:60 0137":                       "",
		"13:00 pm 0137":                    "",
		"0:30 am 0137":                     "",
		"today 22:10 0137":                 "",
		"2026-11-31 22:10 0137":            "",
		"2027-01-01 22:10 0137":            "",
		"at night +1 (415) 555-0137":       "",
		"99999999999999999999:00 0137 x y": "",
	} {
		at, rest, err := typed.ParseMoment(text, now, denver)
		got := at.Format(time.RFC3339) + " " + rest
		if err != nil {
			got = ""
		}
		if got != want {
			t.Errorf("%q: %q (%v), want %q", text, got, err, want)
		}
	}
}

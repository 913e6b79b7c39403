package apicall

import (
	"encoding/json"
	"strings"
	"time"
)

// Timestamp is a point in time as a provider wrote it. Text is what to send back as a bound:
// re-formatting could lose digits and with them rows.
type Timestamp struct {
	Time time.Time // UTC; zero when there was none or it could not be read
	Text string    // the server's own words; may be empty
}

// At makes the Timestamp of a time of our own.
func At(t time.Time) Timestamp {
	return Timestamp{Time: t.UTC(), Text: t.UTC().Format(time.RFC3339Nano)}
}

// Within reports whether t is between two bounds, both included. A bound without a time
// does not count; t without a time is within any bounds, since to hide it would be a guess.
func (t Timestamp) Within(from, to Timestamp) bool {
	return t.Time.IsZero() ||
		(from.Time.IsZero() || !t.Time.Before(from.Time)) && (to.Time.IsZero() || !t.Time.After(to.Time))
}

// layouts are the forms seen or to be expected, in capitals and with a T; one without a zone is taken
// as UTC. Fractions of seconds are read with each.
var layouts = [...]string{"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05Z07",
	"2006-01-02T15:04:05", "2006-01-02T15:04Z07:00", "2006-01-02T15:04", time.DateOnly}

// ParseTimestamp reads a JSON value; what is no time stays as text with a zero Time.
func ParseTimestamp(raw json.RawMessage) Timestamp {
	ts := Timestamp{Text: Text(raw)}
	form := canonical(ts.Text)
	for _, layout := range layouts {
		if t, err := time.Parse(layout, form); err == nil {
			// In UTC it may be a year that no JSON can hold: 9999-12-31T23:00:00-05:00.
			if t = t.UTC(); 0 < t.Year() && t.Year() <= 9999 {
				ts.Time = t
			}
			break
		}
	}
	return ts
}

// canonical writes a time as RFC 3339 has it: databases put a space for the T and before the zone.
func canonical(s string) string {
	s = strings.ToUpper(strings.TrimSpace(s))
	if len(s) <= len(time.DateOnly) || s[len(time.DateOnly)] != ' ' && s[len(time.DateOnly)] != 'T' {
		return s
	}
	date, clock := s[:len(time.DateOnly)], s[len(time.DateOnly)+1:]
	clock, _ = strings.CutSuffix(clock, " UTC")
	return date + "T" + strings.ReplaceAll(clock, " ", "")
}

// UnmarshalJSON is ParseTimestamp. It never fails.
func (t *Timestamp) UnmarshalJSON(raw []byte) error {
	*t = ParseTimestamp(raw)
	return nil
}

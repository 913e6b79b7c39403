package apicall

import (
	"encoding/json"
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

// layouts are the forms seen or to be expected; one without a zone is taken as UTC.
var layouts = [...]string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700",
	"2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999Z07:00", time.DateOnly}

// ParseTimestamp reads a JSON value; what is no time stays as text with a zero Time.
func ParseTimestamp(raw json.RawMessage) Timestamp {
	ts := Timestamp{Text: Text(raw)}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, ts.Text); err == nil {
			ts.Time = t.UTC()
			break
		}
	}
	return ts
}

// UnmarshalJSON is ParseTimestamp. It never fails.
func (t *Timestamp) UnmarshalJSON(raw []byte) error {
	*t = ParseTimestamp(raw)
	return nil
}

package typed

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// moment is a time of day, perhaps with a date before it: "03:14 …", "3:14 pm …", "yesterday 22:10 …",
// "2026-11-21 22:10:30 …".
var moment = regexp.MustCompile(`(?is)^\s*(?:(today|yesterday|\d{4}-\d{1,2}-\d{1,2})[\s,]+(?:at\s+)?)?(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?:\s*([ap])\.?m\.?)?(?:\s+|$)(.*)$`)

// ParseMoment reads a time of day, perhaps behind a date, in zone; rest is what follows. A time without
// a date is the most recent one before now. err is an *InputError.
func ParseMoment(text string, now time.Time, zone *time.Location) (at time.Time, rest string, err error) {
	now = now.In(zone)
	part := moment.FindStringSubmatch(readTyped(text).plain)
	if part == nil {
		return at, "", errorf("When, and for whom? Type the time and the number, like `/takeover at 03:14 %s` or `/takeover at yesterday 22:10 %s`. Times are those of your time zone in Slack, %s.",
			ExampleNumber, ExampleNumber, quoteTyped(zone.String()))
	}
	number := func(s string) int { n, _ := strconv.Atoi(s); return n } // digits only, or empty
	hour, minute, second := number(part[2]), number(part[3]), number(part[4])
	switch half := strings.ToLower(part[5]); {
	case half == "":
	case hour < 1 || hour > 12:
		hour = 24 // there is no such hour
	case half == "p":
		hour = hour%12 + 12
	default:
		hour %= 12
	}
	day := now
	switch date := strings.ToLower(part[1]); date {
	case "", "today":
	case "yesterday":
		day = now.AddDate(0, 0, -1)
	default:
		if day, err = time.ParseInLocation("2006-1-2", date, zone); err != nil {
			return at, "", errorf("There is no day “%s”. Type it like `/takeover at 2026-11-21 22:10 %s`.", quoteTyped(part[1]), ExampleNumber)
		}
	}
	if hour > 23 || minute > 59 || second > 59 {
		return at, "", errorf("There is no such time of day. Type it like `/takeover at 03:14 %s`.", ExampleNumber)
	}
	at = time.Date(day.Year(), day.Month(), day.Day(), hour, minute, second, 0, zone)
	if part[1] == "" && at.After(now) {
		at = time.Date(day.Year(), day.Month(), day.Day()-1, hour, minute, second, 0, zone)
	}
	if at.After(now) {
		return at, "", errorf("That time has not come yet. Type an earlier one, like `/takeover at yesterday 22:10 %s`.", ExampleNumber)
	}
	return at.UTC(), part[6], nil
}

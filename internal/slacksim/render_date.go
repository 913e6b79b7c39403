package slacksim

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// token renders what stood between < and >.
func (r *renderer) token(t string) string {
	target, label, labelled := strings.Cut(t, "|")
	switch {
	case strings.HasPrefix(target, "@"):
		return "@" + named(r.people, target[1:])
	case strings.HasPrefix(target, "#"):
		return "#" + named(r.channels, target[1:])
	case strings.HasPrefix(target, "!subteam^"):
		return "@" + named(r.groups, target[len("!subteam^"):])
	case strings.HasPrefix(target, "!date^"):
		fields := strings.SplitN(target, "^", 4)
		if len(fields) < 3 {
			return label
		}
		return r.date(fields[1], fields[2], unentities.Replace(label))
	case strings.HasPrefix(target, "!"):
		return "@" + target[1:]
	case labelled && label != "":
		return unentities.Replace(label)
	}
	return unentities.Replace(target)
}

// date fills Slack's date tokens; times are shown on a 24-hour clock.
func (r *renderer) date(unix, format, fallback string) string {
	sec, err := strconv.ParseInt(unix, 10, 64)
	if err != nil {
		return fallback
	}
	t := time.Unix(sec, 0).In(r.zone)
	long := t.Format("January ") + ordinal(t.Day()) + t.Format(", 2006")
	short, full := t.Format("Jan 2, 2006"), t.Format("Monday, ")+long
	day := r.pretty(t)
	return strings.NewReplacer(
		"{date_num}", t.Format(time.DateOnly), "{date}", long, "{date_short}", short, "{date_long}", full,
		"{date_pretty}", cmp.Or(day, long), "{date_short_pretty}", cmp.Or(day, short), "{date_long_pretty}", cmp.Or(day, full),
		"{time}", t.Format("15:04"), "{time_secs}", t.Format("15:04:05"), "{ago}", r.ago(t),
	).Replace(format)
}

// pretty says yesterday, today or tomorrow where that is true, and is empty otherwise.
func (r *renderer) pretty(t time.Time) string {
	today, date := r.now.In(r.zone), t.Format(time.DateOnly)
	for days, word := range map[int]string{-1: "yesterday", 0: "today", 1: "tomorrow"} {
		if today.AddDate(0, 0, days).Format(time.DateOnly) == date {
			return word
		}
	}
	return ""
}

func (r *renderer) ago(t time.Time) string {
	d := r.now.Sub(t)
	form := "%s ago"
	if d < 0 {
		d, form = -d, "in %s"
	}
	n, unit := int(d/time.Second), "second"
	switch {
	case d >= 24*time.Hour:
		n, unit = int(d/(24*time.Hour)), "day"
	case d >= time.Hour:
		n, unit = int(d/time.Hour), "hour"
	case d >= time.Minute:
		n, unit = int(d/time.Minute), "minute"
	}
	if n != 1 {
		unit += "s"
	}
	return fmt.Sprintf(form, fmt.Sprintf("%d %s", n, unit))
}

func ordinal(n int) string {
	suffix := "th"
	if n/10 != 1 {
		switch n % 10 {
		case 1:
			suffix = "st"
		case 2:
			suffix = "nd"
		case 3:
			suffix = "rd"
		}
	}
	return strconv.Itoa(n) + suffix
}

package slacksim

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

var (
	markupToken = regexp.MustCompile(`<([^<>]+)>`)
	// emphasis is *bold*, _italic_, ~struck~ or `code`, with nothing but
	// blanks and punctuation around it. Go's expressions have no look-ahead, so
	// what stands after it is matched too and put back.
	emphasis = map[string]*regexp.Regexp{
		"*": regexp.MustCompile(`(^|[^\pL\pN*])\*([^\s*](?:[^*\n]*[^\s*])?)\*($|[^\pL\pN*])`),
		"_": regexp.MustCompile(`(^|[^\pL\pN_])_([^\s_](?:[^_\n]*[^\s_])?)_($|[^\pL\pN_])`),
		"~": regexp.MustCompile(`(^|[^\pL\pN~])~([^\s~](?:[^~\n]*[^\s~])?)~($|[^\pL\pN~])`),
		"`": regexp.MustCompile("(^|[^\\pL\\pN`])`+([^`\n]+)`+($|[^\\pL\\pN`])"),
	}
)

// placeholder is the first of the private-use runes that stand for tokens
// while marks are dropped.
const placeholder = '\uE000'

// mrkdwn renders Slack's mark-up as plain words.
func (r *renderer) mrkdwn(text string) string {
	var tokens []string
	text = strings.Map(func(c rune) rune {
		if c >= placeholder && c < placeholder+0x1000 {
			return -1
		}
		return c
	}, text)
	text = markupToken.ReplaceAllStringFunc(text, func(t string) string {
		if len(tokens) == 0x1000 {
			return t
		}
		tokens = append(tokens, r.token(t[1:len(t)-1]))
		return string(rune(placeholder + len(tokens) - 1))
	})
	for _, mark := range []string{"*", "_", "~", "`"} {
		for range min(2, strings.Count(text, mark)/2) { // twice: neighbours share the blank between them
			text = emphasis[mark].ReplaceAllString(text, "$1$2$3")
		}
	}
	var b strings.Builder
	for _, c := range unentities.Replace(text) {
		if i := int(c - placeholder); i >= 0 && i < len(tokens) {
			b.WriteString(tokens[i])
			continue
		}
		b.WriteRune(c)
	}
	return b.String()
}

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
	return strings.NewReplacer(
		"{date_num}", t.Format(time.DateOnly), "{date}", long, "{date_short}", short, "{date_long}", full,
		"{date_pretty}", r.pretty(t, long), "{date_short_pretty}", r.pretty(t, short), "{date_long_pretty}", r.pretty(t, full),
		"{time}", t.Format("15:04"), "{time_secs}", t.Format("15:04:05"), "{ago}", r.ago(t),
	).Replace(format)
}

// pretty says yesterday, today or tomorrow where that is true.
func (r *renderer) pretty(t time.Time, otherwise string) string {
	today := r.now.In(r.zone)
	for days, word := range map[int]string{-1: "yesterday", 0: "today", 1: "tomorrow"} {
		if today.AddDate(0, 0, days).Format(time.DateOnly) == t.Format(time.DateOnly) {
			return word
		}
	}
	return otherwise
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

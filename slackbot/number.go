package slackbot

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/takeover"
)

// exampleNumber is the number of every example. It belongs to nobody.
const exampleNumber = "+1 415 555 0137"

// parseQuery turns what an operator typed, in whatever shape it was pasted, into a query
// without a limit. region (ISO 3166, "US") is where a number without a country code is
// at home.
//
// shown repeats what is searched, as plain text that is yet to be escaped; parsing it
// gives the same query. err is an *inputError.
func parseQuery(text, region string) (q takeover.Query, shown string, err error) {
	t := readTyped(text)
	if t.plain == "" && !t.mention {
		return q, "", inputErrorf("Type whom to look for: a phone number like %s, its last digits like 0137, or `unit 4B`.", exampleNumber)
	}
	if q, shown, err = parseLabelled(t.plain); err != nil || shown != "" {
		return q, shown, err
	}
	targets, rest, err := takeTargets(t.folded, region)
	switch {
	case err != nil:
		return q, "", err
	case len(targets) == 1:
		return takeover.Query{Field: takeover.FieldEndUser, Value: targets[0].value}, targets[0].shown(), nil
	case len(targets) > 1:
		return q, "", tooMany(targets)
	}
	if digits, ok := lastDigitsOf(rest); ok {
		return takeover.Query{Field: takeover.FieldLastDigits, Value: digits}, "…" + digits, nil
	}
	return q, "", explainNumber(t, rest, region)
}

// target is an end user's address that was found in what was typed.
type target struct {
	value     string // E.164, or a SIP address
	display   string // the same, for people
	extension string // was dialled behind the number; no part of it
}

// shown is what is repeated to the asker.
func (t target) shown() string {
	if t.extension == "" {
		return t.display
	}
	return fmt.Sprintf("%s (without extension %s)", t.display, t.extension)
}

// takeTargets finds all SIP addresses and phone numbers; rest is the text without the
// SIP addresses.
func takeTargets(folded, region string) (found []target, rest string, err error) {
	found, rest, err = takeSIP(folded)
	if err != nil {
		return nil, "", err
	}
	numbers, surplus := findNumbers(rest, region)
	if surplus != "" && len(found)+len(numbers) == 1 {
		return nil, "", inputErrorf("“%s” has more digits than one phone number: please send the number alone, like %s.", quoteTyped(surplus), exampleNumber)
	}
	if len(found)+len(numbers) == 0 {
		numbers = findVanity(rest, region)
	}
	return distinct(append(found, numbers...)), rest, nil
}

// distinct drops what was named twice, e.g. by a link and its label.
func distinct(targets []target) []target {
	var out []target
	for _, t := range targets {
		if !slices.ContainsFunc(out, func(o target) bool { return o.value == t.value }) {
			out = append(out, t)
		}
	}
	return out
}

func tooMany(targets []target) *inputError {
	return inputErrorf("I read %d addresses there, %s and %s: which one do you mean? Please send one of them alone.",
		len(targets), quoteTyped(targets[0].display), quoteTyped(targets[1].display))
}

var (
	labelled = regexp.MustCompile(`(?i)^(unit|name)(?:\s*[:=#]\s*|\s+|$)(.*)$`)
	// lastDigits is a group of digits with nothing but marks, or words that say what it
	// is, around it: "…0137", "#0137", "•••• 0137", "ending in 0137".
	lastDigits = regexp.MustCompile(`(?i)^(?:[\s#.…*xX_\-~"'():]|ending|ends|last|digits|in|with)*?(\d[\d .\-]*)[\s.!?"')*_~]*$`)
)

// labelCut is what people and programs put around a value.
const labelCut = " \t:=#\"'`“”‘’«»„.,;"

// maxLabel is how long a name or unit may be, in characters.
const maxLabel = 80

// parseLabelled reads "unit 4B" and "name Miller"; shown is empty for anything else.
func parseLabelled(plain string) (q takeover.Query, shown string, err error) {
	part := labelled.FindStringSubmatch(plain)
	if part == nil {
		return q, "", nil
	}
	word, value := strings.ToLower(part[1]), strings.Trim(part[2], labelCut)
	switch {
	case value == "" && word == "unit":
		return q, "", inputErrorf("Which unit? Type it behind the word, like `unit 4B`.")
	case value == "":
		return q, "", inputErrorf("Which name? Type it behind the word, like `name Miller`.")
	case len([]rune(value)) > maxLabel:
		return q, "", inputErrorf("“%s” is too long for a %s: please send at most %d characters.", quoteTyped(value), word, maxLabel)
	case word == "unit":
		q = takeover.Query{Field: takeover.FieldLabel, Label: "unit", Value: value}
	default:
		q = takeover.Query{Field: takeover.FieldName, Value: value}
	}
	return q, word + " " + value, nil
}

// lastDigitsOf reads three to six digits that stand alone.
func lastDigitsOf(folded string) (digits string, ok bool) {
	part := lastDigits.FindStringSubmatch(folded)
	if part == nil {
		return "", false
	}
	digits = onlyDigits(part[1])
	return digits, len(digits) >= 3 && len(digits) <= 6
}

// onlyDigits drops everything but ASCII digits.
func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// quotedRunes is how much of what was typed an answer repeats, in characters.
const quotedRunes = 40

// quoteTyped repeats what was typed in an answer: visible, short, on one line, escaped.
func quoteTyped(s string) string { return mrkdwn.Escape(mrkdwn.OneLine(s, quotedRunes)) }

// inputErrorf makes an inputError. Hostile arguments go through quoteTyped.
func inputErrorf(format string, args ...any) *inputError {
	return &inputError{Sentence: fmt.Sprintf(format, args...)}
}

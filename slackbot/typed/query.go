package typed

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/takeover"
)

// ExampleNumber is the number of every example. It is reserved: no person has it.
const ExampleNumber = "+1 415 555 0137"

// ParseQuery makes a query without a limit of what an operator typed or pasted, in any shape.
// A number without a country code is taken for one of region (ISO 3166, "US").
//
// shown repeats what is searched, as plain text: the caller escapes it. Parsing shown gives the
// same query. err is an *InputError.
func ParseQuery(text, region string) (q takeover.Query, shown string, err error) {
	t := readTyped(text)
	if t.plain == "" && !t.mention {
		return q, "", errorf("Type whom to look for: a phone number like %s, its last digits like 0137, or `unit 4B`.", ExampleNumber)
	}
	if q, shown, err = parseLabelled(t.plain); err != nil || shown != "" {
		return q, shown, err
	}
	targets, rest, err := takeTargets(t.folded, region)
	switch {
	case err != nil:
		return q, "", err
	case len(targets) == 1:
		return takeover.Query{Field: takeover.FieldEndUser, Value: targets[0].Value}, targets[0].shown(), nil
	case len(targets) > 1:
		return q, "", tooMany(targets)
	}
	if digits, ok := lastDigitsOf(rest); ok {
		return takeover.Query{Field: takeover.FieldLastDigits, Value: digits}, "…" + digits, nil
	}
	return q, "", explainNumber(t, rest, region)
}

// Address is an end user's address that a text has.
type Address struct {
	Value     string // E.164, or a SIP address
	Display   string // Value as people write it
	extension string // digits that are dialled after the number
}

// shown is the address as the answer repeats it.
func (t Address) shown() string {
	if t.extension == "" {
		return t.Display
	}
	return fmt.Sprintf("%s (without extension %s)", t.Display, t.extension)
}

// takeTargets finds all SIP addresses and phone numbers; rest is the text without the
// SIP addresses.
func takeTargets(folded, region string) (found []Address, rest string, err error) {
	found, rest, err = takeSIP(folded)
	if err != nil {
		return nil, "", err
	}
	numbers, surplus := scan{region: region, typed: true}.findNumbers(rest)
	if surplus != "" && len(found)+len(numbers) == 1 {
		return nil, "", errorf("“%s” has more digits than one phone number: please send the number alone, like %s.", quoteTyped(surplus), ExampleNumber)
	}
	if len(found)+len(numbers) == 0 {
		numbers = findVanity(rest, region)
	}
	return distinct(append(found, numbers...)), rest, nil
}

// distinct drops an address that was named twice, e.g. by a link and its label.
func distinct(targets []Address) []Address {
	var out []Address
	for _, t := range targets {
		if !slices.ContainsFunc(out, func(o Address) bool { return o.Value == t.Value }) {
			out = append(out, t)
		}
	}
	return out
}

func tooMany(targets []Address) *InputError {
	return errorf("I read %d addresses there, %s and %s: which one do you mean? Please send one of them alone: `/takeover %s`.",
		len(targets), quoteTyped(targets[0].Display), quoteTyped(targets[1].Display), quoteTyped(targets[0].Value))
}

var (
	labelled = regexp.MustCompile(`(?i)^(unit|name)(?:\s*[:=#]\s*|\s+|$)(.*)$`)
	// lastDigits is a group of digits with only marks, or words that say what it is, around
	// it: "…0137", "#0137", "•••• 0137", "ending in 0137".
	lastDigits = regexp.MustCompile(`(?i)^(?:[\s#.…*xX_\-~"'():]|ending|ends|last|digits|in|with)*?(\d[\d .\-]*)[\s.!?"')*_~]*$`)
)

// labelCut has the characters that people and programs put around a value.
const labelCut = " \t:=#\"'`“”‘’«»„.,;"

// maxLabel is the longest name or unit, in characters.
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
		return q, "", errorf("Which unit? Type it behind the word, like `unit 4B`.")
	case value == "":
		return q, "", errorf("Which name? Type it behind the word, like `name Miller`.")
	case len([]rune(value)) > maxLabel:
		return q, "", errorf("“%s” is too long for a %s: please send at most %d characters.", quoteTyped(value), word, maxLabel)
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
	digits = takeover.Digits(part[1])
	return digits, len(digits) >= 3 && len(digits) <= 6
}

// quotedRunes is how much of the typed text an answer repeats, in characters.
const quotedRunes = 40

// quoteTyped is typed text for an answer: without hidden characters, short, on one line, escaped.
func quoteTyped(s string) string { return mrkdwn.Escape(mrkdwn.OneLine(s, quotedRunes)) }

// errorf makes an InputError. Callers pass typed text through quoteTyped.
func errorf(format string, args ...any) *InputError {
	return &InputError{Sentence: fmt.Sprintf(format, args...)}
}

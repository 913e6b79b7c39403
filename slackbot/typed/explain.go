package typed

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/nyaruka/phonenumbers"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/takeover"
)

// explainNumber says why the typed text has no number, and what is missing.
func explainNumber(t reading, rest, region string) *InputError {
	text, _ := dropExtension(rest)
	var longest run
	digits := ""
	for _, r := range runsOf(text) {
		if d := strings.Join(r.groups, ""); len(d) > len(digits) {
			longest, digits = r, d
		}
	}
	shown := quoteTyped(longest.text)
	switch {
	case digits == "" && t.mention:
		return errorf("People and channels of Slack cannot be looked up: please send the end user's phone number, like %s.", ExampleNumber)
	case digits == "":
		return errorf("There is no phone number in “%s”: please send one like %s, or its last digits.%s `/takeover help` shows all words.", quoteTyped(t.plain), ExampleNumber, asName(t.plain))
	case longest.plus || strings.HasPrefix(digits, "00"):
		return explainInternational(shown, digits)
	case len(digits) < 3:
		return errorf("“%s” is too short to look for: please send at least the last three digits, better the whole number, like %s. If it is a unit: `/takeover unit %s`.", shown, ExampleNumber, digits)
	case len(digits) < minDigits:
		return errorf("“%s” is too short for a phone number: please send the whole number, like %s, or the digits it ends in alone: `/takeover %s`.", shown, ExampleNumber, digits)
	}
	return explainNational(shown, digits, region)
}

// asName says how to look for the words of a text; empty if it has none.
func asName(text string) string {
	var words []string
	for _, w := range strings.Fields(mrkdwn.OneLine(text, maxLabel)) {
		w = strings.TrimFunc(w, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
		if w != "" && !strings.Contains(w, "`") && len(words) < 3 {
			words = append(words, w)
		}
	}
	if len(words) == 0 {
		return ""
	}
	return fmt.Sprintf(" To look for a name: `/takeover name %s`.", mrkdwn.Escape(strings.Join(words, " ")))
}

// explainInternational explains a number with a country code that has too few or too many digits
// to be searched.
func explainInternational(shown, digits string) *InputError {
	if len(digits) > maxDigits || len(digits) > 15 {
		return errorf("“%s” has too many digits for one phone number: please send the number alone, like %s.", shown, ExampleNumber)
	}
	return errorf("“%s” is not a whole phone number: please send all of its digits, like %s.", shown, ExampleNumber)
}

// Doubt says what is wrong with a number that can be searched but not exist, as a sentence; empty
// if nothing is.
func Doubt(value string) string {
	number := takeover.Target(value).Number()
	n, err := phonenumbers.Parse(number, "")
	if number == "" || err == nil && phonenumbers.IsValidNumber(n) || takeover.Target(number).OtherForm() != "" {
		return ""
	}
	if err != nil {
		return "No country code that is in use begins so."
	}
	switch phonenumbers.IsPossibleNumberWithReason(n) {
	case phonenumbers.TOO_SHORT, phonenumbers.IS_POSSIBLE_LOCAL_ONLY:
		return fmt.Sprintf("Digits are missing for a number of +%d.", n.GetCountryCode())
	case phonenumbers.TOO_LONG:
		return fmt.Sprintf("It has too many digits for a number of +%d.", n.GetCountryCode())
	}
	return fmt.Sprintf("It is not a number that +%d gives out: is each digit right?", n.GetCountryCode())
}

// explainNational explains a number without a country code that does not exist in region.
func explainNational(shown, digits, region string) *InputError {
	if t, ok := numberOf(digits, true, region); ok {
		return errorf("“%s” is not a number that exists here: please check its digits or, if you mean %s, send it with the plus and the country code: `/takeover %s`.", shown, t.Display, t.Value)
	}
	if len(digits) > maxDigits {
		return errorf("“%s” has too many digits for one phone number: please send the number alone, like %s.", shown, ExampleNumber)
	}
	last := digits[len(digits)-4:]
	n, err := phonenumbers.Parse(digits, strings.ToUpper(region))
	if err == nil {
		switch phonenumbers.IsPossibleNumberWithReason(n) {
		case phonenumbers.TOO_SHORT, phonenumbers.IS_POSSIBLE_LOCAL_ONLY:
			return errorf("“%s” has no area code: please send the number with area and country code, like %s, or the last digits alone: `/takeover %s`.", shown, ExampleNumber, last)
		case phonenumbers.TOO_LONG:
			return errorf("“%s” has too many digits for one phone number: please check it; a number from abroad begins with a plus and its country code, like %s.", shown, ExampleNumber)
		}
	}
	return errorf("“%s” is not a number that exists here: please check its digits; a number from abroad begins with a plus and its country code, like %s. The last digits alone do as well: `/takeover %s`.", shown, ExampleNumber, last)
}

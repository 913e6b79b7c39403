package typed

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/nyaruka/phonenumbers"

	"takeoverbot/takeover"
)

const (
	minDigits = 7 // of a whole phone number
	maxDigits = 19
	// maxGroups bounds how many groups of digits in a row are tried as a number.
	maxGroups = 8
)

var (
	// e164 is the form in which numbers are searched.
	e164 = regexp.MustCompile(`^\+[1-9]\d{6,14}$`)
	// digitRun is a row of digits with the marks that people write between them. A plus begins
	// another row.
	digitRun = regexp.MustCompile(`\+?[ (\[{]*\d(?:[\d ()\[\]{}._/\-]*\d)?`)
	// extension is dialled after a number: "x12", "ext. 12", ";ext=12", "#12".
	extension = regexp.MustCompile(`(?i)(\d[)\]]?)(?:;ext=|[\s,;]*(?:extension|extn|ext|x|#)[.:\s]*)(\d{1,7})(\D|$)`)
	// parameter is the rest of a tel: link (RFC 3966).
	parameter = regexp.MustCompile(`;[A-Za-z\-]+=[^\s;]*`)
	// scheme is what programs write before a number.
	scheme = regexp.MustCompile(`(?i)\b(?:tel|callto|sms|smsto|whatsapp|phone|fax|mobile)\s*:`)
)

// run is a row of groups of digits.
type run struct {
	text          string   // as it was typed
	plus          bool     // it begins with a plus
	groups        []string // the digits of each group
	before, after bool     // the text has words before it, after it
}

// scan is how a text is searched for numbers.
type scan struct {
	region string // of numbers without a country code, ISO 3166
	// typed says that an operator typed the text for the bot: what begins like an international
	// number is one, whatever numbers its country gives out. In other texts its length has to fit.
	typed bool
}

// findNumbers finds all numbers in a text. surplus is a row with a number and more digits
// that no word explains; it is empty if there is none.
func (s scan) findNumbers(text string) (found []Address, surplus string) {
	text, extension := dropExtension(text)
	if !s.typed {
		text = dropLookalikes(text)
	}
	for _, r := range runsOf(text) {
		numbers, whole := s.numbers(r)
		if len(numbers) > 0 && !whole {
			surplus = r.text
		}
		found = append(found, numbers...)
	}
	if s.typed && len(found) == 0 && !strings.ContainsFunc(text, unicode.IsLetter) {
		// Digits with unusual marks between them: "415,555,0137".
		digits, plus := takeover.Digits(text), strings.HasPrefix(strings.TrimSpace(text), "+")
		if t, ok := numberOf(digits, plus, s.region); ok {
			found = append(found, t)
		} else if t, ok := s.asWritten([]string{digits}, plus); ok {
			found = append(found, t)
		}
	}
	if len(found) == 1 {
		found[0].extension = extension
	}
	return found, surplus
}

// dropExtension removes extensions, and the schemes and parameters of links, from a text. digits
// are those of the first extension.
func dropExtension(text string) (rest, digits string) {
	if part := extension.FindStringSubmatch(text); part != nil {
		digits = part[2]
	}
	text = extension.ReplaceAllString(text, "$1, $3")
	text = parameter.ReplaceAllString(text, ", ")
	return scheme.ReplaceAllString(text, " "), digits
}

func runsOf(text string) []run {
	var runs []run
	for _, at := range digitRun.FindAllStringIndex(text, -1) {
		s := strings.TrimSpace(text[at[0]:at[1]])
		r := run{
			text:   s,
			plus:   s[0] == '+',
			before: strings.ContainsFunc(text[:at[0]], unicode.IsLetter),
			after:  strings.ContainsFunc(text[at[1]:], unicode.IsLetter),
		}
		for _, g := range strings.FieldsFunc(s, func(c rune) bool { return c == ' ' || c == '/' }) {
			if digits := takeover.Digits(g); digits != "" {
				r.groups = append(r.groups, digits)
			}
		}
		runs = append(runs, r)
	}
	return runs
}

// numbers cuts the row into the longest numbers, from the left. whole is false if there are more
// digits that no word beside them explains ("0137 2 leaks" has such a word).
func (s scan) numbers(r run) (found []Address, whole bool) {
	whole = true
	for i := 0; i < len(r.groups); {
		t, n := r.longest(i, s.region)
		if n == 0 && i == 0 {
			t, n = s.international(r)
		}
		switch {
		case n > 0:
			found = append(found, t)
			i += n
			continue
		case r.plus && i == 0:
			return nil, true // an international number begins at its plus or nowhere
		}
		last := i == len(r.groups)-1
		whole = whole && (len(found) == 0 && r.before || len(found) > 0 && last && r.after)
		i++
	}
	return found, whole
}

// international is the number at the beginning of a row with a country code, although its country
// gives out no such number, and the number of its groups; 0 if there is none. Test systems, new
// ranges and typing errors look so. The longest number whose length fits its country wins.
func (s scan) international(r run) (t Address, groups int) {
	for n := min(maxGroups, len(r.groups)); n > 0; n-- {
		if t, ok := s.asWritten(r.groups[:n], r.plus); ok && fits(t.Value) {
			return t, n
		}
	}
	if t, ok := s.asWritten(r.groups, r.plus); ok && s.typed {
		return t, len(r.groups)
	}
	return t, 0
}

// asWritten reads groups of digits as a number with its country code, without asking whether its
// country gives it out. ok is false where they do not begin like one.
func (s scan) asWritten(groups []string, plus bool) (t Address, ok bool) {
	digits := strings.Join(groups, "")
	if !plus && !s.typed || len(digits) > maxDigits {
		return t, false
	}
	t.Value = dialled(digits, plus)
	if !plus && t.Value == digits {
		n, err := phonenumbers.ParseAndKeepRawInput(digits, strings.ToUpper(s.region))
		if err != nil || n.GetCountryCodeSource() != phonenumbers.PhoneNumber_FROM_NUMBER_WITH_IDD {
			return t, false
		}
		t.Value = phonenumbers.Format(n, phonenumbers.E164)
	}
	t.Display = DisplayNumber(t.Value)
	return t, e164.MatchString(t.Value)
}

// fits says whether a number has as many digits as the numbers of its country.
func fits(value string) bool {
	n, err := phonenumbers.Parse(value, "")
	return err == nil && phonenumbers.IsPossibleNumber(n) || takeover.Target(value).OtherForm() != ""
}

// longest is the longest valid number that begins with group i, and the number of its groups; 0
// if there is none.
func (r run) longest(i int, region string) (t Address, groups int) {
	for n := min(maxGroups, len(r.groups)-i); n > 0; n-- {
		if t, ok := numberOf(strings.Join(r.groups[i:i+n], ""), r.plus && i == 0, region); ok {
			return t, n
		}
	}
	return t, 0
}

// numberOf reads digits as one phone number that can exist. Short numbers like 911 or 12345 do
// not count: no end user has one.
func numberOf(digits string, plus bool, region string) (t Address, ok bool) {
	if len(digits) < minDigits || len(digits) > maxDigits {
		return t, false
	}
	n, err := phonenumbers.Parse(dialled(digits, plus), strings.ToUpper(region))
	if err != nil || !phonenumbers.IsValidNumber(n) {
		return t, false
	}
	t.Value = phonenumbers.Format(n, phonenumbers.E164)
	t.Display = phonenumbers.Format(n, phonenumbers.INTERNATIONAL)
	return t, e164.MatchString(t.Value)
}

// dialled is the digits as people dial them. In most countries 00 means plus.
func dialled(digits string, plus bool) string {
	if plus || strings.HasPrefix(digits, "00") {
		return "+" + strings.TrimLeft(digits, "0")
	}
	return digits
}

// DisplayNumber is a number as people write it: "+1 415-555-0137". Other addresses stay as they
// are.
func DisplayNumber(value string) string {
	number := takeover.Target(value).Number()
	n, err := phonenumbers.Parse(number, "")
	if err != nil {
		return value
	}
	shown := phonenumbers.Format(n, phonenumbers.INTERNATIONAL)
	if takeover.Digits(shown) != takeover.Digits(number) {
		return value // it would read as another number
	}
	return shown
}

var (
	// vanityWord is a number with letters in place of digits, in one word: "1-800-flowers".
	vanityWord = regexp.MustCompile(`^\+?[\d(][\d().\-]{2,}[A-Za-z][A-Za-z\d.\-]{2,}$`)
	// vanityCaps is the same with spaces; capitals tell it from "415 555 please".
	vanityCaps = regexp.MustCompile(`\+?\d[\d ().\-]{2,}[A-Z][A-Z\d\-]{2,}`)
)

// findVanity finds numbers that have letters in place of digits.
func findVanity(text, region string) (found []Address) {
	candidates := vanityCaps.FindAllString(text, 2)
	for word := range strings.FieldsSeq(text) {
		if vanityWord.MatchString(word) {
			candidates = append(candidates, word)
		}
	}
	for _, c := range candidates {
		if t, ok := numberOf(takeover.Digits(phonenumbers.ConvertAlphaCharactersInNumber(c)), c[0] == '+', region); ok {
			found = append(found, t)
		}
	}
	return found
}

// maxLine is how much of one line of a message is searched, in characters.
const maxLine = 4000

// AddressesIn finds the numbers and SIP addresses in a text that was not written for the bot.
func AddressesIn(text, region string) []Address {
	var found []Address
	for line := range strings.Lines(text) {
		folded := foldMessage(line)
		addresses, rest, err := takeSIP(folded)
		switch {
		case err != nil:
			rest = folded
		case strings.Contains(strings.ToLower(folded), "sip:"): // else they are e-mail addresses
			found = append(found, addresses...)
		}
		numbers, _ := scan{region: region}.findNumbers(rest)
		found = append(found, numbers...)
	}
	return distinct(found)
}

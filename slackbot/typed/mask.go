package typed

import (
	"iter"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/nyaruka/phonenumbers"

	"takeoverbot/takeover"
)

const (
	// wholeDigits is how many last digits say a number, whatever stands before them: ten are a
	// number in North America. A country with shorter numbers needs fewer.
	wholeDigits = 10
	// localDigits is how many last digits of a number people dial without the area code.
	localDigits = 7
	// cutDigits is how many first digits of a number, without its country code, are masked
	// where a text was cut inside the number.
	cutDigits = 4
	// shortAddress is the shortest address, in characters, that is masked: a shorter one may be
	// any word.
	shortAddress = 6
)

// Mask masks the end user's and the agent's address of one line in texts: a number in every way
// of writing it, with its country code or without, and any other address in any letter case.
// Other numbers stay as they are.
type Mask struct {
	numbers   []func() maskedNumber // parsed when a text first needs it: most texts do not
	addresses []maskedAddress
	fewest    int // digits: a text with fewer of them says no number, nor a part that is masked
}

// MaskOf is the mask of a line.
func MaskOf(l takeover.Line) Mask {
	m := Mask{fewest: cutDigits}
	for _, t := range []takeover.Target{l.EndUser, l.Agent} {
		m.add(t)
	}
	return m
}

func (m *Mask) add(t takeover.Target) {
	if t.Number() != "" {
		m.addNumber(t)
		return
	}
	pattern := regexp.QuoteMeta(string(t))
	user, host, ok := t.SIP()
	if ok && user != "" {
		name, _, _ := strings.Cut(host, ":") // without the port
		pattern = `(?:sips?:)?` + regexp.QuoteMeta(user) + `(?::[^\s@]*)?(?:@|%40)` + regexp.QuoteMeta(name) + `(?::\d+)?`
		plain, err := url.PathUnescape(user)
		if n := takeover.Target(plain); err == nil && len(n.Number()) > localDigits {
			m.addNumber(n)
		}
	}
	// A word without a digit or an @ may be any word of the conversation.
	if len(t) >= shortAddress && strings.ContainsAny(string(t), "0123456789@") {
		m.addresses = append(m.addresses, maskedAddress{regexp.MustCompile(`(?i)` + pattern), t.Masked()})
	}
}

func (m *Mask) addNumber(t takeover.Target) {
	m.fewest = min(m.fewest, len(takeover.Digits(t.Number())))
	m.numbers = append(m.numbers, sync.OnceValue(func() maskedNumber { return newMaskedNumber(t) }))
}

// In is a text with the addresses of the line masked. A text that was cut before (its last
// character is an ellipsis) has the beginning of a number at its end masked too.
func (m Mask) In(text string) string {
	for _, a := range m.addresses {
		text = a.pattern.ReplaceAllLiteralString(text, a.masked)
	}
	if !hasDigits(text, m.fewest) {
		return text
	}
	for range maskRounds {
		before := text
		for _, number := range m.numbers {
			n := number()
			if strings.ContainsAny(text, escapes) {
				text = n.in(text, escapedRune)
			}
			text = n.cutIn(n.in(text, plainRune))
		}
		if text == before {
			return text
		}
	}
	// No text of a person comes here: each round leaves fewer digits, and all but built ones
	// need two.
	return strings.Map(func(r rune) rune {
		if isDecimal(r) {
			return '•'
		}
		return r
	}, text)
}

// maskRounds bounds how often a text is looked through again after something in it was masked.
const maskRounds = 8

// hasDigits reports whether a text has that many digits of any script, or more. A digit that is
// escaped counts at least once, since its code has digits too.
func hasDigits(text string, n int) bool {
	for _, r := range text {
		if n <= 0 {
			break
		}
		if isDecimal(r) {
			n--
		}
	}
	return n <= 0
}

func isDecimal(r rune) bool { return unicode.Is(unicode.Nd, r) }

// maskedAddress is an address that is no number.
type maskedAddress struct {
	pattern *regexp.Regexp
	masked  string
}

// maskedNumber is a phone number that texts may not show.
type maskedNumber struct {
	target   takeover.Target
	digits   string // with the country code
	national string // without it; all digits where no country is known
	country  string // the country code; may be empty
	region   string // ISO 3166; may be empty
	masked   string
}

func newMaskedNumber(t takeover.Target) maskedNumber {
	digits := takeover.Digits(t.Number())
	n := maskedNumber{target: t, digits: digits, national: digits, masked: t.Masked()}
	parsed, err := phonenumbers.Parse(t.Number(), "")
	if err != nil {
		return n
	}
	n.region = phonenumbers.GetRegionCodeForNumber(parsed)
	if national := phonenumbers.GetNationalSignificantNumber(parsed); len(national) >= shortAddress && strings.HasSuffix(digits, national) {
		n.national, n.country = national, strings.TrimSuffix(digits, national)
	}
	return n
}

// whole are the last digits that say the number, whatever stands before them.
func (n maskedNumber) whole() string { return lastOf(n.national, wholeDigits) }

func lastOf(digits string, most int) string { return digits[max(0, len(digits)-most):] }

// writtenDigit is a digit of a text.
type writtenDigit struct {
	value      byte
	start, end int  // where it is, in bytes
	joined     bool // only what people write within a number is between it and the digit before
}

// reader reads one character of a text as it is meant, and its length in bytes.
type reader func(text string) (r rune, size int)

const (
	// maxRow is how many digits are looked at together, so that a text of digits alone takes
	// little memory; overlap is how many of them the next row begins with, far more than a number has.
	maxRow  = 10_000
	overlap = 100
)

// digitsOf are the digits of a text, of any script, in rows: a letter ends a row, since no number
// reaches across it. A row is valid until the next one.
func digitsOf(text string, read reader) iter.Seq[[]writtenDigit] {
	return func(yield func([]writtenDigit) bool) {
		var row []writtenDigit
		joined := false
		for i := 0; i < len(text); {
			r, size := read(text[i:])
			switch f := foldRune(r); {
			case f >= '0' && f <= '9':
				row = append(row, writtenDigit{byte(f), i, i + size, joined && len(row) > 0})
				joined = true
			case unicode.IsLetter(r) && !between(r):
				if len(row) > 0 && !yield(row) {
					return
				}
				row, joined = row[:0], false
			default:
				joined = joined && within(r, f)
			}
			i += size
			if len(row) == maxRow {
				next := slices.Clone(row[maxRow-overlap:])
				if !yield(row) {
					return
				}
				row = append(row[:0], next...)
			}
		}
		if len(row) > 0 {
			yield(row)
		}
	}
}

// in masks the number in a text.
func (n maskedNumber) in(text string, read reader) string {
	text = n.wholeIn(text, read)
	if masked := n.localIn(text, read); masked != text {
		return n.wholeIn(masked, read) // the mask may end what was a part of the number
	}
	return text
}

// within reports whether people write r, folded f, within a number.
func within(r, f rune) bool {
	return f < 0 || between(r) || strings.ContainsRune(" ()[]{}._/-", f) || unicode.Is(unicode.Cf, r)
}

// between reports whether a letter is none to a reader: the long dash of Japanese, and letters
// that show nothing.
func between(r rune) bool {
	return r == 'ー' || r == 'ｰ' || unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r)
}

// wholeIn masks the number wherever its digits follow each other, with anything but letters
// between them. What is left of a number and the mask behind it are looked at together: they
// may say the number again.
func (n maskedNumber) wholeIn(text string, read reader) string {
	whole, shown := n.whole(), lastOf(n.digits, 4)
	var cuts []span
	for row := range digitsOf(text, read) {
		kept := row[:0] // never longer than what was read of the row
		for _, d := range row {
			kept = append(kept, d)
			for endsIn(kept, whole) {
				first := n.leftOf(kept, len(kept)-n.reaches(kept))
				from := kept[first]
				from.end = d.end
				cuts = append(cuts[:keptCuts(cuts, from.start)], span{from.start, d.end})
				kept = kept[:first]
				for i := range shown {
					kept = append(kept, writtenDigit{shown[i], from.start, d.end, i > 0 || from.joined})
				}
			}
		}
	}
	return n.replace(text, cuts)
}

// keptCuts is how many of the cuts end before a place.
func keptCuts(cuts []span, start int) int {
	for i := len(cuts); i > 0; i-- {
		if cuts[i-1].end <= start {
			return i
		}
	}
	return 0
}

// bold begins and ends bold words in Markdown.
const bold = "**"

// span is a part of a text, in bytes.
type span struct{ start, end int }

func (n maskedNumber) replace(text string, cuts []span) string {
	if len(cuts) == 0 {
		return text
	}
	var b strings.Builder
	done := 0
	for _, c := range cuts {
		start := plusBefore(text, done, c.start)
		b.WriteString(text[done:start] + n.masked)
		if strings.Count(text[c.start:c.end], bold)%2 == 1 {
			b.WriteString(bold) // it ends inside the number what begins before, as in "**415** 5550137"
		}
		done = c.end
	}
	return b.String() + text[done:]
}

// plusBefore moves start back over the + and ( before a number, but not before least.
func plusBefore(text string, least, start int) int {
	return least + len(strings.TrimRightFunc(text[least:start], func(r rune) bool { return strings.ContainsRune("+(", foldRune(r)) }))
}

func endsIn(row []writtenDigit, digits string) bool {
	if len(row) < len(digits) {
		return false
	}
	row = row[len(row)-len(digits):]
	for i := range row {
		if row[i].value != digits[i] {
			return false
		}
	}
	return true
}

// reaches is how many last digits of the number a row ends in.
func (n maskedNumber) reaches(row []writtenDigit) int {
	length := 0
	for length < len(n.digits) && length < len(row) && row[len(row)-1-length].value == n.digits[len(n.digits)-1-length] {
		length++
	}
	return length
}

// leftOf moves first, where a number begins in a row, back over what people dial before it: the
// country code, a zero, a prefix for calls abroad.
func (n maskedNumber) leftOf(row []writtenDigit, first int) int {
	start, before := first, ""
	for start > 0 && row[start].joined {
		start--
		before = string(row[start].value) + before
		if len(before) > len("011")+len("521") {
			return first // a longer row is no prefix
		}
	}
	rest, _ := strings.CutPrefix(strings.TrimPrefix(before, "011"), "00")
	if before != "" && slices.Contains([]string{"", "0", "1", "9", n.country, n.country + "0", n.country + "1", n.country + "9"}, rest) {
		return start
	}
	return first
}

// localIn masks the last digits of the number where they are written without area code, unless
// they are the end of another number.
func (n maskedNumber) localIn(text string, read reader) string {
	local := lastOf(n.whole(), localDigits)
	var cuts []span
	for row := range digitsOf(text, read) {
		for i := range row {
			if !endsIn(row[:i+1], local) {
				continue
			}
			first, last, ok := n.local(text, row, i)
			if ok && (len(cuts) == 0 || cuts[len(cuts)-1].end <= row[first].start) {
				cuts = append(cuts, span{row[first].start, row[last].end})
			}
		}
	}
	return n.replace(text, cuts)
}

// local is which digits of a row to mask, where digit last is the last one of the local number;
// ok is false if they belong to another number.
func (n maskedNumber) local(text string, row []writtenDigit, last int) (first, end int, ok bool) {
	first = last + 1 - n.reaches(row[:last+1])
	from, to := first, last
	for from > 0 && row[from].joined {
		from--
	}
	for to+1 < len(row) && row[to+1].joined {
		to++
	}
	plus := plusBefore(text, 0, row[from].start) < row[from].start
	var written strings.Builder
	if plus {
		written.WriteByte('+')
	}
	for i, d := range row[from : to+1] {
		if i > 0 && d.start > row[from+i-1].end {
			written.WriteByte(' ')
		}
		written.WriteByte(d.value)
	}
	for _, r := range runsOf(written.String()) {
		found, _ := scan{region: n.region}.numbers(r)
		for _, f := range found {
			switch number := takeover.Target(f.Value); {
			case n.target.Is(number):
				return from, last, true
			case strings.Contains(string(number), lastOf(n.whole(), localDigits)):
				return 0, 0, false
			}
		}
	}
	return n.leftOf(row, first), last, true
}

// cutIn masks the first digits of the number at the end of a text that was cut inside it.
func (n maskedNumber) cutIn(text string) string {
	rest, cut := strings.CutSuffix(text, "…")
	if !cut {
		return text
	}
	var row []writtenDigit
	at := 0
	for last := range digitsOf(rest, plainRune) {
		row, at = append(row[:0], last...), last[len(last)-1].end
	}
	if strings.ContainsFunc(rest[at:], unicode.IsLetter) {
		return text
	}
	for length := min(len(n.national)-1, len(row)); length >= cutDigits; length-- {
		if endsIn(row, n.national[:length]) {
			start := row[n.leftOf(row, len(row)-length)].start
			return rest[:plusBefore(rest, 0, start)] + "••••…"
		}
	}
	return text
}

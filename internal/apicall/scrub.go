package apicall

import (
	"regexp"
	"strings"
	"unicode"
)

// maxDetail is how much of a provider's explanation is kept, in characters.
const maxDetail = 200

var (
	// markup is the start of an HTML tag: such prose comes from a proxy.
	markup = regexp.MustCompile(`<[A-Za-z!/?]`)
	// longNumber has seven digits or more, as people or machines write numbers.
	longNumber = regexp.MustCompile(`\+?\p{Nd}(?:[\s().\-]{0,3}\p{Nd}){6,}`)
	// address is a SIP or e-mail address.
	address = regexp.MustCompile(`\S+@\S+`)
	// bearer is a key as it stands in a header.
	bearer = regexp.MustCompile(`(?i)\bbearer\s+\S+`)
	// name is a path of field names or a code.
	name = regexp.MustCompile(`^[A-Za-z0-9_.\-]{1,80}$`)
)

// scrub is the function scrub, and takes the client's own key out.
func (c *Client) scrub(s string) string {
	return scrub(strings.ReplaceAll(plainLine(s), c.key, "[key]"))
}

// scrub makes a provider's prose short and plain and takes keys in headers, numbers and
// addresses out. It stays hostile: escape it before showing it.
func scrub(s string) string {
	s = plainLine(s) // first: an invisible character must not split a number
	if markup.MatchString(s) {
		return ""
	}
	s = bearer.ReplaceAllString(s, "[key]")
	s = address.ReplaceAllString(s, "[address]")
	s = longNumber.ReplaceAllString(s, "[number]")
	return cut(s, maxDetail)
}

// plainLine puts a text on one line, without control and format characters.
func plainLine(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// cut shortens s to at most n characters.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	runes := []rune(s)
	if len(runes) <= n {
		return s
	}
	return string(runes[:n-1]) + "…"
}

// isName says whether s can be shown in an error: a field or type name without a number.
func isName(s string) bool { return name.MatchString(s) && !longNumber.MatchString(s) }

// safeCode keeps a code that looks like one.
func safeCode(s string) string {
	if len(s) > 40 || !isName(s) {
		return ""
	}
	return s
}

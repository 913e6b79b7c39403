package typed

import (
	"html"
	"net/url"
	"regexp"
	"strconv"
	"unicode/utf8"
)

// plainRune reads the first character of a text as it stands.
func plainRune(text string) (r rune, size int) { return utf8.DecodeRuneInString(text) }

// escapes begin what escapedRune reads.
const escapes = `&%\`

var (
	// entity is a character as web pages write it.
	entity = regexp.MustCompile(`^&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8});`)
	// percent are the bytes of a character as web addresses write them.
	percent = regexp.MustCompile(`^(?:%[0-9A-Fa-f]{2}){1,4}`)
	// jsonEscape is a character as JSON and programs write it.
	jsonEscape = regexp.MustCompile(`^\\(?:u([0-9A-Fa-f]{4})|[nrtfb])`)
)

// escapedRune reads the first character of a text in which tools wrote characters as web pages,
// web addresses or JSON do: &nbsp;, %20, \u00a0, \n.
func escapedRune(text string) (r rune, size int) {
	switch text[0] {
	case '&':
		if found := entity.FindString(text); found != "" {
			if r, n := utf8.DecodeRuneInString(html.UnescapeString(found)); n > 0 && r != '&' {
				return r, len(found)
			}
		}
	case '%':
		decoded, err := url.PathUnescape(percent.FindString(text))
		if r, n := utf8.DecodeRuneInString(decoded); err == nil && n > 0 && r != utf8.RuneError {
			return r, n * len("%20")
		}
	case '\\':
		part := jsonEscape.FindStringSubmatch(text)
		switch {
		case part == nil:
		case part[1] == "":
			return ' ', len(part[0])
		default:
			if code, err := strconv.ParseUint(part[1], 16, 32); err == nil {
				return rune(code), len(part[0])
			}
		}
	}
	return plainRune(text)
}

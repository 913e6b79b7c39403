package phone_test

import (
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/slack-go/slack/slackutilsx"

	"takeoverbot/internal/texttest"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/phone"
)

func TestText(t *testing.T) {
	t.Parallel()
	for _, c := range texttest.Texts() {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			if got := phone.Text(c.Slack, texttest.NameOf); got != c.Phone {
				t.Errorf("%.200q:\n got %.200q\nwant %.200q", c.Slack, got, c.Phone)
			}
			if got := phone.Internal(c.Slack); got != c.Internal {
				t.Errorf("%.200q: internal is %v, want %v", c.Slack, got, c.Internal)
			}
		})
	}
}

// A name is somebody else's text: it is shown, and not read again.
func TestTextOfHostileNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"*Dana* :tada: &amp;": "*Dana* :tada: &amp; calls",
		"Da\u202ena\n\n<x>":   "Dana <x> calls",
		"\u200b":              "a colleague calls",
	} {
		if got := phone.Text("<@U1> calls", func(string) string { return name }); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
	if got := phone.Text("<@U1> calls", nil); got != "a colleague calls" {
		t.Errorf("without names: %q", got)
	}
}

func TestParts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		want       int
	}{
		{"none", "", 0},
		{"one character", "a", 1},
		{"whole alphabet", "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0189:;<=>?¡AZÄÖÑÜ§¿azäöñüà" + strings.Repeat("x", 83), 1},
		{"GSM-7, full", strings.Repeat("a", 160), 1},
		{"GSM-7, one more", strings.Repeat("a", 161), 2},
		{"GSM-7, two full", strings.Repeat("a", 306), 2},
		{"GSM-7, third", strings.Repeat("a", 307), 3},
		{"GSM-7, ten full", strings.Repeat("a", 1530), 10},
		{"GSM-7, eleventh", strings.Repeat("a", 1531), 11},
		{"extension, full", strings.Repeat("€", 80), 1},
		{"extension, one more", strings.Repeat("€", 80) + "a", 2},
		{"each extension", "\f^{}\\[~]|€" + strings.Repeat("a", 140), 1},
		{"each extension, one more", "\f^{}\\[~]|€" + strings.Repeat("a", 141), 2},
		{"extension at the edge", strings.Repeat("a", 152) + "€" + strings.Repeat("a", 151), 2},
		{"extension at the edge, one more", strings.Repeat("a", 152) + "€" + strings.Repeat("a", 152), 3},
		{"extension, two septets short of two parts", strings.Repeat("€", 152), 2},
		{"extension, 306 septets that two parts cannot take", strings.Repeat("€", 153), 3},
		{"UTF-16, full", strings.Repeat("я", 70), 1},
		{"UTF-16, one more", strings.Repeat("я", 71), 2},
		{"UTF-16, two full", strings.Repeat("я", 134), 2},
		{"UTF-16, third", strings.Repeat("я", 135), 3},
		{"UTF-16, ten full", strings.Repeat("я", 670), 10},
		{"UTF-16, eleventh", strings.Repeat("я", 671), 11},
		{"pairs, full", strings.Repeat("😀", 35), 1},
		{"pairs, one more", strings.Repeat("😀", 36), 2},
		{"pairs, 134 units that two parts cannot take", strings.Repeat("😀", 67), 3},
		{"one emoji turns it to UTF-16", strings.Repeat("a", 69) + "😀", 2},
		{"extension counts once in UTF-16", "я" + strings.Repeat("€", 69), 1},
		{"cedilla is not in GSM-7", strings.Repeat("ç", 71), 2},
		{"curly quote", strings.Repeat("a", 70) + "’", 2},
	} {
		if got := phone.Parts(c.text); got != c.want {
			t.Errorf("%s: %d parts, want %d", c.name, got, c.want)
		}
	}
}

func TestPlain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, want string }{
		{"plain", `"It's 5-6..."`, `"It's 5-6..."`},
		{"quotes", "“It’s” ‘so’ „x‟ ‚y‛", `"It's" 'so' "x" 'y'`},
		{"dashes and dots", "9–5 — ok… e‑mail", "9-5 - ok... e-mail"},
		{"spaces", "10\u00a0km\u202f5\u2007x", "10 km 5 x"},
		{"bullets", "• one\n    ◦ two\n        ▪︎ three", "- one\n    - two\n        - three"},
		{"an emoji keeps it in UTF-16", "“It’s” 🎉", "“It’s” 🎉"},
		{"another script", "“да” — нет", "“да” — нет"},
		{"accents of GSM-7", "“é” à", `"é" à`},
		{"accents outside of GSM-7", "“ç”", "“ç”"},
		{"more parts than before", strings.Repeat("…", 70), strings.Repeat("…", 70)},
		{"as many parts", strings.Repeat("…", 53), strings.Repeat("...", 53)},
		{"empty", "", ""},
	} {
		if got := phone.Plain(c.text); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// unmarked is a text without the characters that may be marks, and without its space.
func unmarked(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune("*_~`", r) {
			return -1
		}
		return r
	}, s)
}

var markup = regexp.MustCompile(`<[@#!][^<>]*>|<[a-z]+:[^<>]*>|&(lt|gt|amp);`)

// What was written is shown, whatever it is: only marks go, only ids become names.
func FuzzText(f *testing.F) {
	texts := texttest.Texts()
	for i, c := range texts {
		if len(c.Slack) < 2000 {
			f.Add(c.Slack, texts[(i+1)%len(texts)].Slack[:min(len(texts[(i+1)%len(texts)].Slack), 200)])
		}
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		began := time.Now()
		// Slack escapes what is typed. Without marks and short names it is shown letter by letter.
		typed := strings.TrimSpace(mrkdwn.StripHidden(a))
		shown := phone.Text(slackutilsx.EscapeMessage(typed), nil)
		switch {
		case !strings.ContainsAny(typed, "*_~`:"):
			if shown != typed {
				t.Errorf("typed %q, shown %q", typed, shown)
			}
		case !strings.Contains(typed, ":"):
			if unmarked(shown) != unmarked(typed) {
				t.Errorf("typed %q, shown %q: more than marks are gone", typed, shown)
			}
		}
		// What is plain stays as it is.
		once := phone.Text(a, nil)
		if !strings.ContainsAny(once, "*_~`:<&") {
			if twice := phone.Text(once, nil); twice != once {
				t.Errorf("%q is %q, then %q", a, once, twice)
			}
		}
		if got := mrkdwn.StripHidden(once); got != once {
			t.Errorf("%q leaves with hidden characters: %q", a, once)
		}
		// No id leaves, and no link of Slack's, whatever is typed around it.
		if strings.Contains(a+b, "0SECRET") {
			return
		}
		before, after := slackutilsx.EscapeMessage(a), slackutilsx.EscapeMessage(b)
		for _, link := range []string{"<@U0SECRET>", "<@W0SECRET|>", "<!subteam^S0SECRET>", "<!subteam^S0SECRET|@x>", "<#C0SECRET|x>", "<#G0SECRET>",
			"<!date^170^{time}^https://x.example/0SECRET|then>"} {
			for _, message := range []string{before + link + after, a + link + b} {
				if shown := phone.Text(message, nil); strings.Contains(shown, "0SECRET") {
					t.Errorf("%q shows an id: %q", message, shown)
				}
			}
			if !strings.ContainsAny(a+b, "<>&") {
				if shown := phone.Text(before+link+after, nil); markup.MatchString(shown) {
					t.Errorf("%q shows markup: %q", before+link+after, shown)
				}
			}
		}
		phone.Internal(a)
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%d bytes took %v", len(a)+len(b), took)
		}
	})
}

func FuzzParts(f *testing.F) {
	for _, c := range texttest.Texts() {
		f.Add(c.Phone)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n := phone.Parts(s)
		if n < 0 || n > len(s) || n == 0 && s != "" {
			t.Errorf("%q has %d parts", s, n)
		}
		if more := phone.Parts(s + "a"); more < n {
			t.Errorf("%q has %d parts, and %d with a letter more", s, n, more)
		}
		plain := phone.Plain(s)
		if now := phone.Parts(plain); now > n {
			t.Errorf("%q has %d parts, plain %d", s, n, now)
		}
		if phone.Plain(plain) != plain {
			t.Errorf("%q is plain %q, then %q", s, plain, phone.Plain(plain))
		}
	})
}

// manyMarks have no other half, or stand within each other.
var manyMarks = []string{"*a ", "_a*b ", "*a _b ", "`", "`` ` ", "``` ", "`a\n", ":a", ":", "<", "<a:", "<@U1|", "&", "*_~a~_* ", "*a* _*~", "~*_", ":wave:"}

// A message of nothing but marks, as long as Slack allows, is read to its end. A search ahead at each mark was
// measured to take eighty times as long, 25 seconds instead of a third of one. The bound lies between the two.
func TestTextOfManyMarks(t *testing.T) {
	for _, s := range manyMarks {
		began := time.Now()
		phone.Text(strings.Repeat(s, 40_000/len(s)), nil)
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("%q took %v", s, took)
		}
	}
}

func BenchmarkManyMarks(b *testing.B) {
	for b.Loop() {
		for _, s := range manyMarks {
			phone.Text(strings.Repeat(s, 40_000/len(s)), nil)
		}
	}
}

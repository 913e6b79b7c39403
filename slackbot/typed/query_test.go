package typed

import (
	"errors"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/takeover"
)

func wantTarget(value string) takeover.Query {
	return takeover.Query{Field: takeover.FieldEndUser, Value: value}
}

func wantDigits(digits string) takeover.Query {
	return takeover.Query{Field: takeover.FieldLastDigits, Value: digits}
}

func wantUnit(value string) takeover.Query {
	return takeover.Query{Field: takeover.FieldLabel, Label: "unit", Value: value}
}

func wantName(value string) takeover.Query {
	return takeover.Query{Field: takeover.FieldName, Value: value}
}

func TestNumberQuery(t *testing.T) {
	t.Parallel()
	const us, usShown = "+14155550137", "+1 415-555-0137"
	for _, c := range []struct {
		text  string
		want  takeover.Query
		shown string
	}{
		// numbers as people write them
		{"+14155550137", wantTarget(us), usShown},
		{"+1 (415) 555-0137", wantTarget(us), usShown},
		{"+1 415.555.0137", wantTarget(us), usShown},
		{"(415) 555-0137", wantTarget(us), usShown},
		{"415 555 0137", wantTarget(us), usShown},
		{"415/555-0137", wantTarget(us), usShown},
		{"415 / 555 / 0137", wantTarget(us), usShown},
		{"415_555_0137", wantTarget(us), usShown},
		{"415·555·0137", wantTarget(us), usShown},
		{"415,555,0137", wantTarget(us), usShown},
		{"14155550137", wantTarget(us), usShown},
		{"1-415-555-0137", wantTarget(us), usShown},
		{"[+1] {415} 555-0137", wantTarget(us), usShown},
		{"+ 1 415 555 0137", wantTarget(us), usShown},
		{"++1 415 555 0137", wantTarget(us), usShown},
		{"(+1) 415 555 0137", wantTarget(us), usShown},
		{"+1(415)5550137", wantTarget(us), usShown},
		{"  +1 415 555 0137  ", wantTarget(us), usShown},
		{"+1 415 555 0137.", wantTarget(us), usShown},
		{"“+1 415 555 0137”", wantTarget(us), usShown},
		{"'+1 415 555 0137'", wantTarget(us), usShown},
		{"`+1 415 555 0137`", wantTarget(us), usShown},
		{"*+1 415 555 0137*", wantTarget(us), usShown},
		{"_+1 415 555 0137_", wantTarget(us), usShown},
		// characters that look like others, or like nothing
		{"+1\u00a0415\u00a0555\u00a00137", wantTarget(us), usShown},
		{"+1\u2009415\u202f555\u30000137", wantTarget(us), usShown},
		{"\u202a+1 415 555 0137\u202c", wantTarget(us), usShown},
		{"\u2066+1\u200b415\u200d555\u20600137\u2069\ufeff", wantTarget(us), usShown},
		{"\u200e\u200f+1\u00ad4155550137\x00\x1b", wantTarget(us), usShown},
		{"＋１（４１５）５５５－０１３７", wantTarget(us), usShown},
		{"+١٤١٥٥٥٥٠١٣٧", wantTarget(us), usShown},
		{"۴۱۵ ۵۵۵ ۰۱۳۷", wantTarget(us), usShown},
		{"+१ ४१५ ५५५ ०१३७", wantTarget(us), usShown},
		{"+𝟏 𝟒𝟏𝟓 𝟓𝟓𝟓 𝟎𝟏𝟑𝟕", wantTarget(us), usShown},
		{"➕1️⃣ 415 555 0137", wantTarget(us), usShown},
		{"+1–415—555‑0137", wantTarget(us), usShown},
		{"+1\n415\n555\n0137", wantTarget(us), usShown},
		{"+1\t415\t555\t0137", wantTarget(us), usShown},
		// prefixes
		{"0014155550137", wantTarget(us), usShown},
		{"00 1 415 555 0137", wantTarget(us), usShown},
		{"011 1 415 555 0137", wantTarget(us), usShown},
		{"011442079460958", wantTarget("+442079460958"), "+44 20 7946 0958"},
		{"00 44 20 7946 0958", wantTarget("+442079460958"), "+44 20 7946 0958"},
		{"+44 (0)20 7946 0958", wantTarget("+442079460958"), "+44 20 7946 0958"},
		{"+49 30 901820", wantTarget("+4930901820"), "+49 30 901820"},
		{"+39 06 698 12345", wantTarget("+390669812345"), "+39 06 6981 2345"},
		{"+1800FLOWERS", wantTarget("+18003569377"), "+1 800-356-9377"},
		{"1-800-flowers", wantTarget("+18003569377"), "+1 800-356-9377"},
		{"+1 800 FLOWERS", wantTarget("+18003569377"), "+1 800-356-9377"},
		// with a country code it is searched as written, whatever the country gives out
		{"+1 483 234 0137", wantTarget("+14832340137"), "+1 483-234-0137"},
		{"0014832340137", wantTarget("+14832340137"), "+1 483-234-0137"},
		{"00 1 483 234 0137", wantTarget("+14832340137"), "+1 483-234-0137"},
		{"011 1 483 234 0137", wantTarget("+14832340137"), "+1 483-234-0137"},
		{"+1,483,234,0137", wantTarget("+14832340137"), "+1 483-234-0137"},
		{"+1 483 234 0137 the leak", wantTarget("+14832340137"), "+1 483-234-0137"},
		{"+1 483 234 0137 2 leaks", wantTarget("+14832340137"), "+1 483-234-0137"},
		{"<tel:+14832340137|+1 483-234-0137>", wantTarget("+14832340137"), "+1 483-234-0137"},
		{"+15550100137", wantTarget("+15550100137"), "+1 555-010-0137"},
		{"+1 415 555 013", wantTarget("+1415555013"), "+1 415555013"},
		{"+1 415 555 01370", wantTarget("+141555501370"), "+1 41555501370"},
		{"+999 415 555 0137", wantTarget("+9994155550137"), "+9994155550137"},
		{"00 999 415 555", wantTarget("+999415555"), "+999415555"},
		{"+52 1 55 1234 5678", wantTarget("+5215512345678"), "+52 15512345678"},
		{"+52 55 1234 5678", wantTarget("+525512345678"), "+52 55 1234 5678"},
		{"whatsapp:+14155550137", wantTarget(us), usShown},
		// links, as Slack and programs write them
		{"<tel:+14155550137|+1 (415) 555-0137>", wantTarget(us), usShown},
		{"<tel:+14155550137>", wantTarget(us), usShown},
		{"<tel:4155550137|(415) 555-0137>", wantTarget(us), usShown},
		{"<tel:%2B1%20415%20555%200137|x>", wantTarget(us), usShown},
		{"<callto:+14155550137|call>", wantTarget(us), usShown},
		{"please call <tel:+14155550137|+1 415-555-0137> now", wantTarget(us), usShown},
		{"&lt;tel:+14155550137|+1 (415) 555-0137&gt;", wantTarget(us), usShown},
		{"&amp;lt;tel:+14155550137&amp;gt;", wantTarget(us), usShown},
		{"+1&nbsp;415&nbsp;555&nbsp;0137", wantTarget(us), usShown},
		{"&#43;1 415 555 0137", wantTarget(us), usShown},
		{"tel:+1-415-555-0137", wantTarget(us), usShown},
		{"TEL: +1-415-555-0137", wantTarget(us), usShown},
		{"tel:+1-415-555-0137;phone-context=example.com", wantTarget(us), usShown},
		{"<http://415.555.0137|415.555.0137>", wantTarget(us), usShown},
		// words around it
		{"+1 415 555 0137 the leak", wantTarget(us), usShown},
		{"415-555-0137 please", wantTarget(us), usShown},
		{"call +1 415 555 0137", wantTarget(us), usShown},
		{"Call me at 415-555-0137 — Dana", wantTarget(us), usShown},
		{"4155550137please", wantTarget(us), usShown},
		{"415-555-0137 2 leaks", wantTarget(us), usShown},
		{"line 2 415 555 0137", wantTarget(us), usShown},
		{"+1 415 555 0137 (unit 4B)", wantTarget(us), usShown},
		{"@dana take +1 415 555 0137", wantTarget(us), usShown},
		{"<@U0DANA> <tel:+14155550137>", wantTarget(us), usShown},
		{"+1 415 555 0137 +14155550137", wantTarget(us), usShown},
		// extensions
		{"415-555-0137 x12", wantTarget(us), usShown + " (without extension 12)"},
		{"415-555-0137x12", wantTarget(us), usShown + " (without extension 12)"},
		{"415-555-0137 ext. 12 please", wantTarget(us), usShown + " (without extension 12)"},
		{"415-555-0137, Extension: 1234", wantTarget(us), usShown + " (without extension 1234)"},
		{"415-555-0137 #12", wantTarget(us), usShown + " (without extension 12)"},
		{"tel:+1-415-555-0137;ext=12", wantTarget(us), usShown + " (without extension 12)"},
		{"<tel:+14155550137;ext=12|+1 415-555-0137 x12>", wantTarget(us), usShown + " (without extension 12)"},
		// SIP
		{"sip:guest@example.com", wantTarget("sip:guest@example.com"), "sip:guest@example.com"},
		{"SIP:Guest@Example.COM", wantTarget("sip:Guest@example.com"), "sip:Guest@example.com"},
		{"sips:guest@example.com;transport=tls", wantTarget("sip:guest@example.com"), "sip:guest@example.com"},
		{"sip:guest:secret@example.com:5061?subject=x", wantTarget("sip:guest@example.com:5061"), "sip:guest@example.com:5061"},
		{"<sip:guest@example.com|Guest>", wantTarget("sip:guest@example.com"), "sip:guest@example.com"},
		{"guest@example.com", wantTarget("sip:guest@example.com"), "sip:guest@example.com"},
		{"<mailto:guest@example.com|guest@example.com>", wantTarget("sip:guest@example.com"), "sip:guest@example.com"},
		{"sip:<mailto:guest@example.com|guest@example.com>", wantTarget("sip:guest@example.com"), "sip:guest@example.com"},
		{`"Lobby" <sip:lobby@example.com>;tag=77`, wantTarget("sip:lobby@example.com"), "sip:lobby@example.com"},
		{"the intercom is sip:lobby-intercom@harbor-homes.example, hurry", wantTarget("sip:lobby-intercom@harbor-homes.example"), "sip:lobby-intercom@harbor-homes.example"},
		{"sip:+14155550137@example.com;user=phone", wantTarget("sip:+14155550137@example.com"), "sip:+14155550137@example.com"},
		{"sip:a&amp;b@10.0.0.1", wantTarget("sip:a&b@10.0.0.1"), "sip:a&b@10.0.0.1"},
		{"sip:lobby@[2001:DB8::1]:5060", wantTarget("sip:lobby@[2001:db8::1]:5060"), "sip:lobby@[2001:db8::1]:5060"},
		// last digits
		{"0137", wantDigits("0137"), "…0137"},
		{"#0137", wantDigits("0137"), "…0137"},
		{"…0137", wantDigits("0137"), "…0137"},
		{"...0137", wantDigits("0137"), "…0137"},
		{"•••• 0137", wantDigits("0137"), "…0137"},
		{"****0137", wantDigits("0137"), "…0137"},
		{"xxx-xxx-0137", wantDigits("0137"), "…0137"},
		{"ending in 0137", wantDigits("0137"), "…0137"},
		{"５５５-０１", wantDigits("55501"), "…55501"},
		{"911", wantDigits("911"), "…911"},
		{"12345", wantDigits("12345"), "…12345"},
		{"1-3-7", wantDigits("137"), "…137"},
		// units and names
		{"unit 4B", wantUnit("4B"), "unit 4B"},
		{"unit: 4B", wantUnit("4B"), "unit 4B"},
		{"Unit #4B", wantUnit("4B"), "unit 4B"},
		{"unit \"4 B\"", wantUnit("4 B"), "unit 4 B"},
		{"unit 0137", wantUnit("0137"), "unit 0137"},
		{"name Miller", wantName("Miller"), "name Miller"},
		{"NAME: Ana  María\u200b Núñez", wantName("Ana María Núñez"), "name Ana María Núñez"},
		{"name “Tom &amp; Jerry”", wantName("Tom & Jerry"), "name Tom & Jerry"},
		{"name 👩\u200d🔧", wantName("👩\u200d🔧"), "name 👩\u200d🔧"},
	} {
		t.Run(c.text, func(t *testing.T) {
			got, shown, err := ParseQuery(c.text, "US")
			if err != nil {
				t.Fatalf("refused: %v", err)
			}
			if got != c.want || shown != c.shown {
				t.Errorf("got %+v shown %q, want %+v shown %q", got, shown, c.want, c.shown)
			}
			if again, _, err := ParseQuery(shown, "US"); err != nil || again != got {
				t.Errorf("what was shown, %q, is read as %+v, %v", shown, again, err)
			}
		})
	}
}

func TestNumberRegion(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, region, want string }{
		{"020 7946 0958", "GB", "+442079460958"},
		{"020 7946 0958", "gb", "+442079460958"},
		{"030 901820", "DE", "+4930901820"},
		{"+1 415 555 0137", "DE", "+14155550137"},
		{"001 415 555 0137", "DE", "+14155550137"},
		{"+1 415 555 0137", "", "+14155550137"},
		{"+1 415 555 0137", "nowhere", "+14155550137"},
	} {
		if got, _, err := ParseQuery(c.text, c.region); err != nil || got != wantTarget(c.want) {
			t.Errorf("%q in %q: got %+v, %v, want %s", c.text, c.region, got, err, c.want)
		}
	}
}

func TestNumberRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, says string }{
		{"", "Type whom to look for"},
		{" \u200b\n", "Type whom to look for"},
		{"unit", "Which unit?"},
		{"unit: \"\"", "Which unit?"},
		{"name", "Which name?"},
		{"name " + strings.Repeat("x", 81), "too long for a name"},
		{"please help", "There is no phone number in “please help”"},
		{"<@U0DANA>", "People and channels of Slack"},
		{"<!channel>", "People and channels of Slack"},
		{"7", "too short to look for"},
		{"0137 please", "the digits it ends in alone"},
		{"555-0137", "has no area code"},
		{"5550137", "or the last digits alone: `/takeover 0137`"},
		{"415 555 01370", "please check its digits or, if you mean"},
		{"415 555 0137 0199 0166", "more digits than one phone number"},
		{"999 415 555 0137 0199 0166 55", "more digits"},
		{"99 999 999 999 999 99", "too many digits"},
		{strings.Repeat("415 555 ", 20), "too many digits"},
		{"999 555 0137", "not a number that exists here"},
		{"447400123456", "if you mean +44 7400 123456, send it with the plus"},
		{"+911", "not a whole phone number"},
		{"+1 483 234 0137 0199", "more digits than one phone number"},
		{"+1 483 234 0137 or +1 415 555 0199", "I read 2 addresses"},
		{"+" + strings.Repeat("12345", 4), "too many digits"},
		{strings.Repeat("0123456789", 30), "too many digits"},
		{"415-555-0137 415-555-0199", "I read 2 addresses there, +1 415-555-0137 and +1 415-555-0199: which one"},
		{"+1 415 555 0137 or +1 415 555 0199", "I read 2 addresses"},
		{"+14155550137+14155550199", "I read 2 addresses"},
		{"guest@example.com +1 415 555 0137", "I read 2 addresses there, sip:guest@example.com and"},
		{"415-555-0137 0199", "more digits than one phone number"},
		{"555 415 555 0137", "more digits than one phone number"},
		{"sip:guest", "not a whole SIP address"},
		{"sip:@example.com", "not a whole SIP address"},
		{"guest@exam_ple", "not a whole SIP address"},
		{"a@b@c", "not a whole SIP address"},
	} {
		_, shown, err := ParseQuery(c.text, "US")
		ie, ok := errors.AsType[*InputError](err)
		if !ok {
			t.Errorf("%q: got %q, %v, want a refusal", c.text, shown, err)
			continue
		}
		if !strings.Contains(ie.Sentence, c.says) {
			t.Errorf("%q: %q does not say %q", c.text, ie.Sentence, c.says)
		}
		checkSentence(t, c.text, ie.Sentence)
	}
}

// What was typed can neither ping nor format nor flood in the answer.
func TestNumberHostileInputIsHarmless(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("9", 5000)
	for _, text := range []string{
		"<!channel> <!here> wake up", "&lt;!channel&gt;", "&amp;lt;!everyone&amp;gt; x", "<https://evil.example|harmless>",
		"x\u202egnp.exe\u202c \x1b[31m\u200b", "a<b>c&d", "name " + strings.Repeat("<!here>", 50), long, "+" + long,
		strings.Repeat("1 ", 3000), "sip:<!channel>@x", "<<<<>>>>", strings.Repeat("&amp;", 1500) + "lt;!here&gt;",
	} {
		_, _, err := ParseQuery(text, "US")
		ie, ok := errors.AsType[*InputError](err)
		if !ok {
			t.Errorf("%.40q: want a refusal, got %v", text, err)
			continue
		}
		checkSentence(t, text, ie.Sentence)
	}
}

// checkSentence holds for every refusal.
func checkSentence(t *testing.T, text, s string) {
	t.Helper()
	if s == "" || len([]rune(s)) > 450 || !utf8.ValidString(s) {
		t.Errorf("%.60q: not a short sentence: %q", text, s)
	}
	if strings.ContainsAny(s, "<>\n") {
		t.Errorf("%.60q: live characters in %q", text, s)
	}
	for rest := s; ; {
		_, after, found := strings.Cut(rest, "&")
		if !found {
			break
		}
		if !strings.HasPrefix(after, "amp;") && !strings.HasPrefix(after, "lt;") && !strings.HasPrefix(after, "gt;") {
			t.Errorf("%.60q: an unescaped & in %q", text, s)
		}
		rest = after
	}
	if mrkdwn.StripHidden(s) != s {
		t.Errorf("%.60q: hidden characters in %q", text, s)
	}
}

// The digits of every script are read by their value.
func TestNumberDigitsOfAllScripts(t *testing.T) {
	t.Parallel()
	for _, r := range unicode.Nd.R16 {
		if r.Stride != 1 || (r.Hi-r.Lo+1)%10 != 0 {
			t.Errorf("the digits %U to %U are not whole tens", r.Lo, r.Hi)
		}
	}
	for _, r := range unicode.Nd.R32 {
		if r.Stride != 1 || (r.Hi-r.Lo+1)%10 != 0 {
			t.Errorf("the digits %U to %U are not whole tens", r.Lo, r.Hi)
		}
	}
	if got := foldShapes("٠٩ ۰۹ ०९ ০৯ 𝟎𝟗 𝟬𝟵 ０９"); got != "09 09 09 09 09 09 09" {
		t.Errorf("got %q", got)
	}
}

func TestNumberDisplay(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"+14155550137": "+1 415-555-0137", "sip:a@b": "sip:a@b", "": "", "+9999999999": "+9999999999",
	} {
		if got := DisplayNumber(value); got != want {
			t.Errorf("%q: got %q, want %q", value, got, want)
		}
	}
}

func FuzzNumber(f *testing.F) {
	for _, s := range []string{
		"+1 (415) 555-0137", "<tel:+14155550137|+1 (415) 555-0137>", "415-555-0137 x12", "sip:guest@example.com;transport=tls",
		"<mailto:a@b.example|a@b.example>", "…0137", "unit: 4B", "name Tom &amp; Jerry", "+1800FLOWERS", "0044 20 7946 0958",
		"+١٤١٥٥٥٥٠١٣٧", "\u202a+1\u00a0415 555 0137\u202c", "&lt;tel:1|2&gt;", "<<a>>", "name :: x", "415-555-0137 415-555-0199",
		"sip:＆amp;x@h", "unit <4|B>", "7 8", "@x@y", "\xff+1", "\xdb\u06dd", "name name name", "unit \"#'",
		"+1 483 234 0137", "011 1 483 234 0137", "+52 1 55 1234 5678", "00 999 415 555", "+12345678901234567890", "whatsapp:+14155550137",
	} {
		f.Add(s, "US")
		f.Add(s, "DE")
	}
	f.Fuzz(func(t *testing.T, text, region string) {
		q, shown, err := ParseQuery(text, region)
		if err != nil {
			ie, ok := errors.AsType[*InputError](err)
			if !ok {
				t.Fatalf("not an input error: %v", err)
			}
			checkSentence(t, text, ie.Sentence)
			return
		}
		if q.Value == "" || shown == "" {
			t.Fatalf("%q: empty query %+v, shown %q", text, q, shown)
		}
		if q.Field == takeover.FieldEndUser && !e164.MatchString(q.Value) && !strings.HasPrefix(q.Value, "sip:") {
			t.Fatalf("%q: %q is no address", text, q.Value)
		}
		again, _, err := ParseQuery(shown, region)
		if err != nil || again != q {
			t.Fatalf("%q: shown %q, which is read as %+v, %v instead of %+v", text, shown, again, err, q)
		}
	})
}

// TestDoubt: a number that is searched as written is doubted only where nothing was found.
func TestDoubt(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"+14155550137": "", "sip:a@b": "", "HARBOR": "", "+5215512345678": "", "+5491112345678": "",
		"+14832340137": "not a number that +1 gives out", "+1415555013": "Digits are missing", "+141555501370": "too many digits",
		"+9994155550137": "No country code",
	} {
		if got := Doubt(value); !strings.Contains(got, want) || (got == "") != (want == "") {
			t.Errorf("%s: %q, want %q", value, got, want)
		}
	}
}

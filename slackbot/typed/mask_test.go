package typed

import (
	"fmt"
	"html"
	"net/url"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"takeoverbot/takeover"
)

// TestMaskKnowsTheShapesOfANumber: whatever people and tools write, the line's own numbers are
// masked, and other numbers stay.
func TestMaskKnowsTheShapesOfANumber(t *testing.T) {
	t.Parallel()
	const us, agent = "+14155550137", "+13125550100"
	for _, tt := range []struct {
		endUser takeover.Target
		text    string
		want    string
	}{
		{us, "call +14155550137 now", "call •••• 0137 now"},
		{us, "call +1 (415) 555-0137 now", "call •••• 0137 now"},
		{us, "[+1] {415} 555.0137", "[•••• 0137"},
		{us, "1-415-555-0137, 4155550137, 415/555/0137", "•••• 0137, •••• 0137, •••• 0137"},
		{us, "tel:+1-415-555-0137;ext=2", "tel:•••• 0137;ext=2"},
		{us, "whatsapp:+14155550137", "whatsapp:•••• 0137"},
		{us, "https://wa.me/14155550137?text=1", "https://wa.me/•••• 0137?text=1"},
		{us, "0014155550137 or 011 1 415 555 0137", "•••• 0137 or •••• 0137"},
		{us, "my number is 555-0137.", "my number is •••• 0137."},
		{us, "2, 555-0137", "2, •••• 0137"},
		{us, "４１５ ５５５ ０１３７ and ٤١٥ ٥٥٥ ٠١٣٧", "•••• 0137 and •••• 0137"},
		{us, "4️⃣1️⃣5️⃣ 5️⃣5️⃣5️⃣ 0️⃣1️⃣3️⃣7️⃣", "•••• 0137\ufe0f\u20e3"},
		{us, "415ー555ー0137 415\u3164555\u31640137", "•••• 0137 •••• 0137"},
		{us, "+1%20212%20555%200137", "+1%20212%20555%200137"},
		{us, "415‑555‑0137 415\u00a0555\u202f0137 **415** 555 0137", "•••• 0137 •••• 0137 **•••• 0137**"},
		{us, `{"from":"+14155550137","to":"+13125550100","n":4155550137}`, `{"from":"•••• 0137","to":"•••• 0100","n":•••• 0137}`},
		{us, `{"from":"(415)\u00a0555\u20110137","id":41555501379}`, `{"from":"•••• 0137","id":•••• 01379}`},
		{us, `\n4155550137\n415\t5550137`, `\n•••• 0137\n•••• 0137`},
		{us, "?from=%2B1415%205550137&x=1%20415%C2%A0555&nbsp;0137", "?from=%2B•••• 0137&x=•••• 0137"},
		{us, `["+1","415","555","0137"]`, `["•••• 0137"]`},
		{us, "415555+1 415 555 0137", "•••• 0137"},
		{us, "I am at 415 555 01…", "I am at ••••…"},
		{us, "I am at +1 (415)…", "I am at +1 (415)…"},
		{us, "code 4155 is here…", "code 4155 is here…"},
		// Other numbers are needed: another one of the end user, a relative's, an office's.
		{us, "call +1 415 555 0138", "call +1 415 555 0138"},
		{us, "call +1 212 555 0137 or 212-555-0137", "call +1 212 555 0137 or 212-555-0137"},
		{us, "+44 7700 900123, +1 555 013 7415", "+44 7700 900123, +1 555 013 7415"},
		{us, "+1 212 555 0199 / 555 0137", "+1 212 555 0199 / •••• 0137"},
		{us, "order 0137 of 2026-11-27, 415 and 555 and 0137", "order 0137 of 2026-11-27, 415 and 555 and 0137"},
		{us, "no number here", "no number here"},
		{"+447700900123", "07700 900123, +44 (0)7700 900123, 0044 7700900123, 7700900123", "•••• 0123, •••• 0123, •••• 0123, •••• 0123"},
		{"+493012345678", "030 12345678, +49 (0) 30 / 123 456 78, 12345678", "•••• 5678, •••• 5678, •••• 5678"},
		{"+4915123456789", "0151 23456789 and 49 151-234-567-89", "•••• 6789 and •••• 6789"},
		{"+390612345678", "06 1234 5678, +39 06 12345678", "•••• 5678, •••• 5678"},
		{"+5215512345678", "+52 55 1234 5678, +52 1 55 1234 5678, 044 55 12345678", "•••• 5678, •••• 5678, 044 •••• 5678"},
		{"+525512345678", "whatsapp:+5215512345678", "whatsapp:•••• 5678"},
		{"+5491123456789", "+54 9 11 2345-6789, +54 11 2345-6789, 011 15-2345-6789", "•••• 6789, •••• 6789, •••• 6789"},
		{"whatsapp:+14155550137", "+1 415 555 0137", "•••• 0137"},
		{"14155550137", "+1 415 555 0137", "•••• 0137"},
		{"123456", "the code 123456", "the code •••• 3456"},
		{"+3545551234", "555 1234", "•••• 1234"},
		{"sip:lobby-intercom@harbor-homes.example", "SIP:Lobby-Intercom@harbor-homes.example;transport=tls", "sip:lo…@harbor-homes.example;transport=tls"},
		{"sip:lobby-intercom@harbor-homes.example:5060", "sips:lobby-intercom:pw@Harbor-Homes.example", "sip:lo…@harbor-homes.example:5060"},
		{"sip:lobby-intercom@harbor-homes.example", "lobby-intercom%40harbor-homes.example", "sip:lo…@harbor-homes.example"},
		{"sip:+14155550137@sip.example", "+1 415 555 0137", "•••• 0137"},
		{"dana@example.com", "write to Dana@Example.com", "write to sip:da…@example.com"},
		{"web-visitor", "a web-visitor", "a web-visitor"},
		{"visitor-90210-abc", "user VISITOR-90210-abc", "user vi…"},
		{"", "", ""},
	} {
		m := MaskOf(takeover.Line{EndUser: tt.endUser, Agent: agent})
		if got := m.In(tt.text); got != tt.want {
			t.Errorf("%s: %q is shown as %q, want %q", tt.endUser, tt.text, got, tt.want)
		}
		if once := m.In(tt.text); m.In(once) != once {
			t.Errorf("%s: %q is shown as %q, and that as %q", tt.endUser, tt.text, once, m.In(once))
		}
	}
}

// TestMaskOfLongTexts: a text of digits alone, or of parts of the number, takes no long time.
func TestMaskOfLongTexts(t *testing.T) {
	t.Parallel()
	m := MaskOf(takeover.Line{EndUser: "+14155550137", Agent: "+13125550100"})
	for _, text := range []string{
		strings.Repeat("4155550137", 20_000),
		strings.Repeat("415555", 30_000) + "4155550137",
		strings.Repeat("9", maxRow-5) + "4155550137" + strings.Repeat("9", 2*maxRow),
		strings.Repeat("415 555 0137 ", 10_000),
	} {
		if got := m.In(text); strings.Contains(digitsAlone(got), "4155550137") {
			t.Errorf("%.20q… shows the number", text)
		}
	}
}

// digitsAlone are the digits of a text with a space for each letter between them, read without
// the code under test.
func digitsAlone(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Nd, r):
			fmt.Fprint(&b, digitOf(r))
		case unicode.IsLetter(r):
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// FuzzMask: a masked text never has the national number in sequence, whatever is between its
// digits.
func FuzzMask(f *testing.F) {
	for _, seed := range []string{
		"+1 (415) 555-0137", "tel:+14155550137", "415555 4155550137", "4155 312555 3125550100 550137", "0137 555 415",
		`(415)\u00a0555\u20110137`, "415%20555%200137", "415&nbsp;555&#45;0137", "415 555 01…", "\xff4155550137", "٤١٥٥٥٥٠١٣٧",
		"4️⃣1️⃣5️⃣5️⃣5️⃣5️⃣0️⃣1️⃣3️⃣7️⃣", "555 0137 5550137", "415 555 555 0137", "41%35550137", "312555 •••• 0100",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m := MaskOf(takeover.Line{EndUser: "+14155550137", Agent: "+13125550100"})
		got := m.In(text)
		decoded, err := url.PathUnescape(html.UnescapeString(got))
		if err != nil {
			decoded = got
		}
		for _, number := range []string{"4155550137", "3125550100"} {
			if strings.Contains(digitsAlone(got), number) || strings.Contains(digitsAlone(decoded), number) {
				t.Errorf("%q is shown as %q", text, got)
			}
		}
		if utf8.ValidString(text) && !utf8.ValidString(got) {
			t.Errorf("%q is shown as %q, which is no UTF-8", text, got)
		}
		if again := m.In(got); again != got {
			t.Errorf("%q is shown as %q, and that as %q", text, got, again)
		}
	})
}

package typed

import (
	"strings"
	"testing"
)

// TestMessagesInventNoNumbers: what only looks like a number is none, and the numbers beside it
// are still found.
func TestMessagesInventNoNumbers(t *testing.T) {
	t.Parallel()
	const us = "+14155550137"
	for _, c := range []struct{ text, want string }{
		// dates, times and ranges of them
		{"2026-08-03 21:04:59 WARN no answer", ""},
		{"2026-08-03T21:04:59.123456+00:00 WARN", ""},
		{"2026-08-03 21:04:59,123 [12] WARN", ""},
		{"20260803 210459 WARN", ""},
		{"20260803T210459Z", ""},
		{"03.08.2026 21.04", ""},
		{"8/3/2026 9:04 PM", ""},
		{"8/3/26 9:04 PM, ref 12", ""},
		{"04/2019 – 11/2022", ""},
		{"04/2019-11/2022", ""},
		{"2019-04 to 2022-11", ""},
		{"2019 – 2022, 2019/20", ""},
		{"2026-08-03 21:04:59 from +14155550137", us},
		{"03.08.2026 415 555 0137", us},
		{"on 8/3 at 21:04 she called from (415) 555-0137", us},
		// digests, order numbers, ids
		{"d41d8cd98f00b204e9800998ecf8427e", ""},
		{"commit 4155550137a, build-4155550137", ""},
		{"550e8400-e29b-41d4-a716-446655440000", ""},
		{"ORD-4155550137 and user_4155550137", ""},
		{"0x4155550137", ""},
		{"4155550137abc", ""},
		// addresses of pages and servers
		{"https://shop.example/orders/4155550137", ""},
		{"<https://shop.example/orders/4155550137>", ""},
		{"<https://shop.example/o?id=4155550137&x=14155550137>", ""},
		{"see shop.example/4155550137/", ""},
		{"192.168.100.200 and 10.20.30.40", ""},
		{"<https://wa.me/14155550137>", us},
		{"https://wa.me/14155550137?text=hi", us},
		// numbers as people and programs write them
		{"call 415-555-0137", us},
		{"call (415) 555-0137—please", us},
		{"415-555-0137 x12", us},
		{"415-555-0137x12", us},
		{"Tel.: 415.555.0137", us},
		{"cell:4155550137", us},
		{"Miller,4155550137,4B", us},
		{`{"from":"+14155550137","at":"2026-08-03T21:04:59Z"}`, us},
		{"from=+14155550137 to=", us},
		{"`+14155550137`", us},
		{"*415 555 0137*", us},
		{"电话4155550137请回电", us},
		{"<tel:+14155550137|+1 (415) 555-0137>", us},
		{"+1 483 234 0137", "+14832340137"},
		{"+15550100137", "+15550100137"},
		{"+52 1 55 1234 5678", "+5215512345678"},
		{"+1000000 views, GMT+0200, +12", ""},
		{"01.42.68.53.00", ""},
		{"mail 4155550137@example.com", ""},
		{"sip:4155550137@example.com", "sip:4155550137@example.com"},
	} {
		var got []string
		for _, a := range AddressesIn(c.text, "US") {
			got = append(got, a.Value)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%q: found %q, want %q", c.text, got, c.want)
		}
	}
	if got := AddressesIn("appelez le 01.42.68.53.00", "FR"); len(got) != 1 || got[0].Value != "+33142685300" {
		t.Errorf("a number that begins like a date: %+v", got)
	}
}

func TestLastDigitsInAMessage(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"number 0137 only": "0137", "•••• 0137 waits, •••• 0137": "0137", "0137 or 0199": "", "flat 12": "", "2026-08-03 21:04": "", "good night": "",
	} {
		if got := LastDigitsIn(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func FuzzAddressesIn(f *testing.F) {
	for _, seed := range []string{
		"2026-08-03 21:04:59 WARN", "04/2019 – 11/2022", "d41d8cd98f00b204e9800998ecf8427e", "https://x.example/4155550137",
		"+1 483 234 0137", "wa.me/14155550137", "192.168.100.200", "a—4155550137—b", "١٤١٥٥٥٥٠١٣٧", "\xff+1415", "<<|>>", "1:23:",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, a := range AddressesIn(text, "US") {
			q, _, err := ParseQuery(a.Display, "US")
			if err != nil || q.Value != a.Value {
				t.Fatalf("%q: found %q, shown as %q, which reads as %+v, %v", text, a.Value, a.Display, q, err)
			}
		}
	})
}

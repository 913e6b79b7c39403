package takeover_test

import (
	"strings"
	"testing"

	"takeoverbot/takeover"
)

func TestKey(t *testing.T) {
	for target, want := range map[takeover.Target]string{
		"+14155550137":                         "+14155550137",
		"14155550137":                          "14155550137",
		"visitor-17":                           "visitor-17",
		"sip:lobby@example.com":                "sip:lobby@example.com",
		"lobby@Example.COM":                    "sip:lobby@example.com",
		"SIPS:lobby@example.com;transport=tls": "sip:lobby@example.com",
		"\"Lobby\" <sip:lobby:pw@example.com;lr>;tag=1": "sip:lobby@example.com",
		"sip:lobby@example.com?subject=door":            "sip:lobby@example.com",
		"sip:Lobby@example.com":                         "sip:Lobby@example.com",
		"sip:lobby@example.com:5061":                    "sip:lobby@example.com:5061",
		"sip:[2001:DB8::1]":                             "sip:[2001:db8::1]",
		"sip:":                                          "sip:",
		"":                                              "",
	} {
		if got := target.Key(); got != want {
			t.Errorf("%q: %q, want %q", string(target), got, want)
		}
	}
}

func TestPlaceholders(t *testing.T) {
	further := takeover.Placeholders{"gast", " Besucher"}
	for _, target := range []takeover.Target{
		"", " ", "-", "anonymous", "Anonymous", "ANONYMOUS", "Restricted", "private", "unavailable", "unknown", "blocked", "withheld",
		"+266696687", "266696687", "+7378742833", "+8656696", "+2562533", "+86282452253", "n/a", "null", "<anonymous>", "\"Unknown\"",
		"Private number", "Unknown caller", "No Caller ID", "number withheld", "sip:anonymous@anonymous.invalid", "Anonymous <sip:anonymous@anonymous.invalid>",
		"sip:restricted@carrier.example;user=phone", "anonymous@10.0.0.1", "sip:c8oqz84zk7z@privacy.invalid", "sip:+266696687@carrier.example", "tel:anonymous", "+0000000000", "conversation:c2",
		"Gast", "besucher", "sip:gast@pbx.example",
	} {
		if !further.Has(target) {
			t.Errorf("%q is taken for an address", string(target))
		}
	}
	for _, target := range []takeover.Target{
		"+14155550137", "14155550137", "+2666966871", "+12666966870", "sip:lobby@example.com", "sip:private-lobby@example.com", "anonymous-8f3a21", "Miller", "unit 4B",
		"user", "1", "whatsapp:+14155550137", "jane.unknown@example.com", "besucher2", "visitor 7", "山田",
	} {
		if further.Has(target) {
			t.Errorf("%q is taken for a placeholder", string(target))
		}
	}
	if (takeover.Placeholders)(nil).Has("gast") {
		t.Error("a word that nobody has set")
	}
}

// FuzzTarget: no spelling breaks the comparison, and the key of a key is the key.
func FuzzTarget(f *testing.F) {
	for _, s := range []string{"", "anonymous", "+266696687", "sip:lobby@example.com;lr", "<sip:@>", "sip:a@b@c", "\"<\" <sip:x@y>", "sips:", "a@?;"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		target := takeover.Target(s)
		if again := takeover.Target(target.Key()).Key(); again != target.Key() {
			t.Errorf("%q: the key is %q, and its key %q", s, target.Key(), again)
		}
		upper := strings.ToUpper(s)
		if none := (takeover.Placeholders)(nil); none.Has(target) != none.Has(takeover.Target(upper)) && strings.EqualFold(upper, s) {
			t.Errorf("%q: letter case matters", s)
		}
	})
}

package takeover_test

import (
	"fmt"
	"testing"

	"takeoverbot/takeover"
)

func TestFormsOfANumber(t *testing.T) {
	t.Parallel()
	for target, want := range map[takeover.Target]string{
		"+14155550137":          "[+14155550137 14155550137 whatsapp:+14155550137]",
		"+5215512345678":        "[+5215512345678 5215512345678 whatsapp:+5215512345678 +525512345678 525512345678 whatsapp:+525512345678]",
		"+541112345678":         "[+541112345678 541112345678 whatsapp:+541112345678 +5491112345678 5491112345678 whatsapp:+5491112345678]",
		"sip:guest@example.com": "[sip:guest@example.com]",
		"HARBOR":                "[HARBOR]",
	} {
		var forms []string
		for _, f := range target.Forms() {
			forms = append(forms, string(f))
		}
		if got := fmt.Sprint(forms); got != want {
			t.Errorf("%s: %s, want %s", string(target), got, want)
		}
	}
}

func TestTargetsThatAreTheSameEndUser(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b takeover.Target
		want bool
	}{
		{"+14155550137", "14155550137", true},
		{"+14155550137", "whatsapp:+14155550137", true},
		{"+5215512345678", "525512345678", true},
		{"+5491112345678", "+541112345678", true},
		{"HARBOR", "HARBOR", true},
		{"HARBOR", "harbor", false},
		{"+14155550137", "+14155550138", false},
		{"sip:a@b", "+14155550137", false},
		{"", "x", false},
		{"+14155550137", "", false},
		{"+14155550137", "someone +14155550137", false},
	} {
		if got := c.a.Is(c.b); got != c.want {
			t.Errorf("%s and %s: %t", string(c.a), string(c.b), got)
		}
	}
}

package telnyxsim

import (
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

var noonUTC = time.Date(2026, 11, 20, 11, 3, 0, 0, time.UTC)

func TestSeedsKeepTheirPromises(t *testing.T) {
	t.Parallel()
	seeds := Seeds(noonUTC)
	numbers := regexp.MustCompile(`^(\+1[2-9]\d{2}55501\d{2}|sip:\S+|web-\S+)$`)
	ids, lines := map[string]bool{}, map[string]int{}
	var hundreds, huge, silenced bool
	for _, c := range seeds {
		if !isUUID(c.ID) || ids[c.ID] {
			t.Errorf("id %q is no uuid or used twice", c.ID)
		}
		ids[c.ID] = true
		lines[c.EndUser()]++
		if !numbers.MatchString(c.EndUser()) || !numbers.MatchString(c.Agent()) {
			t.Errorf("%s: numbers %q and %q", c.Name, c.EndUser(), c.Agent())
		}
		at := c.CreatedAt
		for i, m := range c.Messages {
			if m.CreatedAt.Before(at) || m.CreatedAt.After(noonUTC) {
				t.Errorf("%s: message %d is at %s", c.Name, i, m.CreatedAt)
			}
			at = m.CreatedAt
			huge = huge || utf8.RuneCountInString(m.Text) == 40_000
		}
		hundreds = hundreds || len(c.Messages) == 300
		silenced = silenced || string(c.Metadata[KeyAIDisabled]) == `"true"`
	}
	if !hundreds || !huge || !silenced || lines["+16175550182"] != 3 || lines[SeedEndUser] != 1 {
		t.Errorf("300 messages %t, 40,000 characters %t, silenced by a string %t, lines %v", hundreds, huge, silenced, lines)
	}
}

func TestSeedsMainOneIsInProgress(t *testing.T) {
	t.Parallel()
	c := Seeds(noonUTC)[0]
	last := c.Messages[len(c.Messages)-1]
	if c.ID != SeedID(1) || c.EndUser() != SeedEndUser || c.Agent() != SeedAgent || c.text("unit") != "4B" {
		t.Errorf("main seed is %s of %s with %s", c.ID, c.EndUser(), c.Agent())
	}
	if last.Role != RoleUser || noonUTC.Sub(last.CreatedAt) > 5*time.Minute || c.AIDisabled() {
		t.Errorf("last message %+v, silenced %t", last, c.AIDisabled())
	}
}

func TestSeedsAreUTF8(t *testing.T) {
	t.Parallel()
	for _, c := range Seeds(noonUTC) {
		for _, m := range c.Messages {
			if !utf8.ValidString(m.Text) || strings.ContainsRune(m.Text, utf8.RuneError) {
				t.Errorf("%s: text is not UTF-8: %.60q", c.Name, m.Text)
			}
		}
	}
}

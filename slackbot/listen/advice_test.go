package listen_test

import (
	"regexp"
	"strings"
	"testing"

	"takeoverbot/internal/desktest"
	"takeoverbot/internal/slacksim"
	"takeoverbot/slackbot/listen"
	"takeoverbot/takeover"
)

// advised are the commands in backticks of a sentence, as it is read.
var advised = regexp.MustCompile("`(/takeover|!)([^`]*)`")

// TestAdviceWorks: what an answer to typed text says to type works when it is typed literally: it
// is stored as a command, opens a box or shows a list, and is not refused again.
func TestAdviceWorks(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"please help", "the one with the leak", "12", "5550137", "415 555 0137 +1 312 555 0100", "0137 5", "+1 415", "+1 483 234", "<@U0OMAR>",
		"99 999 999 999 999 99", "447700900123", "take it easy", "take", "log nonsense", "log", "log +1 415 555 0188", "back", "back name Miller", "back 0188",
		"handoff 0137 omar", "handoff @gus", "mine", "open", "hlep", "tkae +1 415 555 0137", "handback 0137", "name", "unit", "a `b` c", "O'Brien & <sons>",
		"name " + strings.Repeat("x", 81), strings.Repeat("9", 50), "415-555-0137 0199",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			said := answerTo(t, text)
			for _, part := range advised.FindAllStringSubmatch(said, -1) {
				if again := strings.TrimSpace(part[2]); part[1] == "/takeover" && refuses(answerTo(t, again)) {
					t.Errorf("told to type %q, which is answered with: %s", again, answerTo(t, again))
				}
			}
			if refuses(said) && !advised.MatchString(said) && !strings.Contains(said, "+1 415 555 0137") && !strings.Contains(said, "`unit 4B`") && !strings.Contains(said, "`name Miller`") && !strings.Contains(said, "at most 80") {
				t.Errorf("nothing that works is named: %s", said)
			}
		})
	}
}

// answerTo is the private answer of the acknowledgement, as Slack is sent it, without its escapes; a
// command that was stored, and a box, have none.
func answerTo(t *testing.T, text string) string {
	t.Helper()
	d := desktest.New(t, desktest.HeldBy(slacksim.Omar), lineTo("ln_dana", "+13125550199", takeover.StateHeld, slacksim.Dana))
	got := d.Ask(slacksim.Dana, text)
	if got.Private == nil {
		return ""
	}
	said, _ := desktest.CheckPrivate(t, listen.Answer{ContentType: got.ContentType, Body: []byte(got.Body)})
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(said)
}

// refuses says whether an answer asks for other input.
func refuses(said string) bool {
	for _, words := range []string{"please send", "Please send", "Type it behind", "There is no", "Type whom", "To whom", "needs a number", "no log", "Nobody holds a line of"} {
		if strings.Contains(said, words) {
			return true
		}
	}
	return false
}

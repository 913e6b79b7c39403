package demo

import (
	"errors"
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/telnyxsim"
)

// The bot, Slack and Telnyx show the same time, however often the clock is turned.
func TestClockTurnsEverywhere(t *testing.T) {
	t.Parallel()
	h := newFixture(t, nil)
	var ahead time.Duration
	h.turned = func(d time.Duration) { ahead = d }
	for _, minutes := range []int{31, 5} {
		if problem := h.do(t, "clock", input{Minutes: minutes}); problem != "" {
			t.Fatal(problem)
		}
	}
	want := time.Now().Add(36 * time.Minute)
	h.telnyx.Text(t.Context(), telnyxsim.SeedEndUser, telnyxsim.SeedAgent, "late")
	texts := h.telnyx.Phone(telnyxsim.SeedEndUser, telnyxsim.SeedAgent)
	for what, got := range map[string]time.Time{
		"the bot": time.Now().Add(ahead), "the page": h.now(), "Slack": h.slack.Snapshot("", nil).Now, "Telnyx": texts[len(texts)-1].At,
	} {
		if off := got.Sub(want).Abs(); off > 30*time.Second {
			t.Errorf("%s is off by %s", what, off)
		}
	}
	if got := h.state(look{}).Clock.Ahead; got != "36 min ahead" {
		t.Errorf("the page says %q", got)
	}
}

func TestClockIsNotTurned(t *testing.T) {
	t.Parallel()
	h := newFixture(t, nil)
	for _, minutes := range []int{0, -5, 1441} {
		if got := h.do(t, "clock", input{Minutes: minutes}); !strings.Contains(got, "forward only") {
			t.Errorf("%d minutes: %q", minutes, got)
		}
	}
	h.bot.err = errors.New("no file")
	if got := h.do(t, "clock", input{Minutes: 1}); !strings.Contains(got, "did not turn") {
		t.Errorf("a clock that does not turn: %q", got)
	}
	fixed := New(Options{Slack: h.slack, Telnyx: h.telnyx, Bot: h.bot})
	if err := fixed.advance(time.Minute); err == nil {
		t.Error("a demo without a clock turned it")
	}
}

func TestHappenings(t *testing.T) {
	t.Parallel()
	h := newFixture(t, nil)
	l := h.line("")
	happen := func(name string) string { return h.do(t, "happen", input{Line: l.Key, Name: name}) }
	before, _ := h.newest(l)
	if got := happen("outside"); !strings.Contains(got, "on already") {
		t.Errorf("switching on what is on: %q", got)
	}
	if err := h.telnyx.FlipAI(before.ID, true); err != nil {
		t.Fatal(err)
	}
	if got := happen("stale"); got != "" || len(h.telnyx.Faults().Misread) != 1 {
		t.Errorf("no reading will be stale: %q", got)
	}
	if got := happen("outside"); got != "" {
		t.Error(got)
	}
	if c, _ := h.telnyx.Conversation(before.ID); c.AIDisabled() {
		t.Error("the AI is still silenced")
	}
	if got := happen("stale"); !strings.Contains(got, "take the line over first") {
		t.Errorf("a stale reading of an AI that is on: %q", got)
	}
	if got := happen("speaks"); got != "" || len(h.telnyx.Messages(before.ID)) != len(before.Messages)+1 {
		t.Errorf("the AI did not speak: %q", got)
	}
	if got := happen("fresh"); got != "" {
		t.Error(got)
	}
	if after, _ := h.newest(l); after.ID == before.ID || after.AIDisabled() {
		t.Error("the text began no conversation of its own")
	}
	all := len(h.telnyx.Conversations())
	if got := happen("call"); got != "" || len(h.telnyx.Conversations()) != all+1 {
		t.Errorf("nobody phoned: %q", got)
	}
	if got := happen("magic"); got == "" {
		t.Error("something happened that is not known")
	}
	if got := len(h.state(look{}).Happens); got != len(happenings()) {
		t.Errorf("the page has %d buttons", got)
	}
}

// What was in the air goes out when the switch is turned off.
func TestLateAnswers(t *testing.T) {
	t.Parallel()
	h := newFixture(t, nil)
	l := h.line("")
	if err := h.nights.set(lateAnswers, true); err != nil {
		t.Fatal(err)
	}
	h.telnyx.Text(t.Context(), l.EndUser, l.Agent, "Is anybody there?")
	said := len(h.telnyx.Phone(l.EndUser, l.Agent))
	if err := h.nights.clear(); err != nil {
		t.Fatal(err)
	}
	if texts := h.telnyx.Phone(l.EndUser, l.Agent); len(texts) <= said || texts[len(texts)-1].Role != telnyxsim.RoleAssistant {
		t.Error("the answer stayed in the air")
	}
}

// The scene waits for the bot at each step, and says which one fails.
func TestForgottenTakeover(t *testing.T) {
	t.Parallel()
	h := newFixture(t, nil)
	l := h.tour.line
	held := strings.NewReplacer("AI is answering", "@Dana has it — AI is silent (checked 03:14:09)", "0137", lastDigits(l.EndUser)).Replace(testCard)
	card := h.post(t, "card", held)
	reply := func(text string) {
		h.call(t, "chat.postMessage", map[string]any{"channel": slacksim.DeskChannel, "thread_ts": card, "text": text, "unfurl_links": false, "unfurl_media": false})
	}
	reply("End user: Hello? Are you still there?")
	steps := 0
	h.turned = func(ahead time.Duration) {
		if ahead == lookPause {
			return // the bot looks for what was written
		}
		steps++
		switch steps {
		case 1, 2:
			reply("Dana, are you still on it?")
			h.call(t, "chat.postMessage", map[string]any{"channel": h.slack.DirectChannel(slacksim.Dana), "text": "Are you still on it?", "unfurl_links": false, "unfurl_media": false})
		case 3:
			reply("The leads were told.")
		case 4:
			reply("The AI gets the line.")
			h.post(t, "card", strings.NewReplacer("AI is answering", wordsAgain+" — since 04:00:00", "0137", lastDigits(l.EndUser)).Replace(testCard))
		}
	}
	if problem := h.do(t, "scene", input{Name: "forgotten"}); problem != "" {
		t.Fatal(problem)
	}
	words, _ := h.story.at()
	if steps != 4 || words != "" || time.Until(h.now()) < 46*time.Minute+lookPause-time.Second {
		t.Errorf("%d steps, %q, %s ahead", steps, words, time.Until(h.now()))
	}
	if !h.story.begin(l.Key) {
		t.Error("the scene cannot play again")
	}
	if got := h.do(t, "scene", input{Name: "talk"}); !strings.Contains(got, "plays already") {
		t.Errorf("two scenes at once: %q", got)
	}
}

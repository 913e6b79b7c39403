package demo

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/telnyxsim"
)

// card is a card as the bot draws it, in a given state.
func (h *fixture) showCard(t *testing.T, state string) {
	t.Helper()
	h.post(t, state, strings.Replace(testCard, "AI is answering", state, 1))
}

func (h *fixture) done(n int) func() bool {
	return func() bool {
		h.tour.mu.Lock()
		defer h.tour.mu.Unlock()
		return h.tour.done[n]
	}
}

func TestTourTicksOffWhatItSees(t *testing.T) {
	t.Parallel()
	h := newFixture(t, nil)
	for n := range int(stepCount) {
		if h.done(n)() {
			t.Fatalf("step %d is done before anything happened", n+1)
		}
	}
	h.showCard(t, "AI is answering")
	h.eventually(t, "the search", h.done(stepFind))
	h.showCard(t, "<@U0DANA> has it — AI is silent (checked 03:14:09)")
	if h.observe(); h.done(stepTake)() {
		t.Error("silence counts as proven while Telnyx lets the AI speak")
	}
	if err := h.telnyx.FlipAI(telnyxsim.SeedID(1), true); err != nil {
		t.Fatal(err)
	}
	h.eventually(t, "step 3", h.done(stepTake))
	h.texts(t, "Please turn off the water.")
	h.eventually(t, "step 4", h.done(stepWrite))
	h.do(t, "tour", input{User: slacksim.Dana, Step: stepAnswer})
	card, _ := h.card(h.tour.line)
	h.call(t, "chat.postMessage", map[string]any{"channel": slacksim.DeskChannel, "thread_ts": card.TS, "text": "End user: " + answer,
		"unfurl_links": false, "unfurl_media": false})
	h.eventually(t, "step 5", h.done(stepAnswer))
	if h.done(stepBack)() || h.done(stepText)() {
		t.Error("a step is done that nobody did")
	}
	if err := h.telnyx.FlipAI(telnyxsim.SeedID(1), false); err != nil {
		t.Fatal(err)
	}
	h.showCard(t, "AI is answering again — since 03:41:20")
	h.eventually(t, "step 6", h.done(stepBack))
}

func TestQuietIsNotBelievedTooEarly(t *testing.T) {
	t.Parallel()
	tr := newTour(line{}, time.Now())
	tr.silent = time.Now().Add(-time.Second)
	asked, answered, written := bubble{From: fromUser, Text: "when?", at: time.Now()}, bubble{From: fromAI, at: time.Now()}, bubble{From: fromPerson, at: time.Now()}
	const thread = "End user: when?"
	if left := tr.watchQuiet([]bubble{asked}, thread, time.Now(), time.Minute); left <= 0 || tr.done[stepAnswer] {
		t.Errorf("at once: done %t, look again in %s", tr.done[stepAnswer], left)
	}
	if left := tr.watchQuiet([]bubble{asked, answered}, thread, time.Now(), 0); left != 0 || tr.done[stepAnswer] {
		t.Error("an answered text counts as quiet")
	}
	if tr.watchQuiet([]bubble{asked}, "", time.Now(), 0); tr.done[stepAnswer] {
		t.Error("a text that is not in the thread counts")
	}
	if tr.watchQuiet([]bubble{asked, written}, thread, time.Now(), 0); !tr.done[stepAnswer] {
		t.Error("a text that only an operator answered does not count")
	}
}

// TestHostileTextStaysText: what the hostile seed says, and a card that is only a text,
// reach the page as text and as no card.
func TestHostileTextStaysText(t *testing.T) {
	t.Parallel()
	h := newFixture(t, nil)
	for _, l := range h.allLines() {
		if !strings.HasPrefix(l.EndUser, "+1323") {
			continue
		}
		p := h.phone(l.Key, time.UTC)
		if !slices.ContainsFunc(p.Bubbles, func(b bubble) bool { return strings.Contains(b.Text, "<script>alert(1)</script>") }) {
			t.Error("the hostile text is not shown as it was written")
		}
	}
	hostile := `"*@dana has it — AI is silent (checked 03:14:09)*\n<script>alert(1)</script> <!channel>"`
	h.post(t, "forged", `[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":`+hostile+`}]}]}]`)
	var s state
	h.get(t, "/state", &s)
	if m := s.Messages[0]; m.Card != "" || strings.Contains(sketch(m.Body), "mention(") || strings.Contains(sketch(m.Body), "b(") {
		t.Errorf("a text passes for something: %q", sketch(m.Body))
	}
	h.slack.Say(t.Context(), slacksim.Outside, slacksim.DeskChannel, "", "*AI is silent (checked 03:14:09)*")
	h.get(t, "/state", &s)
	for _, m := range s.Messages {
		if m.Card != "" {
			t.Errorf("%s passes for a card", m.Author.Name)
		}
	}
}

// TestPlayNamesWhatIsMissing: a bot that acknowledges and does nothing does not get
// through the play.
func TestPlayNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	h := newFixture(t, nil)
	var out bytes.Buffer
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	err := Play(ctx, Options{Slack: h.slack, Telnyx: h.telnyx, Bot: h.bot, ReplyDelay: testDelay}, "", &out)
	if err == nil || !strings.Contains(err.Error(), "scene 2") || !strings.Contains(err.Error(), "expected a private answer") {
		t.Errorf("the play says %v\n%s", err, out.String())
	}
	h.slack.SetBotURL("http://127.0.0.1:1")
	if err := Play(t.Context(), Options{Slack: h.slack, Telnyx: h.telnyx, Bot: h.bot, ReplyDelay: testDelay}, "", &out); err == nil || !strings.Contains(err.Error(), "acknowledged") {
		t.Errorf("without a bot the play says %v", err)
	}
}

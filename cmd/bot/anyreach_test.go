package main

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/anyreachsim"
	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/telnyxsim"
)

// testAnyreachKey is a secret of the tests.
const testAnyreachKey = "ak_world.anyreach-secret"

// anyreachSystem is a system with a simulated Anyreach beside Telnyx.
type anyreachSystem struct {
	*system
	anyreach *anyreachsim.Sim
}

// newAnyreachSystem makes it; start starts the bot.
func newAnyreachSystem(t *testing.T, env ...string) anyreachSystem {
	t.Helper()
	s := anyreachSystem{newSystem(t, options{}), anyreachsim.New(anyreachsim.Options{Key: testAnyreachKey})}
	t.Cleanup(func() {
		if strings.Contains(s.log.String(), testAnyreachKey) || strings.Contains(s.log.String(), anyreachsim.SeedEndUser) {
			t.Error("the log holds the Anyreach key or a full number")
		}
		_ = s.anyreach.Close()
	})
	base, err := s.anyreach.Start(context.Background(), "127.0.0.1:0")
	s.must(nil, err)
	s.anyreach.Load(anyreachsim.Seeds(time.Now()))
	s.bot().env = append(s.bot().env, append([]string{"ANYREACH_API_KEY=" + testAnyreachKey, "ANYREACH_BASE_URL=" + base}, env...)...)
	return s
}

// search types a number as Dana.
func (s anyreachSystem) search(number string) {
	s.Helper()
	if d := s.slack.SlashCommand(s.Context(), slacksim.Dana, slacksim.DeskChannel, "/takeover", number); !d.OK() {
		s.Fatalf("not acknowledged: %+v", d)
	}
}

// told waits until Dana was told all of it in one private message.
func (s anyreachSystem) told(parts ...string) slacksim.Private {
	s.Helper()
	var found slacksim.Private
	s.eventually("Dana is told "+strings.Join(parts, " … "), func() bool {
		for _, p := range slices.Backward(s.slack.Private(slacksim.Dana)) {
			text := s.slack.PlainPrivate(p, time.UTC)
			if !slices.ContainsFunc(parts, func(part string) bool { return !strings.Contains(text, part) }) {
				found = p
				return true
			}
		}
		return false
	})
	return found
}

// card waits until the newest card says all of it.
func (s anyreachSystem) card(parts ...string) slacksim.Message {
	s.Helper()
	var found slacksim.Message
	s.eventually("a card says "+strings.Join(parts, " … "), func() bool {
		for _, m := range slices.Backward(s.cardsNow()) {
			text := s.slack.PlainText(m, time.UTC)
			if !slices.ContainsFunc(parts, func(part string) bool { return !strings.Contains(text, part) }) {
				found = m
				return true
			}
		}
		return false
	})
	return found
}

// inThread waits until a card's thread has it.
func (s anyreachSystem) inThread(card slacksim.Message, part string) {
	s.Helper()
	s.eventually("the thread says "+part, func() bool {
		return slices.ContainsFunc(s.slack.Thread(slacksim.DeskChannel, card.TS), func(m slacksim.Message) bool {
			return strings.Contains(s.slack.PlainText(m, time.UTC), part)
		})
	})
}

// click presses a button as Dana.
func (s anyreachSystem) click(at slacksim.Ref, action string, pick ...slacksim.Pick) {
	s.Helper()
	if d := s.slack.Click(s.Context(), slacksim.Dana, at, action, pick...); !d.OK() {
		s.Fatalf("%s was not acknowledged: %+v", action, d)
	}
}

func TestTwoProvidersAreSearchedAtOnce(t *testing.T) {
	t.Parallel()
	s := newAnyreachSystem(t)
	s.anyreach.Load([]anyreachsim.Conversation{{ID: "conv_shared", UserID: telnyxsim.SeedEndUser, Channel: "telephone", Direction: "inbound", Status: "completed",
		AgentID: "agent_night", AgentName: "Night desk", AgentNumber: anyreachsim.SeedAgent, CreatedAt: time.Now().Add(-time.Second)}})
	s.bot().start(t)
	s.search(telnyxsim.SeedEndUser)
	list := s.slack.PlainPrivate(s.told("Telnyx", "Anyreach", "newest first"), time.UTC)
	if strings.Index(list, "Anyreach") > strings.Index(list, "Telnyx") || !strings.Contains(list, "The conversation has ended (completed)") {
		t.Errorf("not newest first, or not said to have ended:\n%s", list)
	}
	lists := 0
	for _, c := range s.anyreach.Calls() {
		if c.Op == anyreachsim.OpList {
			lists++
		}
	}
	if lists != 1 {
		t.Errorf("%d list calls for one search", lists)
	}
	s.must(nil, s.telnyx.Inject(telnyxsim.Failure{Op: telnyxsim.OpList, Status: 503}))
	s.search(telnyxsim.SeedEndUser)
	s.told("Telnyx is failing (503): these are Anyreach's only")
	s.anyreach.SetFaults(anyreachsim.Faults{Fail: []anyreachsim.Failure{{Status: 502}}})
	s.search(telnyxsim.SeedEndUser)
	s.told("Telnyx is failing (503)", "Anyreach is failing (502)", "Nothing was changed")
}

func TestALineThatCannotBeTakenIsWatched(t *testing.T) {
	t.Parallel()
	s := newAnyreachSystem(t)
	s.bot().start(t)
	s.search(anyreachsim.SeedEndUser)
	list := s.told("2 conversations", "Open")
	s.click(list.Ref(), "line.open", slacksim.Pick{BlockID: "conv:0:" + anyreachsim.SeedID(1)})
	card := s.card("AI is answering", "Anyreach's AI cannot be silenced from outside", "warm-transfer", "Watch", "Transcript")
	if text := s.slack.PlainText(card, time.UTC); strings.Contains(text, "Take over") || strings.Contains(text, anyreachsim.SeedEndUser) {
		t.Errorf("card:\n%s", text)
	}

	forged := card
	forged.Blocks = bytes.Replace(card.Blocks, []byte("line.watch"), []byte("line.take"), 1)
	if d := s.slack.ClickStale(s.Context(), slacksim.Dana, forged, "line.take"); !d.OK() {
		t.Fatalf("not acknowledged: %+v", d)
	}
	s.told("cannot be silenced from outside", "Nothing was changed")
	if line, err := s.lineOf(anyreachsim.SeedEndUser); err != nil || line.State != "ai" || line.Trouble != nil || line.Takeover.Holder != "" {
		t.Errorf("line %+v, %v", line, err)
	}

	card = s.card("AI is answering", "Watch")
	s.click(card.Ref(), "line.watch")
	card = s.card("Stop watching", "watches until")
	s.inThread(card, "watches: new messages appear here")
	s.must(nil, s.anyreach.Say(anyreachsim.SeedID(1), "user", "Hello? Is anybody there?"))
	s.inThread(card, "Hello? Is anybody there?")
	s.must(nil, s.anyreach.SetStatus(anyreachsim.SeedID(1), "completed"))
	s.inThread(card, "the conversation has ended (completed)")
	s.card("The conversation has ended (completed)", "nothing to take over")
	reads := len(s.anyreach.Calls())
	if !s.quiet() {
		s.eventually("all jobs are done", s.quiet)
	}
	if n := len(s.anyreach.Calls()); n != reads {
		t.Errorf("%d calls although nobody watches", n-reads)
	}
	for _, c := range s.anyreach.Calls() {
		if c.Op != anyreachsim.OpList && c.Op != anyreachsim.OpGet {
			t.Errorf("the bot called %s", c.Op)
		}
	}
}

func TestAHiddenTranscriptIsSaidToBeHidden(t *testing.T) {
	t.Parallel()
	s := newAnyreachSystem(t)
	s.anyreach.SetScopes(anyreachsim.ScopeRead)
	s.bot().start(t)
	s.search("+1 415 555 0163")
	p := s.told("hidden by permission (scope conversations:read_sensitive)")
	card := s.card("hidden by permission (scope conversations:read_sensitive)", "The conversation has ended (transferred)", "handed to another destination")
	for _, text := range []string{s.slack.PlainPrivate(p, time.UTC), s.slack.PlainText(card, time.UTC)} {
		if strings.Contains(strings.ToLower(text), "no messages") || strings.Contains(text, "Take over") || strings.Contains(text, "Watch") {
			t.Errorf("said:\n%s", text)
		}
	}
}

func TestAnyreachAlone(t *testing.T) {
	t.Parallel()
	s := newAnyreachSystem(t, "TELNYX_API_KEY=")
	s.bot().start(t)
	s.search("+1 415 555 0162") // stored without its plus
	s.card("The conversation has ended (completed)")
	s.search("+1 212 555 0100")
	s.told("Anyreach has no conversation with")
	if n := len(s.telnyx.Calls()); n != 0 {
		t.Errorf("%d calls of Telnyx", n)
	}
}

func TestDoctorTellsWhatAnyreachCanDo(t *testing.T) {
	t.Parallel()
	s := newAnyreachSystem(t)
	diagnose := func(want int, parts ...string) {
		t.Helper()
		code, out, errOut := runBot(t, s.bot().env, "doctor")
		if code != want || strings.Contains(out+errOut, testAnyreachKey) {
			t.Errorf("exit code %d:\n%s%s", code, out, errOut)
		}
		for _, part := range parts {
			if !strings.Contains(out, part) {
				t.Errorf("no %q in:\n%s", part, out)
			}
		}
	}
	diagnose(exitDone, "ok    Anyreach answers and accepts the key", "ok    Anyreach tells what the key may do (conversations:read, conversations:read_sensitive)",
		"ok    Anyreach shows transcripts to this key (tried with one conversation)", "What Telnyx can do", "What Anyreach can do", "take over: silence the AI", "no (", "needs set-up (", "warm-transfer")
	s.anyreach.SetScopes(anyreachsim.ScopeRead)
	diagnose(exitFailed, "FIX   Anyreach hides transcripts from this key — an Anyreach admin has to issue a key with the scope conversations:read_sensitive", "hidden by permission")
	s.anyreach.SetScopes(anyreachsim.ScopeRead, anyreachsim.ScopeSensitive)
	s.anyreach.SetFaults(anyreachsim.Faults{ScopesRefused: true})
	diagnose(exitDone, "ok    Anyreach does not tell what the key may do; what matters was tried")
	s.anyreach.SetFaults(anyreachsim.Faults{Fail: []anyreachsim.Failure{{Status: 502}}})
	diagnose(exitFailed, "FIX   Anyreach does not answer as expected — check ANYREACH_BASE_URL")
	s.bot().env = append(s.bot().env, "ANYREACH_API_KEY=ak_other.x")
	s.anyreach.SetFaults(anyreachsim.Faults{})
	diagnose(exitFailed, "FIX   Anyreach refuses the key — put a valid key")
	code, _, errOut := runBot(t, append(s.bot().env, "ANYREACH_API_KEY=pat_secret-1"), "doctor")
	if code != exitUsage || !strings.Contains(errOut, "ANYREACH_ORG is missing") || strings.Contains(errOut, "secret-1") {
		t.Errorf("exit code %d: %s", code, errOut)
	}
}

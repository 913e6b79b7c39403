package main

import (
	"time"

	"takeoverbot/internal/telnyxsim"
	"takeoverbot/takeover"
)

// checkInvariants checks what must be true at the end of every story.
func (s *system) checkInvariants() {
	for _, bot := range s.bots {
		if bot.wanted && !bot.running() {
			s.Errorf("the bot ended unexpectedly")
		}
	}
	s.cards.close()
	if !s.allowViolations {
		for _, v := range s.slack.Violations() {
			s.Errorf("Slack: %s", v)
		}
	}
	if gap := s.flags.tooSoon(); gap != 0 {
		s.Errorf("the watch asked Telnyx again after %s: once a tick is enough for all replicas", gap)
	}
	for _, found := range leaks(s.log.String(), s.hidden()) {
		s.Errorf("the log holds %s", found)
	}
	for _, found := range givenAway(append(s.said(), s.files()...), s.numbers()) {
		s.Errorf("the desk's channel, a file there, or a direct message shows %s", found)
	}
	if bot := s.bots[0]; bot.cmd == nil {
		return // never started: there is no store
	}
	s.checkClaims()
	s.checkHolders(s.audit())
}

// checkClaims: at the time that a card named, the flag was set in every text conversation that
// Telnyx had of the pair then, but for as many as the card said that it does not cover.
func (s *system) checkClaims() {
	lines := map[string]takeover.Line{}
	for _, l := range s.lines() {
		lines[string(l.ID)] = l
	}
	for c := range s.cards.claims {
		at := time.Unix(c.at, 0)
		var on []string
		for _, conv := range s.telnyx.Conversations() {
			if s.claimed(lines[c.line], conv, at) && !s.flags.wasOn(conv.ID, at) {
				on = append(on, conv.ID+": "+s.flags.history(conv.ID))
			}
		}
		if len(on) > c.beyond {
			s.Errorf("a card said that the AI is silent, checked at %s, and %d older conversations are not, but the flag was not set then: %v", at.UTC().Format(time.TimeOnly), c.beyond, on)
		}
	}
}

// claimed reports whether a claim about the line speaks of a conversation: one of its pair in
// which the end user writes, and that lists had shown by then. Of an anonymous end user it
// speaks of the line's own.
func (s *system) claimed(l takeover.Line, conv telnyxsim.Conversation, at time.Time) bool {
	late := time.Duration(s.telnyx.Faults().ConversationsLateMS) * time.Millisecond
	switch {
	case conv.Channel() == "phone_call" || s.telnyx.FlagHistory(conv.ID)[0].At.Add(late).After(at):
		return false
	case l.EndUser.Anonymous():
		return l.Covers(takeover.ConversationID(conv.ID))
	default:
		return takeover.Target(conv.EndUser()).Key() == l.EndUser.Key() && takeover.Target(conv.Agent()).Key() == l.Agent.Key()
	}
}

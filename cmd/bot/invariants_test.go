package main

import (
	"time"

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
	for _, found := range givenAway(s.said(), s.numbers()) {
		s.Errorf("the desk's channel, or a direct message, shows %s", found)
	}
	if bot := s.bots[0]; bot.cmd == nil {
		return // never started: there is no store
	}
	s.checkClaims()
	s.checkHolders(s.audit())
}

// checkClaims: the word "silent" was never shown without the flag having been read
// back as set.
func (s *system) checkClaims() {
	lines := map[string]takeover.Line{}
	for _, l := range s.lines() {
		lines[string(l.ID)] = l
	}
	began := s.joinTimes()
	for c := range s.cards.claims {
		at := time.Unix(c.at, 0)
		for _, conv := range lines[c.line].Covered {
			if !began[conv.ID].After(at) && !s.flags.wasOn(string(conv.ID), at) {
				s.Errorf("a card said that the AI is silent, checked at %s, but the flag of %s was not set then: %s", at.UTC().Format(time.TimeOnly), conv.ID, s.flags.history(string(conv.ID)))
			}
		}
	}
}

// joinTimes are since when a claim is about a conversation that Telnyx opened during the
// story: what a card said before it was first silenced was about the older ones. Those
// that the story began with are none of them.
func (s *system) joinTimes() map[takeover.ConversationID]time.Time {
	times := map[takeover.ConversationID]time.Time{}
	for _, c := range s.telnyx.Conversations() {
		if c.CreatedAt.After(s.began) {
			times[takeover.ConversationID(c.ID)] = s.flags.firstOn(c.ID)
		}
	}
	return times
}

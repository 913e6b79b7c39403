package main

import (
	"slices"
	"strings"

	"takeoverbot/internal/slacksim"
)

// directTexts are a person's direct messages from the bot, oldest first.
func (s *system) directTexts(user string) []string {
	var texts []string
	for _, m := range s.slack.DirectMessages(user) {
		if m.BotID != "" {
			texts = append(texts, s.slack.PlainText(m, nil))
		}
	}
	return texts
}

// homeText is a person's Home tab as it stands; empty if nothing was published to it.
func (s *system) homeText(user string) string {
	v := s.slack.Home(user)
	if v == nil {
		return ""
	}
	return s.slack.PlainView(*v, nil)
}

// cardsNow are the cards in the desk's channel, oldest first. A thread's line that was
// shown to the whole desk is not one.
func (s *system) cardsNow() []slacksim.Message {
	return slices.DeleteFunc(s.slack.Messages(slacksim.DeskChannel), func(m slacksim.Message) bool { return m.BotID == "" || m.ThreadTS != "" && m.ThreadTS != m.TS })
}

func (s *system) messageAt(ref slacksim.Ref) slacksim.Message {
	for _, m := range s.slack.Messages(ref.Channel) {
		if m.TS == ref.TS {
			return m
		}
	}
	s.Fatalf("no message stands at %s", ref.TS)
	return slacksim.Message{}
}

func (s *system) cardTexts() []string {
	var texts []string
	for _, m := range s.cardsNow() {
		texts = append(texts, s.slack.PlainText(m, nil))
	}
	return texts
}

// threadTexts are the lines below all cards, each card's in order.
func (s *system) threadTexts() []string {
	var texts []string
	for _, m := range s.cardsNow() {
		for _, r := range s.slack.Thread(slacksim.DeskChannel, m.TS) {
			texts = append(texts, s.slack.PlainText(r, nil))
		}
	}
	return texts
}

func (s *system) privateTexts(user string) []string {
	var texts []string
	for _, p := range s.slack.Private(user) {
		texts = append(texts, s.slack.PlainPrivate(p, nil))
	}
	return texts
}

// screen is all of it, for a failed story.
func (s *system) screen() string {
	texts := append([]string{"cards:"}, s.cardTexts()...)
	texts = append(append(texts, "threads:"), s.threadTexts()...)
	for _, user := range []string{slacksim.Dana, slacksim.Omar, slacksim.Lena, slacksim.Guest, slacksim.Outside} {
		texts = append(append(texts, "private, "+user+":"), s.privateTexts(user)...)
		texts = append(append(texts, "direct, "+user+":"), s.directTexts(user)...)
		texts = append(texts, "home, "+user+":", s.homeText(user))
	}
	return readable(texts)
}

// containsAll says whether a text shows all of the parts.
func containsAll(text string, parts []string) bool {
	for _, p := range parts {
		if !strings.Contains(text, p) {
			return false
		}
	}
	return true
}

// showing counts the texts that show all of the parts.
func showing(texts, parts []string) int {
	n := 0
	for _, t := range texts {
		if containsAll(t, parts) {
			n++
		}
	}
	return n
}

// readable joins texts for a failure's report.
func readable(texts []string) string {
	if len(texts) == 0 {
		return "(nothing)"
	}
	return strings.Join(texts, "\n---\n")
}

func inOrder(text string, parts []string) bool {
	last := -1
	for _, p := range parts {
		at := strings.Index(text, p)
		if at <= last || strings.Count(text, p) != 1 {
			return false
		}
		last = at
	}
	return true
}

package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"takeoverbot/internal/slacksim"
)

// screenCommands are what people see, as they read it: names for mentions, times in UTC,
// [Take over] for a button.
func screenCommands() map[string]storyCommand {
	return map[string]storyCommand{
		"card":      {usage: "TEXT [TEXT…]", check: cmdCard},
		"cards":     {usage: "N", do: cmdCards},
		"thread":    {usage: "N|TEXT [TEXT…]", check: cmdThread},
		"private":   {usage: "WHO N|TEXT [TEXT…]", check: cmdPrivate},
		"told":      {usage: "N TEXT [TEXT…]", check: cmdTold},
		"told-desk": {usage: "N", do: cmdToldDesk},
		"box":       {usage: "WHO [TEXT…]", check: cmdBox},
		"file":      {usage: "TEXT [TEXT…]", check: cmdFile},
		"complete":  {usage: "thread|file NUMBER [LAST]", do: cmdComplete},
	}
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

// card TEXT…: some card shows all of the texts.
func cmdCard(s *system, neg bool, args []string) {
	s.expect(neg, fmt.Sprintf("a card with %q", args), func() bool { return showing(s.cardTexts(), args) > 0 },
		func() string { return readable(s.cardTexts()) })
}

// cards N: so many cards stand in the channel now.
func cmdCards(s *system, args []string) {
	if got := len(s.cardsNow()); strconv.Itoa(got) != args[0] {
		s.Fatalf("%d cards:\n%s", got, readable(s.cardTexts()))
	}
}

// thread [N] TEXT…: some line below a card shows all of the texts; with a number in
// front exactly so many lines do.
func cmdThread(s *system, neg bool, args []string) {
	saw := func() string { return readable(s.threadTexts()) }
	if n, err := strconv.Atoi(args[0]); err == nil && len(args) > 1 {
		s.expect(neg, fmt.Sprintf("%d lines with %q", n, args[1:]), func() bool { return showing(s.threadTexts(), args[1:]) == n }, saw)
		return
	}
	s.expect(neg, fmt.Sprintf("a line with %q", args), func() bool { return showing(s.threadTexts(), args) > 0 }, saw)
}

// private WHO [N] TEXT…: a message that only this person sees shows all of the texts;
// with a number exactly so many do.
func cmdPrivate(s *system, neg bool, args []string) {
	user, parts := s.person(args[0]), args[1:]
	ok := func() bool { return showing(s.privateTexts(user), parts) > 0 }
	if n, err := strconv.Atoi(parts[0]); err == nil && len(parts) > 1 {
		parts = parts[1:]
		ok = func() bool { return showing(s.privateTexts(user), parts) == n }
	}
	s.expect(neg, fmt.Sprintf("private to %s: %q", args[0], args[1:]), ok, func() string { return readable(s.privateTexts(user)) })
}

// told N TEXT…: exactly so many people were shown all of the texts in private.
func cmdTold(s *system, neg bool, args []string) {
	told := func() int {
		n := 0
		for _, u := range s.slack.Snapshot("", nil).Users {
			n += min(1, showing(s.privateTexts(u.ID), args[1:]))
		}
		return n
	}
	s.expect(neg, fmt.Sprintf("%s people who were told %q", args[0], args[1:]), func() bool { return strconv.Itoa(told()) == args[0] },
		func() string { return fmt.Sprintf("%d", told()) })
}

// told-desk N: so many lines of a thread were shown to the whole channel.
func cmdToldDesk(s *system, args []string) {
	n := 0
	for _, m := range s.slack.Messages(slacksim.DeskChannel) {
		if m.Subtype == "thread_broadcast" {
			n++
		}
	}
	if strconv.Itoa(n) != args[0] {
		s.Fatalf("the desk was told %d times", n)
	}
}

// box WHO TEXT…: the open box shows all of the texts. ! box WHO: none is open.
func cmdBox(s *system, neg bool, args []string) {
	user := s.person(args[0])
	shown := func() string {
		v := s.slack.View(user)
		if v == nil {
			return ""
		}
		return fmt.Sprint(s.slack.PlainView(*v, nil), v.Errors)
	}
	s.expect(neg, fmt.Sprintf("a box with %q", args[1:]), func() bool { return shown() != "" && containsAll(shown(), args[1:]) }, shown)
}

// file TEXT…: the newest file shows all of the texts.
func cmdFile(s *system, neg bool, args []string) {
	newest := func() string {
		files := s.slack.Files()
		if len(files) == 0 {
			return ""
		}
		return string(files[len(files)-1].Content)
	}
	s.expect(neg, fmt.Sprintf("a file with %q", args), func() bool { return newest() != "" && containsAll(newest(), args) }, newest)
}

// complete thread|file NUMBER [LAST]: every line of every message (of the last LAST
// ones) of the end user's newest conversation stands there, in order.
func cmdComplete(s *system, args []string) {
	messages := s.conversation(args[1]).Messages
	if len(args) > 2 {
		n, err := strconv.Atoi(args[2])
		s.check(err)
		messages = messages[len(messages)-n:]
	}
	text := strings.Join(s.threadTexts(), "\n")
	if args[0] == "file" {
		files := s.slack.Files()
		text = string(files[len(files)-1].Content)
	}
	for i, m := range messages {
		for line := range strings.Lines(m.Text) {
			line = strings.TrimSpace(line)
			at := strings.Index(text, line)
			if m.Role == "tool" || line == "" {
				continue
			}
			if at < 0 {
				s.Fatalf("message %d is not there, or out of order: %q", i+1, line)
			}
			text = text[at+len(line):]
		}
	}
}

// readable joins texts for a failure's report.
func readable(texts []string) string {
	if len(texts) == 0 {
		return "(nothing)"
	}
	return strings.Join(texts, "\n---\n")
}

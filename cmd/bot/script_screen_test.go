package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"takeoverbot/internal/slacksim"
)

// screenWords are what people see, as they read it: names for mentions, times in UTC,
// [Take over] for a button.
func screenWords() map[string]storyWord {
	return map[string]storyWord{
		"card":      wordCard,
		"cards":     wordCards,
		"thread":    wordThread,
		"private":   wordPrivate,
		"told":      wordTold,
		"told-desk": wordToldDesk,
		"box":       wordBox,
		"file":      wordFile,
		"complete":  wordComplete,
	}
}

// cardsNow are the cards in the desk's channel, oldest first. A thread's line that was
// shown to the whole desk is not one.
func (w *world) cardsNow() []slacksim.Message {
	return slices.DeleteFunc(w.slack.Messages(slacksim.DeskChannel), func(m slacksim.Message) bool { return m.BotID == "" || m.ThreadTS != "" && m.ThreadTS != m.TS })
}

func (w *world) messageAt(ref slacksim.Ref) slacksim.Message {
	for _, m := range w.slack.Messages(ref.Channel) {
		if m.TS == ref.TS {
			return m
		}
	}
	w.Fatalf("no message stands at %s", ref.TS)
	return slacksim.Message{}
}

func (w *world) cardTexts() []string {
	var texts []string
	for _, m := range w.cardsNow() {
		texts = append(texts, w.slack.PlainText(m, nil))
	}
	return texts
}

// threadTexts are the lines below all cards, each card's in order.
func (w *world) threadTexts() []string {
	var texts []string
	for _, m := range w.cardsNow() {
		for _, r := range w.slack.Thread(slacksim.DeskChannel, m.TS) {
			texts = append(texts, w.slack.PlainText(r, nil))
		}
	}
	return texts
}

func (w *world) privateTexts(user string) []string {
	var texts []string
	for _, p := range w.slack.Private(user) {
		texts = append(texts, w.slack.PlainPrivate(p, nil))
	}
	return texts
}

// screen is all of it, for a failed story.
func (w *world) screen() string {
	texts := append([]string{"cards:"}, w.cardTexts()...)
	texts = append(append(texts, "threads:"), w.threadTexts()...)
	for _, user := range []string{slacksim.Dana, slacksim.Omar, slacksim.Lena, slacksim.Guest, slacksim.Outside} {
		texts = append(append(texts, "private, "+user+":"), w.privateTexts(user)...)
		texts = append(append(texts, "direct, "+user+":"), w.directTexts(user)...)
		texts = append(texts, "home, "+user+":", w.homeText(user))
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
func wordCard(s *script, neg bool, args []string) {
	s.need(args, 1, "card TEXT…")
	s.check(neg, fmt.Sprintf("a card with %q", args), func() bool { return showing(s.w.cardTexts(), args) > 0 },
		func() string { return readable(s.w.cardTexts()) })
}

// cards N: so many cards stand in the channel now.
func wordCards(s *script, neg bool, args []string) {
	s.once(neg)
	s.need(args, 1, "cards N")
	if got := len(s.w.cardsNow()); strconv.Itoa(got) != args[0] {
		s.Fatalf("%d cards:\n%s", got, readable(s.w.cardTexts()))
	}
}

// thread [N] TEXT…: some line below a card shows all of the texts; with a number in
// front exactly so many lines do.
func wordThread(s *script, neg bool, args []string) {
	s.need(args, 1, "thread [N] TEXT…")
	saw := func() string { return readable(s.w.threadTexts()) }
	if n, err := strconv.Atoi(args[0]); err == nil && len(args) > 1 {
		s.check(neg, fmt.Sprintf("%d lines with %q", n, args[1:]), func() bool { return showing(s.w.threadTexts(), args[1:]) == n }, saw)
		return
	}
	s.check(neg, fmt.Sprintf("a line with %q", args), func() bool { return showing(s.w.threadTexts(), args) > 0 }, saw)
}

// private WHO [N] TEXT…: a message that only this person sees shows all of the texts;
// with a number exactly so many do.
func wordPrivate(s *script, neg bool, args []string) {
	s.need(args, 2, "private WHO [N] TEXT…")
	user, parts := s.person(args[0]), args[1:]
	ok := func() bool { return showing(s.w.privateTexts(user), parts) > 0 }
	if n, err := strconv.Atoi(parts[0]); err == nil && len(parts) > 1 {
		parts = parts[1:]
		ok = func() bool { return showing(s.w.privateTexts(user), parts) == n }
	}
	s.check(neg, fmt.Sprintf("private to %s: %q", args[0], args[1:]), ok, func() string { return readable(s.w.privateTexts(user)) })
}

// told N TEXT…: exactly so many people were shown all of the texts in private.
func wordTold(s *script, neg bool, args []string) {
	s.need(args, 2, "told N TEXT…")
	told := func() int {
		n := 0
		for _, u := range s.w.slack.Snapshot("", nil).Users {
			n += min(1, showing(s.w.privateTexts(u.ID), args[1:]))
		}
		return n
	}
	s.check(neg, fmt.Sprintf("%s people who were told %q", args[0], args[1:]), func() bool { return strconv.Itoa(told()) == args[0] },
		func() string { return fmt.Sprintf("%d", told()) })
}

// told-desk N: so many lines of a thread were shown to the whole channel.
func wordToldDesk(s *script, neg bool, args []string) {
	s.once(neg)
	s.need(args, 1, "told-desk N")
	n := 0
	for _, m := range s.w.slack.Messages(slacksim.DeskChannel) {
		if m.Subtype == "thread_broadcast" {
			n++
		}
	}
	if strconv.Itoa(n) != args[0] {
		s.Fatalf("the desk was told %d times", n)
	}
}

// box WHO TEXT…: the open box shows all of the texts. ! box WHO: none is open.
func wordBox(s *script, neg bool, args []string) {
	s.need(args, 1, "box WHO TEXT…")
	user := s.person(args[0])
	shown := func() string {
		v := s.w.slack.View(user)
		if v == nil {
			return ""
		}
		return fmt.Sprint(s.w.slack.PlainView(*v, nil), v.Errors)
	}
	s.check(neg, fmt.Sprintf("a box with %q", args[1:]), func() bool { return shown() != "" && containsAll(shown(), args[1:]) }, shown)
}

// file TEXT…: the newest file shows all of the texts.
func wordFile(s *script, neg bool, args []string) {
	newest := func() string {
		files := s.w.slack.Files()
		if len(files) == 0 {
			return ""
		}
		return string(files[len(files)-1].Content)
	}
	s.check(neg, fmt.Sprintf("a file with %q", args), func() bool { return newest() != "" && containsAll(newest(), args) }, newest)
}

// complete thread|file NUMBER [LAST]: every line of every message (of the last LAST
// ones) of the end user's newest conversation stands there, in order.
func wordComplete(s *script, neg bool, args []string) {
	s.once(neg)
	s.need(args, 2, "complete thread|file NUMBER [LAST]")
	messages := s.conversation(args[1]).Messages
	if len(args) > 2 {
		n, err := strconv.Atoi(args[2])
		s.Check(err)
		messages = messages[len(messages)-n:]
	}
	text := strings.Join(s.w.threadTexts(), "\n")
	if args[0] == "file" {
		files := s.w.slack.Files()
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

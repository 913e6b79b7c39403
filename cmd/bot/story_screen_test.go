package main

import (
	"bytes"
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
		"reaction":  {usage: "TEXT NAME", check: cmdReaction},
		"private":   {usage: "WHO N|TEXT [TEXT…]", check: cmdPrivate},
		"direct":    {usage: "WHO N|TEXT [TEXT…]", check: cmdDirect},
		"home":      {usage: "WHO TEXT [TEXT…]", check: cmdHome},
		"in-order":  {usage: "TEXT TEXT [TEXT…]", check: cmdInOrder},
		"told":      {usage: "N TEXT [TEXT…]", check: cmdTold},
		"told-desk": {usage: "N", do: cmdToldDesk},
		"modal":     {usage: "WHO [TEXT…]", check: cmdModal},
		"file":      {usage: "TEXT [TEXT…]", check: cmdFile},
		"pictures":  {usage: "N", check: cmdPictures},
		"complete":  {usage: "thread|file NUMBER [LAST]", do: cmdComplete},
	}
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

// reaction TEXT NAME: some message that shows the text has this reaction, and no other.
func cmdReaction(s *system, neg bool, args []string) {
	reactions := func() (all []string) {
		for _, m := range s.everything() {
			if strings.Contains(s.slack.PlainText(m, nil), args[0]) {
				var names []string
				for _, r := range m.Reactions {
					names = append(names, r.Name)
				}
				all = append(all, strings.Join(names, " "))
			}
		}
		return all
	}
	s.expect(neg, fmt.Sprintf("on %q only the reaction %s", args[0], args[1]), func() bool { return slices.Contains(reactions(), args[1]) },
		func() string { return readable(reactions()) })
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

// modal WHO TEXT…: the open modal shows all of the texts. ! modal WHO: none is open.
func cmdModal(s *system, neg bool, args []string) {
	user := s.person(args[0])
	shown := func() string {
		v := s.slack.View(user)
		if v == nil {
			return ""
		}
		return fmt.Sprint(s.slack.PlainView(*v, nil), v.Errors)
	}
	s.expect(neg, fmt.Sprintf("a modal with %q", args[1:]), func() bool { return shown() != "" && containsAll(shown(), args[1:]) }, shown)
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

// pictures N: exactly so many pictures are in threads.
func cmdPictures(s *system, neg bool, args []string) {
	n := func() string {
		return strconv.Itoa(len(slices.DeleteFunc(s.slack.Files(), func(f slacksim.File) bool { return f.TS == "" || !bytes.Equal(f.Content, pixel) })))
	}
	s.expect(neg, args[0]+" pictures", func() bool { return n() == args[0] }, n)
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

// direct WHO [N] TEXT…: a direct message to the person shows all of the texts; with a
// number exactly so many do.
func cmdDirect(s *system, neg bool, args []string) {
	user, parts := s.person(args[0]), args[1:]
	ok := func() bool { return showing(s.directTexts(user), parts) > 0 }
	if n, err := strconv.Atoi(parts[0]); err == nil && len(parts) > 1 {
		parts = parts[1:]
		ok = func() bool { return showing(s.directTexts(user), parts) == n }
	}
	s.expect(neg, fmt.Sprintf("direct to %s: %q", args[0], args[1:]), ok, func() string { return readable(s.directTexts(user)) })
}

// home WHO TEXT…: the person's Home tab shows all of the texts.
func cmdHome(s *system, neg bool, args []string) {
	shown := func() string { return s.homeText(s.person(args[0])) }
	s.expect(neg, fmt.Sprintf("the Home of %s: %q", args[0], args[1:]), func() bool { return shown() != "" && containsAll(shown(), args[1:]) }, shown)
}

// in-order TEXT TEXT…: each stands below the cards exactly once, in this order.
func cmdInOrder(s *system, neg bool, args []string) {
	s.expect(neg, fmt.Sprintf("in order: %q", args), func() bool { return inOrder(strings.Join(s.threadTexts(), "\n"), args) },
		func() string { return readable(s.threadTexts()) })
}

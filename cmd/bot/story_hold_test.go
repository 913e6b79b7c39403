package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"takeoverbot/internal/slacksim"
)

// holdCommands are what a takeover lives through while it is held: time that passes, direct
// messages, the Home tab, groups, and what happens at Telnyx by itself.
func holdCommands() map[string]storyCommand {
	return map[string]storyCommand{
		"clock":      {usage: "DURATION", do: cmdClock},
		"direct":     {usage: "WHO N|TEXT [TEXT…]", check: cmdDirect},
		"open-home":  {usage: "WHO", do: cmdOpenHome},
		"home":       {usage: "WHO TEXT [TEXT…]", check: cmdHome},
		"shortcut":   {usage: "WHO TEXT", do: cmdShortcut},
		"group":      {usage: "NAME WHO [WHO…]", do: cmdGroup},
		"inactivity": {usage: "DURATION", do: cmdInactivity},
		"call":       {usage: "NUMBER TEXT", do: cmdCall},
		"ai-says":    {usage: "NUMBER TEXT", do: cmdAISays},
		"release":    {do: cmdRelease},
		"in-order":   {usage: "TEXT TEXT [TEXT…]", check: cmdInOrder},
	}
}

// clock DURATION: so much time passes at once, for the bot, for Slack and for Telnyx.
func cmdClock(s *system, args []string) {
	d, err := time.ParseDuration(args[0])
	s.check(err)
	s.turn(d)
}

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

// open-home WHO: opens the app's Home tab.
func cmdOpenHome(s *system, args []string) {
	s.took(s.slack.OpenHome(s.Context(), s.person(args[0])))
}

// homeText is a person's Home tab as it stands; empty if nothing was published to it.
func (s *system) homeText(user string) string {
	v := s.slack.Home(user)
	if v == nil {
		return ""
	}
	return s.slack.PlainView(*v, nil)
}

// home WHO TEXT…: the person's Home tab shows all of the texts.
func cmdHome(s *system, neg bool, args []string) {
	shown := func() string { return s.homeText(s.person(args[0])) }
	s.expect(neg, fmt.Sprintf("the Home of %s: %q", args[0], args[1:]), func() bool { return shown() != "" && containsAll(shown(), args[1:]) }, shown)
}

// shortcut WHO TEXT: uses "Find this number" on the newest message that shows the text,
// in the desk's channel or in a thread there.
func cmdShortcut(s *system, args []string) {
	for _, m := range slices.Backward(s.everything()) {
		if strings.Contains(s.slack.PlainText(m, nil), args[1]) {
			s.took(s.slack.MessageShortcut(s.Context(), s.person(args[0]), m.Channel, m.TS, "find_number"))
			return
		}
	}
	s.Fatalf("no message shows that:\n%s", s.screen())
}

// everything are the messages of the desk's channel and of all threads there.
func (s *system) everything() []slacksim.Message {
	var all []slacksim.Message
	for _, m := range s.slack.Messages(slacksim.DeskChannel) {
		all = append(append(all, m), s.slack.Thread(slacksim.DeskChannel, m.TS)...)
	}
	return all
}

// groupIDs are the ids of the user groups that stories name.
func groupIDs() map[string]string {
	return map[string]string{"technicians": slacksim.TechniciansGroup, "leads": slacksim.LeadsGroup}
}

// group NAME WHO…: these and no others are in the group from now on.
func cmdGroup(s *system, args []string) {
	var users []string
	for _, name := range args[1:] {
		users = append(users, s.person(name))
	}
	deliveries, err := s.slack.SetGroupUsers(s.Context(), groupIDs()[args[0]], users...)
	s.check(err)
	for _, d := range deliveries {
		s.took(d)
	}
}

// inactivity DURATION: after so much silence a text opens a new conversation at Telnyx.
func cmdInactivity(s *system, args []string) {
	d, err := time.ParseDuration(args[0])
	s.check(err)
	s.telnyx.SetInactivity(d)
}

// call NUMBER TEXT: the end user phones, and says so much.
func cmdCall(s *system, args []string) {
	c := s.conversation(args[0])
	s.telnyx.PhoneCall(s.Context(), args[0], c.Agent(), args[1])
}

// ai-says NUMBER TEXT: the AI says it in the end user's newest conversation, silenced or
// not.
func cmdAISays(s *system, args []string) {
	s.check(s.telnyx.AssistantSays(s.conversation(args[0]).ID, args[1]))
}

// release: what the AI was about to say when it was silenced goes out; telnyx
// late_reply=true has held it back.
func cmdRelease(s *system, _ []string) {
	if s.telnyx.ReleaseReplies() == 0 {
		s.Fatalf("the AI was not about to say anything")
	}
}

// in-order TEXT TEXT…: each stands below the cards exactly once, in this order.
func cmdInOrder(s *system, neg bool, args []string) {
	s.expect(neg, fmt.Sprintf("in order: %q", args), func() bool { return inOrder(strings.Join(s.threadTexts(), "\n"), args) },
		func() string { return readable(s.threadTexts()) })
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

// writeIn writes below the newest card that shows the text, or into the channel.
func (s *system) writeIn(user, about, text string, channel bool) {
	thread := ""
	if !channel {
		for _, m := range s.cardsNow() {
			if strings.Contains(s.slack.PlainText(m, nil), about) {
				thread = m.TS
			}
		}
		if thread == "" {
			s.Fatalf("there is no such card:\n%s", readable(s.cardTexts()))
		}
	}
	_, d := s.slack.Say(context.WithoutCancel(s.Context()), user, slacksim.DeskChannel, thread, text)
	s.took(d)
}

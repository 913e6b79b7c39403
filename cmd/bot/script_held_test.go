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

// heldWords are what a takeover lives through while it is held: time that passes, direct
// messages, the Home tab, groups, and what happens at Telnyx by itself.
func heldWords() map[string]storyWord {
	return map[string]storyWord{
		"clock":      wordClock,
		"direct":     wordDirect,
		"open-home":  wordOpenHome,
		"home":       wordHome,
		"shortcut":   wordShortcut,
		"group":      wordGroup,
		"inactivity": wordInactivity,
		"call":       wordCall,
		"ai-says":    wordAISays,
		"release":    wordRelease,
		"in-order":   wordInOrder,
	}
}

// clock DURATION: so much time passes at once, for the bot, for Slack and for Telnyx.
func wordClock(s *script, neg bool, args []string) {
	s.once(neg)
	s.need(args, 1, "clock DURATION")
	d, err := time.ParseDuration(args[0])
	s.Check(err)
	s.w.turn(d)
}

// directTexts are a person's direct messages from the bot, oldest first.
func (w *world) directTexts(user string) []string {
	var texts []string
	for _, m := range w.slack.DirectMessages(user) {
		if m.BotID != "" {
			texts = append(texts, w.slack.PlainText(m, nil))
		}
	}
	return texts
}

// direct WHO [N] TEXT…: a direct message to the person shows all of the texts; with a
// number exactly so many do.
func wordDirect(s *script, neg bool, args []string) {
	s.need(args, 2, "direct WHO [N] TEXT…")
	user, parts := s.person(args[0]), args[1:]
	ok := func() bool { return showing(s.w.directTexts(user), parts) > 0 }
	if n, err := strconv.Atoi(parts[0]); err == nil && len(parts) > 1 {
		parts = parts[1:]
		ok = func() bool { return showing(s.w.directTexts(user), parts) == n }
	}
	s.check(neg, fmt.Sprintf("direct to %s: %q", args[0], args[1:]), ok, func() string { return readable(s.w.directTexts(user)) })
}

// open-home WHO: opens the app's Home tab.
func wordOpenHome(s *script, neg bool, args []string) {
	s.once(neg)
	s.need(args, 1, "open-home WHO")
	s.took(s.w.slack.OpenHome(s.w.Context(), s.person(args[0])))
}

// homeText is a person's Home tab as it stands; empty if nothing was published to it.
func (w *world) homeText(user string) string {
	v := w.slack.Home(user)
	if v == nil {
		return ""
	}
	return w.slack.PlainView(*v, nil)
}

// home WHO TEXT…: the person's Home tab shows all of the texts.
func wordHome(s *script, neg bool, args []string) {
	s.need(args, 2, "home WHO TEXT…")
	shown := func() string { return s.w.homeText(s.person(args[0])) }
	s.check(neg, fmt.Sprintf("the Home of %s: %q", args[0], args[1:]), func() bool { return shown() != "" && containsAll(shown(), args[1:]) }, shown)
}

// shortcut WHO TEXT: uses "Find this number" on the newest message that shows the text,
// in the desk's channel or in a thread there.
func wordShortcut(s *script, neg bool, args []string) {
	s.once(neg)
	s.need(args, 2, "shortcut WHO TEXT")
	for _, m := range slices.Backward(s.everything()) {
		if strings.Contains(s.w.slack.PlainText(m, nil), args[1]) {
			s.took(s.w.slack.MessageShortcut(s.w.Context(), s.person(args[0]), m.Channel, m.TS, "find_number"))
			return
		}
	}
	s.Fatalf("no message shows that:\n%s", s.w.screen())
}

// everything are the messages of the desk's channel and of all threads there.
func (s *script) everything() []slacksim.Message {
	var all []slacksim.Message
	for _, m := range s.w.slack.Messages(slacksim.DeskChannel) {
		all = append(append(all, m), s.w.slack.Thread(slacksim.DeskChannel, m.TS)...)
	}
	return all
}

// groupIDs are the ids of the user groups that stories name.
func groupIDs() map[string]string {
	return map[string]string{"technicians": slacksim.TechniciansGroup, "leads": slacksim.LeadsGroup}
}

// group NAME WHO…: these and no others are in the group from now on.
func wordGroup(s *script, neg bool, args []string) {
	s.once(neg)
	s.need(args, 2, "group NAME WHO…")
	var users []string
	for _, name := range args[1:] {
		users = append(users, s.person(name))
	}
	deliveries, err := s.w.slack.SetGroupUsers(s.w.Context(), groupIDs()[args[0]], users...)
	s.Check(err)
	for _, d := range deliveries {
		s.took(d)
	}
}

// inactivity DURATION: after so much silence a text opens a new conversation at Telnyx.
func wordInactivity(s *script, neg bool, args []string) {
	s.once(neg)
	s.need(args, 1, "inactivity DURATION")
	d, err := time.ParseDuration(args[0])
	s.Check(err)
	s.w.telnyx.SetInactivity(d)
}

// call NUMBER TEXT: the end user phones, and says so much.
func wordCall(s *script, neg bool, args []string) {
	s.once(neg)
	s.need(args, 2, "call NUMBER TEXT")
	c := s.conversation(args[0])
	s.w.telnyx.PhoneCall(s.w.Context(), args[0], c.Agent(), args[1])
}

// ai-says NUMBER TEXT: the AI says it in the end user's newest conversation, silenced or
// not.
func wordAISays(s *script, neg bool, args []string) {
	s.once(neg)
	s.need(args, 2, "ai-says NUMBER TEXT")
	s.Check(s.w.telnyx.AssistantSays(s.conversation(args[0]).ID, args[1]))
}

// release: what the AI was about to say when it was silenced goes out; telnyx
// late_reply=true has held it back.
func wordRelease(s *script, neg bool, _ []string) {
	s.once(neg)
	if s.w.telnyx.ReleaseReplies() == 0 {
		s.Fatalf("the AI was not about to say anything")
	}
}

// in-order TEXT TEXT…: each stands below the cards exactly once, in this order.
func wordInOrder(s *script, neg bool, args []string) {
	s.need(args, 2, "in-order TEXT TEXT…")
	s.check(neg, fmt.Sprintf("in order: %q", args), func() bool { return inOrder(strings.Join(s.w.threadTexts(), "\n"), args) },
		func() string { return readable(s.w.threadTexts()) })
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
func (s *script) writeIn(user, about, text string, channel bool) {
	thread := ""
	if !channel {
		for _, m := range s.w.cardsNow() {
			if strings.Contains(s.w.slack.PlainText(m, nil), about) {
				thread = m.TS
			}
		}
		if thread == "" {
			s.Fatalf("there is no such card:\n%s", readable(s.w.cardTexts()))
		}
	}
	_, d := s.w.slack.Say(context.WithoutCancel(s.w.Context()), user, slacksim.DeskChannel, thread, text)
	s.took(d)
}

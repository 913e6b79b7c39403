package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"takeoverbot/takeover"
)

// recordCommands look at what the bot keeps: its store and its log.
func recordCommands() map[string]storyCommand {
	return map[string]storyCommand{
		"audit":      {usage: "N EVENT [MORE…]", check: cmdAudit},
		"inbox":      {usage: "N", do: cmdInbox},
		"log":        {usage: "PATTERN", check: cmdLog},
		"violations": {usage: "PATTERN", do: cmdViolations},
	}
}

// audit N EVENT: so many entries of the event are in the audit, which is append-only.
func cmdAudit(s *system, neg bool, args []string) {
	count := func() int {
		n := 0
		for _, e := range s.audit() {
			if e.Event == takeover.Event(strings.Join(args[1:], " ")) {
				n++
			}
		}
		return n
	}
	s.expect(neg, fmt.Sprintf("%s entries %q", args[0], args[1:]), func() bool { return strconv.Itoa(count()) == args[0] },
		func() string { return fmt.Sprintf("%d of them; all: %v", count(), s.audit()) })
}

// inbox N: so many requests were ever stored.
func cmdInbox(s *system, args []string) {
	if n := s.inbox(); strconv.Itoa(n) != args[0] {
		s.Fatalf("%d requests are stored", n)
	}
}

// log PATTERN: the bot's log has a line of the pattern.
func cmdLog(s *system, neg bool, args []string) {
	pattern, err := regexp.Compile(args[0])
	s.check(err)
	s.expect(neg, "a line of the log "+args[0], func() bool { return pattern.MatchString(s.log.String()) }, s.log.String)
}

// violations PATTERN: what the story provoked, and nothing else, was held against the
// bot. Without this word there are none.
func cmdViolations(s *system, args []string) {
	pattern, err := regexp.Compile(args[0])
	s.check(err)
	for _, v := range s.slack.Violations() {
		if !pattern.MatchString(v) {
			s.Fatalf("a violation: %s", v)
		}
	}
	s.allowViolations = true
}

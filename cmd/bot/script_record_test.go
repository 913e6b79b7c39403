package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"takeoverbot/takeover"
)

// recordWords look at what the bot keeps: its store and its log.
func recordWords() map[string]storyWord {
	return map[string]storyWord{
		"audit":      wordAudit,
		"inbox":      wordInbox,
		"log":        wordLog,
		"violations": wordViolations,
	}
}

// audit N DEED: so many entries of the deed are in the audit, which is append-only.
func wordAudit(s *script, neg bool, args []string) {
	s.need(args, 2, "audit N DEED")
	count := func() int {
		n := 0
		for _, e := range s.w.audit() {
			if e.Deed == takeover.Deed(strings.Join(args[1:], " ")) {
				n++
			}
		}
		return n
	}
	s.check(neg, fmt.Sprintf("%s entries %q", args[0], args[1:]), func() bool { return strconv.Itoa(count()) == args[0] },
		func() string { return fmt.Sprintf("%d of them; all: %v", count(), s.w.audit()) })
}

// inbox N: so many requests were ever stored.
func wordInbox(s *script, neg bool, args []string) {
	s.once(neg)
	s.need(args, 1, "inbox N")
	if n := s.w.inbox(); strconv.Itoa(n) != args[0] {
		s.Fatalf("%d requests are stored", n)
	}
}

// log PATTERN: the bot's log has a line of the pattern.
func wordLog(s *script, neg bool, args []string) {
	s.need(args, 1, "log PATTERN")
	pattern, err := regexp.Compile(args[0])
	s.Check(err)
	s.check(neg, "a line of the log "+args[0], func() bool { return pattern.MatchString(s.w.log.String()) }, s.w.log.String)
}

// violations PATTERN: what the story provoked, and nothing else, was held against the
// bot. Without this word there are none.
func wordViolations(s *script, neg bool, args []string) {
	s.once(neg)
	s.need(args, 1, "violations PATTERN")
	pattern, err := regexp.Compile(args[0])
	s.Check(err)
	for _, v := range s.w.slack.Violations() {
		if !pattern.MatchString(v) {
			s.Fatalf("a violation: %s", v)
		}
	}
	s.w.lenient = true
}

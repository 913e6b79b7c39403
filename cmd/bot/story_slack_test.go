package main

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"takeoverbot/internal/slacksim"
)

// slackCommands make Slack fail, and count its calls.
func slackCommands() map[string]storyCommand {
	return map[string]storyCommand{
		"slack":       {usage: "METHOD|good|window=DURATION[:ERROR] [FAULT|slow=DURATION] [xN]", do: cmdSlack},
		"socket":      {usage: "cut|refresh|off|on|open", do: cmdSocket},
		"bot-leaves":  {check: cmdBotLeaves},
		"forget":      {do: cmdForget},
		"posts":       {usage: "N", do: cmdPosts},
		"slack-calls": {usage: "METHOD N|<=N", do: cmdSlackCalls},
	}
}

// slack METHOD FAULT [xN]: the next N (1) calls of the method fail; see
// slacksim.FaultKind. slack METHOD slow=DURATION: they take so long. slack
// window=DURATION[:ERROR]: a message that is older than that cannot be updated any more;
// the error is edit_window_closed if none is named. slack good: all is well again.
func cmdSlack(s *system, args []string) {
	if args[0] == "good" {
		s.slack.ClearFaults()
		return
	}
	if window, ok := strings.CutPrefix(args[0], "window="); ok {
		age, code, _ := strings.Cut(window, ":")
		d, err := time.ParseDuration(age)
		s.check(err)
		s.check(s.slack.SetEditWindow(d, cmp.Or(code, slacksim.EditWindowClosed)))
		return
	}
	if len(args) < 2 {
		s.Fatalf("which fault?")
	}
	if slow, ok := strings.CutPrefix(args[1], "slow="); ok {
		d, err := time.ParseDuration(slow)
		s.check(err)
		s.slack.SetLatency(args[0], d)
		return
	}
	kind, code, _ := strings.Cut(args[1], ":")
	s.slack.FailNext(args[0], s.times(args[2:]), slacksim.Fault{Kind: slacksim.FaultKind(kind), Error: code})
}

// socket cut|refresh|off|on|open: all Socket Mode connections break; Slack warns and then replaces them;
// Socket Mode is switched off in the app's settings, or on again; open waits for both connections.
func cmdSocket(s *system, args []string) {
	switch args[0] {
	case "cut":
		s.slack.CutSockets()
	case "refresh":
		s.slack.RefreshSockets(10 * time.Second)
	case "open":
		s.eventually("two connections are open", func() bool { return s.slack.Sockets() == 2 })
	case "off", "on":
		s.slack.SetSocketMode(args[0] == "on")
	default:
		s.Fatalf("what is to happen with the connections?")
	}
}

// times reads "x3"; nothing is once.
func (s *system) times(args []string) int {
	for _, a := range args {
		if n, ok := strings.CutPrefix(a, "x"); ok {
			times, err := strconv.Atoi(n)
			s.check(err)
			return times
		}
	}
	return 1
}

// bot-leaves: the bot is no member of the desk's channel any more. ! bot-leaves: it is
// again.
func cmdBotLeaves(s *system, neg bool, _ []string) {
	s.slack.SetBotMember(slacksim.DeskChannel, neg)
}

// posts N: so many messages were posted since forget.
func cmdPosts(s *system, args []string) {
	s.calledSlack("chat.postMessage", args[0])
}

// slack-calls METHOD N|<=N: the method was called so often, or at most so often, since
// forget.
func cmdSlackCalls(s *system, args []string) {
	s.calledSlack(args[0], args[1])
}

func (s *system) calledSlack(method, want string) {
	n := 0
	for _, c := range s.slack.Calls() {
		if c.Method == method {
			n++
		}
	}
	if most, bounded := strings.CutPrefix(want, "<="); bounded {
		if bound, err := strconv.Atoi(most); err != nil || n > bound || n == 0 {
			s.Fatalf("%s was called %d times", method, n)
		}
	} else if strconv.Itoa(n) != want {
		s.Fatalf("%s was called %d times", method, n)
	}
}

// forget: counts calls of Slack and Telnyx from now on.
func cmdForget(s *system, _ []string) {
	s.slack.ForgetCalls()
	s.telnyx.ResetCalls()
}

package main

import (
	"time"
)

// botCommands start and end the bot.
func botCommands() map[string]storyCommand {
	return map[string]storyCommand{
		"start":           {usage: "[NAME=value …]", do: cmdStart},
		"power-cut":       {do: cmdPowerCut},
		"stop-gracefully": {do: cmdStopGracefully},
		"quiet":           {check: cmdQuiet},
		"clock":           {usage: "DURATION", do: cmdClock},
		"timeout":         {usage: "DURATION", do: cmdTimeout},
	}
}

// start [NAME=value …]: starts the bot, also again, and waits until it is ready. PUBLIC_URL=here is the
// address at which it listens.
func cmdStart(s *system, args []string) {
	for _, setting := range args {
		if setting == "PUBLIC_URL=here" {
			setting = "PUBLIC_URL=http://" + s.bot().addr
		}
		s.bot().env = append(s.bot().env, setting)
	}
	s.bot().start(s)
}

// power-cut: kill -9.
func cmdPowerCut(s *system, _ []string) { s.bot().kill() }

// stop-gracefully: SIGTERM, and the bot ends with exit code 0 in time.
func cmdStopGracefully(s *system, _ []string) {
	if code, err := s.bot().stop(); err != nil || code != exitDone {
		s.Fatalf("exit code %d, %v", code, err)
	}
}

// quiet: everything that was stored had its effect.
func cmdQuiet(s *system, neg bool, _ []string) {
	s.expect(neg, "quiet", s.quiet, s.log.String)
}

// timeout DURATION: how long checks wait from now on.
func cmdTimeout(s *system, args []string) {
	var err error
	s.timeout, err = time.ParseDuration(args[0])
	s.check(err)
}

// clock DURATION: so much time passes at once, for the bot, for Slack and for Telnyx.
func cmdClock(s *system, args []string) {
	d, err := time.ParseDuration(args[0])
	s.check(err)
	s.turn(d)
}

package listen

import (
	"context"
	"slices"
	"sync"
	"time"

	"takeoverbot/slackbot/people"
	"takeoverbot/takeover"
)

const (
	// checkEvery is how often commands are looked for that wait for what Slack says of their
	// operators: those of another process, and those for which Slack did not answer.
	checkEvery = time.Second
	// checkAgain is how soon Slack is asked again about a person of whom nothing is known.
	checkAgain = 3 * time.Second
	// checkAtOnce is how many people one round asks about.
	checkAtOnce = 20
	// checkTime bounds one check. It is longer than one call of Slack.
	checkTime = 8 * time.Second
)

// needOf is the role that a command needs. Readers may do what only reads.
func needOf(verb takeover.Verb) people.Role {
	switch verb {
	case takeover.Search, takeover.SearchMore, takeover.Open, takeover.Earlier, takeover.WholeText, takeover.Refresh, takeover.ShowLog, takeover.ShowMoment:
		return people.Reader
	case takeover.ExportLog:
		return people.Lead
	default:
		return people.Responder
	}
}

// judge is what is known of whether the operator of a command, and the person to whom it offers a
// line, may do this. unknown are the people of whom it is not known for certain.
func (ln *Listener) judge(c takeover.Command) (refusal string, sure people.Certainty, unknown []string) {
	needs := needOf(c.Verb)
	switch {
	case c.Take:
		needs = people.Responder
	case c.Then != "":
		needs = needOf(c.Then)
	}
	refusal, sure = ln.People.Judge(string(c.By), c.Team, needs)
	if sure < people.Fresh {
		unknown = append(unknown, string(c.By))
	}
	if c.To == "" || refusal != "" {
		return refusal, sure, unknown
	}
	refusal, receiver := ln.People.JudgeReceiver(c.To)
	if receiver < people.Fresh {
		unknown = append(unknown, string(c.To))
	}
	return refusal, min(sure, receiver), unknown
}

// checkSoon checks the commands of a person after the request was answered.
func (ln *Listener) checkSoon(ctx context.Context, by takeover.OperatorID) {
	if !ln.checks.begin(by) {
		return
	}
	ctx = context.WithoutCancel(ctx)
	ln.Background(func() {
		for more := true; more; more = ln.checks.again(by) {
			ln.checkPerson(ctx, by)
		}
	})
}

// KeepChecking checks the commands that wait for what Slack says of their operators, until ctx
// ends: also those that another process stored, or for which Slack did not answer before.
func (ln *Listener) KeepChecking(ctx context.Context) {
	again := time.NewTicker(checkEvery)
	defer again.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-again.C:
		}
		who, err := ln.Waiting.Awaited(ctx, checkAtOnce)
		if err != nil && ctx.Err() == nil {
			ln.Log.ErrorContext(ctx, "commands that wait for Slack not read", "err", err)
		}
		for _, by := range who {
			ln.checkSoon(ctx, by)
		}
	}
}

// checkPerson asks Slack what a person may do, and lets the commands that wait for it take effect.
// While Slack does not answer, what it said in the last 30 days counts; of a person of whom it
// said nothing, the commands go on waiting.
func (ln *Listener) checkPerson(ctx context.Context, by takeover.OperatorID) {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	waiting, err := ln.Waiting.Awaiting(ctx, by)
	var unknown []string
	for _, p := range waiting {
		_, _, more := ln.judge(p.Command)
		unknown = append(unknown, more...)
	}
	slices.Sort(unknown)
	var failed error
	if len(unknown) > 0 {
		failed = ln.People.Ask(ctx, slices.Compact(unknown)...)
	}
	for i := 0; i < len(waiting) && err == nil; i++ {
		err = ln.check(ctx, waiting[i], failed)
	}
	if err != nil {
		ln.Log.ErrorContext(ctx, "commands that wait for Slack not checked", "operator", by, "err", err)
	}
	if len(waiting) > 0 {
		ln.Inbox.Wake()
	}
}

// check decides about one command that waits, failed being why Slack did not answer.
func (ln *Listener) check(ctx context.Context, p takeover.Pending, failed error) error {
	refusal, sure, _ := ln.judge(p.Command)
	switch {
	case sure > people.Unknown:
	case people.IsLasting(failed):
		refusal = people.NotTold(failed)
	default:
		ln.Log.WarnContext(ctx, "a command waits for Slack", "operator", p.Command.By, "verb", p.Command.Verb, "err", failed)
		return ln.Waiting.CheckLater(ctx, p.Seq, checkAgain)
	}
	if refusal != "" {
		ln.Log.WarnContext(ctx, "refused", "operator", p.Command.By, "why", refusal)
	}
	p.Command.Unchecked, p.Command.Refused = false, refusal
	p.Command.Lead = ln.People.KnownRole(string(p.Command.By)) >= people.Lead
	return ln.Waiting.Checked(ctx, p)
}

// checks are the people about whom Slack is being asked. Safe for use by several goroutines.
type checks struct {
	mu      sync.Mutex
	running map[takeover.OperatorID]bool // true: another command came meanwhile
}

func newChecks() checks { return checks{running: map[takeover.OperatorID]bool{}} }

// begin reports whether the caller is to check the commands of a person. If another caller does
// so already, that one does it once more.
func (c *checks) begin(by takeover.OperatorID) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, running := c.running[by]
	c.running[by] = running
	return !running
}

// again reports whether the commands of a person are to be checked once more.
func (c *checks) again(by takeover.OperatorID) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running[by] {
		c.running[by] = false
		return true
	}
	delete(c.running, by)
	return false
}

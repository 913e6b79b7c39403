package main

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"takeoverbot/internal/dbtest"
	"takeoverbot/takeover"
)

// mended is how soon clicks have to have effect again after a replica, the network or the
// database failed.
const mended = 15 * time.Second

// twoReplicas are a bot for each of two addresses of one database, and a desk with four lines. The
// test itself reads at database.
func twoReplicas(t *testing.T, database, first, second string) *operators {
	t.Helper()
	s := newSystem(t, options{database: database, replicas: 2, timeout: replicaTimeout})
	for i, address := range []string{first, second} {
		s.bots[i].env = append(s.bots[i].env, "DATABASE_URL="+address)
		s.bots[i].start(t)
	}
	s.reader().SetMaxIdleConns(-1) // none is kept that a restart of the server ends
	s.allowViolations = true       // whose click reaches a bot without its database gets an error; two bots pace Slack each for itself
	c := newOperators(s, 2, "+14155550137", "+14155550112", "+17735550129", "+16025550133")
	c.settle()
	return c
}

// take presses Take over for a number, at one of the bots.
func (c *operators) take(bot *process, number string) (acknowledged bool) {
	before := len(c.clicks)
	c.sys.slack.SetBotURL("http://" + bot.addr)
	c.pressOn(c.users[0], c.sys.line(number), "line.take", "")
	return len(c.clicks) > before
}

// held says whether the AI of each number is silent.
func (c *operators) held(numbers ...string) bool {
	for _, number := range numbers {
		if l, err := c.sys.lineOf(number); err != nil || l.State != takeover.StateHeld {
			return false
		}
	}
	return true
}

// withinItsTransaction presses Take over at the first bot and runs fail while that bot's worker
// is inside the transaction in which it applies the click.
func (c *operators) withinItsTransaction(number string, fail func()) {
	s := c.sys
	s.Helper()
	blocking, err := s.reader().BeginTx(s.Context(), nil)
	s.must(nil, err)
	defer func() { _ = blocking.Rollback() }()
	_, err = blocking.ExecContext(s.Context(), "LOCK TABLE audit IN EXCLUSIVE MODE")
	s.must(nil, err)
	if !c.take(s.bots[0], number) {
		s.Fatal("the click was not acknowledged")
	}
	s.eventually("the worker waits within its transaction", func() bool {
		return s.count("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'audit'::regclass") > 0
	})
	fail()
}

// wantHeld fails the test unless clicks have effect in time.
func (c *operators) wantHeld(since time.Time, numbers ...string) {
	c.sys.Helper()
	if err := c.sys.await(time.Until(since.Add(mended)), func() bool { return c.held(numbers...) }); err != nil {
		c.sys.Fatalf("no effect within %s of the failure", mended)
	}
	c.sys.Logf("clicks have effect again after %s", time.Since(since).Round(100*time.Millisecond))
}

// wantOnce checks that each number was taken once, and that all ends well.
func (c *operators) wantOnce(numbers ...string) {
	c.sys.Helper()
	c.settle()
	c.sys.eventually("nothing is under way", c.sys.quiet)
	c.checkClicks()
	for _, event := range []takeover.Event{takeover.EventClaimed, takeover.EventSilenced} {
		if n := c.sys.events(event); n != len(numbers) {
			c.sys.Errorf("%d times %q for %d lines", n, event, len(numbers))
		}
	}
	c.checkSaid()
}

// TestReplicaFreezes: a replica is suspended inside its inbox transaction. The other works on,
// and the suspended one does no harm when it is woken.
func TestReplicaFreezes(t *testing.T) {
	t.Parallel()
	url := databases.Postgres(t)
	c := twoReplicas(t, url, url, url)
	frozen := c.sys.bots[0].cmd.Process
	c.withinItsTransaction(c.numbers[0], func() { c.sys.must(nil, frozen.Signal(syscall.SIGSTOP)) })
	since := time.Now()
	if !c.take(c.sys.bots[1], c.numbers[1]) {
		t.Error("the other bot did not acknowledge a click")
	}
	c.wantHeld(since, c.numbers[:2]...)
	c.sys.must(nil, frozen.Signal(syscall.SIGCONT))
	c.sys.eventually("the first bot acknowledges", func() bool { return c.take(c.sys.bots[0], c.numbers[2]) })
	c.wantHeld(time.Now(), c.numbers[2])
	c.wantOnce(c.numbers[:3]...)
}

// TestReplicaIsCutOff: the network between a replica and the database drops everything while the
// replica is inside its inbox transaction. The other works on, and the first does so again once its
// new connections get through.
func TestReplicaIsCutOff(t *testing.T) {
	t.Parallel()
	url := databases.Postgres(t)
	server, _, _ := strings.Cut(strings.SplitAfter(url, "@")[1], "/")
	network := newTCPProxy(t, server)
	c := twoReplicas(t, url, strings.Replace(url, server, network.addr(), 1), url)
	c.withinItsTransaction(c.numbers[0], network.drop)
	since := time.Now()
	if !c.take(c.sys.bots[1], c.numbers[1]) {
		t.Error("the other bot did not acknowledge a click")
	}
	c.wantHeld(since, c.numbers[:2]...)
	c.sys.eventually("the bot without a database says so", func() bool {
		status, _ := c.sys.get("/readyz")
		return status != 200
	})
	network.heal(server)
	since = time.Now()
	c.sys.eventually("the first bot acknowledges", func() bool { return c.take(c.sys.bots[0], c.numbers[2]) })
	c.wantHeld(since, c.numbers[2])
	c.wantOnce(c.numbers[:3]...)
}

// TestDatabaseRestarts: the database crashes and comes back, while a replica is inside its inbox
// transaction.
func TestDatabaseRestarts(t *testing.T) {
	t.Parallel()
	server := dbtest.NewServer(t)
	url := server.URL(server.Addr())
	c := twoReplicas(t, url, url, url)
	c.withinItsTransaction(c.numbers[0], server.Restart)
	since := time.Now()
	c.sys.eventually("a bot acknowledges", func() bool { return c.take(c.sys.bots[1], c.numbers[1]) })
	c.wantHeld(since, c.numbers[:2]...)
	c.wantOnce(c.numbers[:2]...)
}

// TestDatabaseMoves: the database's server disappears without a word, and another one with the same
// data stands at its address.
func TestDatabaseMoves(t *testing.T) {
	t.Parallel()
	server := dbtest.NewServer(t)
	network := newTCPProxy(t, server.Addr())
	url := server.URL(network.addr())
	c := twoReplicas(t, server.URL(server.Addr()), url, url)
	c.withinItsTransaction(c.numbers[0], func() {
		network.drop()
		server.Restart()
		network.heal(server.Addr())
	})
	since := time.Now()
	c.sys.eventually("a bot acknowledges", func() bool { return c.take(c.sys.bots[1], c.numbers[1]) })
	c.wantHeld(since, c.numbers[:2]...)
	c.wantOnce(c.numbers[:2]...)
}

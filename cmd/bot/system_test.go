package main

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/telnyxsim"
)

// Secrets of the tests. No log, answer or error may contain them.
const (
	testSlackToken    = "xoxb-world-token"
	testSigningSecret = "5ec4e70f7e57000000000000000000aa"
	testAppToken      = "xapp-1-" + slacksim.AppID + "-world-app-token"
	testOtherAppToken = "xapp-1-" + slacksim.OtherAppID + "-world-app-token" // of another app of the workspace
	testTelnyxKey     = "KEY-world-telnyx"
)

// timeout bounds every wait for something that is to happen. It is long because the
// machine may be busy; a test continues as soon as it has happened.
const timeout = 30 * time.Second

// system is the real program, once or as several replicas, between a simulated Slack and
// a simulated Telnyx, over real HTTP. When its test ends it checks what must be true
// of every story: see checkInvariants.
type system struct {
	testing.TB
	script          *testscript.TestScript // set while a command of a story runs
	slack           *slacksim.Sim
	telnyx          *telnyxsim.Sim
	flags           *flagRecorder
	cards           *claimRecorder
	clock           testClock
	dir             string
	telnyxURL       string
	database        string  // DATABASE_URL
	store           *sql.DB // the bot's, for reading; see reader
	opening         sync.Once
	log             *lockedBuffer
	bots            []*process
	last            slacksim.Delivery // the newest request that a person made
	remembered      slacksim.Message  // a card as it once was
	metadata        telnyxsim.Metadata
	timeout         time.Duration
	socket          bool // the bot and Slack use Socket Mode
	allowViolations bool // violations are this test's business
}

// options differ from test to test; the zero value is one bot on SQLite.
type options struct {
	database   string        // DATABASE_URL; empty is a new SQLite file
	replicas   int           // 0 is 1
	socket     bool          // over Socket Mode instead of HTTP
	commonPath string        // the one URL to which Slack sends everything; empty for three
	timeout    time.Duration // bounds each wait; 0 is timeout
}

// newSystem starts the simulators and prepares the bots; start starts a bot.
func newSystem(t testing.TB, opt options) *system {
	t.Helper()
	s := &system{TB: t, dir: t.TempDir(), database: opt.database, log: &lockedBuffer{}, timeout: cmp.Or(opt.timeout, timeout)}
	if s.database == "" {
		s.database = databases.SQLite(t)
	}
	s.slack = slacksim.New(slacksim.Options{SigningSecret: testSigningSecret, BotToken: testSlackToken, AppToken: testAppToken, OtherAppToken: testOtherAppToken, CommonPath: opt.commonPath})
	s.must(s.slack.Start(context.Background(), "127.0.0.1:0"))
	s.socket = opt.socket
	s.install()
	// The assistant answers before Text returns: whether it stays silent is then known at
	// once, without waiting for what does not happen.
	s.telnyx = telnyxsim.New(telnyxsim.Options{APIKey: testTelnyxKey})
	s.telnyx.Load(telnyxsim.Seeds(time.Now()))
	s.flags = newFlagRecorder(s.telnyx, s.clock.bounds)
	server := httptest.NewServer(s.flags)
	s.telnyxURL = server.URL + "/v2"
	s.cards = newClaimRecorder(s.slack)
	for range max(opt.replicas, 1) {
		bot := newProcess(t, s.log, s.environment())
		bot.args = []string{"--clock", s.clockFile()}
		s.bots = append(s.bots, bot)
	}
	s.slack.SetBotURL("http://" + s.bots[0].addr)
	t.Cleanup(func() {
		s.checkInvariants()
		if s.store != nil {
			_ = s.store.Close()
		}
		for _, bot := range s.bots {
			bot.end()
		}
		s.cards.close()
		s.slack.Close()
		_ = s.telnyx.Close()
		server.Close()
		if t.Failed() {
			t.Logf("what the desk sees:\n%s", s.screen())
			t.Logf("log of the bot:\n%s", s.log)
		}
	})
	return s
}

// environment is everything that the bot is told, apart from its address.
func (s *system) environment() []string {
	transport := "SLACK_SIGNING_SECRET=" + testSigningSecret
	if s.socket {
		transport = "SLACK_APP_TOKEN=" + testAppToken
	}
	return []string{
		"SLACK_BOT_TOKEN=" + testSlackToken, transport, "SLACK_API_URL=" + s.slack.APIURL(),
		"SLACK_CHANNEL_ID=" + slacksim.DeskChannel, "TELNYX_API_KEY=" + testTelnyxKey, "TELNYX_BASE_URL=" + s.telnyxURL, "TELNYX_PUBLIC_KEY=" + s.telnyx.PublicKey(),
		"DATABASE_URL=" + s.database, "HOME=" + s.dir, "TMPDIR=" + s.dir, raceOptions,
		"LOG_LEVEL=debug", // so that what is never to be logged is looked for in everything
	}
}

// startSystem makes a system and starts its bots.
func startSystem(t testing.TB, opt options) *system {
	t.Helper()
	s := newSystem(t, opt)
	for _, bot := range s.bots {
		bot.start(t)
	}
	return s
}

func (s *system) bot() *process { return s.bots[0] }

// must ends the test on an error.
func (s *system) must(_ any, err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// await returns once ok says so, or why it never did. It looks whenever something
// changed in Slack or at Telnyx; the tick is for the log and the store, which tell
// nobody.
func (s *system) await(bound time.Duration, ok func() bool) error {
	slack, endSlack := s.slack.Changes()
	defer endSlack()
	telnyx, endTelnyx := s.telnyx.Changes()
	defer endTelnyx()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	over := time.After(bound)
	for !ok() {
		select {
		case <-slack:
		case <-telnyx:
		case <-tick.C:
		case <-over:
			if ok() {
				return nil
			}
			return fmt.Errorf("not within %s", bound)
		}
	}
	return nil
}

// eventually fails the test unless ok comes true in time.
func (s *system) eventually(what string, ok func() bool) {
	s.Helper()
	if err := s.await(s.timeout, ok); err != nil {
		s.Fatalf("%s: %v", what, err)
	}
}

// get fetches a page of the bot.
func (s *system) get(path string) (int, string) {
	s.Helper()
	req, err := http.NewRequestWithContext(s.Context(), http.MethodGet, "http://"+s.bot().addr+path, nil)
	s.must(nil, err)
	return s.do(req)
}

func (s *system) do(req *http.Request) (int, string) {
	s.Helper()
	resp, err := http.DefaultClient.Do(req)
	s.must(nil, err)
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	s.must(nil, err)
	return resp.StatusCode, string(body)
}

// deleteConversation deletes it at Telnyx as another program would.
func (s *system) deleteConversation(id string) error {
	req, err := http.NewRequestWithContext(s.Context(), http.MethodDelete, s.telnyxURL+"/ai/conversations/"+id, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+testTelnyxKey)
	if status, body := s.do(req); status >= 300 {
		return fmt.Errorf("delete a conversation: %d %s", status, body)
	}
	return nil
}

// Fatalf ends the test. In a story it names the story's file and line.
func (s *system) Fatalf(format string, args ...any) {
	s.Helper()
	if s.script != nil {
		s.script.Fatalf(format, args...)
	}
	s.TB.Fatalf(format, args...)
}

// Fatal ends the test as Fatalf does.
func (s *system) Fatal(args ...any) {
	s.Helper()
	s.Fatalf("%s", strings.TrimSpace(fmt.Sprintln(args...)))
}

// check ends the test on an error.
func (s *system) check(err error) {
	s.Helper()
	if err != nil {
		s.Fatalf("%v", err)
	}
}

// expect waits until ok, or, with neg, looks once and expects that it is not so. saw
// tells what is there instead.
func (s *system) expect(neg bool, what string, ok func() bool, saw func() string) {
	s.Helper()
	if neg {
		if ok() {
			s.Fatalf("there is %s:\n%s", what, saw())
		}
		return
	}
	if err := s.await(s.timeout, ok); err != nil {
		s.Fatalf("%s: %v; there is:\n%s", what, err, saw())
	}
}

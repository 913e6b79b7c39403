package main

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/telnyxsim"
)

// Secrets of the tests' worlds. No log, no answer and no error may hold them.
const (
	worldToken  = "xoxb-world-token"
	worldSecret = "world-signing-secret"
	worldKey    = "KEY-world-telnyx"
)

// patience bounds every wait for something that is to happen. It is long because the
// machine may be busy; whoever waits goes on as soon as it has happened.
const patience = 30 * time.Second

// world is the real binary, once or as several replicas, between a simulated Slack and
// a simulated Telnyx, over real HTTP. When its test ends it checks what has to be true
// of every story: see checkAlways.
type world struct {
	testing.TB
	slack     *slacksim.Sim
	telnyx    *telnyxsim.Sim
	flags     *flagWitness
	cards     *cardWitness
	clock     worldClock
	began     time.Time
	dir       string
	telnyxURL string
	database  string  // DATABASE_URL
	store     *sql.DB // the bot's, for reading; see reader
	opening   sync.Once
	log       *lockedBuffer
	bots      []*process
	last      slacksim.Delivery // the newest request that a person made
	photo     slacksim.Message  // a card as it once was
	metadata  telnyxsim.Metadata
	patience  time.Duration
	lenient   bool // violations are this test's business
}

// worldOptions differ from test to test; the zero value is one bot on SQLite.
type worldOptions struct {
	database   string        // DATABASE_URL; empty is a new SQLite file
	replicas   int           // 0 is 1
	commonPath string        // the one URL to which Slack sends everything; empty for three
	patience   time.Duration // bounds each wait; 0 is patience
}

// newWorld makes the simulators and what the bot is told; start starts the bot.
func newWorld(t testing.TB, opt worldOptions) *world {
	t.Helper()
	w := &world{TB: t, began: time.Now(), dir: t.TempDir(), database: opt.database, log: &lockedBuffer{}, patience: cmp.Or(opt.patience, patience)}
	if w.database == "" {
		w.database = filepath.Join(w.dir, "takeover.db")
		store, err := emptyStore()
		w.must(nil, err)
		w.must(nil, os.WriteFile(w.database, store, 0o600))
	}
	w.slack = slacksim.New(slacksim.Options{SigningSecret: worldSecret, BotToken: worldToken, CommonPath: opt.commonPath})
	w.must(w.slack.Start(context.Background(), "127.0.0.1:0"))
	w.install()
	// The assistant answers before Text returns: whether it stays silent is then known at
	// once, without waiting for what does not happen.
	w.telnyx = telnyxsim.New(telnyxsim.Options{APIKey: worldKey})
	w.telnyx.Load(telnyxsim.Seeds(time.Now()))
	w.flags = newFlagWitness(w.telnyx, w.clock.bounds)
	server := httptest.NewServer(w.flags)
	w.telnyxURL = server.URL + "/v2"
	w.cards = newCardWitness(w.slack)
	for range max(opt.replicas, 1) {
		bot := newProcess(t, w.log, w.environment())
		bot.args = []string{"--clock", w.clockFile()}
		w.bots = append(w.bots, bot)
	}
	w.slack.SetBotURL("http://" + w.bots[0].addr)
	t.Cleanup(func() {
		w.checkAlways()
		if w.store != nil {
			_ = w.store.Close()
		}
		for _, bot := range w.bots {
			bot.end()
		}
		w.cards.close()
		w.slack.Close()
		_ = w.telnyx.Close()
		server.Close()
		if t.Failed() {
			t.Logf("what the desk sees:\n%s", w.screen())
			t.Logf("log of the bot:\n%s", w.log)
		}
	})
	return w
}

// environment is everything that the bot is told, apart from its address.
func (w *world) environment() []string {
	return []string{
		"SLACK_BOT_TOKEN=" + worldToken, "SLACK_SIGNING_SECRET=" + worldSecret, "SLACK_API_URL=" + w.slack.APIURL(),
		"SLACK_CHANNEL_ID=" + slacksim.DeskChannel, "TELNYX_API_KEY=" + worldKey, "TELNYX_BASE_URL=" + w.telnyxURL,
		"DATABASE_URL=" + w.database, "HOME=" + w.dir, "TMPDIR=" + w.dir, "GORACE=halt_on_error=1",
		"LOG_LEVEL=debug", // so that what is never to be logged is looked for in everything
	}
}

// startedWorld is a world whose bots are ready.
func startedWorld(t testing.TB, opt worldOptions) *world {
	t.Helper()
	w := newWorld(t, opt)
	for _, bot := range w.bots {
		bot.start(t)
	}
	return w
}

func (w *world) bot() *process { return w.bots[0] }

// must ends the test on an error.
func (w *world) must(_ any, err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// await returns once ok says so, or why it never did. It looks whenever something
// changed in Slack or at Telnyx; the tick is for the log and the store, which tell
// nobody.
func (w *world) await(bound time.Duration, ok func() bool) error {
	slack, endSlack := w.slack.Changes()
	defer endSlack()
	telnyx, endTelnyx := w.telnyx.Changes()
	defer endTelnyx()
	tick := time.NewTicker(20 * time.Millisecond)
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
func (w *world) eventually(what string, ok func() bool) {
	w.Helper()
	if err := w.await(w.patience, ok); err != nil {
		w.Fatalf("%s: %v", what, err)
	}
}

// get fetches a page of the bot.
func (w *world) get(path string) (int, string) {
	w.Helper()
	req, err := http.NewRequestWithContext(w.Context(), http.MethodGet, "http://"+w.bot().addr+path, nil)
	w.must(nil, err)
	return w.do(req)
}

func (w *world) do(req *http.Request) (int, string) {
	w.Helper()
	resp, err := http.DefaultClient.Do(req)
	w.must(nil, err)
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	w.must(nil, err)
	return resp.StatusCode, string(body)
}

// deleteConversation is somebody else deleting it at Telnyx.
func (w *world) deleteConversation(id string) error {
	req, err := http.NewRequestWithContext(w.Context(), http.MethodDelete, w.telnyxURL+"/ai/conversations/"+id, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+worldKey)
	if status, body := w.do(req); status >= 300 {
		return fmt.Errorf("delete a conversation: %d %s", status, body)
	}
	return nil
}

// lockedBuffer collects the log of the bots, over several starts.
type lockedBuffer struct {
	mu sync.Mutex
	b  strings.Builder
}

// Write appends to the log.
func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// String is the log so far.
func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

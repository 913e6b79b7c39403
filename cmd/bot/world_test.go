package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/telnyxsim"
)

// Secrets of the tests' world; a test asserts that they never reach the log.
const (
	worldToken  = "xoxb-world-token"
	worldSecret = "world-signing-secret"
	worldKey    = "KEY-world-telnyx"
)

// world is the real binary between a simulated Slack and a simulated Telnyx.
type world struct {
	slack  *slacksim.Sim
	telnyx *telnyxsim.Sim
	env    []string
	addr   string
	binary string

	process *exec.Cmd
	exited  chan struct{}
	log     *lockedBuffer
}

// lockedBuffer collects the log of the bot, over several starts.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
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

// binaryPath builds the bot once for all tests of the package.
var binaryPath = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "takeover-bot-*")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "bot")
	out, err := exec.Command("go", "build", "-race", "-o", path, ".").CombinedOutput()
	if err != nil {
		if out, err = exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
			return "", fmt.Errorf("build the bot: %w\n%s", err, out)
		}
	}
	return path, nil
})

// newWorld makes the simulators and a configuration; start starts the bot.
func newWorld(dir, databaseURL string) (*world, error) {
	binary, err := binaryPath()
	if err != nil {
		return nil, err
	}
	w := &world{binary: binary, log: &lockedBuffer{}}
	w.slack = slacksim.New(slacksim.Options{SigningSecret: worldSecret, BotToken: worldToken})
	if _, err := w.slack.Start(context.Background(), "127.0.0.1:0"); err != nil {
		return nil, err
	}
	w.telnyx = telnyxsim.New(telnyxsim.Options{APIKey: worldKey, ReplyDelay: 200 * time.Millisecond})
	telnyxURL, err := w.telnyx.Start(context.Background(), "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	if !strings.HasSuffix(telnyxURL, "/v2") {
		telnyxURL += "/v2"
	}
	w.telnyx.Load(telnyxsim.Seeds(time.Now()))
	if w.addr, err = freeAddr(); err != nil {
		return nil, err
	}
	w.slack.SetBotURL("http://" + w.addr)
	if databaseURL == "" {
		databaseURL = filepath.Join(dir, "takeover.db")
	}
	w.env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + dir, "GORACE=halt_on_error=1",
		"SLACK_BOT_TOKEN=" + worldToken, "SLACK_SIGNING_SECRET=" + worldSecret, "SLACK_API_URL=" + w.slack.APIURL(),
		"SLACK_CHANNEL_ID=" + slacksim.DeskChannel, "TELNYX_API_KEY=" + worldKey, "TELNYX_BASE_URL=" + telnyxURL,
		"DATABASE_URL=" + databaseURL, "LISTEN_ADDR=" + w.addr,
	}
	return w, nil
}

func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String(), nil
}

// start starts the bot and waits until it is ready.
func (w *world) start(ctx context.Context) error {
	w.process = exec.Command(w.binary, "serve")
	w.process.Env, w.process.Stdout, w.process.Stderr = w.env, w.log, w.log
	if err := w.process.Start(); err != nil {
		return err
	}
	w.exited = make(chan struct{})
	go func(p *exec.Cmd, exited chan struct{}) {
		_ = p.Wait()
		close(exited)
	}(w.process, w.exited)
	return w.ready(ctx)
}

func (w *world) ready(ctx context.Context) error {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+w.addr+"/readyz", nil)
		if err != nil {
			return err
		}
		if resp, err := http.DefaultClient.Do(req); err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-w.exited:
			return fmt.Errorf("the bot ended before it was ready:\n%s", w.log)
		case <-ctx.Done():
			return fmt.Errorf("the bot is not ready: %w\n%s", ctx.Err(), w.log)
		case <-tick.C:
		}
	}
}

// kill ends the bot as a power cut would.
func (w *world) kill() error {
	if err := w.process.Process.Kill(); err != nil {
		return err
	}
	<-w.exited
	return nil
}

// stop ends the bot as an operator would, and reports its exit code.
func (w *world) stop() (int, error) {
	if err := w.process.Process.Signal(syscall.SIGTERM); err != nil {
		return -1, err
	}
	<-w.exited
	return w.process.ProcessState.ExitCode(), nil
}

func (w *world) close() {
	if w.process != nil {
		select {
		case <-w.exited:
		default:
			_ = w.kill()
		}
	}
	w.slack.Close()
	_ = w.telnyx.Close()
}

// story returns a started world that ends with the test.
func story(t *testing.T) *world {
	t.Helper()
	w, err := newWorld(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		w.close()
		if t.Failed() {
			t.Logf("log of the bot:\n%s", w.log)
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := w.start(ctx); err != nil {
		t.Fatal(err)
	}
	return w
}

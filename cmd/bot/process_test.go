package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// process is one running bot, or one that can be started.
type process struct {
	addr   string // where it listens, the same after every start
	env    []string
	args   []string // of `bot serve`
	log    io.Writer
	cmd    *exec.Cmd
	exited chan struct{}
	wanted bool // it should run: no test killed or stopped it
}

// raceOptions end the bot at its first data race, and without the second that the race
// detector otherwise waits at every exit.
const raceOptions = "GORACE=halt_on_error=1 atexit_sleep_ms=0"

// binary is the bot's program: the one that TEST_BOT names, or one that is built once for
// all tests of this package.
var binary = sync.OnceValues(func() (string, error) {
	if path := os.Getenv("TEST_BOT"); path != "" {
		return path, nil
	}
	path := filepath.Join(scratch, "bot")
	var failed error
	for _, args := range [][]string{{"-race"}, nil} { // without a C compiler there is no -race
		out, err := exec.Command("go", slices.Concat([]string{"build", "-o", path}, args, []string{"."})...).CombinedOutput()
		if err == nil {
			return path, nil
		}
		failed = fmt.Errorf("build the bot: %w\n%s", err, out)
	}
	return "", failed
})

// ports counts the ports that were handed out.
var ports atomic.Int32

// freeAddr is an address for a bot that may be down for a while. Its port is handed out once, and lies below
// those that the system gives to connections: one of these could take it meanwhile.
func freeAddr(t testing.TB) string {
	t.Helper()
	const first, most = 10_000, 10_000
	for range most {
		addr := fmt.Sprintf("127.0.0.1:%d", first+(os.Getpid()*97+int(ports.Add(1)))%most)
		if l, err := net.Listen("tcp", addr); err == nil {
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			return addr
		}
	}
	t.Fatal("there is no free port")
	return ""
}

// newProcess prepares a bot and gives it a free address.
func newProcess(t testing.TB, log io.Writer, env []string) *process {
	t.Helper()
	addr := freeAddr(t)
	return &process{addr: addr, log: log, env: slices.Concat(env, []string{"LISTEN_ADDR=" + addr, "PATH=" + os.Getenv("PATH")})}
}

// start starts the bot and waits until it is ready.
func (p *process) start(t testing.TB) {
	t.Helper()
	if err := p.begin(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	if err := p.ready(ctx); err != nil {
		t.Fatal(err)
	}
}

func (p *process) begin() error {
	path, err := binary()
	if err != nil {
		return err
	}
	p.cmd = exec.Command(path, append([]string{"serve"}, p.args...)...)
	p.cmd.Env, p.cmd.Stdout, p.cmd.Stderr = p.env, p.log, p.log
	if err := p.cmd.Start(); err != nil {
		return fmt.Errorf("start the bot: %w", err)
	}
	exited := make(chan struct{})
	p.exited, p.wanted = exited, true
	go func(cmd *exec.Cmd) {
		_ = cmd.Wait()
		close(exited)
	}(p.cmd)
	return nil
}

// ready asks until the bot says that it can work.
func (p *process) ready(ctx context.Context) error {
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.addr+"/readyz", nil)
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
		case <-p.exited:
			return errors.New("the bot ended before it was ready")
		case <-ctx.Done():
			return fmt.Errorf("the bot is not ready: %w", ctx.Err())
		case <-tick.C:
		}
	}
}

func (p *process) running() bool {
	if p.exited == nil {
		return false
	}
	select {
	case <-p.exited:
		return false
	default:
		return true
	}
}

// kill ends the bot as a power cut would.
func (p *process) kill() {
	p.wanted = false
	_ = p.cmd.Process.Kill()
	<-p.exited
}

// stop ends the bot as an operator would, and returns its exit code.
func (p *process) stop() (int, error) {
	p.wanted = false
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return -1, fmt.Errorf("ask the bot to stop: %w", err)
	}
	select {
	case <-p.exited:
		return p.cmd.ProcessState.ExitCode(), nil
	case <-time.After(timeout):
		p.kill()
		return -1, errors.New("the bot did not stop")
	}
}

func (p *process) end() {
	if p.running() {
		p.kill()
	}
}

// runBot runs a command of the binary to its end.
func runBot(t testing.TB, env []string, args ...string) (code int, out, errOut string) {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*timeout)
	defer cancel()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env, cmd.Stdout, cmd.Stderr, cmd.Dir = slices.Concat(env, []string{raceOptions}), &stdout, &stderr, t.TempDir()
	if err := cmd.Run(); err != nil {
		if _, exit := errors.AsType[*exec.ExitError](err); !exit {
			t.Fatal(err)
		}
	}
	return cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()
}

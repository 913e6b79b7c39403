package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	// childGrace is how long a child may take to stop by itself.
	childGrace = 5 * time.Second
	// childLook is how often a starting child is asked whether it is ready.
	childLook = 10 * time.Millisecond
	// tailSize is how much of the log's end is looked at, in bytes.
	tailSize = 128 << 10
)

// child is `bot serve` as a separate process, which the demo can kill and start again.
type child struct {
	program string
	args    []string // behind `bot serve`
	env     []string // all that it gets
	addr    string   // where it listens
	logPath string

	starting sync.Mutex // held while a start is under way

	mu   sync.Mutex
	cmd  *exec.Cmd
	gone chan struct{} // closed when the process has ended; nil before the first start
}

// Running says whether the process is there.
func (c *child) Running() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.running()
}

// running is called with mu held.
func (c *child) running() bool {
	if c.gone == nil {
		return false
	}
	select {
	case <-c.gone:
		return false
	default:
		return true
	}
}

// Start starts the process and returns when it is ready. ctx bounds the waiting only.
func (c *child) Start(ctx context.Context) error {
	c.starting.Lock()
	defer c.starting.Unlock()
	if !c.Running() {
		if err := c.launch(); err != nil {
			return err
		}
	}
	return c.awaitReady(ctx)
}

func (c *child) launch() error {
	log, err := os.OpenFile(c.logPath, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("open the bot's log: %w", err)
	}
	defer func() { _ = log.Close() }() // the process has it open by itself
	// Not bound to a context: how it ends is up to Kill and Stop.
	cmd := exec.Command(c.program, append([]string{"serve"}, c.args...)...) //nolint:noctx // see above
	cmd.Env, cmd.Stdout, cmd.Stderr = c.env, log, log
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start the bot: %w", err)
	}
	gone := make(chan struct{})
	go func() { // ends with the process, which Kill and Stop wait for
		_ = cmd.Wait()
		close(gone)
	}()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cmd, c.gone = cmd, gone
	return nil
}

func (c *child) awaitReady(ctx context.Context) error {
	c.mu.Lock()
	gone := c.gone
	c.mu.Unlock()
	tick := time.NewTicker(childLook)
	defer tick.Stop()
	for !c.ready(ctx) {
		select {
		case <-gone:
			return fmt.Errorf("the bot ended before it was ready; its log:\n  %s", strings.Join(c.LogTail(15), "\n  "))
		case <-ctx.Done():
			return fmt.Errorf("the bot is not ready: %w", ctx.Err())
		case <-tick.C:
		}
	}
	return nil
}

func (c *child) ready(ctx context.Context) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+c.addr+"/readyz", nil)
	if err != nil {
		return false
	}
	resp, err := (&http.Client{Timeout: time.Second}).Do(req)
	if err != nil {
		return false
	}
	defer func() { _ = resp.Body.Close() }()
	return resp.StatusCode == http.StatusOK
}

// Kill ends the process as kill -9 does and waits until it is gone.
func (c *child) Kill() error {
	return c.end((*os.Process).Kill)
}

// Stop lets the process end in order, and kills it when that takes too long.
func (c *child) Stop() error {
	kill := time.AfterFunc(childGrace, func() { _ = c.Kill() })
	defer kill.Stop()
	return c.end(func(p *os.Process) error { return p.Signal(syscall.SIGTERM) })
}

// end does something to the running process that ends it, and waits for that.
func (c *child) end(how func(*os.Process) error) error {
	c.mu.Lock()
	cmd, gone, running := c.cmd, c.gone, c.running()
	c.mu.Unlock()
	if !running {
		return nil
	}
	if err := how(cmd.Process); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("end the bot: %w", err)
	}
	<-gone
	return nil
}

// LogTail returns the last n lines of the log of all starts; none if it cannot be read.
func (c *child) LogTail(n int) []string {
	f, err := os.Open(c.logPath)
	if err != nil {
		return nil
	}
	defer func() { _ = f.Close() }()
	if size, err := f.Seek(0, io.SeekEnd); err == nil {
		_, _ = f.Seek(max(0, size-tailSize), io.SeekStart)
	}
	raw, err := io.ReadAll(f)
	if err != nil || len(raw) == 0 {
		return nil
	}
	all := strings.Split(strings.TrimRight(string(raw), "\n"), "\n")
	return all[max(0, len(all)-n):]
}

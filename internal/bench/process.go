package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// clockTick is the unit of CPU times in /proc on every Linux of today.
const clockTick = 10 * time.Millisecond

// patience bounds the waiting for a process that starts or stops.
const patience = 20 * time.Second

// process is a program that is measured: the bot, or a floor.
type process struct {
	addr   string
	cmd    *exec.Cmd
	log    string // file
	began  time.Time
	exited chan struct{}
}

// launch starts a program and does not wait for it. Its log goes to a file, as it would
// in service.
func launch(ctx context.Context, dir, addr string, env []string, argv ...string) *process {
	log := value(os.OpenFile(filepath.Join(dir, filepath.Base(argv[0])+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600))("open a log")
	defer func() { _ = log.Close() }()
	p := &process{addr: addr, log: log.Name(), began: time.Now(), exited: make(chan struct{})}
	p.cmd = exec.CommandContext(ctx, argv[0], argv[1:]...)
	p.cmd.Env, p.cmd.Stdout, p.cmd.Stderr, p.cmd.Dir = env, log, log, dir
	must(p.cmd.Start(), "start %s", argv[0])
	go func() {
		_ = p.cmd.Wait() // the state says how it ended
		close(p.exited)
	}()
	return p
}

// ready waits until the program answers /healthz.
func (p *process) ready(ctx context.Context) {
	client := &http.Client{Timeout: time.Second}
	defer client.CloseIdleConnections()
	p.retry(ctx, func() error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.addr+"/healthz", nil)
		if err != nil {
			return err
		}
		resp, err := client.Do(req)
		if err != nil {
			return err
		}
		return resp.Body.Close()
	})
}

// retry calls try until it succeeds, every half a millisecond. It gives up when the
// program has ended.
func (p *process) retry(ctx context.Context, try func() error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(500 * time.Microsecond)
	defer tick.Stop()
	for {
		err := try()
		if err == nil {
			return
		}
		select {
		case <-p.exited:
			must(err, "wait for a program that has ended")
		case <-ctx.Done():
			must(err, "wait for a program that does not answer")
		case <-tick.C:
		}
	}
}

// tail is the end of the log, for an error.
func (p *process) tail() string {
	raw, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	lines := bytes.Split(bytes.TrimSpace(raw), []byte("\n"))
	return string(bytes.Join(lines[max(0, len(lines)-5):], []byte("\n")))
}

// kill ends the program as a power cut would.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended already
	<-p.exited
}

// stop ends the program as an operator would.
func (p *process) stop() {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); !errors.Is(err, os.ErrProcessDone) {
		must(err, "stop a program")
	}
	select {
	case <-p.exited:
	case <-time.After(patience):
		p.kill()
	}
	if code := p.cmd.ProcessState.ExitCode(); code != 0 {
		must(fmt.Errorf("exit code %d", code), "stop a program")
	}
}

// cpu is the processor time that the program has used, to a hundredth of a second.
func (p *process) cpu() time.Duration {
	raw := value(os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid)))("read the processor time")
	// The name, in brackets, may hold anything; utime and stime are the 14th and 15th.
	fields := strings.Fields(string(raw[bytes.LastIndexByte(raw, ')')+1:]))
	var ticks int64
	for _, f := range fields[11:13] {
		ticks += value(strconv.ParseInt(f, 10, 64))("read the processor time")
	}
	return time.Duration(ticks) * clockTick
}

// memory reads a size of the program in bytes: "VmRSS" is what is resident, "VmHWM" the
// most that was.
func (p *process) memory(name string) int64 {
	text := procField(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid), name)
	return value(strconv.ParseInt(strings.TrimSuffix(text, " kB"), 10, 64))("read the memory, %s", name) << 10
}

// procField is the value of the first line "name: value" in a file of /proc, or "".
func procField(file, name string) string {
	raw, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(raw)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// freeAddr is a free address of loopback.
func freeAddr() string {
	l := value(net.Listen("tcp", "127.0.0.1:0"))("find a free port")
	must(l.Close(), "find a free port")
	return l.Addr().String()
}

package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"time"

	"takeoverbot/internal/anyreachsim"
	"takeoverbot/internal/clock"
	demopage "takeoverbot/internal/demo" // this file has the command of that name
	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/telnyxsim"
)

const (
	// demoReply and playReply are how long the simulated AI thinks before it answers: long
	// enough to see it type, and as short as a script may have it.
	demoReply = 1500 * time.Millisecond
	playReply = 300 * time.Millisecond
	// demoStart bounds the start of the bot.
	demoStart = 20 * time.Second
)

// demoFlags are what `bot demo` can be told.
type demoFlags struct {
	addr          string
	inContainer   bool
	noBrowser     bool
	play          bool
	only          string
	conversations string
}

func parseDemoFlags(args []string, out io.Writer) (demoFlags, error) {
	var f demoFlags
	err := flags("demo", args, out, func(set *flag.FlagSet) {
		set.StringVar(&f.addr, "addr", "127.0.0.1:8080", "address of the page, on this machine")
		set.BoolVar(&f.inContainer, "in-container", false, "take an --addr that other machines may reach, as a container's is: publish its port on this machine only")
		set.BoolVar(&f.noBrowser, "no-browser", false, "do not open a browser")
		set.BoolVar(&f.play, "play", false, "play the main journey without a screen, check each step, and exit")
		set.StringVar(&f.only, "only", "", "with --play: play this `scene` alone, with what it needs before it")
		set.StringVar(&f.conversations, "conversations", "", "a JSONL `file` of conversations to load instead of the ones written for the demo")
	})
	if err != nil {
		return f, err
	}
	if !loopback(f.addr) && !(f.inContainer && listenable(f.addr)) {
		return f, fmt.Errorf("bot demo: %w: --addr must be on this machine, for example 127.0.0.1:8080, since the page asks for no password (in a container: --in-container)", errUsage)
	}
	if f.play && f.conversations != "" {
		return f, fmt.Errorf("bot demo: %w: --play uses its own conversations and cannot use --conversations", errUsage)
	}
	if f.only != "" && !f.play {
		return f, fmt.Errorf("bot demo: %w: --only chooses a scene of --play: give both; on the page, the scene plays behind #%s", errUsage, f.only)
	}
	if f.only != "" {
		if err := demopage.KnowScene(f.only); err != nil {
			return f, fmt.Errorf("bot demo: %w: %w", errUsage, err)
		}
	}
	return f, nil
}

func loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	ip := net.ParseIP(host)
	return err == nil && (host == "localhost" || (ip != nil && ip.IsLoopback()))
}

// demo runs the real bot between a simulated Slack and a simulated Telnyx, and shows it
// on a page, or plays the main journey.
func demo(ctx context.Context, args []string, out io.Writer) error {
	f, err := parseDemoFlags(args, out)
	if err != nil {
		return err
	}
	reply := demoReply
	if f.play {
		reply = playReply
	}
	s, err := openDemo(ctx, reply, f.conversations)
	if err != nil {
		return err
	}
	if f.play {
		err = demopage.Play(ctx, s.options(reply), f.only, out)
	} else {
		err = s.show(ctx, f, out)
	}
	return errors.Join(err, s.close())
}

// demoSetup is the bot with the simulators around it. It owns a folder, the servers and a
// process; close ends and removes all of it.
type demoSetup struct {
	dir      string
	slack    *slacksim.Sim
	telnyx   *telnyxsim.Sim
	anyreach *anyreachsim.Sim
	bot      *child
}

func openDemo(ctx context.Context, reply time.Duration, conversations string) (*demoSetup, error) {
	dir, err := os.MkdirTemp("", "takeover-demo-")
	if err != nil {
		return nil, fmt.Errorf("make a folder for the demo: %w", err)
	}
	s := &demoSetup{dir: dir}
	if err := s.open(ctx, reply, conversations); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// signingSecret makes one of the form that Slack's have.
func signingSecret() string {
	var secret [16]byte
	_, _ = rand.Read(secret[:]) // it never fails
	return hex.EncodeToString(secret[:])
}

func (s *demoSetup) open(ctx context.Context, reply time.Duration, conversations string) error {
	token, secret, key := "xoxb-demo-"+rand.Text(), signingSecret(), "KEY-demo-"+rand.Text()
	s.slack = slacksim.New(slacksim.Options{BotToken: token, SigningSecret: secret, EchoBotMessages: true}) //nolint:contextcheck // the workspace ends with Close
	s.telnyx = telnyxsim.New(telnyxsim.Options{APIKey: key, ReplyDelay: reply})
	if err := loadConversations(s.telnyx, conversations); err != nil {
		return err
	}
	// The simulators outlive ctx: the bot is stopped first.
	lasting := context.WithoutCancel(ctx)
	if _, err := s.slack.Start(lasting, "127.0.0.1:0"); err != nil {
		return err
	}
	telnyxURL, err := s.telnyx.Start(lasting, "127.0.0.1:0")
	if err != nil {
		return err
	}
	second, err := s.startAnyreach(lasting)
	if err != nil {
		return err
	}
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find the bot's own program: %w", err)
	}
	addr, err := freePort(ctx)
	if err != nil {
		return err
	}
	s.slack.SetBotURL("http://" + addr)
	s.telnyx.SetWebhookURL("http://" + addr + "/telnyx/webhooks")
	s.bot = &child{program: program, args: []string{"--clock", s.clockPath()}, addr: addr, logPath: filepath.Join(s.dir, "bot.log"), env: append(systemEnv(),
		"SLACK_BOT_TOKEN="+token, "SLACK_SIGNING_SECRET="+secret, "SLACK_API_URL="+s.slack.APIURL(), "SLACK_CHANNEL_ID="+slacksim.DeskChannel,
		"SLACK_RESPONDERS_GROUP_ID="+slacksim.TechniciansGroup, "SLACK_LEADS_GROUP_ID="+slacksim.LeadsGroup,
		"TELNYX_API_KEY="+key, "TELNYX_BASE_URL="+telnyxURL, "TELNYX_PUBLIC_KEY="+s.telnyx.PublicKey(), "DATABASE_URL="+filepath.Join(s.dir, "takeover.db"),
		"LISTEN_ADDR="+addr, "PUBLIC_URL=http://"+addr, "LOG_FORMAT=text", "LOG_LEVEL=info")}
	s.bot.env = append(s.bot.env, second...)
	starting, cancel := context.WithTimeout(ctx, demoStart)
	defer cancel()
	return s.bot.Start(starting)
}

// clockPath is the file that the bot's clock is turned by.
func (s *demoSetup) clockPath() string { return filepath.Join(s.dir, "clock") }

// options are the parts as the page and the play take them.
func (s *demoSetup) options(reply time.Duration) demopage.Options {
	return demopage.Options{Slack: s.slack, Telnyx: s.telnyx, Bot: s.bot, ReplyDelay: reply,
		TurnClock: func(ahead time.Duration) error { return clock.Turn(s.clockPath(), ahead) }}
}

// startAnyreach starts the second provider with its own conversations, which can be
// searched and watched. It returns what the bot has to know of it.
func (s *demoSetup) startAnyreach(ctx context.Context) (env []string, err error) {
	key := "ak_demo." + rand.Text()
	s.anyreach = anyreachsim.New(anyreachsim.Options{Key: key})
	s.anyreach.Load(anyreachsim.Seeds(time.Now()))
	url, err := s.anyreach.Start(ctx, "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	return []string{"ANYREACH_API_KEY=" + key, "ANYREACH_BASE_URL=" + url}, nil
}

// systemEnv is what a process needs of the system; nothing else of ours is handed on,
// so that real tokens in the environment stay out of the demo.
func systemEnv() []string {
	var env []string
	for _, name := range []string{"PATH", "HOME", "TMPDIR"} {
		if value, set := os.LookupEnv(name); set {
			env = append(env, name+"="+value)
		}
	}
	return env
}

func loadConversations(sim *telnyxsim.Sim, path string) error {
	if path == "" {
		sim.Load(telnyxsim.Seeds(time.Now()))
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open the conversations: %w", err)
	}
	defer func() { _ = f.Close() }()
	if err := sim.LoadJSONL(f); err != nil {
		return fmt.Errorf("load %s: %w", path, err)
	}
	return nil
}

// freePort finds a free port of loopback.
func freePort(ctx context.Context) (string, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String(), nil
}

// close stops the bot, then what it talks to, then removes the folder.
func (s *demoSetup) close() error {
	var err error
	if s.bot != nil {
		err = s.bot.Stop()
	}
	if s.slack != nil {
		s.slack.Close()
	}
	if s.telnyx != nil {
		err = errors.Join(err, s.telnyx.Close())
	}
	if s.anyreach != nil {
		err = errors.Join(err, s.anyreach.Close())
	}
	return errors.Join(err, os.RemoveAll(s.dir))
}

// show serves the page until ctx ends.
func (s *demoSetup) show(ctx context.Context, f demoFlags, out io.Writer) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", f.addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		_, _ = fmt.Fprintf(out, "%s is in use by another program, so a free port is taken.\n", f.addr)
		listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	}
	if err != nil {
		return fmt.Errorf("listen for the page: %w", err)
	}
	page := demopage.New(s.options(demoReply))
	var running sync.WaitGroup
	running.Go(func() { page.Run(ctx) })
	defer running.Wait()
	if err := page.Begin(ctx); err != nil && ctx.Err() == nil {
		_, _ = fmt.Fprintf(out, "The page opens without a card: %v\n", err)
	}
	link := "http://" + pageHost(listener.Addr())
	_, _ = fmt.Fprintf(out, `
The takeover bot is running between a simulated Slack and a simulated Telnyx.
Open %s
Nothing leaves this machine. The bot's log is %s.
Press Ctrl-C to end it.
`, link, s.bot.logPath)
	if !f.noBrowser {
		openBrowser(link)
	}
	return servePage(ctx, listener, page.Handler())
}

// pageHost is where a browser on this machine finds the page: one that listens everywhere
// answers to names of this machine only.
func pageHost(addr net.Addr) string {
	if tcp, ok := addr.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		return fmt.Sprintf("127.0.0.1:%d", tcp.Port)
	}
	return addr.String()
}

func servePage(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve the page: %w", err)
	case <-ctx.Done():
		_ = server.Close() // the open pages show that the demo was stopped
		if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve the page: %w", err)
		}
		return nil
	}
}

// openBrowser tries to show the page. The link is printed anyway, so that nothing is
// lost where it fails.
func openBrowser(link string) {
	program, args := "xdg-open", []string{link}
	switch runtime.GOOS {
	case "darwin":
		program = "open"
	default:
		if os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
			return // no screen: a browser for terminals would only take ours
		}
	}
	cmd := exec.Command(program, args...) //nolint:noctx // it may outlive us
	if cmd.Start() == nil {
		_ = cmd.Process.Release()
	}
}

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/slacksim"
)

// image is what the Dockerfile says of the image that it makes.
type image struct {
	env        map[string]string
	entrypoint []string
	cmd        []string
	volume     string
	port       string
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// readImage reads the last stage of the Dockerfile.
func readImage(t *testing.T) image {
	t.Helper()
	im := image{env: map[string]string{}}
	text := strings.ReplaceAll(readFile(t, "Dockerfile"), "\\\n", " ")
	text = text[strings.LastIndex(text, "\nFROM "):]
	for line := range strings.Lines(text) {
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		var err error
		switch word {
		case "ENV":
			for _, pair := range strings.Fields(rest) {
				name, value, _ := strings.Cut(pair, "=")
				im.env[name] = value
			}
		case "ENTRYPOINT":
			err = json.Unmarshal([]byte(rest), &im.entrypoint)
		case "CMD":
			err = json.Unmarshal([]byte(rest), &im.cmd)
		case "VOLUME":
			im.volume = rest
		case "EXPOSE":
			im.port = rest
		}
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
	}
	return im
}

// documentedRun is a line of a document that runs the image.
type documentedRun struct {
	file    string
	publish string   // what follows -p; empty without it
	args    []string // behind the image's name, or behind the service's
}

var (
	dockerRun  = regexp.MustCompile("(?m)docker run (.*?)takeover-bot\\b([^\n`]*)")
	composeRun = regexp.MustCompile("(?m)docker compose run --rm bot\\b([^\n`]*)")
	published  = regexp.MustCompile(`(?:-p|--publish) (\S+)`)
)

func documentedRuns(t *testing.T) []documentedRun {
	t.Helper()
	var runs []documentedRun
	for _, file := range []string{"Dockerfile", "compose.yaml", "README.md", "docs/operating.md"} {
		text := readFile(t, file)
		for _, m := range dockerRun.FindAllStringSubmatch(text, -1) {
			run := documentedRun{file: file, args: strings.Fields(m[2])}
			if p := published.FindStringSubmatch(m[1]); p != nil {
				run.publish = p[1]
			}
			runs = append(runs, run)
		}
		for _, m := range composeRun.FindAllStringSubmatch(text, -1) {
			runs = append(runs, documentedRun{file: file, args: strings.Fields(strings.TrimRight(m[1], ")., "))})
		}
	}
	return runs
}

// TestDocumentedImageRuns runs each line that the documents have for the image, as far as
// that goes without an engine: the program with the arguments of the line and the
// environment of the image.
func TestDocumentedImageRuns(t *testing.T) {
	t.Parallel()
	im, s := readImage(t), newSystem(t, options{})
	runs := documentedRuns(t)
	ran := map[string]int{}
	for _, run := range runs {
		args := run.args
		if len(args) == 0 {
			args = im.cmd
		}
		ran[args[0]]++
		env := slices.Clone(s.bot().env)
		switch args[0] {
		case "demo":
			runDemo(t, run, args)
		case "serve":
			if run.publish != "127.0.0.1:"+im.port+":"+im.port {
				t.Errorf("%s: the bot listens on %s, and %q is published", run.file, im.port, run.publish)
			}
			s.bot().start(t)
			s.bot().end()
		default:
			if code, out, errOut := runBot(t, env, args...); code != exitDone {
				t.Errorf("%s: bot %s: exit code %d\n%s%s", run.file, strings.Join(args, " "), code, out, errOut)
			}
		}
	}
	for _, word := range []string{"demo", "serve", "doctor", "manifest"} {
		if ran[word] == 0 {
			t.Errorf("no document runs the image with %s: this test compares with nothing", word)
		}
	}
}

// runDemo starts the demo of a documented line on a free port, opens its page as a browser
// outside the container would, and stops it.
func runDemo(t *testing.T, run documentedRun, args []string) {
	t.Helper()
	program, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	host, _, _ := strings.Cut(run.publish, ":")
	port := run.publish[strings.LastIndex(run.publish, ":")+1:]
	args = slices.Clone(args)
	at := slices.Index(args, "--addr") + 1
	if host != "127.0.0.1" || at == 0 || strings.HasPrefix(args[at], "127.") || !strings.HasSuffix(args[at], ":"+port) {
		t.Errorf("%s: the page listens on %q, and %q is published: nothing outside the container reaches it, or other machines do", run.file, args[at], run.publish)
	}
	args[at] = strings.TrimSuffix(args[at], port) + "0"
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	dir := t.TempDir()
	cmd.Dir, cmd.Env = dir, []string{"PATH=" + os.Getenv("PATH"), "TMPDIR=" + dir, raceOptions}
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	rows := bufio.NewScanner(out)
	for rows.Scan() {
		link, ok := strings.CutPrefix(rows.Text(), "Open ")
		if !ok {
			continue
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, link, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		page, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusOK || len(page) == 0 {
			t.Errorf("%s: the page of the demo answers %d", run.file, resp.StatusCode)
		}
		cancel()
	}
	if err := cmd.Wait(); cmd.ProcessState.ExitCode() != exitDone {
		t.Errorf("%s: bot %s: %v", run.file, strings.Join(args, " "), err)
	}
}

// TestImageSettings: with the environment of the image, and with that of compose, nothing but
// the operator's own values is missing, and the database lies where the volume is.
func TestImageSettings(t *testing.T) {
	im := readImage(t)
	if len(im.entrypoint) != 1 || !slices.Equal(im.cmd, []string{"serve"}) {
		t.Errorf("the image runs %q %q", im.entrypoint, im.cmd)
	}
	if name, ok := strings.CutPrefix(im.env["DATABASE_URL"], "sqlite://"); !ok || path.Dir(name) != im.volume {
		t.Errorf("the database is %q, the volume %q", im.env["DATABASE_URL"], im.volume)
	}
	if im.env["LISTEN_ADDR"] != ":"+im.port {
		t.Errorf("the image listens on %q and exposes %q", im.env["LISTEN_ADDR"], im.port)
	}
	own := map[string]string{"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "secret", "SLACK_CHANNEL_ID": slacksim.DeskChannel, "TELNYX_API_KEY": "KEY1"}
	compose := composeEnvironment(t)
	for name, env := range map[string]map[string]string{"image": im.env, "compose": compose} {
		t.Run(name, func(t *testing.T) {
			for field := range fields() {
				t.Setenv(field.Tag.Get("envconfig"), field.Tag.Get("default"))
			}
			for _, values := range []map[string]string{im.env, env, own} {
				for name, value := range values {
					t.Setenv(name, value)
				}
			}
			if _, err := loadConfig(""); err != nil {
				t.Error(err)
			}
		})
	}
	for _, file := range []string{"compose.yaml", "docs/operating.md"} {
		var named []string
		for _, m := range regexp.MustCompile(`(?m)^[# ]*([A-Z_]+)=\S*…$`).FindAllStringSubmatch(readFile(t, file), -1) {
			named = append(named, m[1])
		}
		slices.Sort(named)
		if want := append(slices.Sorted(maps.Keys(own)), "POSTGRES_PASSWORD"); !slices.Equal(named, slices.Sorted(slices.Values(want))) {
			t.Errorf("%s has the operator set %q, want %q", file, named, want)
		}
	}
}

// composeEnvironment is what compose sets for the bot, with a password in its place.
func composeEnvironment(t *testing.T) map[string]string {
	t.Helper()
	nodes, err := manifestNodes(readFile(t, "compose.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	env := map[string]string{}
	for _, n := range nodes {
		if name, ok := strings.CutPrefix(n.path, "services.bot.environment."); ok {
			env[name] = regexp.MustCompile(`\$\{POSTGRES_PASSWORD:\?[^}]*\}`).ReplaceAllString(n.value, "abc123")
		}
	}
	if len(env) != 2 || strings.Contains(env["DATABASE_URL"], "$") {
		t.Fatalf("compose sets %q", env)
	}
	return env
}

// TestImageIsBuiltFromWhatIsSent: no file that the build needs is kept out of it.
func TestImageIsBuiltFromWhatIsSent(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, "go", "list", "-deps", "-f",
		`{{if and .Module .Module.Main}}{{$dir := .Dir}}{{range .GoFiles}}{{$dir}}/{{.}}{{"\n"}}{{end}}{{range .EmbedFiles}}{{$dir}}/{{.}}{{"\n"}}{{end}}{{end}}`, ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	files := append(strings.Fields(string(out)), filepath.Join(root, "go.mod"), filepath.Join(root, "go.sum"))
	if len(files) < 100 {
		t.Fatalf("only %d files are needed: this test compares with nothing", len(files))
	}
	ignored := readFile(t, ".dockerignore")
	for _, file := range files {
		name, err := filepath.Rel(root, file)
		if err != nil {
			t.Fatal(err)
		}
		if pattern := keptOut(ignored, filepath.ToSlash(name)); pattern != "" {
			t.Errorf("%s is needed, and .dockerignore keeps it out by %q", name, pattern)
		}
	}
	for _, secret := range []string{".env", "deploy/.env", "takeover.db", "cmd/bot/takeover.db-wal", ".git/config"} {
		if keptOut(ignored, secret) == "" {
			t.Errorf("%s is sent to the build", secret)
		}
	}
}

// keptOut is the pattern of a .dockerignore that a file or one of its folders matches.
func keptOut(patterns, name string) string {
	for pattern := range strings.Lines(patterns) {
		pattern = strings.TrimSpace(pattern)
		if pattern == "" || pattern[0] == '#' {
			continue
		}
		anywhere, deep := strings.CutPrefix(pattern, "**/")
		for at := name; at != "."; at = path.Dir(at) {
			full, _ := path.Match(pattern, at)
			base, _ := path.Match(anywhere, path.Base(at))
			if full || deep && base {
				return pattern
			}
		}
	}
	return ""
}

package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"hash/crc32"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"takeoverbot/internal/telnyxsim"
)

// TestStories runs testdata/*.txt against the real program. A story is a script of
// testscript whose commands are the tables in story_*_test.go, each command with a
// comment that says what it does.
//
// A check waits until what it names is there; with ! in front it looks once, and fails
// if it is there. At its end every story is checked for what must always be true:
// invariants_test.go.
func TestStories(t *testing.T) {
	t.Parallel()
	testscript.Run(t, storyParams(storyFiles(t), func(testing.TB) options { return options{} }))
}

func storyFiles(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.txt*") // .txtar where a story has files
	if err != nil || len(paths) == 0 {
		t.Fatal("there are no stories", err)
	}
	return paths
}

// systemKey is where a running story keeps its *system.
type systemKey struct{}

// storyParams is what testscript needs to run the stories, each with a system of its own.
func storyParams(paths []string, opt func(testing.TB) options) testscript.Params {
	commands := map[string]func(*testscript.TestScript, bool, []string){}
	for name, c := range storyCommands() {
		commands[name] = func(ts *testscript.TestScript, neg bool, args []string) {
			s := ts.Value(systemKey{}).(*system)
			s.script = ts
			defer func() { s.script = nil }()
			c.call(s, neg, args)
		}
	}
	return testscript.Params{
		Files: paths,
		Cmds:  commands,
		Setup: func(env *testscript.Env) error {
			t := env.T().(testing.TB)
			o := opt(t)
			o.socket = overSocket(filepath.Base(env.WorkDir))
			env.Values[systemKey{}] = newSystem(t, o)
			return nil
		},
	}
}

// transport overrules how the stories' requests travel.
var transport = flag.String("transport", "", "http or socket: all stories' requests travel so; empty: each story has its transport")

// overSocket says whether a story's requests travel over Socket Mode. Half of the stories do so, by
// their names, so that a story is always told over the same transport and no story is told twice.
// Stories about Socket Mode itself (socket_*) know no other.
func overSocket(name string) bool {
	name = strings.TrimPrefix(name, "script-")
	switch {
	case strings.HasPrefix(name, "socket_"):
		return true
	case *transport != "":
		return *transport == "socket"
	}
	return crc32.ChecksumIEEE([]byte(name))%2 == 0
}

// storyCommand is one command of the stories. Exactly one of do and check is set.
type storyCommand struct {
	usage string // its arguments; those before the first [ are required
	do    func(s *system, args []string)
	check func(s *system, neg bool, args []string) // may have ! in front
}

func (c storyCommand) call(s *system, neg bool, args []string) {
	if len(args) < c.required() {
		s.Fatalf("the arguments are: %s", c.usage)
	}
	switch {
	case c.check != nil:
		c.check(s, neg, args)
	case neg:
		s.Fatalf("this command allows no !")
	default:
		c.do(s, args)
	}
}

// required is how many arguments the command needs at least.
func (c storyCommand) required() int {
	n := 0
	for word := range strings.FieldsSeq(c.usage) {
		if strings.HasPrefix(word, "[") {
			break
		}
		n++
	}
	return n
}

// storyCommands are all commands of the stories.
func storyCommands() map[string]storyCommand {
	all := map[string]storyCommand{}
	for _, some := range []map[string]storyCommand{
		botCommands(), operatorCommands(), screenCommands(), slackCommands(), telnyxCommands(), recordCommands(),
	} {
		maps.Copy(all, some)
	}
	return all
}

// run runs one command of the stories from a test that is written in Go.
func (s *system) run(name string, args ...string) {
	s.Helper()
	storyCommands()[name].call(s, false, args)
}

// TestEveryStoryCommandIsUsed finds commands that no story needs any more.
func TestEveryStoryCommandIsUsed(t *testing.T) {
	used := map[string]bool{}
	for _, path := range storyFiles(t) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if words := strings.Fields(strings.TrimPrefix(line, "! ")); len(words) > 0 {
				used[words[0]] = true
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(storyCommands())) {
		if !used[name] {
			t.Errorf("no story uses the command %q", name)
		}
	}
}

// TestStoriesFailWithFileAndLine shows that a story can fail, and that it says where.
func TestStoriesFailWithFileAndLine(t *testing.T) {
	for script, want := range map[string]string{
		"# one line\nclock soon":              `story.txt:2: time: invalid duration "soon"`,
		"clock":                               "story.txt:1: the arguments are: DURATION",
		"! clock 1s":                          "story.txt:1: this command allows no !",
		"\n! cards-on-table":                  `story.txt:2: unknown command "cards-on-table"`,
		"timeout 1ms\nlog 'no \"'":            `story.txt:2: a line of the log no ": not within 1ms`,
		"direct nobody 'some words'":          `story.txt:1: there is no "nobody" in the workspace`,
		"telnyx max_row=20":                   `story.txt:1: json: unknown field "max_row"`,
		"fail get lagging=soon":               `story.txt:1: time: invalid duration "soon"`,
		"fail get hang lands=5s":              `story.txt:1: fault fail[0]: only a put`,
		"slack window=1m:no_text":             `story.txt:1: edit window: 1m0s with the error "no_text"`,
		"phone +14155550137 would-not-answer": `story.txt:1: would the AI answer in "5eed0000`,
	} {
		path := filepath.Join(t.TempDir(), "story.txt")
		if err := os.WriteFile(path, []byte(script), 0o600); err != nil {
			t.Fatal(err)
		}
		failed := &failingT{TB: t}
		testscript.RunT(failed, storyParams([]string{path}, func(testing.TB) options { return options{} }))
		if !strings.Contains(failed.said.String(), want) {
			t.Errorf("%q: said %q, want %q", script, &failed.said, want)
		}
	}
}

// TestStoriesCanMakeTheProviderOdd runs the commands that no story needs a bot for: each sets what it says.
func TestStoriesCanMakeTheProviderOdd(t *testing.T) {
	s := newSystem(t, options{})
	number := telnyxsim.SeedEndUser
	for _, args := range [][]string{
		{"telnyx", "max_rows=20", "clock_ahead=-8s", "conversations_late=20s", "messages_late=1500ms", "order=swapped"},
		{"telnyx", "sent_at_late=2s", "sent_at_shift=-700ms"},
		{"fail", "put", "hang", "x2", "lands=14s", "for=1m"},
		{"fail", "get", "lagging=10s", "for=1m"},
		{"fail", "all", "flag_off", "x1", "of=" + number},
		{"slack", "window=10m"},
		{"phone", number, "would-answer"},
		{"flag", number, "flip"},
		{"phone", number, "would-not-answer"},
	} {
		s.run(args[0], args[1:]...)
	}
	f, put, lagging, odd := s.telnyx.Faults(), telnyxsim.Failure{}, telnyxsim.Misread{}, telnyxsim.Misread{}
	s.must(nil, roundTrip(f.Fail[0], &put))
	s.must(nil, roundTrip(f.Misread[0], &lagging))
	s.must(nil, roundTrip(f.Misread[1], &odd))
	if want := (telnyxsim.Failure{Op: telnyxsim.OpPut, Times: 2, How: telnyxsim.FailHang, LandMS: 14_000, ForMS: 60_000}); put != want {
		t.Errorf("put: %+v", put)
	}
	if want := (telnyxsim.Misread{Op: telnyxsim.OpGet, How: telnyxsim.ReadLagging, LagMS: 10_000, ForMS: 60_000}); lagging != want {
		t.Errorf("get: %+v", lagging)
	}
	if want := (telnyxsim.Misread{Op: telnyxsim.OpAll, ID: telnyxsim.SeedID(1), How: telnyxsim.ReadFlagOff, Times: 1}); odd != want {
		t.Errorf("all: %+v", odd)
	}
	f.Fail, f.Misread = nil, nil
	want := telnyxsim.Faults{MaxRows: 20, ClockAheadMS: -8000, ConversationsLateMS: 20_000, MessagesLateMS: 1500, Order: telnyxsim.OrderSwapped,
		SentAtLateMS: 2000, SentAtShiftMS: -700}
	if !reflect.DeepEqual(f, want) {
		t.Errorf("switches: %+v", f)
	}
}

// roundTrip reads what a switch is as JSON, without the times at which it was switched on and ends.
func roundTrip(from, into any) error {
	raw, err := json.Marshal(from)
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, into)
}

// failingT is a test that is expected to fail: it keeps what is said.
type failingT struct {
	testing.TB
	said strings.Builder
}

// Run runs a story in a new goroutine, which FailNow ends.
func (f *failingT) Run(_ string, story func(testscript.T)) {
	var running sync.WaitGroup
	running.Go(func() { story(f) })
	running.Wait()
}

// FailNow ends the story.
func (f *failingT) FailNow() { runtime.Goexit() }

// Log keeps what is said.
func (f *failingT) Log(args ...any) { _, _ = fmt.Fprint(&f.said, args...) }

// Parallel does nothing: the caller waits for the story.
func (f *failingT) Parallel() {}

// Verbose is false: only what is said about the failure counts.
func (f *failingT) Verbose() bool { return false }

package docstest

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// root is the module's folder; a test runs in its package's.
const root = "../.."

// documents are what a person reads before they have read any code.
var documents = []string{"README.md", "CONTRIBUTING.md", "docs/operating.md", "docs/using.md", "docs/reading-a-card.md", "docs/scopes.md", "docs/roles.md", "docs/security.md", "docs/performance.md"}

// program is what the commands of a document are checked against.
type program struct {
	targets []string            // of the Makefile
	flags   map[string][]string // of each sub-command, by its name
	exists  func(path string) bool
}

func TestCommandsExist(t *testing.T) {
	help := botHelp(t)
	p := program{
		targets: makeTargets(read(t, "Makefile")),
		flags:   subcommands(help),
		exists:  exists,
	}
	if len(p.targets) < 2 || len(p.flags) < 2 {
		t.Fatalf("the Makefile has the targets %q and the bot the sub-commands %v: this test compares with nothing", p.targets, p.flags)
	}
	for _, name := range documents {
		for _, c := range commands(read(t, name)) {
			if fault := p.fault(c.words); fault != "" {
				t.Errorf("%s:%d: %s", name, c.line, fault)
			}
		}
	}
}

func TestSettingsAgree(t *testing.T) {
	inReadme, inHelp := tableSettings(read(t, "README.md")), helpSettings(botHelp(t))
	if len(inHelp) == 0 {
		t.Fatal("bot help names no setting: this test compares with nothing")
	}
	for _, name := range inReadme {
		if !slices.Contains(inHelp, name) {
			t.Errorf("the README's table has %s, of which bot help knows nothing", name)
		}
	}
	for _, name := range inHelp {
		if !slices.Contains(inReadme, name) {
			t.Errorf("bot help has %s, which the README's table does not", name)
		}
	}
}

// TestNamedFilesExist keeps "where does my change go?" from pointing at a file that
// was renamed.
func TestNamedFilesExist(t *testing.T) {
	named := 0
	for _, name := range quoted(read(t, "CONTRIBUTING.md")) {
		if !filename.MatchString(name) {
			continue
		}
		named++
		if !exists(name) {
			t.Errorf("CONTRIBUTING.md names %s, which is not there", name)
		}
	}
	if named == 0 {
		t.Error("CONTRIBUTING.md names no file: this test looks at nothing")
	}
}

// filename: a path of this repository, to a file or (ending in a slash) a folder.
var filename = regexp.MustCompile(`^[\w.-]+(/[\w.-]+)*(/|\.(go|md|yml|yaml|sql|txt))$`)

// fault says what is wrong with a command, "" for nothing. It knows make, the bot and
// the scripts; other programs are not ours to know.
func (p program) fault(words []string) string {
	switch words[0] {
	case "make":
		for _, w := range words[1:] {
			if !strings.HasPrefix(w, "-") && !assignment.MatchString(w) && !slices.Contains(p.targets, w) {
				return fmt.Sprintf("make has no target %s", w)
			}
		}
	case "sh", "bash":
		if len(words) > 1 && !strings.HasPrefix(words[1], "-") && !p.exists(words[1]) {
			return fmt.Sprintf("there is no %s", words[1])
		}
	case "bot", "./bot", "bin/bot", "./bin/bot":
		return p.botFault(words[1:])
	case "go":
		if len(words) > 2 && words[1] == "run" && words[2] == "./cmd/bot" {
			return p.botFault(words[3:])
		}
	}
	return ""
}

func (p program) botFault(args []string) string {
	if len(args) == 0 || args[0] == "help" {
		return ""
	}
	flags, known := p.flags[args[0]]
	if !known {
		return fmt.Sprintf("the bot has no sub-command %s", args[0])
	}
	for _, arg := range args[1:] {
		flag, _, _ := strings.Cut(arg, "=")
		if strings.HasPrefix(flag, "--") && !slices.Contains(flags, flag) {
			return fmt.Sprintf("bot %s has no flag %s", args[0], flag)
		}
	}
	return ""
}

func makeTargets(makefile string) []string {
	var out []string
	for _, m := range regexp.MustCompile(`(?m)^([a-z][\w-]*):(?:[^=]|$)`).FindAllStringSubmatch(makefile, -1) {
		out = append(out, m[1])
	}
	return out
}

// subcommands reads the lines "bot name [--flag …]" of the bot's help.
func subcommands(help string) map[string][]string {
	out := make(map[string][]string)
	for _, m := range regexp.MustCompile(`(?m)^\s*bot ([a-z]+)\b(.*)$`).FindAllStringSubmatch(help, -1) {
		out[m[1]] = regexp.MustCompile(`--[a-z-]+`).FindAllString(m[2], -1)
	}
	return out
}

// helpSettings reads the lines "NAME default meaning" of the bot's help, sorted.
func helpSettings(help string) []string {
	var out []string
	for line := range strings.Lines(help) {
		if words := strings.Fields(line); len(words) > 0 && setting.MatchString(words[0]) {
			out = append(out, words[0])
		}
	}
	slices.Sort(out)
	return out
}

// botHelp asks the program itself: the one that TEST_BOT names, or one built from here.
func botHelp(t *testing.T) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "run", "-buildvcs=false", "./cmd/bot", "help")
	if bot := os.Getenv("TEST_BOT"); bot != "" {
		cmd = exec.CommandContext(t.Context(), bot, "help")
	}
	cmd.Dir = root
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("bot help: %v\n%s", err, complaint.Bytes())
	}
	return string(out)
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, name))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("there is no %s to check", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func exists(path string) bool {
	_, err := os.Stat(filepath.Join(root, path))
	return err == nil
}

// TestFault shows that the tests above can fail.
func TestFault(t *testing.T) {
	p := program{
		targets: makeTargets("A := 1\nhelp: ## x\nlint: help\n\tgo vet\n.PHONY: other\n"),
		flags:   subcommands("Commands:\n  bot serve\n      run the bot\n  bot demo [--addr 1:2] [--play]\n      try it\n"),
		exists:  func(path string) bool { return path == "scripts/test" },
	}
	tests := []struct {
		command, want string
	}{
		{"make", ""},
		{"make lint VULNDB=x", ""},
		{"make nonsense", "no target nonsense"},
		{"make other", "no target other"},
		{"bot", ""},
		{"bot help", ""},
		{"./bin/bot demo --play", ""},
		{"bot demo --addr=1:2", ""},
		{"bot demo --addr 1:2 --slow", "bot demo has no flag --slow"},
		{"bot dance", "no sub-command dance"},
		{"go run ./cmd/bot dance", "no sub-command dance"},
		{"go run ./cmd/bot serve", ""},
		{"sh scripts/test", ""},
		{"sh scripts/tset", "no scripts/tset"},
		{"docker compose up", ""},
	}
	for _, tt := range tests {
		t.Run(tt.command, func(t *testing.T) {
			got := p.fault(strings.Fields(tt.command))
			if (tt.want == "") != (got == "") || !strings.Contains(got, tt.want) {
				t.Errorf("fault %q, want %q", got, tt.want)
			}
		})
	}
}

func TestHelpSettings(t *testing.T) {
	help := "Commands:\n  bot serve\n\nEnvironment:\n  B_URL  :8080  address\n  A_KEY  required  like C_KEY\n"
	if got, want := helpSettings(help), []string{"A_KEY", "B_URL"}; !slices.Equal(got, want) {
		t.Errorf("settings %q, want %q", got, want)
	}
}

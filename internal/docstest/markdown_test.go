package docstest

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// typed is one command of a document, split into words.
type typed struct {
	line  int // of the document, from 1
	words []string
}

// commands returns what stands in the blocks marked sh. Prompts, comments, leading
// NAME=value and the rest of a pipe are dropped; "a && b" is two commands.
func commands(doc string) []typed {
	var out []typed
	in := false
	whole := ""
	for i, line := range strings.Split(doc, "\n") {
		line = strings.TrimSpace(line)
		if fence, ok := strings.CutPrefix(line, "```"); ok {
			in = !in && fence == "sh"
			whole = ""
			continue
		}
		if !in {
			continue
		}
		if more, ok := strings.CutSuffix(line, `\`); ok {
			whole += more
			continue
		}
		for _, part := range separator.Split(whole+line, -1) {
			if words := bare(strings.Fields(part)); len(words) > 0 {
				out = append(out, typed{i + 1, words})
			}
		}
		whole = ""
	}
	return out
}

var (
	separator  = regexp.MustCompile(`&&|\|\||[|;]`)
	assignment = regexp.MustCompile(`^[A-Za-z_]\w*=`)
)

// bare drops what stands around a command.
func bare(words []string) []string {
	for len(words) > 0 && (words[0] == "$" || words[0] == "sudo" || assignment.MatchString(words[0])) {
		words = words[1:]
	}
	if i := slices.IndexFunc(words, func(w string) bool { return strings.HasPrefix(w, "#") }); i >= 0 {
		words = words[:i]
	}
	return words
}

// setting is the name of an environment variable, alone.
var setting = regexp.MustCompile(`^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$`)

// tableSettings returns the variables in the first columns of a document's tables,
// each in backticks, sorted.
func tableSettings(doc string) []string {
	var out []string
	for line := range strings.Lines(doc) {
		row, ok := strings.CutPrefix(strings.TrimSpace(line), "|")
		if !ok {
			continue
		}
		first, _, _ := strings.Cut(row, "|")
		for _, name := range quoted(first) {
			if setting.MatchString(name) {
				out = append(out, name)
			}
		}
	}
	slices.Sort(out)
	return out
}

// quoted returns what stands in backticks, outside of blocks.
func quoted(doc string) []string {
	var out []string
	in := false
	for line := range strings.Lines(doc) {
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			in = !in
			continue
		}
		if in {
			continue
		}
		for i, part := range strings.Split(line, "`") {
			if i%2 == 1 {
				out = append(out, part)
			}
		}
	}
	return out
}

func TestCommands(t *testing.T) {
	doc := "```sh\n$ git clone x && cd x  # comment\nA=1 make test\nbot serve \\\n  --flag | tee log\n```\n" +
		"make nothing\n```text\nmake nothing\n```\n```sh\nbin/bot help\n```\n"
	want := [][]string{{"git", "clone", "x"}, {"cd", "x"}, {"make", "test"}, {"bot", "serve", "--flag"}, {"tee", "log"}, {"bin/bot", "help"}}
	got := commands(doc)
	if len(got) != len(want) {
		t.Fatalf("commands %v, want %v", got, want)
	}
	for i := range want {
		if !slices.Equal(got[i].words, want[i]) {
			t.Errorf("command %d is %q, want %q", i, got[i].words, want[i])
		}
	}
	if got[0].line != 2 {
		t.Errorf("the first command is on line %d, want 2", got[0].line)
	}
}

func TestTableSettings(t *testing.T) {
	doc := "| variable | meaning |\n| --- | --- |\n| `B_URL`, `A_KEY` | like `C_KEY` |\n| `POST /x` | `D_KEY` |\nOutside a table: `E_KEY`\n```\n| `F_KEY` | |\n```\n"
	if got, want := tableSettings(doc), []string{"A_KEY", "B_URL", "F_KEY"}; !slices.Equal(got, want) {
		t.Errorf("settings %q, want %q", got, want)
	}
}

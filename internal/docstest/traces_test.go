package docstest

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// traces are what no file of the repository may hold, as it is true on one machine
// only. Each is written so that it does not find itself.
var traces = []struct {
	text string
	path bool // only where a path begins: "/x/" is no trace in "a/x/b"
	why  string
}{
	{"/wo" + "rk/", true, "a path of somebody's machine"},
	{"/ro" + "ot/", true, "a path of somebody's machine"},
	{"/fa" + "rm/", true, "a path of somebody's machine"},
	{"/ho" + "me/", true, "a path of somebody's machine"},
	{"/Us" + "ers/", true, "a path of somebody's machine"},
	{"proxy" + ".golang.org", false, "a registry, which each machine sets for itself"},
	{"sum" + ".golang.org", false, "a registry, which each machine sets for itself"},
	{"registry" + ".npmjs.org", false, "a registry, which each machine sets for itself"},
	{"pypi" + ".org", false, "a registry, which each machine sets for itself"},
	{"deb" + ".debian.org", false, "a registry, which each machine sets for itself"},
	{"<<<<" + "<<< ", false, "what a merge left"},
	{">>>>" + ">>> ", false, "what a merge left"},
}

func TestNoTraces(t *testing.T) {
	files := repository(t)
	if len(files) < 2 {
		t.Fatalf("%d files were found: this test looks at nothing", len(files))
	}
	for _, name := range files {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			continue // tracked, but removed from this checkout or a link to nowhere
		}
		for _, fault := range traceFaults(text) {
			t.Errorf("%s:%s", name, fault)
		}
	}
}

// TestTraceFaults shows that the test can fail.
func TestTraceFaults(t *testing.T) {
	tests := []struct {
		text string
		want int
	}{
		{"nothing\nat all\n", 0},
		{"see " + "/wo" + "rk/main/x", 1},
		{"\n" + "/ro" + "ot/go/pkg", 1},
		{"cd /ho" + "me/ada", 1},
		{"a frame" + "work/thing, https://example.com/work/x, ./root/x, ${x}/root/y", 0},
		{"GOPROXY=https://proxy" + ".golang.org", 1},
		{"<<<<" + "<<< HEAD\nx\n>>>>" + ">>> other", 2},
		{"\x00" + "/ro" + "ot/ in a picture", 0},
	}
	for _, tt := range tests {
		if got := traceFaults([]byte(tt.text)); len(got) != tt.want {
			t.Errorf("%q: faults %q, want %d", tt.text, got, tt.want)
		}
	}
}

// traceFaults says in a sentence each what a text should not hold; what is no text
// passes.
func traceFaults(text []byte) []string {
	if bytes.IndexByte(text[:min(len(text), 8000)], 0) >= 0 {
		return nil
	}
	var out []string
	for _, trace := range traces {
		for from := 0; ; {
			i := bytes.Index(text[from:], []byte(trace.text))
			if i < 0 {
				break
			}
			at := from + i
			from = at + len(trace.text)
			if !trace.path || at == 0 || !inPath(text[at-1]) {
				line := 1 + bytes.Count(text[:at], []byte("\n"))
				out = append(out, fmt.Sprintf("%d: %q is %s", line, trace.text, trace.why))
			}
		}
	}
	return out
}

// inPath: what stands before a slash in the middle of a path or an address, a variable
// ("${x}/y") and a pattern ("**/y") included.
func inPath(c byte) bool {
	return c == '_' || bytes.IndexByte([]byte("./)}*-"), c) >= 0 ||
		'0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// repository lists the files that git tracks, or, in a copy without git, all files
// that a build does not make.
func repository(t *testing.T) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", "ls-files", "-z")
	cmd.Dir = root
	if out, err := cmd.Output(); err == nil && len(out) > 0 {
		return strings.Split(strings.TrimRight(string(out), "\x00"), "\x00")
	}
	var files []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == ".git" || d.Name() == ".cache" || d.Name() == "bin") {
			return fs.SkipDir
		}
		if d.Type().IsRegular() {
			name, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			files = append(files, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

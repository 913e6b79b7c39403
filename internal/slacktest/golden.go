package slacktest

import (
	"bytes"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/rogpeppe/go-internal/diff"
)

var update = flag.Bool("update", false, "write the golden files instead of comparing with them")

// Goldens compares files, by name, with the folder dir below testdata of the package under test:
// it has to hold these files and no others. With -update it writes the folder.
func Goldens(t *testing.T, dir string, files map[string][]byte) {
	t.Helper()
	dir = filepath.Join("testdata", dir)
	if *update {
		Must(t, os.RemoveAll(dir))
		Must(t, os.MkdirAll(dir, 0o750))
		for name, got := range files {
			Must(t, os.WriteFile(filepath.Join(dir, name), got, 0o600))
		}
		return
	}
	kept, err := os.ReadDir(dir)
	Must(t, err)
	for _, f := range kept {
		if _, ok := files[f.Name()]; !ok {
			t.Errorf("no test uses %s (make golden deletes it)", filepath.Join(dir, f.Name()))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		path := filepath.Join(dir, name)
		want, err := os.ReadFile(path)
		if err != nil {
			t.Errorf("no golden file: %v (write it with make golden, and read it)", err)
		} else if got := files[name]; !bytes.Equal(got, want) {
			t.Errorf("the golden file differs (write it with make golden, and read the difference)\n%s",
				diff.Diff(path, want, "what is sent now", got))
		}
	}
}

// Golden compares one file outside of testdata, whose path is relative to the package under test. With
// -update it writes the file.
func Golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		Must(t, os.WriteFile(path, got, 0o600))
		return
	}
	want, err := os.ReadFile(filepath.Clean(path))
	Must(t, err)
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what is made now (write it with -update, and read the difference)\n%s", path, diff.Diff(path, want, "what is made now", got))
	}
}

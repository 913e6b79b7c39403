package main

import (
	"bufio"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// module writes a module with one package and loads it.
func module(t *testing.T, files map[string]string) *pkg {
	t.Helper()
	dir := t.TempDir()
	files["go.mod"] = "module example\n\ngo 1.26\n"
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	packages, err := load(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(packages) != 1 {
		t.Fatalf("%d packages, want 1", len(packages))
	}
	return packages[0]
}

// Three files use each other in a circle: one through a function, one through a type and
// one through a method. A fourth only uses them.
func TestCircle(t *testing.T) {
	p := module(t, map[string]string{
		"a.go": "package p\nfunc A() { b() }",
		"b.go": "package p\nimport \"fmt\"\nfunc b() { var c C; fmt.Println(c.x) }",
		"c.go": "package p\ntype C struct{ x int }\nfunc (c C) M() { d(c) }",
		"d.go": "package p\nfunc d(m interface{ M() }) { A() }",
		"e.go": "package p\nvar E = A\nfunc f(c C) { c.M() }",
	})
	g := p.arrows()
	short := make(map[string]string)
	for from, to := range g {
		for _, file := range to {
			short[filepath.Base(from)] += filepath.Base(file) + " "
		}
	}
	if to := short["a.go"]; to != "b.go " {
		t.Errorf("arrows from a.go: %q", to)
	}
	var circle []string
	for _, file := range g.largestCircle() {
		circle = append(circle, filepath.Base(file))
	}
	if want := []string{"a.go", "b.go", "c.go", "d.go"}; !reflect.DeepEqual(circle, want) {
		t.Errorf("circle %q, want %q; arrows %v", circle, want, short)
	}
}

func TestNoCircle(t *testing.T) {
	p := module(t, map[string]string{
		"a.go": "package p\nfunc a() { b(); a() }",
		"b.go": "package p\nfunc b() { b() }",
	})
	if circle := p.arrows().largestCircle(); circle != nil {
		t.Errorf("circle %q, want none", circle)
	}
}

func TestFigures(t *testing.T) {
	p := module(t, map[string]string{
		"a.go": `// Package p is measured.
package p

// T has fields.
type T struct {
	inner
	A, B int // of its own
	List []inner
}

type inner struct{ x, y int }

func (*T) M() {}
func (T) m()  {}

func Long() string {
	/* a comment
	   of two lines */ return ` + "`raw\n\n// text`" + `
}
`,
		"a_test.go": "package p\n\n// No line of the product.\nfunc helper() {}\n",
		"other.go":  "//go:build other\n\npackage p\n",
	})
	got, err := p.figures()
	if err != nil {
		t.Fatal(err)
	}
	want := figures{
		name: ".", files: 1, exported: 3,
		lines:     lines{code: 15, comment: 4},
		tests:     lines{code: 2, comment: 1},
		functions: []int{1, 1, 6},
		methods:   []methodCount{{"T", 2}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if own, flat := p.fields("T"); own != 4 || flat != 5 {
		t.Errorf("fields of T: %d and %d, want 4 and 5", own, flat)
	}
	var text strings.Builder
	out := bufio.NewWriter(&text)
	if err := report(out, []*pkg{p}); err != nil {
		t.Fatal(err)
	}
	out.Flush()
	row := "| `.` | 1 | 15 | 0.27 | 3 | 1/6/6 | 3 | 0.0 | - | T 2 |\n"
	if !strings.Contains(text.String(), row) || !strings.Contains(text.String(), "| product | 15 |\n") {
		t.Errorf("want the row\n%sin\n%s", row, &text)
	}
}

func TestPercentile(t *testing.T) {
	values := []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	for percent, want := range map[int]int{50: 5, 95: 10, 90: 9, 100: 10} {
		if got := percentile(values, percent); got != want {
			t.Errorf("percentile %d: %d, want %d", percent, got, want)
		}
	}
	if got := percentile(nil, 50); got != 0 {
		t.Errorf("of nothing: %d", got)
	}
}

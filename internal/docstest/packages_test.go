package docstest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// pkg is what a package says about itself, and what it declares.
type pkg struct {
	dir      string          // below root, with slashes
	doc      string          // its package comment
	declared map[string]bool // "Name", and "Type.Method" beside "Method"
}

// TestPackageDocsNameWhatExists reads the package comment of every package: the files,
// types, functions and methods that it names must exist.
func TestPackageDocsNameWhatExists(t *testing.T) {
	packages := parsePackages(t)
	if len(packages) < 10 {
		t.Fatalf("%d packages were found: this test reads nothing", len(packages))
	}
	for _, p := range packages {
		for _, fault := range docFaults(p, packages, matches) {
			t.Errorf("%s: the package comment names %s, which does not exist", p.dir, fault)
		}
	}
}

var (
	docFile      = regexp.MustCompile(`[\w*./-]*[\w*]\.(?:go|sql|md|yml|txt)\b`)
	docQualified = regexp.MustCompile(`\b([A-Za-z]\w*)\.([A-Z]\w*)`)
	docName      = regexp.MustCompile(`\b\w*[a-z][A-Z]\w*`)
)

// properNames are written like identifiers and are none.
var properNames = []string{"PostgreSQL", "GitHub", "JavaScript"}

// docFaults are the names in a package comment that do not exist. exists says whether a
// pattern below the module's folder matches a file.
func docFaults(p pkg, all []pkg, exists func(pattern string) bool) []string {
	var faults []string
	text := docFile.ReplaceAllStringFunc(p.doc, func(name string) string {
		isEnding := strings.HasPrefix(name, "_") // _test.go
		if !isEnding && !exists(p.dir+"/"+name) && !exists(name) {
			faults = append(faults, name)
		}
		return ""
	})
	text = docQualified.ReplaceAllStringFunc(text, func(name string) string {
		of, what, _ := strings.Cut(name, ".")
		i := slices.IndexFunc(all, func(o pkg) bool { return filepath.Base(o.dir) == of })
		switch {
		case i >= 0 && !all[i].declared[what], i < 0 && ast.IsExported(of) && !p.declared[name]:
			faults = append(faults, name)
		}
		return "" // what other modules declare is not read
	})
	for _, name := range docName.FindAllString(text, -1) {
		known := slices.ContainsFunc(all, func(o pkg) bool { return o.declared[name] })
		if !known && !slices.Contains(properNames, name) {
			faults = append(faults, name)
		}
	}
	return faults
}

// matches says whether a pattern below the module's folder matches a file.
func matches(pattern string) bool {
	found, err := filepath.Glob(filepath.Join(root, pattern))
	return err == nil && len(found) > 0
}

// parsePackages reads all packages of the module, without their tests.
func parsePackages(t *testing.T) []pkg {
	t.Helper()
	byDir := map[string]pkg{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata"):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		dir, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		p, known := byDir[dir]
		if !known {
			p = pkg{dir: filepath.ToSlash(dir), declared: map[string]bool{}}
		}
		p.doc += file.Doc.Text()
		for _, decl := range file.Decls {
			declare(p.declared, decl)
		}
		byDir[dir] = p
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return slices.Collect(maps.Values(byDir))
}

// declare adds the names of a top-level declaration.
func declare(names map[string]bool, decl ast.Decl) {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		names[d.Name.Name] = true
		if d.Recv == nil {
			return
		}
		receiver := d.Recv.List[0].Type
		if pointer, ok := receiver.(*ast.StarExpr); ok {
			receiver = pointer.X
		}
		if of, ok := receiver.(*ast.Ident); ok {
			names[of.Name+"."+d.Name.Name] = true
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				names[s.Name.Name] = true
			case *ast.ValueSpec:
				for _, name := range s.Names {
					names[name.Name] = true
				}
			}
		}
	}
}

// TestDocFaults shows that the test can fail.
func TestDocFaults(t *testing.T) {
	other := pkg{dir: "b/other", declared: map[string]bool{"Thing": true, "OpenThing": true}}
	for doc, want := range map[string][]string{
		"Start in a.go and sub/*.sql, not in _test.go; OpenThing opens on PostgreSQL.": nil,
		"See tell.go and words_*.go.":                                      {"tell.go", "words_*.go"},
		"An other.Thing, not an other.Thong; Line.Due, and not Line.Done.": {"other.Thong", "Line.Done"},
		"It is an http.RoundTripper. TakeOver is none of ours.":            {"TakeOver"},
	} {
		p := pkg{dir: "a", doc: doc, declared: map[string]bool{"Line": true, "Line.Due": true}}
		exists := func(pattern string) bool { return slices.Contains([]string{"a/a.go", "a/sub/*.sql"}, pattern) }
		if got := docFaults(p, []pkg{p, other}, exists); !slices.Equal(got, want) {
			t.Errorf("%q: faults %q, want %q", doc, got, want)
		}
	}
}

package importtest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// root is the module's folder; a test runs in its package's.
const root = "../.."

// habit is a name of another package that ours do not use, and why.
type habit struct {
	path   string   // import path
	names  []string // of that package
	why    string
	except []string // folders that may
}

var habits = []habit{
	{
		path: "os", names: []string{"Getenv", "LookupEnv", "Environ", "ExpandEnv"},
		why:    "only cmd/bot reads the environment; take the value as a parameter",
		except: []string{"cmd/bot", "internal/dbtest"},
	},
	{
		path: "github.com/kelseyhightower/envconfig", names: []string{"Process", "MustProcess"},
		why:    "only cmd/bot reads the environment; take the value as a parameter",
		except: []string{"cmd/bot"},
	},
	{
		path: "net/http", names: []string{"DefaultClient", "Get", "Head", "Post", "PostForm"},
		why: "the default client waits for ever; make one with a time-out",
	},
	{
		path: "net/http", names: []string{"DefaultServeMux", "Handle", "HandleFunc", "ListenAndServe"},
		why: "the default mux is global and its server waits for ever; make one of each",
	},
	{
		path: "log/slog", names: []string{"SetDefault"},
		why: "a logger is handed in, not installed",
	},
}

// TestHabits reads every source file of the module, whatever its build tags.
func TestHabits(t *testing.T) {
	read := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != root && skippedByGo(d.Name()) {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") {
			return nil
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		read++
		for _, fault := range sourceFaults(t, filepath.ToSlash(name), string(source)) {
			t.Error(fault)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if read < 2 {
		t.Fatalf("%d files were read: this test looks at nothing", read)
	}
}

// TestSourceFaults shows that the test can fail.
func TestSourceFaults(t *testing.T) {
	tests := []struct {
		name, file, source string
		want               string // part of the only fault; empty: none
	}{
		{"environment", "store/a.go", `import "os"; var x = os.Getenv("X")`, "os.Getenv"},
		{"under another name", "store/a.go", `import sys "os"; var x, _ = sys.LookupEnv("X")`, "os.LookupEnv"},
		{"as a value", "store/a.go", `import "os"; var look = os.LookupEnv`, "os.LookupEnv"},
		{"where it belongs", "cmd/bot/a.go", `import "os"; var x = os.Getenv("X")`, ""},
		{"in a test", "store/a_test.go", `import "os"; var x = os.Getenv("X")`, ""},
		{"another os", "store/a.go", `type o struct{}; func (o) Getenv() {}; func f(os o) { os.Getenv() }`, ""},
		{"a shadow", "store/a.go", `import "os"; var _ = os.Args; type o struct{ Getenv int }; func f(os o) int { return os.Getenv }`, ""},
		{"default client", "telnyx/a.go", `import "net/http"; var c = http.DefaultClient`, "http.DefaultClient"},
		{"client of its own", "telnyx/a.go", `import "net/http"; var c = &http.Client{}; func f() { c.Get("") }`, ""},
		{"init", "jobs/a.go", `func init() {}`, "init"},
		{"init in a test", "jobs/a_test.go", `func init() {}`, "init"},
		{"a method of that name", "jobs/a.go", `type t int; func (t) init() {}`, ""},
		{"dot import", "jobs/a.go", `import . "os"; var x = Getenv("X")`, "dot"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := sourceFaults(t, tt.file, "package p; "+tt.source)
			switch {
			case tt.want == "" && len(got) != 0:
				t.Errorf("faults %q, want none", got)
			case tt.want != "" && (len(got) != 1 || !strings.Contains(got[0], tt.want)):
				t.Errorf("faults %q, want one that says %q", got, tt.want)
			}
		})
	}
}

// skippedByGo: folders in which the go command sees no packages.
func skippedByGo(dir string) bool {
	return dir == "testdata" || dir == "vendor" || strings.HasPrefix(dir, ".") || strings.HasPrefix(dir, "_")
}

// sourceFaults says in a sentence each where a file breaks a habit.
func sourceFaults(t *testing.T, name, source string) []string {
	t.Helper()
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, source, 0)
	if err != nil {
		t.Fatalf("parse: %v", err)
	}
	var out []string
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
			out = append(out, fmt.Sprintf("%s: init runs whether anybody wants it or not; let cmd/bot call it", files.Position(f.Pos())))
		}
	}
	if strings.HasSuffix(name, "_test.go") {
		return out
	}
	imports, dotted := importNames(file)
	if dotted {
		out = append(out, name+": a dot import hides where names come from")
	}
	ast.Inspect(file, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if fault := broken(name, sel, imports); fault != "" {
			out = append(out, fmt.Sprintf("%s: %s", files.Position(sel.Pos()), fault))
		}
		return true
	})
	return out
}

// broken says which habit a selector breaks, "" for none. A name that the file itself
// declares is no package, whatever it is called.
func broken(name string, sel *ast.SelectorExpr, imports map[string]string) string {
	id, ok := sel.X.(*ast.Ident)
	if !ok || id.Obj != nil {
		return ""
	}
	path := imports[id.Name]
	for _, h := range habits {
		if h.path != path || !slices.Contains(h.names, sel.Sel.Name) {
			continue
		}
		if !slices.Contains(h.except, filepath.ToSlash(filepath.Dir(name))) {
			return fmt.Sprintf("%s.%s: %s", path, sel.Sel.Name, h.why)
		}
	}
	return ""
}

// importNames maps the name a file uses for a package to its path.
func importNames(file *ast.File) (names map[string]string, dotted bool) {
	names = make(map[string]string)
	for _, spec := range file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue // the parser took it, so it is quoted
		}
		name := path[strings.LastIndex(path, "/")+1:]
		if spec.Name != nil {
			name = spec.Name.Name
		}
		dotted = dotted || name == "."
		names[name] = path
	}
	return names, dotted
}

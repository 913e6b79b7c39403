package slacktest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// ConstantsOf lists the values of the domain's constants of a type, from its source: a
// new one is tested without further work.
func ConstantsOf(t *testing.T, typeName string) []string {
	t.Helper()
	files, err := filepath.Glob("../takeover/*.go")
	if err == nil && len(files) == 0 { // of a package below slackbot
		files, err = filepath.Glob("../../takeover/*.go")
	}
	Must(t, err)
	var values []string
	for _, name := range files {
		src, err := os.ReadFile(name)
		Must(t, err)
		file, err := parser.ParseFile(token.NewFileSet(), name, src, 0)
		Must(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			if of, ok := spec.Type.(*ast.Ident); ok && of.Name == typeName && len(spec.Values) == 1 {
				if lit, ok := spec.Values[0].(*ast.BasicLit); ok {
					value, err := strconv.Unquote(lit.Value)
					Must(t, err)
					values = append(values, value)
				}
			}
			return true
		})
	}
	if len(values) == 0 {
		t.Fatalf("no constant of type %s found", typeName)
	}
	return values
}

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// pkg is one package of the module, parsed and type-checked.
type pkg struct {
	name  string // path within the module; "." for the root
	dir   string
	fset  *token.FileSet
	files []*ast.File // of the default build, without tests
	types *types.Package
	info  types.Info
}

// listed is what go list tells of a package.
type listed struct {
	ImportPath string
	Dir        string
	Export     string // file with the compiled package's declarations
	GoFiles    []string
	Module     *struct {
		Path string
		Main bool
	}
}

// load type-checks every package of the module in dir. What they import is compiled by
// the go command if it is not in its cache yet.
func load(ctx context.Context, dir string) ([]*pkg, error) {
	all, err := list(ctx, dir)
	if err != nil {
		return nil, err
	}
	exports := make(map[string]string)
	for _, l := range all {
		exports[l.ImportPath] = l.Export
	}
	fset := token.NewFileSet()
	imports := importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) {
		if exports[path] == "" {
			return nil, fmt.Errorf("go list gave no compiled package %s", path)
		}
		return os.Open(exports[path])
	})
	var packages []*pkg
	for _, l := range all {
		if l.Module == nil || !l.Module.Main {
			continue
		}
		p, err := check(fset, imports, l)
		if err != nil {
			return nil, fmt.Errorf("check %s: %w", l.ImportPath, err)
		}
		packages = append(packages, p)
	}
	return packages, nil
}

// list asks go list for the module's packages and everything that they import.
func list(ctx context.Context, dir string) ([]listed, error) {
	cmd := exec.CommandContext(ctx, "go", "list", "-export", "-deps",
		"-json=ImportPath,Dir,Export,GoFiles,Module", "./...")
	cmd.Dir = dir
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w\n%s", err, complaint.Bytes())
	}
	var all []listed
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var l listed
		err := dec.Decode(&l)
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read go list: %w", err)
		}
		all = append(all, l)
	}
}

func check(fset *token.FileSet, imports types.Importer, l listed) (*pkg, error) {
	name := strings.TrimPrefix(strings.TrimPrefix(l.ImportPath, l.Module.Path), "/")
	if name == "" {
		name = "."
	}
	p := &pkg{name: name, dir: l.Dir, fset: fset, info: types.Info{
		Defs: make(map[*ast.Ident]types.Object),
		Uses: make(map[*ast.Ident]types.Object),
	}}
	for _, file := range l.GoFiles {
		f, err := parser.ParseFile(fset, filepath.Join(l.Dir, file), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		p.files = append(p.files, f)
	}
	conf := types.Config{Importer: imports}
	var err error
	p.types, err = conf.Check(l.ImportPath, fset, p.files, &p.info)
	return p, err
}

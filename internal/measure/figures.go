package main

import (
	"cmp"
	"go/ast"
	"go/types"
	"slices"
)

// figures are what the first table says of one package.
type figures struct {
	name      string
	files     int
	lines     lines
	tests     lines
	functions []int // lines of each function, ascending
	exported  int
	arrows    int // of all files
	circle    int // files in the largest circle; 0: there is none
	methods   []methodCount
}

// methodCount says how many methods a type has.
type methodCount struct {
	typeName string
	methods  int
}

func (p *pkg) figures() (figures, error) {
	out := figures{name: p.name, files: len(p.files)}
	var err error
	if out.lines, out.tests, err = countFolder(p.dir); err != nil {
		return figures{}, err
	}
	for _, f := range p.files {
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok {
				length := p.fset.Position(fn.End()).Line - p.fset.Position(fn.Pos()).Line + 1
				out.functions = append(out.functions, length)
			}
		}
	}
	slices.Sort(out.functions)
	g := p.arrows()
	for _, to := range g {
		out.arrows += len(to)
	}
	out.circle = len(g.largestCircle())
	out.exported, out.methods = p.declared()
	return out, nil
}

// declared counts the exported names of the package and the methods of its types, the
// type with the most methods first.
func (p *pkg) declared() (exported int, methods []methodCount) {
	scope := p.types.Scope()
	for _, name := range scope.Names() {
		o := scope.Lookup(name)
		if o.Exported() {
			exported++
		}
		named, ok := o.Type().(*types.Named)
		if t, isType := o.(*types.TypeName); !ok || !isType || t.IsAlias() || named.NumMethods() == 0 {
			continue
		}
		methods = append(methods, methodCount{name, named.NumMethods()})
		for m := range named.Methods() {
			if o.Exported() && m.Exported() {
				exported++
			}
		}
	}
	slices.SortStableFunc(methods, func(a, b methodCount) int { return cmp.Compare(b.methods, a.methods) })
	return exported, methods
}

// fields counts the fields of a struct: those that it declares itself, and those that
// are left when each struct type of the same package that a field holds by value is
// replaced by its fields.
func (p *pkg) fields(name string) (own, flat int) {
	o := p.types.Scope().Lookup(name)
	if o == nil {
		return 0, 0
	}
	s, ok := o.Type().Underlying().(*types.Struct)
	if !ok {
		return 0, 0
	}
	return s.NumFields(), p.flatFields(s)
}

func (p *pkg) flatFields(s *types.Struct) int {
	n := 0
	for f := range s.Fields() {
		named, ok := f.Type().(*types.Named)
		inner, isStruct := f.Type().Underlying().(*types.Struct)
		if ok && isStruct && named.Obj().Pkg() == p.types {
			n += p.flatFields(inner)
		} else {
			n++
		}
	}
	return n
}

// percentile of ascending values, by nearest rank; 0 if there are none.
func percentile(ascending []int, percent int) int {
	if len(ascending) == 0 {
		return 0
	}
	rank := (len(ascending)*percent + 99) / 100
	return ascending[max(rank, 1)-1]
}

package main

import (
	"go/token"
	"go/types"
	"maps"
	"slices"
)

// graph maps a file to the other files of its package whose declarations it uses.
type graph map[string][]string

// arrows finds which file of the package uses which.
func (p *pkg) arrows() graph {
	out := make(graph)
	for _, f := range p.files {
		out[p.file(f.Pos())] = nil
	}
	for id, used := range p.info.Uses {
		if used.Pkg() != p.types || !isShared(used) {
			continue
		}
		from, to := p.file(id.Pos()), p.file(used.Pos())
		if from != to && !slices.Contains(out[from], to) {
			out[from] = append(out[from], to)
		}
	}
	return out
}

// isShared reports whether an object is a package-level declaration or a method.
func isShared(o types.Object) bool {
	if o.Parent() == o.Pkg().Scope() {
		return true
	}
	f, ok := o.(*types.Func)
	return ok && f.Signature().Recv() != nil
}

func (p *pkg) file(at token.Pos) string {
	return p.fset.Position(at).Filename
}

// largestCircle is the largest set of files that all reach each other; nil if there is
// none of two files or more.
func (g graph) largestCircle() []string {
	var largest []string
	reached := make(map[string]map[string]bool)
	for file := range g {
		reached[file] = g.reach(file)
	}
	for file := range g {
		circle := slices.DeleteFunc(slices.Collect(maps.Keys(reached[file])), func(other string) bool {
			return !reached[other][file]
		})
		if len(circle) > max(1, len(largest)) {
			largest = circle
		}
	}
	slices.Sort(largest)
	return largest
}

// reach is the set of files that can be reached from one along arrows.
func (g graph) reach(from string) map[string]bool {
	seen := make(map[string]bool)
	for next := slices.Clone(g[from]); len(next) > 0; {
		file := next[len(next)-1]
		next = next[:len(next)-1]
		if !seen[file] {
			seen[file] = true
			next = append(next, g[file]...)
		}
	}
	return seen
}

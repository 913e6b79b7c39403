package main

import (
	"bufio"
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// The parts of the module whose lines are counted apart.
const (
	product    = "product"
	simulators = "simulators, demo, bench"
	tools      = "checks and tools"
	tests      = "tests and test helpers"
)

// parts in the order in which they are printed.
var parts = []string{product, simulators, tools, tests}

// part says to which part the files of a package belong; their tests are tests. A new
// package is product unless its name says otherwise.
func part(name string) string {
	switch {
	case strings.HasPrefix(name, "internal/") && strings.HasSuffix(name, "sim"),
		name == "internal/simserver", name == "internal/demo", name == "internal/bench":
		return simulators
	case name == "internal/importtest", name == "internal/docstest", name == "internal/measure",
		strings.HasPrefix(name, "scripts/"):
		return tools
	case strings.HasPrefix(name, "internal/") && strings.HasSuffix(name, "test"):
		return tests
	}
	return product
}

// report writes all tables as Markdown.
func report(out *bufio.Writer, packages []*pkg) error {
	fmt.Fprintln(out, "| package | files | code | comment/code | functions | function lines: median/p95/max"+
		" | exported | arrows a file | circle | most methods |")
	fmt.Fprintln(out, "| --- "+strings.Repeat("| ---: ", 8)+"| --- |")
	slices.SortStableFunc(packages, func(a, b *pkg) int {
		return cmp.Or(
			cmp.Compare(slices.Index(parts, part(a.name)), slices.Index(parts, part(b.name))),
			cmp.Compare(a.name, b.name))
	})
	total := make(map[string]int)
	for _, p := range packages {
		f, err := p.figures()
		if err != nil {
			return fmt.Errorf("measure %s: %w", p.name, err)
		}
		total[part(p.name)] += f.lines.code
		total[tests] += f.tests.code
		if f.files > 0 {
			fmt.Fprintln(out, "| "+strings.Join(f.cells(), " | ")+" |")
		}
	}
	for _, p := range packages {
		if own, flat := p.fields("Line"); p.name == "takeover" {
			fmt.Fprintf(out, "\n`takeover.Line` has %d fields of its own; %d with those of the structs in it.\n", own, flat)
		}
	}
	fmt.Fprintln(out, "\n| part | lines of code |\n| --- | ---: |")
	for _, name := range parts {
		fmt.Fprintf(out, "| %s | %d |\n", name, total[name])
	}
	return nil
}

func (f figures) cells() []string {
	circle := "-"
	if f.circle > 0 {
		circle = strconv.Itoa(f.circle)
	}
	var methods []string
	for _, m := range f.methods[:min(2, len(f.methods))] {
		methods = append(methods, fmt.Sprintf("%s %d", m.typeName, m.methods))
	}
	return []string{
		"`" + f.name + "`",
		strconv.Itoa(f.files),
		strconv.Itoa(f.lines.code),
		fmt.Sprintf("%.2f", float64(f.lines.comment)/float64(max(f.lines.code, 1))),
		strconv.Itoa(len(f.functions)),
		fmt.Sprintf("%d/%d/%d",
			percentile(f.functions, 50), percentile(f.functions, 95), percentile(f.functions, 100)),
		strconv.Itoa(f.exported),
		fmt.Sprintf("%.1f", float64(f.arrows)/float64(max(f.files, 1))),
		circle,
		strings.Join(methods, ", "),
	}
}

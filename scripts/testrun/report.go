package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// event is one line of `go test -json`, as `go doc test2json` describes it.
type event struct {
	Action  string
	Package string
	Test    string  // empty: about the package
	Output  string  // with its line end
	Elapsed float64 // seconds
}

// report turns the events of a run into what a person reads. It holds a package's
// output back until the package has ended, as only then is it known whether anybody
// wants to see it.
type report struct {
	out     io.Writer
	open    map[string]*pkg
	skipped []string // "package Test: reason", in the order of their ends
}

// pkg is what is known of a package that has not ended.
type pkg struct {
	output []event
	quiet  map[string]bool // tests that passed or were skipped
}

func newReport(out io.Writer) *report {
	return &report{out: out, open: make(map[string]*pkg)}
}

// read takes events until there are no more. Lines that are no events are passed on.
func (r *report) read(events io.Reader) error {
	lines := bufio.NewReader(events)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			r.line(line)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read the output of go test: %w", err)
		}
	}
}

func (r *report) line(line []byte) {
	var e event
	if json.Unmarshal(line, &e) != nil || e.Action == "" {
		r.printf("%s", line)
		return
	}
	if e.Package == "" { // of a package's build, which has no test's name yet
		r.printf("%s", e.Output)
		return
	}
	r.take(e)
}

func (r *report) take(e event) {
	p := r.open[e.Package]
	if p == nil {
		p = &pkg{quiet: make(map[string]bool)}
		r.open[e.Package] = p
	}
	switch {
	case e.Action == "output":
		p.output = append(p.output, e)
	case e.Test != "" && (e.Action == "pass" || e.Action == "skip"):
		p.quiet[e.Test] = true
		if e.Action == "skip" {
			r.skip(e, p)
		}
	case e.Test == "" && (e.Action == "pass" || e.Action == "fail" || e.Action == "skip"):
		r.end(e, p)
		delete(r.open, e.Package)
	}
}

// skip prints a skipped test at once: it must be told whatever becomes of the rest.
func (r *report) skip(e event, p *pkg) {
	var reason []string
	for _, o := range p.output {
		if text := strings.TrimSpace(o.Output); o.Test == e.Test && !isFrame(text) {
			reason = append(reason, text)
		}
	}
	told := fmt.Sprintf("%s %s: %s", e.Package, e.Test, strings.Join(reason, " "))
	r.skipped = append(r.skipped, told)
	r.printf("SKIP %s\n", told)
}

// end prints a package in go test's own words: its failures in full, its success in
// a line. A test that
// never ended (a panic, a time-out) counts as failed. The line FAIL is go test's own.
func (r *report) end(e event, p *pkg) {
	switch e.Action {
	case "pass":
		r.printf("ok  \t%s\t%.3fs\n", e.Package, e.Elapsed)
	case "skip":
		r.printf("?   \t%s\t[no test files]\n", e.Package)
	case "fail":
		for _, o := range p.output {
			if !p.quiet[o.Test] && !isMark(o.Output) {
				r.printf("%s", o.Output)
			}
		}
	}
}

// isMark tells the lines with which go test marks which test speaks.
func isMark(line string) bool {
	for _, mark := range []string{"=== RUN ", "=== PAUSE ", "=== CONT ", "=== NAME "} {
		if strings.HasPrefix(line, mark) {
			return true
		}
	}
	return false
}

// isFrame tells what go test itself says around a skipped test.
func isFrame(line string) bool {
	return line == "" || isMark(line) || strings.HasPrefix(line, "--- SKIP")
}

func (r *report) printf(format string, args ...any) {
	fmt.Fprintf(r.out, format, args...)
}

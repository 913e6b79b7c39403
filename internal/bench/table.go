package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
)

// row is one line of the table.
type row struct {
	name   string
	bot    string
	floors [3]string // bare, one commit, grouped commits
	ratio  string    // bot to bare floor, unless it says otherwise
	target string    // as the project set it; empty: none
	met    bool      // only with a target
}

// verdict is in words, so that it can be searched for.
func (r row) verdict() string {
	switch {
	case r.target == "":
		return ""
	case r.met:
		return "met"
	default:
		return "NOT met"
	}
}

func (r row) cells() []string {
	return []string{r.name, r.bot, r.floors[0], r.floors[1], r.floors[2], r.ratio, r.target, r.verdict()}
}

func headings() []string {
	return []string{"measured", "bot", "floor: bare", "floor: one commit", "floor: grouped", "ratio", "target", ""}
}

// printTable writes the rows for a terminal.
func printTable(out io.Writer, rows []row) error {
	tw := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	head := headings()
	under := make([]string, len(head))
	for i, h := range head {
		under[i] = strings.Repeat("-", len(h))
	}
	for _, cells := range append([][]string{head, under}, cellsOf(rows)...) {
		if _, err := fmt.Fprintln(tw, strings.Join(cells, "\t")); err != nil {
			return err
		}
	}
	return tw.Flush()
}

// printMarkdown writes the rows for the README.
func printMarkdown(out io.Writer, rows []row) error {
	lines := append([][]string{headings(), strings.Split("--- --- --- --- --- --- --- ---", " ")}, cellsOf(rows)...)
	for _, cells := range lines {
		if _, err := fmt.Fprintf(out, "| %s |\n", strings.Join(cells, " | ")); err != nil {
			return err
		}
	}
	return nil
}

func cellsOf(rows []row) [][]string {
	cells := make([][]string, len(rows))
	for i, r := range rows {
		cells[i] = r.cells()
	}
	return cells
}

// inMS is a time in milliseconds with as many places as it is worth.
func inMS(d time.Duration) string {
	ms := float64(d.Microseconds()) / 1000
	switch {
	case ms >= 100:
		return fmt.Sprintf("%.0f", ms)
	case ms >= 10:
		return fmt.Sprintf("%.1f", ms)
	default:
		return fmt.Sprintf("%.2f", ms)
	}
}

// spread is median and 99th percentile in milliseconds.
func spread(s sample) string { return inMS(s.median()) + " / " + inMS(s.percentile(99)) + " ms" }

func inMB(bytes int64) string { return fmt.Sprintf("%.1f MB", float64(bytes)/(1<<20)) }

func times(r float64) string { return fmt.Sprintf("× %.2f", r) }

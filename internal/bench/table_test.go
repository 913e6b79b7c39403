package main

import (
	"strings"
	"testing"
	"time"
)

func TestVerdict(t *testing.T) {
	t.Parallel()
	tests := []struct {
		row  row
		want string
	}{
		{row{}, ""},
		{row{met: true}, ""},
		{row{target: "0"}, "NOT met"},
		{row{target: "0", met: true}, "met"},
	}
	for _, tt := range tests {
		if got := tt.row.verdict(); got != tt.want {
			t.Errorf("verdict of %+v = %q, want %q", tt.row, got, tt.want)
		}
	}
}

// TestMarkdown: every line has as many cells as the heading, also where a row is short.
func TestMarkdown(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	rows := []row{{name: "a", bot: "1", floors: [3]string{"2", "3", "4"}, ratio: "× 5", target: "6", met: true}, {name: "b"}}
	if err := printMarkdown(&out, rows); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 4 {
		t.Fatalf("%d lines, want 4:\n%s", len(lines), out.String())
	}
	for _, line := range lines {
		if got := strings.Count(line, "|"); got != len(headings())+1 {
			t.Errorf("%d bars in %q, want %d", got, line, len(headings())+1)
		}
	}
	if want := "| a | 1 | 2 | 3 | 4 | × 5 | 6 | met |"; lines[2] != want {
		t.Errorf("row %q, want %q", lines[2], want)
	}
}

func TestInMS(t *testing.T) {
	t.Parallel()
	for want, d := range map[string]time.Duration{"0.03": 31 * time.Microsecond, "9.99": 9990 * time.Microsecond, "12.3": 12300 * time.Microsecond, "1164": 1164 * time.Millisecond} {
		if got := inMS(d); got != want {
			t.Errorf("inMS(%s) = %q, want %q", d, got, want)
		}
	}
}

package main

import (
	"slices"
	"strings"
	"testing"
)

func TestReport(t *testing.T) {
	tests := []struct {
		name    string
		events  string
		want    string
		skipped []string
	}{
		{
			name: "a package that passed is one line",
			events: `{"Action":"start","Package":"m/a"}
{"Action":"output","Package":"m/a","Test":"TestX","Output":"=== RUN   TestX\n"}
{"Action":"output","Package":"m/a","Test":"TestX","Output":"    x_test.go:1: quiet\n"}
{"Action":"pass","Package":"m/a","Test":"TestX"}
{"Action":"pass","Package":"m/a","Elapsed":1.25}
`,
			want: "ok  \tm/a\t1.250s\n",
		},
		{
			name: "a skipped test is told with its reason, packages interleaved",
			events: `{"Action":"output","Package":"m/a","Test":"TestX","Output":"=== RUN   TestX\n"}
{"Action":"output","Package":"m/b","Test":"TestX","Output":"    x_test.go:1: not this one\n"}
{"Action":"output","Package":"m/a","Test":"TestX","Output":"    x_test.go:7: no server\n"}
{"Action":"output","Package":"m/a","Test":"TestX","Output":"--- SKIP: TestX (0.00s)\n"}
{"Action":"skip","Package":"m/a","Test":"TestX"}
{"Action":"pass","Package":"m/a","Elapsed":0}
`,
			want:    "SKIP m/a TestX: x_test.go:7: no server\nok  \tm/a\t0.000s\n",
			skipped: []string{"m/a TestX: x_test.go:7: no server"},
		},
		{
			name: "of a failure only the failing tests speak",
			events: `{"Action":"output","Package":"m/a","Test":"TestGood","Output":"    good\n"}
{"Action":"pass","Package":"m/a","Test":"TestGood"}
{"Action":"output","Package":"m/a","Test":"TestBad","Output":"=== RUN   TestBad\n"}
{"Action":"output","Package":"m/a","Test":"TestBad","Output":"    bad\n"}
{"Action":"fail","Package":"m/a","Test":"TestBad"}
{"Action":"output","Package":"m/a","Output":"FAIL\tm/a\t2.000s\n"}
{"Action":"fail","Package":"m/a","Elapsed":2}
`,
			want: "    bad\nFAIL\tm/a\t2.000s\n",
		},
		{
			name: "a test that never ended speaks",
			events: `{"Action":"output","Package":"m/a","Test":"TestBad","Output":"panic: oh\n"}
{"Action":"fail","Package":"m/a","Elapsed":0}
`,
			want: "panic: oh\n",
		},
		{
			name: "a build's errors and foreign lines are passed on",
			events: `{"ImportPath":"m/a [m/a.test]","Action":"build-output","Output":"a.go:1: undefined: x\n"}
{"ImportPath":"m/a [m/a.test]","Action":"build-fail"}
not JSON
{"Action":"output","Package":"m/a","Output":"FAIL\tm/a [build failed]\n"}
{"Action":"fail","Package":"m/a","FailedBuild":"m/a [m/a.test]"}
`,
			want: "a.go:1: undefined: x\nnot JSON\nFAIL\tm/a [build failed]\n",
		},
		{
			name:   "a package without tests is named, the last line may lack its end",
			events: `{"Action":"skip","Package":"m/a"}`,
			want:   "?   \tm/a\t[no test files]\n",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out strings.Builder
			rep := newReport(&out)
			if err := rep.read(strings.NewReader(tt.events)); err != nil {
				t.Fatal(err)
			}
			if out.String() != tt.want {
				t.Errorf("printed %q\n    want %q", out.String(), tt.want)
			}
			if !slices.Equal(rep.skipped, tt.skipped) {
				t.Errorf("skipped %q, want %q", rep.skipped, tt.skipped)
			}
		})
	}
}

// TestRunTellsGoTestsExitCode runs the real go test on a package that does not exist.
func TestRunTellsGoTestsExitCode(t *testing.T) {
	var out, errs strings.Builder
	if code := run(t.Context(), []string{"./no/such/folder"}, &out, &errs); code != 1 {
		t.Errorf("exit code %d, want 1; printed %q and %q", code, out.String(), errs.String())
	}
	if code := run(t.Context(), []string{"-probe"}, &out, &errs); code != 0 {
		t.Errorf("-probe: exit code %d, want 0", code)
	}
}

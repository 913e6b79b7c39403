// Command testrun runs go test and tells what go test keeps quiet about: every
// skipped test, with its reason. Of a package that passed it prints one line, of one
// that failed whatever its failing tests said. scripts/test is its only caller.
//
// Its exit code is that of go test.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
)

func main() {
	os.Exit(run(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
}

// run understands its own two flags when they come first; what follows is go test's.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) == 1 && args[0] == "-probe" {
		return 0 // started, and so was whatever was linked in
	}
	skippedFile := ""
	if len(args) >= 2 && args[0] == "-skipped" {
		skippedFile, args = args[1], args[2:]
	}
	skipped, code, err := goTest(ctx, args, stdout, stderr)
	if err == nil && skippedFile != "" {
		err = os.WriteFile(skippedFile, []byte(lines(skipped)), 0o600)
	}
	if err != nil {
		fmt.Fprintln(stderr, "testrun:", err)
		return max(code, 1)
	}
	return code
}

// goTest runs go test to its end and returns the skipped tests and the exit code.
func goTest(ctx context.Context, args []string, stdout, stderr io.Writer) ([]string, int, error) {
	// A shell starts background commands with interrupts ignored, and children
	// inherit that; asking for the signal undoes it, so that tests which interrupt
	// a program of theirs find it listening.
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	defer signal.Stop(interrupts)

	cmd := exec.CommandContext(ctx, "go", append([]string{"test", "-json"}, args...)...)
	cmd.Stderr = stderr
	events, err := cmd.StdoutPipe()
	if err != nil {
		return nil, 1, fmt.Errorf("open a pipe to go test: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, 1, fmt.Errorf("start go test: %w", err)
	}
	rep := newReport(stdout)
	readErr := rep.read(events)
	err = cmd.Wait()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return rep.skipped, max(exit.ExitCode(), 1), readErr
	}
	return rep.skipped, 0, errors.Join(readErr, err)
}

func lines(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return strings.Join(list, "\n") + "\n"
}

package main

import (
	"flag"
	"fmt"
	"os"
	"testing"
)

// storiesAtOnce is how many tests run side by side: a story mostly waits for Slack's
// pace of one post a second.
const storiesAtOnce = "5"

// scratch is the folder of all tests of the package, for the binary under test.
var scratch string

// TestMain lets more tests run at once than there are processors, unless the caller
// says otherwise.
func TestMain(m *testing.M) {
	flag.Parse()
	chosen := false
	flag.Visit(func(f *flag.Flag) { chosen = chosen || f.Name == "test.parallel" })
	if !chosen {
		_ = flag.Set("test.parallel", storiesAtOnce)
	}
	os.Exit(inScratch(m.Run))
}

func inScratch(run func() int) int {
	var err error
	if scratch, err = os.MkdirTemp("", "takeover-bot-test-*"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(scratch) }()
	return run()
}

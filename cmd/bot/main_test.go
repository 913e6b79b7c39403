package main

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"takeoverbot/internal/dbtest"
	"takeoverbot/store"
)

// testsAtOnce is how many tests run in parallel. It is more than there are processors,
// because a story mostly waits: Slack accepts one message a second in a channel.
const testsAtOnce = "4"

// databases are migrated once and copied for each test.
var databases = dbtest.New(store.Migrations())

// scratch is the folder of all tests of the package, for the binary under test.
var scratch string

// TestMain lets more tests run at once than there are processors, unless the caller
// says otherwise.
func TestMain(m *testing.M) {
	flag.Parse()
	chosen := false
	flag.Visit(func(f *flag.Flag) { chosen = chosen || f.Name == "test.parallel" })
	if !chosen {
		_ = flag.Set("test.parallel", testsAtOnce)
	}
	os.Exit(inScratch(func() int { return databases.Run(m) }))
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

package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
)

// errUsage marks errors that exit with exitUsage.
var errUsage = errors.New("wrong usage")

// envFlag adds --env, by which settings come from a file.
func envFlag(set *flag.FlagSet, file *string) {
	set.StringVar(file, "env", "", "a `file` with settings, one NAME=value a line, as bot setup writes it; the environment wins")
}

// flags parses the flags of a sub-command; a wrong one is errUsage. define may be nil.
func flags(name string, args []string, out io.Writer, define func(*flag.FlagSet)) error {
	set := flag.NewFlagSet("bot "+name, flag.ContinueOnError)
	set.SetOutput(out)
	set.Usage = set.PrintDefaults // above it stands the command's own line
	if define != nil {
		define(set)
	}
	if err := set.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return fmt.Errorf("bot %s: %w: %w", name, errUsage, err)
	}
	if set.NArg() > 0 {
		return fmt.Errorf("bot %s: %w: %q is not expected", name, errUsage, set.Arg(0))
	}
	return nil
}

package main

import (
	"context"
	"fmt"
)

// measurement is one thing that is measured; it fills one or more rows.
type measurement struct {
	name    string // for -only
	measure func(context.Context, *setup) []row
}

func measurements() []measurement {
	return []measurement{
		{"ack", acknowledgement}, {"steady", steady}, {"unknown", unknown}, {"silence", silence}, {"calls", countCalls}, {"watch", watch}, {"webhook", webhook},
		{"talk", talk}, {"talks", talks}, {"lost", lost},
		{"joined", joined}, {"channels", channels}, {"killed", killed}, {"idle", idle}, {"start", start}, {"overload", overload}, {"strangers", besieged}, {"crowd", crowd},
		{"size", size}, {"levels", levels},
	}
}

// failure is an error on its way from must to attempt.
type failure struct{ err error }

// must ends the measurement unless err is nil: in a measurement each step needs the one
// before, and no step can go on without it. doing says which step it was.
func must(err error, doing string, args ...any) {
	if err != nil {
		panic(failure{fmt.Errorf(doing+": %w", append(args, err)...)})
	}
}

// value is must for a step that returns something.
func value[T any](v T, err error) func(doing string, args ...any) T {
	return func(doing string, args ...any) T {
		must(err, doing, args...)
		return v
	}
}

// attempt runs the steps and returns the error of the one that failed.
func attempt(steps func()) (err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case failure:
			err = r.err
		default:
			panic(r)
		}
	}()
	steps()
	return nil
}

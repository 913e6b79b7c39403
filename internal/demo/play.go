package demo

import (
	"context"
	"errors"
	"io"
)

// Play is written next.
func Play(context.Context, Options, io.Writer) error { return errors.New("not yet") }

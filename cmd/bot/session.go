package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// errInterrupted is the error of a set-up that its operator ended.
var errInterrupted = errors.New("nothing was written")

// session asks the operator, on a terminal or by the lines of a file.
type session struct {
	out   io.Writer
	in    io.Reader
	ended bool // there is nothing more to read
}

func newSession(in io.Reader, out io.Writer) *session { return &session{out: out, in: in} }

func (s *session) sayf(format string, args ...any) { _, _ = fmt.Fprintf(s.out, format, args...) }

// ask reads one line; a secret is not shown while it is typed, where there is a terminal. It
// returns io.EOF where there is nothing to read, and errInterrupted when ctx ends.
func (s *session) ask(ctx context.Context, prompt string, secret bool) (string, error) {
	s.sayf("%s: ", prompt)
	type read struct {
		line string
		err  error
	}
	done, restore := make(chan read, 1), func() {}
	readLine := s.readLine
	if terminal, ok := s.in.(*os.File); ok && term.IsTerminal(int(terminal.Fd())) && secret {
		shown, err := term.GetState(int(terminal.Fd()))
		if err != nil {
			return "", fmt.Errorf("ask on the terminal: %w", err)
		}
		restore = func() { _ = term.Restore(int(terminal.Fd()), shown) }
		readLine = func() (string, error) {
			line, err := term.ReadPassword(int(terminal.Fd()))
			s.sayf("\n")
			return string(line), err
		}
	}
	go func() { // an interrupt does not end it: the program ends then
		line, err := readLine()
		done <- read{line, err}
	}()
	select {
	case <-ctx.Done():
		restore()
		s.sayf("\n")
		return "", errInterrupted
	case r := <-done:
		s.ended = r.err != nil
		return strings.TrimSpace(r.line), r.err
	}
}

// readLine reads a line and no byte more, because a secret is read by other means.
func (s *session) readLine() (string, error) {
	var line strings.Builder
	for one := make([]byte, 1); ; {
		n, err := s.in.Read(one)
		switch {
		case n > 0 && one[0] == '\n', errors.Is(err, io.EOF) && line.Len() > 0:
			return line.String(), nil
		case n > 0:
			line.WriteByte(one[0])
		case err != nil:
			return "", err
		}
	}
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

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
	if terminal, ok := s.in.(*os.File); ok && secret && term.IsTerminal(int(terminal.Fd())) {
		return s.askUnseen(ctx, prompt, int(terminal.Fd()))
	}
	s.sayf("%s: ", prompt)
	done := reading(s.readLine)
	select {
	case <-ctx.Done():
		return "", s.interrupted()
	case r := <-done:
		s.ended = r.err != nil
		return strings.TrimSpace(r.line), r.err
	}
}

// echoTime bounds how long a prompt waits until the terminal shows nothing that is typed.
const echoTime = time.Second

// askUnseen reads a line that the terminal does not show. The prompt comes once that is so: an
// operator who pastes at once would see the secret otherwise.
func (s *session) askUnseen(ctx context.Context, prompt string, terminal int) (string, error) {
	shown, err := term.GetState(terminal)
	if err != nil {
		return "", fmt.Errorf("ask on the terminal: %w", err)
	}
	done := reading(func() (string, error) {
		line, err := term.ReadPassword(terminal)
		return string(line), err
	})
	// A line that was typed before the question ends the wait, too.
	for began := time.Now(); len(done) == 0 && time.Since(began) < echoTime; time.Sleep(time.Millisecond) {
		if now, err := term.GetState(terminal); err == nil && *now != *shown {
			break
		}
	}
	s.sayf("%s: ", prompt)
	select {
	case <-ctx.Done():
		_ = term.Restore(terminal, shown)
		return "", s.interrupted()
	case r := <-done:
		s.sayf("\n")
		s.ended = r.err != nil
		return strings.TrimSpace(r.line), r.err
	}
}

// read is a line that was typed.
type read struct {
	line string
	err  error
}

// reading reads a line beside the caller. An interrupt does not end it: the program ends then.
func reading(line func() (string, error)) chan read {
	done := make(chan read, 1)
	go func() {
		line, err := line()
		done <- read{line, err}
	}()
	return done
}

func (s *session) interrupted() error {
	s.sayf("\n")
	return errInterrupted
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

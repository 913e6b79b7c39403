package telnyxsim

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// LoadJSONL adds conversations from r, one JSON object a line in the shape of Conversation; empty lines are passed over.
// A bad line is an error that begins with its number, and then nothing is loaded.
func (s *Sim) LoadJSONL(r io.Reader) error {
	var (
		convs []Conversation
		seen  = map[string]int{}
		in    = bufio.NewReader(r)
	)
	for line := 1; ; line++ {
		text, readErr := in.ReadBytes('\n')
		if readErr != nil && !errors.Is(readErr, io.EOF) {
			return fmt.Errorf("line %d: %w", line, readErr)
		}
		if text = bytes.TrimSpace(text); len(text) > 0 {
			c, err := parseLine(text)
			if err != nil {
				return fmt.Errorf("line %d: %w", line, err)
			}
			if first, twice := seen[c.ID]; twice {
				return fmt.Errorf("line %d: the conversation %s is on line %d already", line, c.ID, first)
			}
			seen[c.ID] = line
			convs = append(convs, c)
		}
		if readErr != nil {
			s.Load(convs)
			return nil
		}
	}
}

func parseLine(text []byte) (Conversation, error) {
	var c Conversation
	if err := json.Unmarshal(text, &c); err != nil {
		return c, fmt.Errorf("no conversation in JSON: %w", err)
	}
	c.ID = strings.ToLower(c.ID)
	switch {
	case !isUUID(c.ID):
		return c, fmt.Errorf("the id %q is not a uuid", c.ID)
	case c.CreatedAt.IsZero():
		return c, errors.New("created_at is missing")
	case c.Metadata == nil:
		return c, errors.New("metadata is missing")
	}
	for i, m := range c.Messages {
		if m.Role == "" {
			return c, fmt.Errorf("message %d has no role", i+1)
		}
		if m.CreatedAt.IsZero() {
			return c, fmt.Errorf("message %d has no created_at", i+1)
		}
	}
	if _, err := marshal([]any{c.wire(), c.Messages}); err != nil {
		return c, fmt.Errorf("it cannot be shown: %w", err) // a time that is in the year 10000 in UTC
	}
	return c, nil
}

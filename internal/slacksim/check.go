package slacksim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"
)

// checker walks the JSON of blocks and writes down what Slack would refuse
// (problems) and what it would let pass but people suffer from (violations).
type checker struct {
	problems   []string
	violations []string
	surface    string // "message", "modal" or "home"
	chars      int    // of all texts in the blocks
	blockIDs   map[string]bool
	hasInput   bool
	hasFocus   bool // an element with focus_on_load was met
}

// a check looks at one JSON value; at is its JSON pointer.
type check func(c *checker, at string, v any)

// field is what a shape says of one key.
type field struct {
	check    check
	required bool
}

// shape lists the keys an object may have.
type shape map[string]field

func need(f check) field { return field{f, true} }
func may(f check) field  { return field{f, false} }

func (c *checker) problem(at, format string, args ...any) {
	c.problems = append(c.problems, fmt.Sprintf("[ERROR] "+format, args...)+" [json-pointer:"+at+"]")
}

func (c *checker) violation(at, format string, args ...any) {
	c.violations = append(c.violations, fmt.Sprintf(format, args...)+" at "+at)
}

// decodeStrict reads exactly one JSON value, keeping numbers as written.
func decodeStrict(raw []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("more than one JSON value")
	}
	return v, nil
}

// object checks the keys of v, ignoring "type" (the caller chose the shape by
// it), and returns v as an object, or nil.
func (c *checker) object(at string, v any, s shape) map[string]any {
	o, ok := v.(map[string]any)
	if !ok {
		c.problem(at, "must provide an object")
		return nil
	}
	for _, key := range sortedKeys(o) {
		f, known := s[key]
		switch {
		case key == "type":
		case !known:
			c.problem(at+"/"+key, "invalid additional property: %s", key)
		default:
			f.check(c, at+"/"+key, o[key])
		}
	}
	for _, key := range sortedKeys(s) {
		if _, there := o[key]; s[key].required && !there {
			c.problem(at, "missing required field: %s", key)
		}
	}
	return o
}

// typeOf is the "type" of an object, or "".
func typeOf(v any) string {
	o, _ := v.(map[string]any)
	t, _ := o["type"].(string)
	return t
}

// str is a string of lo to hi characters.
func str(lo, hi int) check {
	return func(c *checker, at string, v any) { c.str(at, v, lo, hi) }
}

func (c *checker) str(at string, v any, lo, hi int) string {
	t, ok := v.(string)
	if !ok {
		c.problem(at, "must provide a string")
		return ""
	}
	switch n := utf8.RuneCountInString(t); {
	case n < lo:
		c.problem(at, "must be more than %d characters", lo-1)
	case n > hi:
		c.problem(at, "must be less than %d characters", hi+1)
	}
	return t
}

func boolean(c *checker, at string, v any) {
	if _, ok := v.(bool); !ok {
		c.problem(at, "must provide a boolean")
	}
}

func whole(lo, hi int64) check {
	return func(c *checker, at string, v any) {
		n, ok := v.(json.Number)
		i, err := strconv.ParseInt(string(n), 10, 64)
		if !ok || err != nil || i < lo || i > hi {
			c.problem(at, "must be a whole number from %d to %d", lo, hi)
		}
	}
}

func oneOf(allowed ...string) check {
	return func(c *checker, at string, v any) {
		for _, a := range allowed {
			if v == any(a) {
				return
			}
		}
		c.problem(at, "must be one of %q", allowed)
	}
}

// list is an array of lo to hi items.
func list(lo, hi int, item check) check {
	return func(c *checker, at string, v any) {
		items, ok := v.([]any)
		if !ok {
			c.problem(at, "must provide an array")
			return
		}
		switch {
		case len(items) < lo:
			c.problem(at, "no fewer than %d items required", lo)
		case len(items) > hi:
			c.problem(at, "no more than %d items allowed", hi)
		}
		for i, x := range items {
			item(c, at+"/"+strconv.Itoa(i), x)
		}
	}
}

// sub is an object of one shape.
func sub(s func() shape) check {
	return func(c *checker, at string, v any) { c.object(at, v, s()) }
}

// id is an action_id or the like.
func id(c *checker, at string, v any) { c.str(at, v, 1, 255) }

// count adds to the characters of all blocks.
func (c *checker) count(t string) { c.chars += utf8.RuneCountInString(t) }

package slacksim

import (
	"encoding/json"
	"errors"
)

const maxViewBytes = 250_000

// readView checks the JSON of a view and returns it, not yet open anywhere.
func (s *Sim) readView(where, raw, kind string) (*View, error) {
	if len(raw) > maxViewBytes {
		return nil, refuse("view_too_large")
	}
	decoded, err := decodeStrict([]byte(raw))
	if err != nil {
		return nil, refuse("invalid_arguments", "view is not JSON")
	}
	c := &checker{surface: kind}
	var blocks []any
	o := c.object("/view", decoded, viewShape(kind, func(c *checker, at string, v any) {
		blocks = c.blocks(at, v, maxViewBlocks)
	}))
	oneOf(kind)(c, "/view/type", o["type"])
	if c.hasInput && kind == "modal" && o["submit"] == nil {
		c.problem("/view", "missing required field: submit, since there are input blocks")
	}
	for _, v := range c.violations {
		s.violate("%s: %s", where, v)
	}
	if len(c.problems) > 0 {
		return nil, refuse("invalid_arguments", c.problems...)
	}
	var v View
	if err := json.Unmarshal([]byte(raw), &v); err != nil {
		return nil, errors.New("view passed the check but does not decode: " + err.Error())
	}
	v.Blocks = s.identify(blocks)
	v.State = State{Values: initialValues(blocks)}
	return &v, nil
}

func viewShape(kind string, blocks check) shape {
	s := shape{"blocks": need(blocks), "private_metadata": may(str(0, 3000)),
		"callback_id": may(str(0, 255)), "external_id": may(str(0, 255))}
	if kind == "modal" {
		s["title"], s["submit"], s["close"] = need(plainText(24)), may(plainText(24)), may(plainText(24))
		for _, name := range []string{"clear_on_close", "notify_on_close", "submit_disabled"} {
			s[name] = may(boolean)
		}
	}
	return s
}

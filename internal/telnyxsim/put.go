package telnyxsim

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
)

// put answers PUT /ai/conversations/{id}. It ignores Idempotency-Key, as Telnyx does.
func (s *Sim) put(r *request) response {
	return s.with(r, func(c *Conversation) response { return s.write(r, c, s.clock.Now()) })
}

// write carries a PUT out, at a moment by the clock that SetNow and Advance turn. s.mu must be held.
func (s *Sim) write(r *request, c *Conversation, at time.Time) response {
	var in struct {
		Metadata Metadata `json:"metadata"`
	}
	if a := r.decode(&in, map[string]string{"metadata": "dict"}); a != nil {
		return *a
	}
	if in.Metadata == nil {
		return missing("metadata")
	}
	meta, refused := s.admit(c.Metadata, in.Metadata)
	if refused != nil {
		return *refused
	}
	if s.faults.Put == PutMerge {
		merged := c.Metadata.Clone()
		maps.Copy(merged, meta)
		meta = merged
	}
	claimed := *c
	claimed.Metadata = meta
	if !s.faults.PutKeepsNothing {
		s.store(c, s.lose(meta), at)
	}
	return ok(wrapped{Data: claimed.wire()})
}

// store makes meta the metadata of c, silences the assistant if it says so, and tells about the change, which is at a
// moment by the clock that SetNow and Advance turn. s.mu must be held.
func (s *Sim) store(c *Conversation, meta Metadata, at time.Time) {
	silenced := !c.AIDisabled() && meta.AIDisabled()
	s.remember(c, meta, at)
	c.Metadata = meta
	if silenced {
		s.silence(c.ID, s.faults.LateReplyMS)
	}
	s.changed()
}

// admit turns metadata of a request into what would be stored, by the switches bool and numbers. A boolean that is
// stored just so already is not touched by reject and stringify: they are about what is written anew.
func (s *Sim) admit(stored, in Metadata) (Metadata, *response) {
	out := in.Clone()
	for _, key := range slices.Sorted(maps.Keys(in)) {
		raw := bytes.TrimSpace(in[key])
		fresh := !bytes.Equal(raw, bytes.TrimSpace(stored[key]))
		switch {
		case !isBool(raw):
			out[key] = s.number(raw)
		case s.faults.Bool == BoolReject && fresh:
			a := invalid("str type expected", "type_error.str", "body", "metadata", key)
			return nil, &a
		case s.faults.Bool == BoolStringify && fresh, s.faults.Bool == BoolStringifyAll:
			out[key] = json.RawMessage(`"` + string(raw) + `"`)
		}
	}
	return out, nil
}

func isBool(raw []byte) bool { return string(raw) == "true" || string(raw) == "false" }

// lose drops keys by the switch put_drops_keys. s.mu must be held.
func (s *Sim) lose(meta Metadata) Metadata {
	n := s.faults.PutDropsKeys
	if n == 0 {
		return meta
	}
	if s.faults.PutDropsOnce {
		s.faults.PutDropsKeys, s.faults.PutDropsOnce = 0, false
	}
	out := meta.Clone()
	for _, key := range slices.Sorted(maps.Keys(meta)) {
		if key == KeyAIDisabled {
			continue
		}
		if n--; n < 0 {
			break
		}
		delete(out, key)
	}
	return out
}

// number rewrites the numbers in a value by the switch numbers.
func (s *Sim) number(raw json.RawMessage) json.RawMessage {
	var v any
	switch s.faults.Numbers {
	case NumbersLossy:
		if json.Unmarshal(raw, &v) != nil {
			return raw
		}
	case NumbersFloat:
		dec := json.NewDecoder(bytes.NewReader(raw))
		dec.UseNumber()
		if dec.Decode(&v) != nil {
			return raw
		}
		v = withPoint(v)
	default:
		return raw
	}
	out, err := marshal(v)
	if err != nil {
		return raw
	}
	return out
}

// withPoint gives every whole number in a decoded value a decimal point.
func withPoint(v any) any {
	switch v := v.(type) {
	case json.Number:
		if !strings.ContainsAny(v.String(), ".eE") {
			return json.Number(v.String() + ".0")
		}
	case []any:
		for i := range v {
			v[i] = withPoint(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = withPoint(v[k])
		}
	}
	return v
}

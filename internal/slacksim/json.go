package slacksim

import (
	"bytes"
	"encoding/json"
)

// encode writes JSON that the simulator built itself, with <, > and & as they
// are, so that logs and the demo page stay readable.
func encode(v any) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return json.RawMessage("null")
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}

// decodeBlocks reads blocks that were checked before.
func decodeBlocks(raw json.RawMessage) []map[string]any {
	v, err := decodeStrict(raw)
	if err != nil {
		return nil
	}
	items, _ := v.([]any)
	var blocks []map[string]any
	for _, x := range items {
		if o, ok := x.(map[string]any); ok {
			blocks = append(blocks, o)
		}
	}
	return blocks
}

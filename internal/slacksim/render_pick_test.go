package slacksim

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

const twoOptions = `"options":[{"text":{"type":"plain_text","text":"one"},"value":"1"},{"text":{"type":"plain_text","text":"two"},"value":"2"}]`

const optionTwo = `{"text":{"type":"plain_text","text":"two"},"value":"2"}`

// What is chosen when nobody has touched an element is drawn as chosen, and only that.
func TestInitialValuesAreDrawn(t *testing.T) {
	t.Parallel()
	r := New(Options{}).lockedRenderer(nil)
	for _, c := range []struct{ element, value string }{
		{`"type":"static_select",` + twoOptions + `,"initial_option":` + optionTwo, "2"},
		{`"type":"static_select",` + twoOptions, ""},
		{`"type":"radio_buttons",` + twoOptions + `,"initial_option":` + optionTwo, "2"},
		{`"type":"radio_buttons",` + twoOptions, ""},
		{`"type":"checkboxes",` + twoOptions + `,"initial_options":[` + optionTwo + `]`, "2"},
		{`"type":"users_select","initial_user":"` + Omar + `"`, Omar},
		{`"type":"users_select"`, ""},
		{`"type":"conversations_select","initial_conversation":"` + DeskChannel + `"`, DeskChannel},
		{`"type":"datepicker","initial_date":"2026-11-27"`, "2026-11-27"},
		{`"type":"timepicker","initial_time":"03:14"`, "03:14"},
	} {
		for _, block := range []string{
			`[{"type":"input","block_id":"b","label":{"type":"plain_text","text":"L"},"element":{"action_id":"a",%s}}]`,
			`[{"type":"actions","block_id":"b","elements":[{"action_id":"a",%s}]}]`,
			`[{"type":"section","block_id":"b","text":{"type":"mrkdwn","text":"T"},"accessory":{"action_id":"a",%s}}]`,
		} {
			raw := fmt.Sprintf(block, c.element)
			if got := checkMessageBlocks([]byte(raw)); got.code != "" && !strings.Contains(block, `"input"`) {
				t.Errorf("%s is refused: %v", raw, got.problems)
			}
			n := r.blocks(json.RawMessage(raw), nil)[0]
			for n.Action == "" && len(n.Kids) > 0 {
				n = n.Kids[len(n.Kids)-1]
			}
			if n.Action != "a" || n.Value != c.value {
				t.Errorf("%s: %q is chosen", raw, n.Value)
			}
		}
	}
}

// What a person has filled in stands there when the modal is drawn again.
func TestFilledInValuesAreDrawn(t *testing.T) {
	t.Parallel()
	s := New(Options{})
	const raw = `[{"type":"input","block_id":"b","label":{"type":"plain_text","text":"L"},"element":{"type":"checkboxes","action_id":"a",` + twoOptions + `}}]`
	v := View{Blocks: json.RawMessage(raw), State: State{Values: stateValues{"b": {"a": {"type": "checkboxes", "selected_options": []any{
		map[string]any{"value": "1"}, map[string]any{"value": "2"}}}}}}}
	if got := s.DrawView(v, nil)[0].Value; got != "1,2" {
		t.Errorf("%q is chosen", got)
	}
}

// Each kind that Slack takes is known to the check.
func TestKindsAreChecked(t *testing.T) {
	t.Parallel()
	for kind, elements := range Kinds() {
		if _, known := blockShape(kind); !known {
			t.Errorf("no shape of %s", kind)
		}
		for _, e := range elements {
			if _, takes := stateful(e); takes && len(elementShape(e)) < 2 {
				t.Errorf("no shape of %s in a %s", e, kind)
			}
		}
	}
}

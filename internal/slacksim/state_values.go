package slacksim

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// stateful tells which elements have a value in state.values, and its key.
func stateful(kind string) (key string, ok bool) {
	key, ok = map[string]string{
		"plain_text_input": "value", "static_select": "selected_option", "radio_buttons": "selected_option",
		"checkboxes": "selected_options", "users_select": "selected_user",
		"conversations_select": "selected_conversation", "datepicker": "selected_date", "timepicker": "selected_time",
	}[kind]
	return key, ok
}

// initialValues is the state of untouched blocks.
func initialValues(blocks []any) stateValues {
	values := stateValues{}
	for _, b := range blocks {
		block, _ := b.(map[string]any)
		for _, e := range elementsOf(block) {
			kind, _ := e["type"].(string)
			if key, ok := stateful(kind); ok {
				values.set(block, e, map[string]any{"type": kind, key: initialValue(kind, e)})
			}
		}
	}
	return values
}

func initialValue(kind string, e map[string]any) any {
	switch kind {
	case "plain_text_input":
		return e["initial_value"]
	case "checkboxes":
		if e["initial_options"] == nil {
			return []any{}
		}
		return e["initial_options"]
	}
	key, _ := stateful(kind)
	return e["initial_"+strings.TrimPrefix(key, "selected_")]
}

func (values stateValues) set(block, element, value map[string]any) {
	b, _ := block["block_id"].(string)
	a, _ := element["action_id"].(string)
	if values[b] == nil {
		values[b] = map[string]map[string]any{}
	}
	values[b][a] = value
}

// choose turns what a person enters into the element's state value. For
// checkboxes the option values are separated by commas.
func (s *Sim) choose(e map[string]any, entered string) (map[string]any, error) {
	kind, _ := e["type"].(string)
	key, ok := stateful(kind)
	if !ok {
		return nil, fmt.Errorf("a %s takes no value", kind)
	}
	var v any
	var err error
	switch kind {
	case "plain_text_input":
		v, err = typedText(e, entered)
	case "static_select", "radio_buttons":
		v, err = optional(entered, func() (any, error) { return optionOrError(e, entered) })
	case "checkboxes":
		v, err = checkedOptions(e, entered)
	case "users_select":
		v, err = optional(entered, func() (any, error) {
			return entered, known(s.users[entered] != nil && !s.users[entered].Deleted, entered)
		})
	case "conversations_select":
		v, err = optional(entered, func() (any, error) { return entered, known(s.channels[entered] != nil, entered) })
	case "datepicker":
		v, err = optional(entered, func() (any, error) { _, err := time.Parse(time.DateOnly, entered); return entered, err })
	case "timepicker":
		v, err = optional(entered, func() (any, error) { _, err := time.Parse("15:04", entered); return entered, err })
	}
	return map[string]any{"type": kind, key: v}, err
}

// optional lets nothing stand for "cleared".
func optional(entered string, read func() (any, error)) (any, error) {
	if entered == "" {
		return nil, nil
	}
	return read()
}

func known(is bool, what string) error {
	if !is {
		return fmt.Errorf("%q cannot be selected", what)
	}
	return nil
}

func optionOrError(e map[string]any, value string) (any, error) {
	o := findOption(e, value)
	return o, known(o != nil, value)
}

func checkedOptions(e map[string]any, entered string) (any, error) {
	picked := []any{}
	for value := range strings.SplitSeq(entered, ",") {
		if value == "" {
			continue
		}
		o, err := optionOrError(e, value)
		if err != nil {
			return nil, err
		}
		picked = append(picked, o)
	}
	return picked, nil
}

func typedText(e map[string]any, entered string) (any, error) {
	limit := func(key string, otherwise int) int {
		n, err := strconv.Atoi(fmt.Sprint(e[key]))
		if err != nil {
			return otherwise
		}
		return n
	}
	n := utf8.RuneCountInString(entered)
	switch {
	case n == 0:
		return nil, nil
	case n < limit("min_length", 0):
		return nil, errors.New("the text is too short")
	case n > limit("max_length", 3000):
		return nil, errors.New("the text is too long")
	}
	return entered, nil
}

// isEmpty tells whether a required input still has to be filled in.
func isEmpty(value map[string]any) bool {
	kind, _ := value["type"].(string)
	key, _ := stateful(kind)
	if items, ok := value[key].([]any); ok {
		return len(items) == 0
	}
	return value[key] == nil || value[key] == ""
}

package slacksim

import (
	"regexp"
	"time"
)

// elements checks an element whose type must be one of kinds.
func elements(kinds ...string) check {
	return func(c *checker, at string, v any) {
		kind := typeOf(v)
		for _, k := range kinds {
			if k == kind {
				c.element(at, kind, v)
				return
			}
		}
		c.problem(at+"/type", "unsupported type: %s", kind)
	}
}

func (c *checker) element(at, kind string, v any) {
	o := c.object(at, v, elementShape(kind))
	c.initialIsOption(at, o)
	if o["focus_on_load"] == true {
		if c.hasFocus {
			c.problem(at+"/focus_on_load", "only one element may have focus_on_load")
		}
		c.hasFocus = true
	}
	switch kind {
	case "image":
		if (o["image_url"] == nil) == (o["slack_file"] == nil) {
			c.problem(at, "must provide exactly one of image_url and slack_file")
		}
	case "static_select":
		if (o["options"] == nil) == (o["option_groups"] == nil) {
			c.problem(at, "must provide exactly one of options and option_groups")
		}
	case "conversations_select":
		if o["response_url_enabled"] == true && c.surface != "modal" {
			c.problem(at+"/response_url_enabled", "only available in modals")
		}
	}
}

func elementShape(kind string) shape {
	s := shape{"action_id": may(id)}
	switch kind {
	case "image":
		return imageShape()
	case "button":
		s["text"], s["value"], s["url"] = need(plainText(75)), may(str(0, 2000)), may(str(1, 3000))
		s["style"], s["confirm"] = may(style), may(confirm)
		s["accessibility_label"] = may(str(1, 75))
	case "overflow":
		s["options"], s["confirm"] = need(list(1, 5, option(true, false))), may(confirm)
	case "static_select":
		selectable(s)
		s["options"], s["option_groups"] = may(list(1, 100, option(false, false))), may(list(1, 100, optionGroup))
		s["initial_option"] = may(option(false, false))
	case "users_select":
		selectable(s)
		s["initial_user"] = may(id)
	case "conversations_select":
		selectable(s)
		s["initial_conversation"], s["filter"] = may(id), may(sub(filterShape))
		s["default_to_current_conversation"], s["response_url_enabled"] = may(boolean), may(boolean)
	case "checkboxes":
		s["options"], s["initial_options"] = need(list(1, 10, option(false, true))), may(list(1, 10, option(false, true)))
		s["confirm"], s["focus_on_load"] = may(confirm), may(boolean)
	case "radio_buttons":
		s["options"], s["initial_option"] = need(list(1, 10, option(false, true))), may(option(false, true))
		s["confirm"], s["focus_on_load"] = may(confirm), may(boolean)
	case "datepicker":
		selectable(s)
		s["initial_date"] = may(date)
	case "timepicker":
		selectable(s)
		s["initial_time"], s["timezone"] = may(clock), may(zone)
	case "plain_text_input":
		s["initial_value"], s["multiline"] = may(str(0, 3000)), may(boolean)
		s["min_length"], s["max_length"] = may(whole(0, 3000)), may(whole(1, 3000))
		s["placeholder"], s["focus_on_load"] = may(plainText(150)), may(boolean)
		s["dispatch_action_config"] = may(sub(dispatchShape))
	}
	return s
}

func selectable(s shape) {
	s["placeholder"], s["confirm"], s["focus_on_load"] = may(plainText(150)), may(confirm), may(boolean)
}

func filterShape() shape {
	return shape{"include": may(list(1, 4, oneOf("im", "mpim", "private", "public"))),
		"exclude_external_shared_channels": may(boolean), "exclude_bot_users": may(boolean)}
}

func dispatchShape() shape {
	return shape{"trigger_actions_on": may(list(1, 2, oneOf("on_enter_pressed", "on_character_entered")))}
}

func date(c *checker, at string, v any) {
	t, _ := v.(string)
	if _, err := time.Parse(time.DateOnly, t); err != nil {
		c.problem(at, "must be a date like 2006-01-02")
	}
}

var hhmm = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$`)

func clock(c *checker, at string, v any) {
	if t, _ := v.(string); !hhmm.MatchString(t) {
		c.problem(at, "must be a time like 15:04")
	}
}

func zone(c *checker, at string, v any) {
	t, _ := v.(string)
	if _, err := time.LoadLocation(t); err != nil || t == "" {
		c.problem(at, "must be an IANA time zone")
	}
}

package slacksim

import (
	"regexp"
	"strings"
)

// broadcast matches mark-up that pings a whole channel.
var broadcast = regexp.MustCompile(`<!(channel|here|everyone)(\|[^>]*)?>`)

// checkMentions notes a violation where a message's text pings everybody.
func (s *Sim) checkMentions(where, text string) {
	if m := broadcast.FindString(text); m != "" {
		s.violate("%s: unescaped %s pings everybody", where, m)
	}
}

func plainText(most int) check {
	return func(c *checker, at string, v any) { c.text(at, v, most, "plain_text") }
}

func anyText(most int) check {
	return func(c *checker, at string, v any) { c.text(at, v, most, "mrkdwn", "plain_text") }
}

// text checks a text object of one of the allowed types.
func (c *checker) text(at string, v any, most int, kinds ...string) {
	kind := typeOf(v)
	oneOf(kinds...)(c, at+"/type", kind)
	s := shape{"text": need(str(1, most))}
	switch kind {
	case "plain_text":
		s["emoji"] = may(boolean)
	case "mrkdwn":
		s["verbatim"] = may(boolean)
	}
	o := c.object(at, v, s)
	t, _ := o["text"].(string)
	c.count(t)
	if kind != "mrkdwn" {
		return
	}
	if o["verbatim"] != true {
		c.violation(at, "mrkdwn without verbatim:true turns bare links and names into live ones")
	}
	if m := broadcast.FindString(t); m != "" {
		c.violation(at, "unescaped %s pings everybody", m)
	}
}

func confirm(c *checker, at string, v any) {
	c.object(at, v, shape{"title": need(plainText(100)), "text": need(anyText(300)),
		"confirm": need(plainText(30)), "deny": need(plainText(30)), "style": may(style)})
}

func style(c *checker, at string, v any) { oneOf("primary", "danger")(c, at, v) }

// option of a select; overflow options may carry a url, those of checkboxes
// and radio buttons mrkdwn.
func option(withURL, mrkdwn bool) check {
	return func(c *checker, at string, v any) {
		words := plainText(75)
		if mrkdwn {
			words = anyText(75)
		}
		s := shape{"text": need(words), "value": need(str(1, 150)), "description": may(words)}
		if withURL {
			s["url"] = may(str(1, 3000))
		}
		c.object(at, v, s)
	}
}

func optionGroup(c *checker, at string, v any) {
	c.object(at, v, shape{"label": need(plainText(75)), "options": need(list(1, 100, option(false, false)))})
}

// initialIsOption checks that what is preselected can be selected.
func (c *checker) initialIsOption(at string, element map[string]any) {
	wanted, _ := element["initial_options"].([]any)
	if one := element["initial_option"]; one != nil {
		wanted = append(wanted, one)
	}
	for _, w := range wanted {
		o, _ := w.(map[string]any)
		value, _ := o["value"].(string)
		if findOption(element, value) == nil {
			c.problem(at, "initial option %q is not one of the options", value)
		}
	}
}

// findOption is the option with the given value, in groups too.
func findOption(element map[string]any, value string) map[string]any {
	lists := []any{element["options"]}
	groups, _ := element["option_groups"].([]any)
	for _, g := range groups {
		o, _ := g.(map[string]any)
		lists = append(lists, o["options"])
	}
	for _, l := range lists {
		items, _ := l.([]any)
		for _, x := range items {
			if o, _ := x.(map[string]any); o != nil && o["value"] == value {
				return o
			}
		}
	}
	return nil
}

// textOf is the text of a text object, or "".
func textOf(v any) string {
	o, _ := v.(map[string]any)
	t, _ := o["text"].(string)
	return strings.TrimSpace(t)
}

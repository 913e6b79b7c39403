package slacksim

import (
	"encoding/json"
	"strings"
	"testing"
)

func with(o m, key string, v any) m {
	c := m{}
	for k, x := range o {
		c[k] = x
	}
	c[key] = v
	return c
}

func without(o m, key string) m {
	c := with(o, key, nil)
	delete(c, key)
	return c
}

func many(n int, f func(i int) any) l {
	out := l{}
	for i := range n {
		out = append(out, f(i))
	}
	return out
}

func same(x any) func(int) any { return func(int) any { return x } }

func opt(value string) m { return m{"text": plain("One"), "value": value} }

func TestBlocksThatAreRefused(t *testing.T) {
	t.Parallel()
	section := m{"type": "section", "text": mrk("hi")}
	btn := button("a", "Go", "v")
	sel := m{"type": "static_select", "action_id": "s", "options": l{opt("a")}}
	conf := m{"title": plain("t"), "text": plain("x"), "confirm": plain("c"), "deny": plain("d")}
	over := m{"type": "overflow", "action_id": "o", "options": l{opt("a")}}
	text := m{"type": "text", "text": "hi"}
	rich := func(parts ...any) m { return m{"type": "rich_text", "elements": parts} }
	part := func(kind string, e ...any) m { return m{"type": kind, "elements": e} }
	input := m{"type": "input", "label": plain("L"), "element": m{"type": "plain_text_input", "action_id": "i"}}
	image := m{"type": "image", "image_url": "https://e.com/a.png", "alt_text": "a"}

	cases := []struct {
		name    string
		blocks  any
		pointer string // of the problem; "" means accepted
	}{
		{"section", l{section}, ""},
		{"section 3000", l{m{"type": "section", "text": mrk(rep(3000))}}, ""},
		{"section 3001", l{m{"type": "section", "text": mrk(rep(3001))}}, "/blocks/0/text/text"},
		{"section empty text", l{m{"type": "section", "text": mrk("")}}, "/blocks/0/text/text"},
		{"section with nothing", l{m{"type": "section"}}, "/blocks/0"},
		{"section 10 fields", l{m{"type": "section", "fields": many(10, same(mrk("f")))}}, ""},
		{"section 11 fields", l{m{"type": "section", "fields": many(11, same(mrk("f")))}}, "/blocks/0/fields"},
		{"field 2001", l{m{"type": "section", "fields": l{mrk(rep(2001))}}}, "/blocks/0/fields/0/text"},
		{"section accessory", l{with(section, "accessory", btn)}, ""},
		{"section accessory input", l{with(section, "accessory", input["element"])}, "/blocks/0/accessory/type"},
		{"text is a string", l{m{"type": "section", "text": "hi"}}, "/blocks/0/text"},
		{"emoji on mrkdwn", l{m{"type": "section", "text": with(mrk("x"), "emoji", false)}}, "/blocks/0/text/emoji"},
		{"verbatim on plain", l{m{"type": "section", "text": with(plain("x"), "verbatim", true)}}, "/blocks/0/text/verbatim"},
		{"verbatim is a string", l{m{"type": "section", "text": with(mrk("x"), "verbatim", "true")}}, "/blocks/0/text/verbatim"},
		{"text type unknown", l{m{"type": "section", "text": m{"type": "html", "text": "x"}}}, "/blocks/0/text/type"},
		{"unknown field", l{with(section, "colour", "red")}, "/blocks/0/colour"},
		{"unknown block", l{m{"type": "carousel"}}, "/blocks/0/type"},
		{"block is a string", l{"section"}, "/blocks/0/type"},
		{"blocks is an object", section, "/blocks"},
		{"duplicate block_id", l{with(section, "block_id", "a"), with(section, "block_id", "a")}, "/blocks/1/block_id"},
		{"block_id 256", l{with(section, "block_id", rep(256))}, "/blocks/0/block_id"},
		{"50 blocks", many(50, same(section)), ""},
		{"51 blocks", many(51, same(section)), "/blocks"},
		{"header 150", l{m{"type": "header", "text": plain(rep(150))}}, ""},
		{"header 151", l{m{"type": "header", "text": plain(rep(151))}}, "/blocks/0/text/text"},
		{"header mrkdwn", l{m{"type": "header", "text": mrk("x")}}, "/blocks/0/text/type"},
		{"header without text", l{m{"type": "header"}}, "/blocks/0"},
		{"context 10", l{m{"type": "context", "elements": many(10, same(mrk("x")))}}, ""},
		{"context image", l{m{"type": "context", "elements": l{image}}}, ""},
		{"context 11", l{m{"type": "context", "elements": many(11, same(mrk("x")))}}, "/blocks/0/elements"},
		{"context button", l{m{"type": "context", "elements": l{btn}}}, "/blocks/0/elements/0/type"},
		{"divider", l{m{"type": "divider"}}, ""},
		{"divider with text", l{m{"type": "divider", "text": plain("x")}}, "/blocks/0/text"},
		{"image", l{with(image, "title", plain("t"))}, ""},
		{"image without alt", l{without(image, "alt_text")}, "/blocks/0"},
		{"image without url", l{without(image, "image_url")}, "/blocks/0"},
		{"image url 3001", l{with(image, "image_url", rep(3001))}, "/blocks/0/image_url"},
		{"image alt 2001", l{with(image, "alt_text", rep(2001))}, "/blocks/0/alt_text"},
		{"image title 2001", l{with(image, "title", plain(rep(2001)))}, "/blocks/0/title/text"},

		{"actions", l{actions(btn)}, ""},
		{"actions empty", l{actions()}, "/blocks/0/elements"},
		{"actions 25", l{actions(many(25, func(int) any { return without(btn, "action_id") })...)}, ""},
		{"actions 26", l{actions(many(26, func(int) any { return without(btn, "action_id") })...)}, "/blocks/0/elements"},
		{"same action twice", l{actions(btn, btn)}, "/blocks/0/elements/1"},
		{"unknown element", l{actions(m{"type": "external_select"})}, "/blocks/0/elements/0/type"},
		{"button text 75", l{actions(button("a", rep(75), ""))}, ""},
		{"button text 76", l{actions(button("a", rep(76), ""))}, "/blocks/0/elements/0/text/text"},
		{"button text mrkdwn", l{actions(with(btn, "text", mrk("x")))}, "/blocks/0/elements/0/text/type"},
		{"button value 2001", l{actions(button("a", "x", rep(2001)))}, "/blocks/0/elements/0/value"},
		{"button url 3001", l{actions(with(btn, "url", rep(3001)))}, "/blocks/0/elements/0/url"},
		{"button style", l{actions(with(btn, "style", "default"))}, "/blocks/0/elements/0/style"},
		{"button label 76", l{actions(with(btn, "accessibility_label", rep(76)))}, "/blocks/0/elements/0/accessibility_label"},
		{"action_id 256", l{actions(button(rep(256), "x", ""))}, "/blocks/0/elements/0/action_id"},
		{"button without text", l{actions(without(btn, "text"))}, "/blocks/0/elements/0"},
		{"confirm", l{actions(with(btn, "confirm", conf))}, ""},
		{"confirm title 101", l{actions(with(btn, "confirm", with(conf, "title", plain(rep(101)))))}, "/blocks/0/elements/0/confirm/title/text"},
		{"confirm text 301", l{actions(with(btn, "confirm", with(conf, "text", plain(rep(301)))))}, "/blocks/0/elements/0/confirm/text/text"},
		{"confirm yes 31", l{actions(with(btn, "confirm", with(conf, "confirm", plain(rep(31)))))}, "/blocks/0/elements/0/confirm/confirm/text"},
		{"confirm no 31", l{actions(with(btn, "confirm", with(conf, "deny", plain(rep(31)))))}, "/blocks/0/elements/0/confirm/deny/text"},
		{"confirm without deny", l{actions(with(btn, "confirm", without(conf, "deny")))}, "/blocks/0/elements/0/confirm"},
		{"overflow 5", l{actions(with(over, "options", many(5, same(opt("a")))))}, ""},
		{"overflow 6", l{actions(with(over, "options", many(6, same(opt("a")))))}, "/blocks/0/elements/0/options"},
		{"overflow 0", l{actions(with(over, "options", l{}))}, "/blocks/0/elements/0/options"},
		{"overflow url", l{actions(with(over, "options", l{with(opt("a"), "url", "https://e.com")}))}, ""},
		{"select url", l{actions(with(sel, "options", l{with(opt("a"), "url", "https://e.com")}))}, "/blocks/0/elements/0/options/0/url"},
		{"option text 76", l{actions(with(sel, "options", l{m{"text": plain(rep(76)), "value": "a"}}))}, "/blocks/0/elements/0/options/0/text/text"},
		{"option description 76", l{actions(with(sel, "options", l{with(opt("a"), "description", plain(rep(76)))}))}, "/blocks/0/elements/0/options/0/description/text"},
		{"option value 150", l{actions(with(sel, "options", l{opt(rep(150))}))}, ""},
		{"option value 151", l{actions(with(sel, "options", l{opt(rep(151))}))}, "/blocks/0/elements/0/options/0/value"},
		{"select 100", l{actions(with(sel, "options", many(100, same(opt("a")))))}, ""},
		{"select 101", l{actions(with(sel, "options", many(101, same(opt("a")))))}, "/blocks/0/elements/0/options"},
		{"select without options", l{actions(without(sel, "options"))}, "/blocks/0/elements/0"},
		{"select groups", l{actions(with(without(sel, "options"), "option_groups", l{m{"label": plain("g"), "options": l{opt("a")}}}))}, ""},
		{"group label 76", l{actions(with(without(sel, "options"), "option_groups", l{m{"label": plain(rep(76)), "options": l{opt("a")}}}))}, "/blocks/0/elements/0/option_groups/0/label/text"},
		{"initial is no option", l{actions(with(sel, "initial_option", opt("z")))}, "/blocks/0/elements/0"},
		{"placeholder 151", l{actions(with(sel, "placeholder", plain(rep(151))))}, "/blocks/0/elements/0/placeholder/text"},
		{"users and conversations", l{actions(m{"type": "users_select"}, m{"type": "conversations_select", "default_to_current_conversation": true})}, ""},
		{"response urls outside modals", l{actions(m{"type": "conversations_select", "response_url_enabled": true})}, "/blocks/0/elements/0/response_url_enabled"},
		{"checkboxes mrkdwn", l{actions(m{"type": "checkboxes", "options": l{m{"text": mrk("*x*"), "value": "a"}}})}, ""},
		{"checkboxes 11", l{actions(m{"type": "checkboxes", "options": many(11, same(opt("a")))})}, "/blocks/0/elements/0/options"},
		{"radio 11", l{actions(m{"type": "radio_buttons", "options": many(11, same(opt("a")))})}, "/blocks/0/elements/0/options"},
		{"date and time", l{actions(m{"type": "datepicker", "initial_date": "2026-02-28"}, m{"type": "timepicker", "initial_time": "23:59", "timezone": "Europe/Oslo"})}, ""},
		{"odd date", l{actions(m{"type": "datepicker", "initial_date": "2026-02-30"})}, "/blocks/0/elements/0/initial_date"},
		{"odd time", l{actions(m{"type": "timepicker", "initial_time": "24:00"})}, "/blocks/0/elements/0/initial_time"},
		{"odd zone", l{actions(m{"type": "timepicker", "timezone": "Mars/Olympus"})}, "/blocks/0/elements/0/timezone"},

		{"rich text", l{rich(part("rich_text_section", text, m{"type": "user", "user_id": "U1"}, m{"type": "link", "url": "https://e.com"},
			m{"type": "emoji", "name": "tada"}, m{"type": "usergroup", "usergroup_id": "S1"}, m{"type": "channel", "channel_id": "C1"},
			m{"type": "date", "timestamp": 1700000000, "format": "{time}", "fallback": "x"}),
			part("rich_text_quote", text), part("rich_text_preformatted", text),
			with(part("rich_text_list", part("rich_text_section", text)), "style", "bullet"))}, ""},
		{"rich list without style", l{rich(part("rich_text_list", part("rich_text_section", text)))}, "/blocks/0/elements/0"},
		{"rich list of text", l{rich(with(part("rich_text_list", text), "style", "bullet"))}, "/blocks/0/elements/0/elements/0/type"},
		{"rich indent 9", l{rich(with(with(part("rich_text_list", part("rich_text_section", text)), "style", "bullet"), "indent", 9))}, "/blocks/0/elements/0/indent"},
		{"rich unknown part", l{rich(part("rich_text_table", text))}, "/blocks/0/elements/0/type"},
		{"rich unknown leaf", l{rich(part("rich_text_section", m{"type": "video"}))}, "/blocks/0/elements/0/elements/0/type"},
		{"rich user in code", l{rich(part("rich_text_preformatted", m{"type": "user", "user_id": "U1"}))}, "/blocks/0/elements/0/elements/0/type"},
		{"rich empty text", l{rich(part("rich_text_section", m{"type": "text", "text": ""}))}, "/blocks/0/elements/0/elements/0/text"},
		{"rich style", l{rich(part("rich_text_section", with(text, "style", m{"blink": true})))}, "/blocks/0/elements/0/elements/0/style/blink"},

		{"input", l{input}, ""},
		{"input label 2001", l{with(input, "label", plain(rep(2001)))}, "/blocks/0/label/text"},
		{"input hint 2001", l{with(input, "hint", plain(rep(2001)))}, "/blocks/0/hint/text"},
		{"input button", l{with(input, "element", btn)}, "/blocks/0/element/type"},
		{"input max_length 3001", l{with(input, "element", m{"type": "plain_text_input", "max_length": 3001})}, "/blocks/0/element/max_length"},
		{"input max_length 1.5", l{with(input, "element", m{"type": "plain_text_input", "max_length": 1.5})}, "/blocks/0/element/max_length"},
		{"input dispatch config", l{with(input, "element", m{"type": "plain_text_input", "dispatch_action_config": m{"trigger_actions_on": l{"never"}}})}, "/blocks/0/element/dispatch_action_config/trigger_actions_on/0"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := checkMessageBlocks(encode(c.blocks))
			switch {
			case c.pointer == "" && got.code != "":
				t.Errorf("refused: %s %q", got.code, got.problems)
			case c.pointer != "" && (got.code != "invalid_blocks" || !strings.Contains(strings.Join(got.problems, "\n"), "[json-pointer:"+c.pointer+"]")):
				t.Errorf("got %q %q, want a problem at %s", got.code, got.problems, c.pointer)
			}
		})
	}
}

func TestAllCharactersOfAMessageAreCounted(t *testing.T) {
	t.Parallel()
	four := many(4, same(m{"type": "section", "text": mrk(rep(3000))}))
	if got := checkMessageBlocks(encode(four)); got.code != "" {
		t.Errorf("12,000 characters: %s", got.code)
	}
	one := m{"type": "rich_text", "elements": l{m{"type": "rich_text_section", "elements": l{m{"type": "text", "text": "x"}}}}}
	if got := checkMessageBlocks(encode(append(four, one))); got.code != "msg_blocks_too_long" || len(got.problems) != 1 {
		t.Errorf("12,001 characters: %q %q", got.code, got.problems)
	}
}

func TestBlocksThatAreNotJSON(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{"", "[", `[] []`, "nonsense"} {
		if got := checkMessageBlocks([]byte(raw)); got.code != "invalid_blocks_format" {
			t.Errorf("%q: %q", raw, got.code)
		}
	}
}

func TestBlocksThatHurtPeople(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, want string
		block      any
	}{
		{"channel", "<!channel>", m{"type": "section", "text": mrk("hello <!channel>")}},
		{"here with label", "<!here|@here>", m{"type": "section", "text": mrk("<!here|@here>")}},
		{"everyone in a field", "<!everyone>", m{"type": "section", "fields": l{mrk("<!everyone>")}}},
		{"broadcast element", "broadcast", m{"type": "rich_text", "elements": l{m{"type": "rich_text_section", "elements": l{m{"type": "broadcast", "range": "here"}}}}}},
		{"not verbatim", "verbatim", m{"type": "context", "elements": l{m{"type": "mrkdwn", "text": "x"}}}},
		{"escaped", "", m{"type": "section", "text": mrk("&lt;!channel&gt;")}},
		{"plain text does not ping", "", m{"type": "section", "text": plain("<!channel>")}},
		{"a group may be pinged", "", m{"type": "section", "text": mrk("<!subteam^S0TECHS>")}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := checkMessageBlocks(encode(l{c.block}))
			if got.code != "" {
				t.Fatalf("refused: %q", got.problems)
			}
			if all := strings.Join(got.violations, "\n"); (c.want == "") != (all == "") || !strings.Contains(all, c.want) {
				t.Errorf("violations %q, want %q", all, c.want)
			}
		})
	}
}

func TestViewsThatAreRefused(t *testing.T) {
	t.Parallel()
	input := m{"type": "input", "label": plain("L"), "element": m{"type": "plain_text_input"}}
	modal := m{"type": "modal", "title": plain("T"), "blocks": l{input}, "submit": plain("S")}
	section := m{"type": "section", "text": plain("x")}
	cases := []struct {
		name, kind string
		view       m
		want       string // "" accepted, else part of the refusal
	}{
		{"modal", "modal", modal, ""},
		{"title 24", "modal", with(modal, "title", plain(rep(24))), ""},
		{"title 25", "modal", with(modal, "title", plain(rep(25))), "/view/title/text"},
		{"submit 25", "modal", with(modal, "submit", plain(rep(25))), "/view/submit/text"},
		{"close 25", "modal", with(modal, "close", plain(rep(25))), "/view/close/text"},
		{"no title", "modal", without(modal, "title"), "title"},
		{"input without submit", "modal", without(modal, "submit"), "submit"},
		{"no blocks", "modal", without(modal, "blocks"), "blocks"},
		{"metadata 3000", "modal", with(modal, "private_metadata", rep(3000)), ""},
		{"metadata 3001", "modal", with(modal, "private_metadata", rep(3001)), "/view/private_metadata"},
		{"callback 256", "modal", with(modal, "callback_id", rep(256)), "/view/callback_id"},
		{"100 blocks", "modal", with(modal, "blocks", many(100, same(section))), ""},
		{"101 blocks", "modal", with(modal, "blocks", many(101, same(section))), "/view/blocks"},
		{"250 kB", "modal", with(modal, "private_metadata", strings.Repeat("x", 250_001)), "view_too_large"},
		{"wrong type", "modal", with(modal, "type", "home"), "/view/type"},
		{"unknown field", "modal", with(modal, "size", "big"), "/view/size"},
		{"response urls in modals", "modal", with(modal, "blocks", l{m{"type": "actions", "elements": l{m{"type": "conversations_select", "response_url_enabled": true}}}}), ""},
		{"home", "home", m{"type": "home", "blocks": many(100, same(section))}, ""},
		{"home with title", "home", m{"type": "home", "title": plain("T"), "blocks": l{}}, "/view/title"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := New(Options{}).readView("test", string(encode(c.view)), c.kind)
			if (c.want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func FuzzBlocks(f *testing.F) {
	for _, seed := range []string{
		`[]`, `[{"type":"section","text":{"type":"mrkdwn","text":"*x* <@U1> <!date^1^{time}^l|f>"}}]`,
		`[{"type":"actions","elements":[{"type":"static_select","options":[{"text":null}],"initial_option":[]}]}]`,
		`[{"type":"rich_text","elements":[{"type":"rich_text_list","elements":[null]}]}]`,
		`[{"type":"input","element":{"type":"checkboxes","initial_options":{}},"label":7}]`,
		`[null,7,"x",[{}],{"type":{}}]`, `{"type":[]}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		s := New(Options{})
		got := checkMessageBlocks([]byte(raw))
		if got.code == "" {
			kept := s.identify(got.blocks)
			if again := checkMessageBlocks(kept); again.code != "" {
				t.Errorf("%s was accepted, but not as it is kept: %q", raw, again.problems)
			}
			s.PlainText(Message{Blocks: kept}, nil)
		}
		_, _ = s.readView("fuzz", `{"type":"modal","title":{"type":"plain_text","text":"T"},"blocks":`+raw+`}`, "modal")
		// Rendering must survive blocks that were never checked.
		if json.Valid([]byte(raw)) {
			s.PlainText(Message{Text: raw, Blocks: json.RawMessage(raw)}, nil)
		}
	})
}

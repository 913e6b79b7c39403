package slacksim

// richPart is a direct child of a rich_text block.
func richPart(c *checker, at string, v any) {
	switch kind := typeOf(v); kind {
	case "rich_text_section":
		c.object(at, v, shape{"elements": need(list(0, 1000, richElement(false)))})
	case "rich_text_quote":
		c.object(at, v, shape{"elements": need(list(0, 1000, richElement(false))), "border": may(whole(0, 1))})
	case "rich_text_preformatted":
		c.object(at, v, shape{"elements": need(list(0, 1000, richElement(true))), "border": may(whole(0, 1)),
			"language": may(str(1, 50))})
	case "rich_text_list":
		c.object(at, v, shape{"elements": need(list(1, 1000, listItem)), "style": need(oneOf("bullet", "ordered")),
			"indent": may(whole(0, 8)), "offset": may(whole(0, 1<<31)), "border": may(whole(0, 1))})
	default:
		c.problem(at+"/type", "unsupported type: %s", kind)
	}
}

func listItem(c *checker, at string, v any) {
	if typeOf(v) != "rich_text_section" {
		c.problem(at+"/type", "must be rich_text_section")
		return
	}
	richPart(c, at, v)
}

// richElement is a leaf; preformatted text takes only text and links.
func richElement(preformatted bool) check {
	return func(c *checker, at string, v any) {
		kind := typeOf(v)
		s, known := richShape(kind)
		if !known || preformatted && kind != "text" && kind != "link" {
			c.problem(at+"/type", "unsupported type: %s", kind)
			return
		}
		o := c.object(at, v, s)
		for _, key := range []string{"text", "url", "fallback"} {
			t, _ := o[key].(string)
			c.count(t)
		}
		if kind == "broadcast" {
			c.violation(at, "a broadcast element pings everybody")
		}
	}
}

func richShape(kind string) (shape, bool) {
	s := shape{"style": may(sub(styleShape))}
	switch kind {
	case "text":
		s["text"] = need(str(1, maxMessageChars))
	case "link":
		s["url"], s["text"], s["unsafe"] = need(str(1, 3000)), may(str(0, 3000)), may(boolean)
	case "user":
		s["user_id"] = need(id)
	case "usergroup":
		s["usergroup_id"] = need(id)
	case "channel":
		s["channel_id"] = need(id)
	case "emoji":
		s["name"], s["unicode"], s["skin_tone"] = need(id), may(id), may(whole(1, 6))
	case "broadcast":
		s["range"] = need(oneOf("here", "channel", "everyone"))
	case "date":
		s["timestamp"], s["format"] = need(whole(0, 1<<40)), need(str(1, 255))
		s["url"], s["fallback"] = may(str(1, 3000)), may(str(1, 3000))
	default:
		return nil, false
	}
	return s, true
}

func styleShape() shape {
	s := shape{}
	for _, name := range []string{"bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink"} {
		s[name] = may(boolean)
	}
	return s
}

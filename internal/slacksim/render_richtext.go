package slacksim

import "encoding/json"

// richPart renders a part of a rich_text block. Its texts are literal: no mark in them
// is live.
func (r *renderer) richPart(e rawElement) Node {
	switch e.Type {
	case "rich_text_list":
		n := Node{Kind: KindList}
		if e.word(e.Style) == "ordered" {
			n.Kind = KindOrdered
		}
		for _, item := range e.Elements {
			n.Kids = append(n.Kids, Node{Kind: KindItem, Kids: r.richElements(item.Elements)})
		}
		return n
	case "rich_text_quote":
		return Node{Kind: KindQuote, Kids: r.richElements(e.Elements)}
	case "rich_text_preformatted":
		return Node{Kind: KindPre, Text: Plain(r.richElements(e.Elements))}
	}
	return Node{Kind: KindPlain, Kids: r.richElements(e.Elements)}
}

func (r *renderer) richElements(elements []rawElement) []Node {
	var nodes []Node
	for _, e := range elements {
		nodes = append(nodes, styled(r.richElement(e), e.Style)...)
	}
	return nodes
}

func (r *renderer) richElement(e rawElement) []Node {
	switch e.Type {
	case "link":
		return []Node{link(e.URL, e.word(e.Text))}
	case "user":
		return []Node{{Kind: KindMention, Text: r.token("@" + e.UserID)}}
	case "usergroup":
		return []Node{{Kind: KindMention, Text: r.token("!subteam^" + e.GroupID)}}
	case "channel":
		return []Node{{Kind: KindMention, Text: r.token("#" + e.ChannelID)}}
	case "broadcast":
		return []Node{{Kind: KindMention, Text: "@" + e.Range}}
	case "emoji":
		return []Node{textNode(":" + e.Name + ":")}
	case "date":
		return []Node{{Kind: KindDate, Text: r.date(e.Timestamp.String(), e.Format, e.Fallback)}}
	}
	return lines(e.word(e.Text))
}

// styled wraps nodes into the styles of an element of rich text.
func styled(nodes []Node, raw json.RawMessage) []Node {
	var style struct{ Bold, Italic, Strike, Code bool }
	if json.Unmarshal(raw, &style) != nil {
		return nodes // none, or a word
	}
	wrap := func(on bool, kind string) {
		if on {
			nodes = []Node{{Kind: kind, Kids: nodes}}
		}
	}
	wrap(style.Code, KindCode)
	wrap(style.Strike, KindStrike)
	wrap(style.Italic, KindItalic)
	wrap(style.Bold, KindBold)
	return nodes
}

package demo

import (
	"encoding/json"
	"fmt"
)

// richPart renders a part of a rich_text block. Its texts are literal: no mark in them
// is live.
func (p painter) richPart(e rawElement) Node {
	switch e.Type {
	case "rich_text_list":
		n := Node{Kind: kindList}
		if e.word(e.Style) == "ordered" {
			n.Kind = kindOrdered
		}
		for _, item := range e.Elements {
			n.Kids = append(n.Kids, Node{Kind: kindItem, Kids: p.richElements(item.Elements)})
		}
		return n
	case "rich_text_quote":
		return Node{Kind: kindQuote, Kids: p.richElements(e.Elements)}
	case "rich_text_preformatted":
		return Node{Kind: kindPre, Text: textOf(p.richElements(e.Elements))}
	}
	return Node{Kind: kindPlain, Kids: p.richElements(e.Elements)}
}

func (p painter) richElements(elements []rawElement) []Node {
	var nodes []Node
	for _, e := range elements {
		nodes = append(nodes, styled(p.richElement(e), e.Style)...)
	}
	return nodes
}

func (p painter) richElement(e rawElement) []Node {
	switch e.Type {
	case "link":
		return []Node{link(e.URL, e.word(e.Text))}
	case "user":
		return []Node{{Kind: kindMention, Text: p.token("<@" + e.UserID + ">")}}
	case "usergroup":
		return []Node{{Kind: kindMention, Text: p.token("<!subteam^" + e.GroupID + ">")}}
	case "channel":
		return []Node{{Kind: kindMention, Text: p.token("<#" + e.ChannelID + ">")}}
	case "broadcast":
		return []Node{{Kind: kindMention, Text: "@" + e.Range}}
	case "emoji":
		return []Node{text(":" + e.Name + ":")}
	case "date":
		token := fmt.Sprintf("<!date^%s^%s|%s>", e.Timestamp, e.Format, e.Fallback)
		return []Node{{Kind: kindDate, Text: p.token(token)}}
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
	wrap(style.Code, kindCode)
	wrap(style.Strike, kindStrike)
	wrap(style.Italic, kindItalic)
	wrap(style.Bold, kindBold)
	return nodes
}

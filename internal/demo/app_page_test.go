package demo

import (
	"encoding/json"
	"strings"
	"testing"

	"takeoverbot/internal/slacksim"
)

const testHome = `{"type":"home","blocks":[{"type":"section","text":{"type":"mrkdwn","text":"*Held*"}},
	{"type":"actions","block_id":"page.v1","elements":[{"type":"button","action_id":"home.page","value":"2","text":{"type":"plain_text","text":"More"}}]}]}`

// Everybody's Home is drawn for its owner only, and its buttons reach the bot.
func TestHome(t *testing.T) {
	t.Parallel()
	h := newFixture(t, nil)
	if problem := h.do(t, "home", input{User: slacksim.Lena}); problem != "" {
		t.Fatal(problem)
	}
	var event struct {
		Event struct{ Type, User, Tab string }
	}
	if err := json.NewDecoder((<-h.received).Body).Decode(&event); err != nil || event.Event.Type != "app_home_opened" || event.Event.User != slacksim.Lena {
		t.Fatalf("the bot got %+v, %v", event, err)
	}
	h.call(t, "views.publish", map[string]any{"user_id": slacksim.Lena, "view": json.RawMessage(testHome)})
	if s := h.state(look{User: slacksim.Dana, Channel: homeTab}); s.Home != nil {
		t.Error("Dana sees a Home that is not hers")
	}
	s := h.state(look{User: slacksim.Lena, Channel: homeTab})
	if s.Home == nil || !strings.Contains(slacksim.Plain(s.Home.Body), "Held") || s.Channel != homeTab {
		t.Fatalf("Lena sees %+v", s.Home)
	}
	if problem := h.do(t, "click", input{User: slacksim.Lena, View: s.Home.View, Action: "home.page", Block: "page.v1", Value: "2"}); problem != "" {
		t.Fatal(problem)
	}
	if got := h.form(t).Get("payload"); !strings.Contains(got, "home.page") {
		t.Errorf("the bot got %s", got)
	}
	if got := h.do(t, "home", input{User: slacksim.Outside}); got == "" {
		t.Error("a stranger has a Home")
	}
}

// What the bot writes to a person is counted beside the name, and read there.
func TestDirectMessages(t *testing.T) {
	t.Parallel()
	h := newFixture(t, nil)
	h.call(t, "chat.postMessage", map[string]any{"channel": h.slack.DirectChannel(slacksim.Lena), "text": "Nobody answers", "unfurl_links": false, "unfurl_media": false})
	counts := map[string]int{}
	var lenas string
	for _, d := range h.state(look{}).Directs {
		counts[d.Name] = d.Count
		if d.User == slacksim.Lena {
			lenas = d.Channel
		}
	}
	if len(counts) != 3 || counts["Lena"] != 1 || counts["Dana"] != 0 {
		t.Errorf("direct messages %v", counts)
	}
	if s := h.state(look{User: slacksim.Lena, Channel: lenas}); len(s.Messages) != 1 || !strings.Contains(slacksim.Plain(s.Messages[0].Body), "Nobody answers") {
		t.Errorf("Lena sees %+v", s.Messages)
	}
	if s := h.state(look{User: slacksim.Dana, Channel: lenas}); s.Channel == lenas || len(s.Messages) != 0 {
		t.Errorf("Dana reads Lena's messages: %+v", s.Messages)
	}
}

func TestShortcut(t *testing.T) {
	t.Parallel()
	h := newFixture(t, nil)
	ts := h.post(t, "call +1 415 555 0137", "")
	if problem := h.do(t, "shortcut", input{User: slacksim.Dana, Channel: slacksim.DeskChannel, TS: ts}); problem != "" {
		t.Fatal(problem)
	}
	if got := h.form(t).Get("payload"); !strings.Contains(got, `"callback_id":"find_number"`) || !strings.Contains(got, ts) {
		t.Errorf("the bot got %s", got)
	}
	if got := h.do(t, "shortcut", input{User: slacksim.Dana, Channel: slacksim.DeskChannel, TS: "1.2"}); got == "" {
		t.Error("a shortcut of a message that is not there")
	}
}

// A box that asks for a person lets one pick all but the bot.
func TestPickingAPerson(t *testing.T) {
	t.Parallel()
	h := newFixture(t, nil)
	nodes := h.slack.Draw("", []byte(`[{"type":"input","block_id":"to","label":{"type":"plain_text","text":"To"},"element":{"type":"users_select","action_id":"to.user"}}]`), nil)
	if len(nodes) != 1 || len(nodes[0].Options) != 5 || nodes[0].Options[1].Value != slacksim.Omar {
		t.Errorf("one can pick %+v", nodes)
	}
}

package demo

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/telnyxsim"
)

func readAll(t *testing.T, resp *http.Response) string {
	t.Helper()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// form is the body of a request that the bot got.
func (h *fixture) form(t *testing.T) url.Values {
	t.Helper()
	r := <-h.received
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	values, err := url.ParseQuery(string(raw))
	if err != nil {
		t.Fatal(err)
	}
	return values
}

const testCard = `[{"type":"section","block_id":"state.v1","text":{"type":"mrkdwn","text":"*AI is answering*","verbatim":true}},
	{"type":"context","block_id":"who.v1","elements":[{"type":"plain_text","text":"•••• 0137"}]},
	{"type":"actions","block_id":"act.v1","elements":[{"type":"button","action_id":"line.take","value":"ln_1","text":{"type":"plain_text","text":"Take over"}}]}]`

func TestCommandReachesTheBot(t *testing.T) {
	t.Parallel()
	h := newFixture(t, nil)
	in := input{User: slacksim.Dana, Channel: slacksim.DeskChannel, Text: "/takeover +1 415 555 0137"}
	if problem := h.do(t, "say", in); problem != "" {
		t.Fatal(problem)
	}
	form := h.form(t)
	if form.Get("command") != "/takeover" || form.Get("user_id") != slacksim.Dana || form.Get("text") != "+1 415 555 0137" {
		t.Errorf("the bot got %v", form)
	}
}

func TestWhatIsTypedWrongIsSaid(t *testing.T) {
	t.Parallel()
	h := newFixture(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
	for _, c := range []struct {
		in   input
		want string
	}{
		{input{User: slacksim.Dana, Channel: slacksim.DeskChannel, Text: "/takeover x"}, "/takeover failed with the error"},
		{input{User: slacksim.Dana, Channel: slacksim.DeskChannel, Text: "/take x"}, "/take is not a valid command"},
		{input{User: slacksim.Dana, Channel: slacksim.DeskChannel, Text: "/takeover x", Thread: "1.2"}, "/takeover is not supported in threads"},
		{input{User: slacksim.Guest, Channel: slacksim.OtherChannel, Text: "hello"}, "not sent"},
		{input{User: slacksim.Dana, Channel: slacksim.DeskChannel, Text: "// for colleagues"}, ""},
		{input{User: slacksim.Dana, Channel: slacksim.DeskChannel, Text: " /takeover x"}, ""},
		{input{User: slacksim.Dana, Channel: slacksim.DeskChannel, Text: "  "}, ""},
	} {
		if got := h.do(t, "say", c.in); !strings.Contains(got, c.want) || (c.want == "" && got != "") {
			t.Errorf("%+v: %q", c.in, got)
		}
	}
	if got := h.do(t, "click", input{User: slacksim.Dana, Channel: slacksim.DeskChannel, TS: "1.2", Action: "line.take"}); !strings.Contains(got, "has just changed") {
		t.Errorf("a click on nothing: %q", got)
	}
}

func TestDeadBotIsSaid(t *testing.T) {
	t.Parallel()
	h := newFixture(t, nil)
	h.slack.SetBotURL("http://127.0.0.1:1")
	in := input{User: slacksim.Dana, Channel: slacksim.DeskChannel, Text: "/takeover x"}
	if got := h.do(t, "say", in); !strings.Contains(got, "dispatch_failed") {
		t.Errorf("a command: %q", got)
	}
	ts := h.post(t, "card", testCard)
	if got := h.do(t, "click", input{User: slacksim.Dana, Channel: slacksim.DeskChannel, TS: ts, Action: actionTake}); !strings.Contains(got, "not responding") {
		t.Errorf("a click: %q", got)
	}
}

func TestTwoAtOnce(t *testing.T) {
	t.Parallel()
	h := newFixture(t, nil)
	ts := h.post(t, "card", testCard)
	h.do(t, "switch", input{Name: secondClick, On: true})
	click := input{User: slacksim.Omar, Channel: slacksim.DeskChannel, TS: ts, Action: actionTake, Block: "act.v1", Value: "ln_1"}
	if problem := h.do(t, "click", click); problem != "" {
		t.Fatal(problem)
	}
	both := h.form(t).Get("payload") + h.form(t).Get("payload")
	if !strings.Contains(both, slacksim.Omar) || !strings.Contains(both, slacksim.Dana) {
		t.Error("the two clicks are not of two people")
	}
	if h.nights.isOn(secondClick) {
		t.Error("the switch stays on")
	}
	if h.do(t, "click", click); len(h.received) != 1 {
		t.Errorf("the next click arrived %d times", len(h.received))
	}
}

func TestPhone(t *testing.T) {
	t.Parallel()
	h := newFixture(t, nil)
	key := telnyxsim.SeedEndUser + " " + telnyxsim.SeedAgent
	h.do(t, "text", input{Line: key, Text: "Is anybody coming?"})
	h.eventually(t, "the AI's answer", func() bool {
		var s state
		h.get(t, "/state?line="+url.QueryEscape(key), &s)
		last := s.Phone.Bubbles[len(s.Phone.Bubbles)-1]
		return last.From == fromAI && s.Tour[stepText].Done
	})
	before := len(h.telnyx.Conversations())
	h.do(t, "text", input{Line: "+1999 +1888", Text: "nobody's phone"})
	if len(h.telnyx.Conversations()) != before {
		t.Error("a phone that is not there wrote a text")
	}
}

// TestPhoneShowsWhatOperatorsWrite, with how far it has come, and what did not arrive.
func TestPhoneShowsWhatOperatorsWrite(t *testing.T) {
	t.Parallel()
	h := newFixture(t, nil)
	last := func() bubble {
		all := h.phone(h.tour.line.Key, time.UTC).Bubbles
		return all[len(all)-1]
	}
	h.texts(t, "Please turn off the water.")
	h.eventually(t, "a text that was delivered", func() bool {
		b := last()
		return b.From == fromPerson && b.Text == "Please turn off the water." && b.Status == "delivered" && !b.Lost
	})
	h.do(t, "switch", input{Name: "landline", On: true})
	h.texts(t, "Are you there?")
	h.eventually(t, "a text that failed", func() bool { b := last(); return b.Status == "not delivered" && b.Lost && b.Text == "Are you there?" })
	if problem := h.do(t, "happen", input{Line: h.tour.line.Key, Name: "stop"}); problem != "" || !h.telnyx.OptedOut(h.tour.line.EndUser, h.tour.line.Agent) {
		t.Errorf("STOP: %q", problem)
	}
}

// TestOwnMessages can be edited and deleted, and show reactions.
func TestOwnMessages(t *testing.T) {
	t.Parallel()
	h := newFixture(t, nil)
	said, _ := h.slack.Say(t.Context(), slacksim.Dana, slacksim.DeskChannel, "", "he comes at six")
	h.call(t, "reactions.add", map[string]any{"channel": slacksim.DeskChannel, "timestamp": said.TS, "name": markDelivered})
	own := input{User: slacksim.Dana, Channel: slacksim.DeskChannel, TS: said.TS, Text: "he comes at five"}
	if problem := h.do(t, "edit", own); problem != "" {
		t.Error(problem)
	}
	seenBy := func(user string) []message { return h.state(look{User: user}).Messages }
	if m := seenBy(slacksim.Dana)[0]; !m.Mine || !m.Edited || m.Typed != "he comes at five" || len(m.Reactions) != 1 || m.Reactions[0].Name != markDelivered {
		t.Errorf("%+v", m)
	}
	if m := seenBy(slacksim.Omar)[0]; m.Mine || len(m.Reactions) != 1 {
		t.Errorf("%+v", m)
	}
	others := own
	others.User = slacksim.Omar
	for _, action := range []string{"edit", "delete"} {
		if problem := h.do(t, action, others); !strings.Contains(problem, "another person wrote it") {
			t.Errorf("%s of what another wrote: %q", action, problem)
		}
	}
	others.Text = " "
	if problem := h.do(t, "edit", others); !strings.Contains(problem, "delete it instead") {
		t.Errorf("an empty edit: %q", problem)
	}
	if problem := h.do(t, "delete", own); problem != "" || len(seenBy(slacksim.Dana)) != 0 {
		t.Errorf("delete: %q", problem)
	}
}

func TestSwitches(t *testing.T) {
	t.Parallel()
	h := newFixture(t, nil)
	for _, b := range badNights() {
		if problem := h.do(t, "switch", input{Name: b.name, On: true}); problem != "" {
			t.Errorf("%s: %s", b.name, problem)
		}
		if b.group == "" || b.label == "" || !strings.HasSuffix(b.sentence, ".") || strings.Contains(b.sentence, ". ") {
			t.Errorf("%s is not explained in one sentence", b.name)
		}
	}
	f := h.telnyx.Faults()
	if f.LatencyMS[telnyxsim.OpAll] != 3000 || f.Bool != telnyxsim.BoolReject || !f.PutKeepsNothing || f.PutDropsKeys != 2 || len(f.Fail) != 7 || !f.WebhooksOff || f.FinalCode != landline || f.ConversationsLateMS == 0 || f.ClockAheadMS >= 0 || f.Fail[1].Status != 401 {
		t.Errorf("all switches on: %+v", f)
	}
	if problem := h.do(t, "switch", input{Name: "refused", On: false}); problem != "" || len(h.telnyx.Faults().Fail) != 6 {
		t.Errorf("one switch off: %s, %+v", problem, h.telnyx.Faults())
	}
	h.do(t, "normal", input{})
	f = h.telnyx.Faults()
	if len(f.LatencyMS) != 0 || f.Bool != "" || f.PutKeepsNothing || len(f.Fail) != 0 || f.ConversationsLateMS != 0 || f.ClockAheadMS != 0 || f.WebhooksOff || f.Finally == telnyxsim.StatusFailed {
		t.Errorf("all back to normal: %+v", f)
	}
	h.post(t, "Slack takes posts again", "")
	if problem := h.do(t, "switch", input{Name: "nothing of ours", On: true}); problem == "" {
		t.Error("an unknown switch was turned")
	}
}

func TestKillAndStart(t *testing.T) {
	t.Parallel()
	h := newFixture(t, nil)
	if problem := h.do(t, "kill", input{}); problem != "" || h.bot.Running() {
		t.Errorf("kill: %q, running %t", problem, h.bot.Running())
	}
	if problem := h.do(t, "start", input{}); problem != "" || !h.bot.Running() {
		t.Errorf("start: %q, running %t", problem, h.bot.Running())
	}
	h.bot.err = errors.New("no such file")
	if problem := h.do(t, "start", input{}); !strings.Contains(problem, "did not start") {
		t.Errorf("a start that fails: %q", problem)
	}
}

// TestPicturesOnThePhone: what a person posts in a thread has a picture with it, and a picture that was
// sent is on the phone.
func TestPicturesOnThePhone(t *testing.T) {
	t.Parallel()
	h := newFixture(t, nil)
	card := h.post(t, "a card", "")
	if problem := h.do(t, "post", input{User: slacksim.Dana, Channel: slacksim.DeskChannel, Thread: card, Text: "this valve"}); problem != "" {
		t.Fatal(problem)
	}
	files := h.slack.Files()
	if len(files) != 1 || files[0].User != slacksim.Dana || http.DetectContentType(files[0].Content) != "image/png" {
		t.Fatalf("%d files", len(files))
	}
	m := telnyxsim.Media{Type: "image/png", Content: files[0].Content}
	paths := picturesOf(telnyxsim.Bubble{Media: []telnyxsim.Media{m, {URL: "https://media.example/1"}}})
	if len(paths) != 1 || !strings.HasPrefix(paths[0], picturePath) {
		t.Errorf("%q", paths)
	}
	if status := h.get(t, paths[0], nil); status != http.StatusNotFound {
		t.Errorf("a picture that is on no phone: %d", status)
	}
}

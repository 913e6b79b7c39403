package listen_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/desktest"
	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/listen"
	"takeoverbot/slackbot/people"
	"takeoverbot/takeover"
)

// slashBody is a typed command as Slack sends it.
func slashBody(user, text string, change ...string) []byte {
	form := url.Values{
		"team_id": {slacksim.TeamID}, "channel_id": {slacksim.DeskChannel}, "user_id": {user}, "command": {"/takeover"}, "text": {text},
		"response_url": {"https://hooks.slack.com/commands/T0DEMO/1/a"}, "trigger_id": {"1.2.a"}, "api_app_id": {slacksim.AppID},
	}
	for i := 0; i+1 < len(change); i += 2 {
		form.Set(change[i], change[i+1])
	}
	return []byte(form.Encode())
}

// payloadBody is an interaction as Slack sends it.
func payloadBody(payload string) []byte {
	return []byte(url.Values{"payload": {payload}}.Encode())
}

// pressed is a click: what varies of its payload.
type pressed struct {
	user, team, action, block, value, trigger, at string
	option                                        string // of a menu
}

func (p pressed) body() []byte { return payloadBody(p.payload()) }

func (p pressed) payload() string {
	or := func(s, otherwise string) string {
		if s == "" {
			return otherwise
		}
		return s
	}
	a := map[string]any{"type": "button", "action_id": p.action, "block_id": or(p.block, "act.v7"), "value": p.value, "action_ts": or(p.at, "101.000000")}
	if p.option != "" {
		a = map[string]any{"type": "overflow", "action_id": p.action, "block_id": "act.v7", "action_ts": or(p.at, "101.000000"),
			"selected_option": map[string]any{"value": p.option, "text": map[string]any{"type": "plain_text", "text": "x"}}}
	}
	in := map[string]any{
		"type": "block_actions", "api_app_id": slacksim.AppID, "team": map[string]any{"id": slacksim.TeamID},
		"user":      map[string]any{"id": or(p.user, slacksim.Dana), "team_id": or(p.team, slacksim.TeamID)},
		"container": map[string]any{"type": "message", "message_ts": "100.000100", "channel_id": slacksim.DeskChannel, "thread_ts": "99.1"},
		"channel":   map[string]any{"id": slacksim.DeskChannel}, "message": map[string]any{"ts": "100.000100", "blocks": []any{map[string]any{"type": "brand_new", "x": []any{1, nil}}}},
		"trigger_id": p.trigger, "response_url": "https://hooks.slack.com/actions/T0DEMO/1/b", "actions": []any{a},
	}
	b, err := json.Marshal(in)
	if err != nil {
		panic(err) // maps of strings
	}
	return string(b)
}

// submitted is the payload of a submitted modal.
func submitted(note, metadata string, more string) string {
	return fmt.Sprintf(`{"type":"view_submission","team":{"id":"T0DEMO"},"user":{"id":%q,"team_id":"T0DEMO"},"trigger_id":"1.2.c","response_urls":[],
		"view":{"id":"V1","type":"modal","callback_id":"line.handback","private_metadata":%q,"hash":"1.h","blocks":[],%s
		"state":{"values":{"note":{"note.text":{"type":"plain_text_input","value":%q}}}}}}`, slacksim.Dana, metadata, more, note)
}

func TestDispatch(t *testing.T) {
	t.Parallel()
	const line = "ln_kq3v5n2m"
	reply := takeover.Reply{URL: "https://hooks.slack.com/actions/T0DEMO/1/b", Channel: slacksim.DeskChannel, Thread: "99.1"}
	replace := reply
	replace.Replace = true
	click := func(change func(*takeover.Command)) *takeover.Command {
		c := takeover.Command{By: slacksim.Dana, Origin: takeover.FromButton, Line: line, Reply: reply}
		change(&c)
		return &c
	}
	verb := func(v takeover.Verb) *takeover.Command { return click(func(c *takeover.Command) { c.Verb = v }) }
	big := strings.Repeat(`{"type":"section","text":{"type":"mrkdwn","text":"`+strings.Repeat("x", 2400)+`"}},`, 100)

	tests := []struct {
		name   string
		body   []byte
		kind   string            // of the answer
		stored *takeover.Command // without Key and At
		bad    bool              // ErrUnreadable
		empty  bool              // the answer's body
	}{
		{"find a number", slashBody(slacksim.Dana, "+1 (415) 555-0137"), "find", &takeover.Command{Verb: takeover.Search, By: slacksim.Dana, Origin: takeover.FromWord,
			Query: takeover.Query{Field: takeover.FieldEndUser, Value: "+14155550137"}, Reply: takeover.Reply{URL: "https://hooks.slack.com/commands/T0DEMO/1/a", Channel: slacksim.DeskChannel}}, false, true},
		{"find escaped by Slack", slashBody(slacksim.Dana, "<tel:+14155550137|+1 415 555 0137>"), "find", &takeover.Command{Verb: takeover.Search, By: slacksim.Dana, Origin: takeover.FromWord,
			Query: takeover.Query{Field: takeover.FieldEndUser, Value: "+14155550137"}, Reply: takeover.Reply{URL: "https://hooks.slack.com/commands/T0DEMO/1/a", Channel: slacksim.DeskChannel}}, false, true},
		{"nothing typed", slashBody(slacksim.Dana, ""), "help", nil, false, false},
		{"help", slashBody(slacksim.Dana, " Help "), "help", nil, false, false},
		{"open", slashBody(slacksim.Dana, "open"), "open", nil, false, false},
		{"mine", slashBody(slacksim.Dana, "mine"), "mine", nil, false, false},
		{"log", slashBody(slacksim.Dana, "log +14155550137"), "log", nil, false, false},
		{"no number", slashBody(slacksim.Dana, "hello"), "find", nil, false, false},
		{"an old command name", slashBody(slacksim.Dana, "help", "command", "/takeover-staging"), "help", nil, false, false},

		{"open a result", pressed{action: "line.open", block: "conv:0:c0ffee", value: line}.body(), "line.open", click(func(c *takeover.Command) { c.Verb, c.Conversation = takeover.Open, "c0ffee" }), false, true},
		{"take over", pressed{action: "line.take", value: line}.body(), "line.take", verb(takeover.TakeOver), false, true},
		{"try again", pressed{action: "line.retry", value: line}.body(), "line.retry", verb(takeover.TryAgain), false, true},
		{"transcript on the card", pressed{action: "line.transcript", value: line}.body(), "line.transcript", verb(takeover.WholeText), false, true},
		{"transcript of an older conversation", pressed{action: "line.transcript", block: "before:k1:c0ffee", value: line}.body(), "line.transcript", click(func(c *takeover.Command) { c.Verb, c.Conversation = takeover.WholeText, "c0ffee" }), false, true},
		{"earlier", pressed{action: "line.earlier", block: "before:k1:c0ffee", value: line}.body(), "line.earlier", click(func(c *takeover.Command) {
			c.Verb, c.Before, c.Conversation = takeover.Earlier, "k1", "c0ffee"
		}), false, true},
		{"menu: refresh", pressed{action: "line.menu", option: "line.refresh " + line}.body(), "line.refresh", verb(takeover.Refresh), false, true},
		{"menu: take over again", pressed{action: "line.menu", option: "line.take " + line}.body(), "line.take", verb(takeover.TakeOver), false, true},
		{"menu without a choice", pressed{action: "line.menu", value: "line.take " + line}.body(), "unknown action", nil, false, true},
		{"show more", pressed{action: "search.more", value: "12.5"}.body(), "search.more", click(func(c *takeover.Command) {
			c.Verb, c.Search, c.After, c.Line, c.Reply = takeover.SearchMore, 12, 5, "", replace
		}), false, true},
		{"show more of nonsense", pressed{action: "search.more", value: "12.-5"}.body(), "unknown action", nil, false, true},
		{"another app's button", pressed{action: "approve", value: line}.body(), "unknown action", nil, false, true},
		{"a button of a later version", pressed{action: "line.later", value: line}.body(), "unknown action", nil, false, true},
		{"a link button", pressed{action: "", value: ""}.body(), "unknown action", nil, false, true},
		{"a click without actions", payloadBody(`{"type":"block_actions","user":{"id":"U0DANA"},"actions":[]}`), "", nil, true, true},
		{"a click of nobody", payloadBody(`{"type":"block_actions","user":{},"actions":[{"action_id":"line.take","value":"x"}]}`), "", nil, true, true},

		{"hand back", payloadBody(submitted(" the water is off ", line+" "+slacksim.DeskChannel, "")), "line.handback", &takeover.Command{Verb: takeover.GiveBack, By: slacksim.Dana,
			Origin: takeover.FromModal, Line: line, Note: "the water is off", Reply: takeover.Reply{Channel: slacksim.DeskChannel}}, false, true},
		{"hand back with 250 kB of view", payloadBody(submitted("", line+" "+slacksim.DeskChannel, `"blocks":[`+strings.TrimSuffix(big, ",")+`],`)), "line.handback", &takeover.Command{Verb: takeover.GiveBack, By: slacksim.Dana,
			Origin: takeover.FromModal, Line: line, Reply: takeover.Reply{Channel: slacksim.DeskChannel}}, false, true},
		{"a note that is null", payloadBody(strings.Replace(submitted("", line+" C1", ""), `"value":""`, `"value":null`, 1)), "line.handback", &takeover.Command{Verb: takeover.GiveBack, By: slacksim.Dana,
			Origin: takeover.FromModal, Line: line, Reply: takeover.Reply{Channel: "C1"}}, false, true},
		{"a note that is too long", payloadBody(submitted(strings.Repeat("ü", takeover.MaxNote+1), line, "")), "line.handback", nil, false, false},
		{"another box", payloadBody(strings.Replace(submitted("", line, ""), "line.handback", "something", 1)), "unknown modal", nil, false, true},
		{"a closed box", payloadBody(`{"type":"view_closed","user":{"id":"U0DANA"},"view":{"callback_id":"line.handback"},"is_cleared":true}`), "view_closed", nil, false, true},
		{"a global shortcut", payloadBody(`{"type":"shortcut","callback_id":"find","user":{"id":"U0DANA"},"team":null}`), "shortcut", nil, false, true},
		{"a message shortcut", payloadBody(`{"type":"message_action","callback_id":"find_number","user":{"id":"U0DANA"},"message":{"ts":"1.2","text":"x"}}`), "find_number", nil, false, true},

		{"a message event", []byte(`{"type":"event_callback","team_id":"T0DEMO","event_id":"Ev1","event":{"type":"message","channel":"C1","user":"U1","text":"+14155550137","ts":"1.2","blocks":[{"type":"brand_new"}]}}`), "message", nil, false, true},
		{"an event without an event", []byte(`{"type":"event_callback","event":null}`), "event_callback", nil, false, true},
		{"too many events", []byte(`{"type":"app_rate_limited","minute_rate_limited":1}`), "app_rate_limited", nil, false, true},
		{"an event of unknown type", []byte(`{"type":"brand_new"}`), "", nil, true, true},
		{"the certificate's check", []byte("ssl_check=1&token=x"), "ssl_check", nil, false, true},

		{"nothing", nil, "", nil, true, true},
		{"null", []byte("null"), "", nil, true, true},
		{"an array", []byte(`[{"type":"event_callback"}]`), "", nil, true, true},
		{"a number", []byte("42"), "", nil, true, true},
		{"half an object", []byte(`{"type":"event_`), "", nil, true, true},
		{"an object of another kind", []byte(`{"type":{"a":1}}`), "", nil, true, true},
		{"deep JSON", []byte(`{"type":"event_callback","event":` + strings.Repeat(`{"a":`, 20_000) + `1` + strings.Repeat(`}`, 20_000) + `}`), "", nil, true, true},
		{"deep payload", payloadBody(`{"type":"block_actions","user":` + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + `}`), "", nil, true, true},
		{"payload null", payloadBody("null"), "", nil, true, true},
		{"payload array", payloadBody("[]"), "", nil, true, true},
		{"payload empty", payloadBody(""), "", nil, true, true},
		{"a form of somebody else", []byte("a=1&b=2"), "", nil, true, true},
		{"a command of nobody", slashBody("", "help"), "", nil, true, true},
		{"no form", []byte("%zz=%"), "", nil, true, true},
		{"bytes", []byte{0xff, 0xfe, 0x00, 0x7b}, "", nil, true, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := desktest.New(t)
			before := time.Now().Add(-time.Minute)
			answer, err := d.Bot.Dispatch(t.Context(), tt.body)
			d.Tasks.Wait()
			if errors.Is(err, listen.ErrUnreadable) != tt.bad || (err != nil) != tt.bad {
				t.Fatalf("error %v, unreadable wanted: %v", err, tt.bad)
			}
			if tt.bad && listen.Status(err) != http.StatusBadRequest {
				t.Errorf("status %d, want 400", listen.Status(err))
			}
			if answer.Kind != tt.kind {
				t.Errorf("kind %q, want %q", answer.Kind, tt.kind)
			}
			if (len(answer.Body) == 0) != tt.empty {
				t.Errorf("body %q, empty wanted: %v", answer.Body, tt.empty)
			}
			stored := d.Backend.Stored()
			if tt.stored == nil {
				if len(stored) != 0 {
					t.Errorf("stored %+v, want nothing", stored)
				}
				return
			}
			if len(stored) != 1 {
				t.Fatalf("stored %+v, want one command", stored)
			}
			got := stored[0]
			if got.Key == "" || got.At.Before(before) || got.At.Location() != time.UTC || got.Team != slacksim.TeamID {
				t.Errorf("key %q, received at %s, of team %q", got.Key, got.At, got.Team)
			}
			got.Key, got.At, got.Team = "", time.Time{}, ""
			if !reflect.DeepEqual(got, *tt.stored) {
				t.Errorf("stored %+v\n  want %+v", got, *tt.stored)
			}
		})
	}
}

func TestURLVerificationAnswersTheChallenge(t *testing.T) {
	t.Parallel()
	d := desktest.New(t)
	challenge := `<x> "3eZbr" &`
	body, err := json.Marshal(map[string]string{"type": "url_verification", "challenge": challenge, "token": "t"})
	slacktest.Must(t, err)
	a, err := d.Bot.Dispatch(t.Context(), body)
	slacktest.Must(t, err)
	if string(a.Body) != challenge || !strings.HasPrefix(a.ContentType, "text/plain") {
		t.Errorf("%q as %q", a.Body, a.ContentType)
	}
}

// TestOnlyTheBodyIsRead: Slack signs the body and not the address.
func TestOnlyTheBodyIsRead(t *testing.T) {
	t.Parallel()
	d := desktest.New(t)
	evil := url.Values{"payload": {pressed{action: "line.take", value: "ln_evil"}.payload()}, "text": {"+14155550199"}, "user_id": {slacksim.Omar}}
	for _, body := range []string{"ssl_check=1", string(slashBody(slacksim.Dana, "+1 415 555 0137"))} {
		status, err := d.Slack.Send(t.Context(), "/slack/commands?"+evil.Encode(), "application/x-www-form-urlencoded", []byte(body), "s", 0)
		if err != nil || status != http.StatusOK {
			t.Fatal(status, err)
		}
	}
	stored := d.Backend.Stored()
	if len(stored) != 1 || stored[0].Query.Value != "+14155550137" || stored[0].By != slacksim.Dana {
		t.Errorf("stored %+v, want what the body says", stored)
	}
}

func TestUnsignedRequestsAreRefused(t *testing.T) {
	t.Parallel()
	d := desktest.New(t)
	body := slashBody(slacksim.Dana, "+1 415 555 0137")
	for name, at := range map[string]struct {
		secret string
		age    time.Duration
		want   int
	}{
		"right":     {"s", 0, 200},
		"wrong":     {"t", 0, 401},
		"old":       {"s", 301 * time.Second, 401},
		"of future": {"s", -302 * time.Second, 401},
	} {
		if got, err := d.Slack.Send(t.Context(), "/slack/commands", "application/x-www-form-urlencoded", body, at.secret, at.age); err != nil || got != at.want {
			t.Errorf("%s: %d, %v; want %d", name, got, err, at.want)
		}
	}
	if n := len(d.Backend.Stored()); n != 1 {
		t.Errorf("%d commands stored, want 1", n)
	}
}

func TestKeysAreEqualForTheSameWishOnly(t *testing.T) {
	t.Parallel()
	click := pressed{action: "line.take", value: "ln_1", trigger: "1.2.a"}
	change := func(f func(*pressed)) []byte {
		c := click
		f(&c)
		return c.body()
	}
	untriggered := change(func(c *pressed) { c.trigger = "" })
	noTime := strings.NewReplacer("trigger_id", "x", "action_ts", "y")
	noHints := payloadBody(noTime.Replace(click.payload()))
	tests := []struct {
		name string
		a, b []byte
		same bool
	}{
		{"a click delivered again", click.body(), click.body(), true},
		{"another click", click.body(), change(func(c *pressed) { c.trigger = "1.2.b" }), false},
		{"another person", click.body(), change(func(c *pressed) { c.user = slacksim.Omar }), false},
		{"without a trigger, again", untriggered, untriggered, true},
		{"without a trigger, later", untriggered, change(func(c *pressed) { c.trigger, c.at = "", "102.000000" }), false},
		{"without a trigger, another button", untriggered, change(func(c *pressed) { c.trigger, c.action = "", "line.retry" }), false},
		{"with neither, again", noHints, noHints, true},
		{"with neither, another line", noHints, payloadBody(strings.Replace(noTime.Replace(click.payload()), "ln_1", "ln_2", 1)), false},
		{"a command again", slashBody(slacksim.Dana, "+14155550137"), slashBody(slacksim.Dana, "+14155550137"), true},
		{"a command typed again", slashBody(slacksim.Dana, "+14155550137"), slashBody(slacksim.Dana, "+14155550137", "trigger_id", "1.2.z"), false},
		{"a command without a trigger, again", slashBody(slacksim.Dana, "+14155550137", "trigger_id", ""), slashBody(slacksim.Dana, "+14155550137", "trigger_id", ""), true},
		{"a command without a trigger, another number", slashBody(slacksim.Dana, "+14155550137", "trigger_id", ""), slashBody(slacksim.Dana, "+14155550138", "trigger_id", ""), false},
		{"a box again", payloadBody(submitted("a", "ln_1 C1", "")), payloadBody(submitted("a", "ln_1 C1", "")), true},
		{"a box pressed twice while Slack was slow", payloadBody(submitted("a", "ln_1 C1", "")), payloadBody(strings.Replace(submitted("a", "ln_1 C1", ""), "1.2.c", "1.2.d", 1)), true},
		{"another box", payloadBody(submitted("a", "ln_1 C1", "")), payloadBody(strings.Replace(submitted("a", "ln_1 C1", ""), `"V1"`, `"V2"`, 1)), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := desktest.New(t)
			for _, body := range [][]byte{tt.a, tt.b} {
				if _, err := d.Bot.Dispatch(t.Context(), body); err != nil {
					t.Fatal(err)
				}
			}
			if got := len(d.Backend.Stored()) == 1; got != tt.same {
				t.Errorf("stored %+v; the same wish: %v", d.Backend.Stored(), tt.same)
			}
		})
	}
}

func TestWhatIsNotStoredIsNotAcknowledged(t *testing.T) {
	t.Parallel()
	wishes := map[string][]byte{
		"click":   pressed{action: "line.take", value: "ln_1", trigger: "1.2.a"}.body(),
		"command": slashBody(slacksim.Dana, "+14155550137"),
		"box":     payloadBody(submitted("a", "ln_1 C1", "")),
		"more":    pressed{action: "search.more", value: "1.5"}.body(),
	}
	for name, body := range wishes {
		for _, failure := range []error{errors.New("the disk is full"), takeover.ErrBusy} {
			t.Run(fmt.Sprint(name, failure), func(t *testing.T) {
				t.Parallel()
				d := desktest.New(t)
				d.Backend.PutFails = failure
				a, err := d.Bot.Dispatch(t.Context(), body)
				if name == "box" && errors.Is(failure, takeover.ErrBusy) {
					checkFieldError(t, a, err, "press Hand back again")
				} else if !errors.Is(err, failure) || listen.Status(err) != http.StatusServiceUnavailable {
					t.Fatalf("%v, status %d; want 503 for what is not stored", err, listen.Status(err))
				}
				d.Backend.PutFails = nil
				if _, err := d.Bot.Dispatch(t.Context(), body); err != nil || len(d.Backend.Stored()) != 1 {
					t.Errorf("the second delivery: %v, stored %d", err, len(d.Backend.Stored()))
				}
			})
		}
	}
}

// checkFieldError wants an answer that keeps the modal open and says why below its field.
func checkFieldError(t *testing.T, a listen.Answer, err error, want string) {
	t.Helper()
	slacktest.Must(t, err)
	var got struct {
		ResponseAction string            `json:"response_action"`
		Errors         map[string]string `json:"errors"`
	}
	if err := json.Unmarshal(a.Body, &got); err != nil || !strings.HasPrefix(a.ContentType, "application/json") {
		t.Fatalf("%q as %q: %v", a.Body, a.ContentType, err)
	}
	sentence := got.Errors[ids.NoteBlock]
	if got.ResponseAction != "errors" || len(got.Errors) != 1 || !strings.Contains(sentence, want) || !slacktest.SentenceEnd.MatchString(sentence) {
		t.Errorf("answer %s, want one error of the input that says %q", a.Body, want)
	}
}

func TestAHangingStoreIsGivenUpInTime(t *testing.T) {
	for name, body := range map[string][]byte{
		"click": pressed{action: "line.take", value: "ln_1", trigger: "1.2.a"}.body(),
		"box":   payloadBody(submitted("a", "ln_1 C1", "")),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := desktest.New(t)
			d.Backend.Hang = true
			start := time.Now()
			a, err := d.Bot.Dispatch(t.Context(), body)
			if took := time.Since(start); took > 2900*time.Millisecond {
				t.Errorf("took %s: Slack gives up after 3 s", took)
			}
			if name == "box" {
				checkFieldError(t, a, err, "may not have been stored")
			} else if listen.Status(err) != http.StatusServiceUnavailable {
				t.Errorf("%v, want 503", err)
			}
		})
	}
}

// TestASlowProviderDoesNotDelayTheAcknowledgement: only jobs call the provider.
func TestASlowProviderDoesNotDelayTheAcknowledgement(t *testing.T) {
	d := desktest.New(t, slacktest.LineIn(takeover.StateHeld))
	d.Slack.SetLatency("chat.postMessage", 5*time.Second)
	d.Bot.Writer = nil // a call would panic
	for name, body := range map[string][]byte{
		"find":       slashBody(slacksim.Dana, "+14155550137"),
		"open":       pressed{action: "line.open", value: "ln_kq3v5n2m", trigger: "1"}.body(),
		"transcript": pressed{action: "line.transcript", value: "ln_kq3v5n2m", trigger: "2"}.body(),
		"take":       pressed{action: "line.take", value: "ln_kq3v5n2m", trigger: "3"}.body(),
		"mine":       slashBody(slacksim.Dana, "mine"),
		"box":        payloadBody(submitted("a", "ln_kq3v5n2m C1", "")),
	} {
		start := time.Now()
		if _, err := d.Bot.Dispatch(t.Context(), body); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if took := time.Since(start); took > 500*time.Millisecond {
			t.Errorf("%s took %s", name, took)
		}
	}
}

// TestASenderThatHangsUpDoesNotLoseItsClick: the command is stored, and then Slack's next
// delivery finds it.
func TestASenderThatHangsUpDoesNotLoseItsClick(t *testing.T) {
	t.Parallel()
	d := desktest.New(t)
	ctx, cancel := newCancelled(t)
	defer cancel()
	if refusal := d.Bot.Listener.People.May(t.Context(), slacksim.Dana, slacksim.TeamID, people.Reader); refusal != "" {
		t.Fatal(refusal)
	}
	if _, err := d.Bot.Dispatch(ctx, pressed{action: "line.take", value: "ln_1", trigger: "1"}.body()); err != nil {
		t.Error(err)
	}
	if len(d.Backend.Stored()) != 1 {
		t.Error("the click is not stored")
	}
}

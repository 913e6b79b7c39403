package slacksim

import (
	"testing"
	"time"
)

// limited makes a call and returns its HTTP status and Retry-After.
func (r *rig) limited(method string, args m) (int, string) {
	r.t.Helper()
	_, resp := r.raw(method, "application/json", "Bearer "+testToken, string(encode(args)))
	return resp.StatusCode, resp.Header.Get("Retry-After")
}

func TestOnePostASecondAndChannel(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *Options) { o.PostBurst = 2 })
	post := m{"channel": DeskChannel, "text": "x", "unfurl_links": false, "unfurl_media": false}
	steps := []struct {
		wait   time.Duration
		to     string
		status int
	}{
		{0, DeskChannel, 200}, {0, DeskChannel, 200}, {0, DeskChannel, 429}, // the burst is used up
		{0, Dana, 200}, // another channel is free
		{time.Second, DeskChannel, 200}, {0, DeskChannel, 429},
		{950 * time.Millisecond, DeskChannel, 200}, // jitter is forgiven
		{950 * time.Millisecond, DeskChannel, 200},
		{850 * time.Millisecond, DeskChannel, 429}, // but not for ever
		{10 * time.Second, DeskChannel, 200}, {0, DeskChannel, 200}, {0, DeskChannel, 429},
	}
	refused := 0
	for i, step := range steps {
		r.clock.add(step.wait)
		status, after := r.limited("chat.postMessage", with(post, "channel", step.to))
		if status != step.status || (status == 429) != (after == "1") {
			t.Errorf("step %d: HTTP %d, Retry-After %q, want %d", i, status, after, step.status)
		}
		if status == 429 {
			refused++
		}
	}
	if v := r.Violations(); len(v) != refused {
		t.Errorf("%d refusals, violations %q", refused, v)
	}
}

func TestAUserIdAndItsDirectMessageShareOneLimit(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *Options) { o.PostBurst = 1 })
	post := m{"channel": Dana, "text": "x", "unfurl_links": false, "unfurl_media": false}
	if status, _ := r.limited("chat.postMessage", post); status != 200 {
		t.Fatal(status)
	}
	if status, _ := r.limited("chat.postMessage", with(post, "channel", "D0"+Dana)); status != 429 {
		t.Errorf("HTTP %d", status)
	}
}

func TestTiers(t *testing.T) {
	t.Parallel()
	for method, perMinute := range map[string]int{
		"chat.update": 50, "chat.postEphemeral": 100, "users.list": 20, "users.info": 100, "views.publish": 100, "conversations.replies": 50,
	} {
		r := newRig(t)
		for i := range perMinute {
			if status, _ := r.limited(method, nil); status != 200 {
				t.Fatalf("%s: call %d is limited", method, i+1)
			}
		}
		status, after := r.limited(method, nil)
		if status != 429 || after == "" {
			t.Errorf("%s: HTTP %d after %d calls", method, status, perMinute)
		}
		r.clock.add(time.Minute)
		if status, _ := r.limited(method, nil); status != 200 {
			t.Errorf("%s: still limited after a minute", method)
		}
		if status, _ := r.limited("auth.test", nil); status != 200 {
			t.Errorf("%s limits auth.test too", method)
		}
	}
}

func TestNoRateLimits(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *Options) { o.PostBurst, o.NoRateLimits = 1, true })
	for range 5 {
		r.post(nil)
	}
	r.clean()
}

func TestResponseURLCountsAndTime(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	say := func(url, body string) (int, string) {
		t.Helper()
		out, resp := r.do(url[len(r.base):], "application/json", "", body)
		return resp.StatusCode, out.err()
	}
	d := mustOK(t, r.SlashCommand(t.Context(), Dana, DeskChannel, "/takeover", "x"))
	for i := range 5 {
		if status, code := say(d.ResponseURL, `{"text":"hi"}`); status != 200 {
			t.Fatalf("use %d: %d %s", i+1, status, code)
		}
	}
	r.clean()
	if status, code := say(d.ResponseURL, `{"text":"hi"}`); status != 404 || code != "used_url" {
		t.Errorf("sixth use: %d %s", status, code)
	}
	r.violated("more than 5")
	r.ForgetViolations()
	late := mustOK(t, r.SlashCommand(t.Context(), Dana, DeskChannel, "/takeover", "x"))
	r.clock.add(30*time.Minute + time.Second)
	if status, code := say(late.ResponseURL, `{"text":"hi"}`); status != 404 || code != "expired_url" {
		t.Errorf("late: %d %s", status, code)
	}
	r.violated("30 minutes")
	if n := len(r.Private(Dana)); n != 5 {
		t.Errorf("%d private messages", n)
	}
}

func TestResponseURLSemantics(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	card := r.post(m{"blocks": l{actions(button("a", "Go", "v"))}})
	eph := r.call("chat.postEphemeral", m{"channel": DeskChannel, "user": Dana, "text": "q", "blocks": l{actions(button("a", "Go", "v"))}}).str("message_ts")
	hook := func(ts string) string {
		return mustOK(t, r.Click(t.Context(), Dana, Ref{Channel: DeskChannel, TS: ts}, "a")).ResponseURL[len(r.base):]
	}
	do := func(path string, body m, want int) {
		t.Helper()
		if out, resp := r.do(path, "application/json", "", string(encode(body))); resp.StatusCode != want {
			t.Errorf("%v: HTTP %d %v", body, resp.StatusCode, out)
		}
	}
	onCard, onEph := hook(card), hook(eph)
	do(onCard, m{"text": "only you"}, 200)
	do(onCard, m{"text": "all", "response_type": "in_channel", "unfurl_links": false, "unfurl_media": false, "thread_ts": card}, 200)
	do(onCard, m{"text": "card changed", "replace_original": true}, 200)
	do(onEph, m{"text": "changed", "replace_original": true, "blocks": nil}, 200)
	do(onEph, m{"text": "x", "response_type": "loud"}, 400)
	do(onEph, m{"text": "x", "blocks": l{m{"type": "x"}}}, 400)
	private := r.Private(Dana)
	if len(private) != 2 || private[0].Text != "changed" || private[0].Blocks != nil || private[1].Text != "only you" {
		t.Errorf("private: %+v", private)
	}
	if got := r.Messages(DeskChannel); len(got) != 1 || got[0].Text != "card changed" {
		t.Errorf("channel: %+v", got)
	}
	if got := r.Thread(DeskChannel, card); len(got) != 1 || got[0].Text != "all" {
		t.Errorf("thread: %+v", got)
	}
	do(onEph, m{"delete_original": true}, 200)
	if n := len(r.Private(Dana)); n != 1 {
		t.Errorf("%d private messages after deleting one", n)
	}
	do(onEph, m{"text": "x", "replace_original": true}, 400) // it is gone
	r.clean()
	if out, resp := r.do("/response/actions/T0DEMO/99/none", "application/json", "", "{}"); resp.StatusCode != 404 || out.err() == "" {
		t.Errorf("invented URL: %v", out)
	}
}

func TestTheTokenDoesNotBelongIntoAResponseURL(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ authorization, body string }{
		"header": {"Bearer " + testToken, `{"text":"x"}`}, "body": {"", `{"text":"x","token":"` + testToken + `"}`},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			d := mustOK(t, r.SlashCommand(t.Context(), Dana, DeskChannel, "/x", ""))
			r.do(d.ResponseURL[len(r.base):], "application/json", c.authorization, c.body)
			r.violated("token")
		})
	}
}

func TestTriggerIds(t *testing.T) {
	t.Parallel()
	view := m{"type": "modal", "title": plain("T"), "blocks": l{}}
	cases := []struct {
		name     string
		wait     time.Duration
		times    int
		want     string
		violates string
	}{
		{"in time", 3 * time.Second, 1, "", ""},
		{"late", 3*time.Second + time.Millisecond, 1, "expired_trigger_id", "late"},
		{"twice", 0, 2, "exchanged_trigger_id", "twice"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			d := mustOK(t, r.SlashCommand(t.Context(), Dana, DeskChannel, "/x", ""))
			r.clock.add(c.wait)
			var out answer
			for range c.times {
				out = r.call("views.open", m{"trigger_id": d.TriggerID, "view": view})
			}
			if out.err() != c.want {
				t.Errorf("got %v, want %q", out, c.want)
			}
			if c.violates == "" {
				r.clean()
			} else {
				r.violated(c.violates)
			}
		})
	}
	r := newRig(t)
	if out := r.call("views.open", m{"trigger_id": "1.2.x", "view": view}); out.err() != "invalid_trigger_id" {
		t.Errorf("invented: %v", out)
	}
}

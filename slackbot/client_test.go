package slackbot

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/slack-go/slack"
	"pgregory.net/rapid"

	"takeoverbot/internal/slacksim"
)

// forms collects the forms that a fake got, by method.
type forms struct {
	mu  sync.Mutex
	got map[string][]url.Values
}

func (f *forms) take(r *http.Request) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	_ = r.ParseForm()
	method := strings.TrimPrefix(r.URL.Path, "/")
	if f.got == nil {
		f.got = map[string][]url.Values{}
	}
	f.got[method] = append(f.got[method], r.PostForm)
	return method
}

func TestEveryPostIsInertAndCanBeFoundAgain(t *testing.T) {
	var f forms
	c, _ := newFake(t, func(w http.ResponseWriter, r *http.Request) {
		f.take(r)
		fmt.Fprint(w, `{"ok":true,"channel":"C1","ts":"1.2","message_ts":"1.2","message":{"thread_ts":"1.1"}}`)
	})
	m := said("*hello*")
	if _, err := c.post(t.Context(), urgent, "card/ln_x", place{Channel: "C1", Thread: "1.1", Broadcast: true}, m); err != nil {
		t.Fatal(err)
	}
	must(t, c.privately(t.Context(), "C1", "U1", "1.1", m))
	must(t, c.updateSlot(t.Context(), urgent))
	must(t, c.update(t.Context(), "C1", "1.2", m))
	for _, method := range []string{methodPost, methodEphemeral, methodUpdate} {
		form := f.got[method][0]
		if form.Get("parse") != "none" || form.Has("link_names") || form.Get("text") == "" || form.Get("blocks") == "" {
			t.Errorf("%s: %v", method, form)
		}
		if method != methodUpdate && (form.Get("unfurl_links") != "false" || form.Get("unfurl_media") != "false") {
			t.Errorf("%s unfurls", method)
		}
	}
	form := f.got[methodPost][0]
	if got := form.Get("metadata"); got != `{"event_type":"takeover_post","event_payload":{"key":"card/ln_x"}}` {
		t.Errorf("metadata %s", got)
	}
	if form.Get("thread_ts") != "1.1" || form.Get("reply_broadcast") != "true" {
		t.Errorf("thread %q, broadcast %q", form.Get("thread_ts"), form.Get("reply_broadcast"))
	}
}

func TestWhatIsIncompleteIsNotSent(t *testing.T) {
	c, _ := newFake(t, func(http.ResponseWriter, *http.Request) { t.Error("called") })
	if _, err := c.once(t.Context(), "k", "C1", message{Blocks: said("x").Blocks}); !errors.Is(err, errNoText) {
		t.Errorf("post without text: %v", err)
	}
	if err := c.update(t.Context(), "C1", "1.2", message{Text: "x"}); !errors.Is(err, errNoBlocks) {
		t.Errorf("update without blocks: %v", err)
	}
	if err := c.respond(t.Context(), c.base, false, message{}); !errors.Is(err, errNoText) {
		t.Errorf("answer without text: %v", err)
	}
}

func TestUpdateKeepsBlocksAndShortensText(t *testing.T) {
	sim, c, _ := newSim(t)
	at, err := c.post(t.Context(), urgent, "k", place{Channel: slacksim.DeskChannel}, said("first"))
	must(t, err)
	long := message{Text: strings.Repeat("ü&amp;", 1000), Blocks: said("second").Blocks}
	must(t, c.update(t.Context(), at.Channel, at.TS, long))
	got := sim.Messages(slacksim.DeskChannel)[0]
	if n := utf8.RuneCountInString(got.Text); n > maxUpdateText || n < maxUpdateText-10 {
		t.Errorf("text of %d characters", n)
	}
	if strings.Contains(strings.ReplaceAll(got.Text, "&amp;", ""), "&") || !strings.Contains(string(got.Blocks), "second") {
		t.Errorf("cut inside an entity, or blocks lost: %q %s", got.Text[len(got.Text)-10:], got.Blocks)
	}
	if !strings.Contains(string(got.Metadata), `"k"`) {
		t.Error("the update lost the metadata")
	}
}

func TestCutKeepsEntitiesWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOf(rapid.SampledFrom([]string{"a", "ü", "🙂", "&amp;", "&lt;", "<@U1>", "<!date^1^{time}|03:10 UTC>", " "})).Draw(t, "text"), "")
		limit := rapid.IntRange(1, 60).Draw(t, "limit")
		got := cut(text, limit)
		if utf8.RuneCountInString(got) > limit || !utf8.ValidString(got) {
			t.Fatalf("%q is too long or broken", got)
		}
		if utf8.RuneCountInString(text) <= limit {
			if got != text {
				t.Fatalf("%q was changed to %q", text, got)
			}
			return
		}
		kept := strings.TrimSuffix(got, "…")
		if !strings.HasPrefix(text, kept) || strings.Count(kept, "&") != strings.Count(kept, ";") || strings.Count(kept, "<") != strings.Count(kept, ">") {
			t.Fatalf("%q was cut to %q", text, got)
		}
	})
}

func TestDirectMessageIsUpdatedInItsOwnChannel(t *testing.T) {
	sim, c, _ := newSim(t)
	at, err := c.post(t.Context(), urgent, "k", place{Channel: slacksim.Dana}, said("one"))
	must(t, err)
	if !strings.HasPrefix(at.Channel, "D") {
		t.Fatalf("the message stands in %q", at.Channel)
	}
	must(t, c.update(t.Context(), at.Channel, at.TS, said("two")))
	if got := sim.Messages(at.Channel); len(got) != 1 || got[0].Text != "two" {
		t.Errorf("got %+v", got)
	}
}

func TestPrivateMessagesAreNotUpdated(t *testing.T) {
	sim, c, _ := newSim(t)
	must(t, c.privately(t.Context(), slacksim.DeskChannel, slacksim.Dana, "", said("psst")))
	private := sim.Private(slacksim.Dana)
	if len(private) != 1 || len(sim.Private(slacksim.Omar)) != 0 {
		t.Fatalf("got %+v", private)
	}
	e := asAPIError(t, c.update(t.Context(), slacksim.DeskChannel, private[0].TS, said("x")))
	if e.Class != permanent {
		t.Errorf("got %v", e)
	}
}

func TestRefusedPlacesArePermanent(t *testing.T) {
	for name, tc := range map[string]struct {
		prepare func(*slacksim.Sim)
		code    string
	}{
		"archived":     {func(s *slacksim.Sim) { s.SetArchived(slacksim.DeskChannel, true) }, "is_archived"},
		"not a member": {func(s *slacksim.Sim) { s.SetBotMember(slacksim.DeskChannel, false) }, "not_in_channel"},
	} {
		t.Run(name, func(t *testing.T) {
			sim, c, posts := newSim(t)
			tc.prepare(sim)
			_, err := c.once(t.Context(), "k", slacksim.DeskChannel, said("x"))
			if e := asAPIError(t, err); e.Code != tc.code || e.Class != permanent {
				t.Errorf("got %v", e)
			}
			if len(posts.rows) != 0 {
				t.Errorf("a refused post is remembered: %v", posts.rows)
			}
		})
	}
	t.Run("archived later", func(t *testing.T) {
		sim, c, _ := newSim(t)
		at, err := c.post(t.Context(), urgent, "k", place{Channel: slacksim.DeskChannel}, said("x"))
		must(t, err)
		sim.SetArchived(slacksim.DeskChannel, true)
		if e := asAPIError(t, c.update(t.Context(), at.Channel, at.TS, said("y"))); e.Code != "is_inactive" || e.Class != permanent {
			t.Errorf("got %v", e)
		}
	})
}

func TestInvalidBlocksAreNamedByPointerOnly(t *testing.T) {
	_, c, _ := newSim(t)
	m := message{Text: "x", Blocks: []slack.Block{section("a", strings.Repeat("hush", 1000))}}
	_, err := c.post(t.Context(), urgent, "k", place{Channel: slacksim.DeskChannel}, m)
	e := asAPIError(t, err)
	if e.Code != "invalid_blocks" || !slices.Equal(e.Where, []string{"/blocks/0/text/text"}) {
		t.Errorf("got %v", e)
	}
}

func TestAuthTestTellsIdentityAndScopes(t *testing.T) {
	sim, c, _ := newSim(t)
	sim.SetScopes([]string{"chat:write", "commands"})
	id, err := c.authTest(t.Context())
	must(t, err)
	if id.TeamID != slacksim.TeamID || id.UserID != slacksim.BotUserID || id.BotID != slacksim.BotID ||
		!slices.Equal(id.Scopes, []string{"chat:write", "commands"}) {
		t.Errorf("got %+v", id)
	}
	_, err = c.userInfo(t.Context(), slacksim.Dana)
	if e := asAPIError(t, err); e.Code != "missing_scope" || e.Needed != "users:read" || !strings.Contains(e.Error(), "users:read") {
		t.Errorf("got %v", e)
	}
	sim.SetScopes(slacksim.DefaultScopes())
	u, err := c.userInfo(t.Context(), slacksim.Dana)
	must(t, err)
	ch, err := c.conversationInfo(t.Context(), slacksim.DeskChannel)
	must(t, err)
	if u.TZ != "America/Los_Angeles" || !ch.IsMember || ch.Name != "on-call" {
		t.Errorf("got %q, %q", u.TZ, ch.Name)
	}
}

func TestClientHasItsOwnTimeLimitAndFollowsNoRedirect(t *testing.T) {
	c := newClient(clientConfig{Token: testToken, HTTP: &http.Client{}})
	if c.http.Timeout != callTime {
		t.Errorf("time limit %s", c.http.Timeout)
	}
	var elsewhere bool
	fake, _ := newFake(t, func(w http.ResponseWriter, r *http.Request) {
		if elsewhere = elsewhere || r.URL.Path == "/else"; !elsewhere {
			http.Redirect(w, r, "/else", http.StatusTemporaryRedirect)
		}
	})
	_, err := fake.authTest(t.Context())
	if e := asAPIError(t, err); elsewhere || e.Code != "http_307" || e.Class != permanent {
		t.Errorf("got %v, followed: %v", e, elsewhere)
	}
}

func TestHangingSlackIsGivenUp(t *testing.T) {
	done := make(chan struct{})
	c, _ := newFake(t, func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-done:
		}
	})
	defer close(done)
	c.http.Timeout = 50 * time.Millisecond
	_, err := c.post(t.Context(), urgent, "k", place{Channel: "C1"}, said("x"))
	if e := asAPIError(t, err); e.Class != ambiguous || e.Code != codeNoAnswer {
		t.Errorf("got %v", e)
	}
}

// respondWith is a transport that answers at once, within a synctest bubble.
type respondWith func(*http.Request) *http.Response

func (f respondWith) RoundTrip(r *http.Request) (*http.Response, error) { return f(r), nil }

func TestLimitedMethodRestsAndIsNotRepeated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var calls []string
		var outcomes []string
		limitedOnce := true
		c := newClient(clientConfig{
			Token:   testToken,
			Observe: func(method, outcome string) { outcomes = append(outcomes, method+" "+outcome) },
			HTTP: &http.Client{Transport: respondWith(func(r *http.Request) *http.Response {
				_ = r.ParseForm()
				calls = append(calls, r.PostForm.Get("channel")+"@"+time.Now().Format("05.000"))
				if limitedOnce {
					limitedOnce = false
					return fakeResponse(http.StatusTooManyRequests, http.Header{"Retry-After": {"7"}}, "")
				}
				return fakeResponse(http.StatusOK, nil, `{"ok":true,"channel":"`+r.PostForm.Get("channel")+`","ts":"1.2"}`)
			})},
		})
		send := func(channel string) error {
			_, err := c.post(t.Context(), normal, "k", place{Channel: channel}, said("x"))
			return err
		}
		wantLater(t, send("A"), 7*time.Second)
		must(t, send("B")) // another channel goes on
		must(t, send("A"))
		must(t, send("A"))
		if want := []string{"A@00.000", "B@00.000", "A@07.000", "A@08.100"}; !slices.Equal(calls, want) {
			t.Errorf("calls %v, want %v", calls, want)
		}
		if want := []string{"chat.postMessage limited", "chat.postMessage ok", "chat.postMessage ok", "chat.postMessage ok"}; !slices.Equal(outcomes, want) {
			t.Errorf("observed %v", outcomes)
		}
	})
}

func TestSaturatedChannelDoesNotDelayAnother(t *testing.T) {
	sim := slacksim.New(slacksim.Options{BotToken: testToken}) // with Slack's limits
	if _, err := sim.Start(t.Context(), "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	defer sim.Close()
	sim.SetBotMember(slacksim.OtherChannel, true)
	c := newClient(clientConfig{Token: testToken, APIURL: sim.APIURL()})
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			_, err := c.post(t.Context(), bulk, "a", place{Channel: slacksim.DeskChannel}, said("x"))
			must(t, err)
		})
	}
	began := time.Now()
	_, err := c.post(t.Context(), bulk, "b", place{Channel: slacksim.OtherChannel}, said("x"))
	must(t, err)
	if took := time.Since(began); took > 1200*time.Millisecond {
		t.Errorf("channel B waited %s", took)
	}
	wg.Wait()
	if v := sim.Violations(); len(v) > 0 {
		t.Error(v)
	}
}

func TestBoxIsOpenedOnce(t *testing.T) {
	var bodies []map[string]any
	c, _ := newFake(t, func(w http.ResponseWriter, r *http.Request) {
		var body map[string]any
		_ = json.NewDecoder(r.Body).Decode(&body)
		bodies = append(bodies, body)
		fmt.Fprint(w, `{"ok":false,"error":"expired_trigger_id"}`)
	})
	err := c.openView(t.Context(), "1.2.c", slack.ModalViewRequest{Type: slack.VTModal, Title: plain("x"), CallbackID: "cb"})
	if e := asAPIError(t, err); e.Code != "expired_trigger_id" || e.Class != permanent {
		t.Errorf("got %v", e)
	}
	if len(bodies) != 1 || bodies[0]["trigger_id"] != "1.2.c" {
		t.Errorf("got %v", bodies)
	}
}

package slackapi

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"runtime"
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
	"takeoverbot/internal/slacktest"
	"takeoverbot/takeover"
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
	t.Parallel()
	var f forms
	c, _ := newFake(t, func(w http.ResponseWriter, r *http.Request) {
		f.take(r)
		fmt.Fprint(w, `{"ok":true,"channel":"C1","ts":"1.2","message_ts":"1.2","message":{"thread_ts":"1.1"}}`)
	})
	m := sentence("*hello*")
	if _, err := c.post(t.Context(), Urgent, "card/ln_x", Place{Channel: "C1", Thread: "1.1", Broadcast: true}, m); err != nil {
		t.Fatal(err)
	}
	slacktest.Must(t, c.privately(t.Context(), "C1", "U1", "1.1", m))
	slacktest.Must(t, c.AwaitUpdate(t.Context(), Urgent))
	slacktest.Must(t, c.Update(t.Context(), "C1", "1.2", m))
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
	t.Parallel()
	c, _ := newFake(t, func(http.ResponseWriter, *http.Request) { t.Error("called") })
	if _, err := c.once(t.Context(), "k", "C1", Message{Blocks: sentence("x").Blocks}); !errors.Is(err, ErrNoText) {
		t.Errorf("post without text: %v", err)
	}
	if err := c.Update(t.Context(), "C1", "1.2", Message{Text: "x"}); !errors.Is(err, errNoBlocks) {
		t.Errorf("update without blocks: %v", err)
	}
	if err := c.Answer(t.Context(), takeover.Reply{URL: c.cfg.APIURL}, "U1", Message{}); !errors.Is(err, ErrNoText) {
		t.Errorf("answer without text: %v", err)
	}
}

func TestUpdateKeepsBlocksAndShortensText(t *testing.T) {
	t.Parallel()
	sim, c, _ := newSim(t)
	at, err := c.post(t.Context(), Urgent, "k", Place{Channel: slacksim.DeskChannel}, sentence("first"))
	slacktest.Must(t, err)
	long := Message{Text: strings.Repeat("ü&amp;", 1000), Blocks: sentence("second").Blocks}
	slacktest.Must(t, c.Update(t.Context(), at.Channel, at.TS, long))
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
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOf(rapid.SampledFrom([]string{"a", "ü", "🙂", "&amp;", "&lt;", "<@U1>", "<!date^1^{time}|03:10 UTC>", " "})).Draw(t, "text"), "")
		limit := rapid.IntRange(1, 60).Draw(t, "limit")
		got := Cut(text, limit)
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
	t.Parallel()
	sim, c, _ := newSim(t)
	at, err := c.post(t.Context(), Urgent, "k", Place{Channel: slacksim.Dana}, sentence("one"))
	slacktest.Must(t, err)
	if !strings.HasPrefix(at.Channel, "D") {
		t.Fatalf("the message stands in %q", at.Channel)
	}
	slacktest.Must(t, c.Update(t.Context(), at.Channel, at.TS, sentence("two")))
	if got := sim.Messages(at.Channel); len(got) != 1 || got[0].Text != "two" {
		t.Errorf("got %+v", got)
	}
}

func TestPrivateMessagesAreNotUpdated(t *testing.T) {
	t.Parallel()
	sim, c, _ := newSim(t)
	slacktest.Must(t, c.privately(t.Context(), slacksim.DeskChannel, slacksim.Dana, "", sentence("psst")))
	private := sim.Private(slacksim.Dana)
	if len(private) != 1 || len(sim.Private(slacksim.Omar)) != 0 {
		t.Fatalf("got %+v", private)
	}
	e := asAPIError(t, c.Update(t.Context(), slacksim.DeskChannel, private[0].TS, sentence("x")))
	if e.Class != Permanent {
		t.Errorf("got %v", e)
	}
}

func TestRefusedPlacesArePermanent(t *testing.T) {
	t.Parallel()
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
			_, err := c.once(t.Context(), "k", slacksim.DeskChannel, sentence("x"))
			if e := asAPIError(t, err); e.Code != tc.code || e.Class != Permanent {
				t.Errorf("got %v", e)
			}
			if len(posts.Rows) != 0 {
				t.Errorf("a refused post is remembered: %v", posts.Rows)
			}
		})
	}
	t.Run("archived later", func(t *testing.T) {
		sim, c, _ := newSim(t)
		at, err := c.post(t.Context(), Urgent, "k", Place{Channel: slacksim.DeskChannel}, sentence("x"))
		slacktest.Must(t, err)
		sim.SetArchived(slacksim.DeskChannel, true)
		if e := asAPIError(t, c.Update(t.Context(), at.Channel, at.TS, sentence("y"))); e.Code != "is_inactive" || e.Class != Permanent {
			t.Errorf("got %v", e)
		}
	})
}

func TestInvalidBlocksAreNamedByPointerOnly(t *testing.T) {
	t.Parallel()
	_, c, _ := newSim(t)
	m := Message{Text: "x", Blocks: []slack.Block{slack.NewSectionBlock(slack.NewTextBlockObject(slack.MarkdownType, strings.Repeat("hush", 1000), false, true), nil, nil)}}
	_, err := c.post(t.Context(), Urgent, "k", Place{Channel: slacksim.DeskChannel}, m)
	e := asAPIError(t, err)
	if e.Code != "invalid_blocks" || !slices.Equal(e.Where, []string{"/blocks/0/text/text"}) {
		t.Errorf("got %v", e)
	}
}

func TestAuthTestTellsIdentityAndScopes(t *testing.T) {
	t.Parallel()
	sim, c, _ := newSim(t)
	sim.SetScopes([]string{"chat:write", "commands"})
	id, err := c.AuthTest(t.Context())
	slacktest.Must(t, err)
	if id.TeamID != slacksim.TeamID || id.UserID != slacksim.BotUserID || id.BotID != slacksim.BotID ||
		!slices.Equal(id.Scopes, []string{"chat:write", "commands"}) {
		t.Errorf("got %+v", id)
	}
	_, err = c.User(t.Context(), slacksim.Dana)
	if e := asAPIError(t, err); e.Code != "missing_scope" || e.Needed != "users:read" || !strings.Contains(e.Error(), "users:read") {
		t.Errorf("got %v", e)
	}
	sim.SetScopes(slacksim.DefaultScopes())
	u, err := c.User(t.Context(), slacksim.Dana)
	slacktest.Must(t, err)
	ch, err := c.ChannelInfo(t.Context(), slacksim.DeskChannel)
	slacktest.Must(t, err)
	if u.TZ != "America/Los_Angeles" || !ch.IsMember || ch.Name != "on-call" {
		t.Errorf("got %q, %q", u.TZ, ch.Name)
	}
}

func TestClientHasItsOwnTimeLimitAndFollowsNoRedirect(t *testing.T) {
	t.Parallel()
	c := New(Config{Token: slacktest.Token, HTTP: &http.Client{}})
	if c.http.Timeout != callTime {
		t.Errorf("time limit %s", c.http.Timeout)
	}
	var elsewhere bool
	fake, _ := newFake(t, func(w http.ResponseWriter, r *http.Request) {
		if elsewhere = elsewhere || r.URL.Path == "/else"; !elsewhere {
			http.Redirect(w, r, "/else", http.StatusTemporaryRedirect)
		}
	})
	_, err := fake.AuthTest(t.Context())
	if e := asAPIError(t, err); elsewhere || e.Code != "http_307" || e.Class != Permanent {
		t.Errorf("got %v, followed: %v", e, elsewhere)
	}
}

func TestHangingSlackIsGivenUp(t *testing.T) {
	t.Parallel()
	done := make(chan struct{})
	c, _ := newFake(t, func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-done:
		}
	})
	defer close(done)
	c.http.Timeout = 50 * time.Millisecond
	_, err := c.post(t.Context(), Urgent, "k", Place{Channel: "C1"}, sentence("x"))
	if e := asAPIError(t, err); e.Class != Ambiguous || e.Code != codeNoAnswer {
		t.Errorf("got %v", e)
	}
}

// TestSmallAnswersTakeLittleMemory: a few kilobytes that are unpacked and decoded to millions of
// rows are refused before they are.
func TestSmallAnswersTakeLittleMemory(t *testing.T) {
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	_, err := io.WriteString(zip, `{"ok":true,"users":["U1`+strings.Repeat(`","`, 2_500_000)+`"],"messages":[{}`+strings.Repeat(",{}", 100_000)+`]}`)
	slacktest.Must(t, err)
	slacktest.Must(t, zip.Close())
	c, _ := newFake(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(packed.Bytes())
	})
	for name, read := range map[string]func() error{
		"members": func() error { _, err := c.GroupMembers(t.Context(), "S1"); return err },
		"history": func() error {
			var page historyPage
			return c.send(t.Context(), c.cfg.APIURL+"conversations.history", "application/x-www-form-urlencoded", "", page.read)
		},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		err := read()
		runtime.ReadMemStats(&after)
		if took := (after.TotalAlloc - before.TotalAlloc) >> 20; took > 10 {
			t.Errorf("%s: %d kB on the wire took %d MB", name, packed.Len()>>10, took)
		}
		if e, ok := errors.AsType[*Error](err); name == "members" && (!ok || e.Code != codeUnreadable) || err == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLimitedMethodRestsAndIsNotRepeated(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var calls []string
		var outcomes []string
		limitedOnce := true
		c := New(Config{
			Token:   slacktest.Token,
			Observe: func(method, outcome string) { outcomes = append(outcomes, method+" "+outcome) },
			HTTP: &http.Client{Transport: slacktest.Transport(func(r *http.Request) *http.Response {
				_ = r.ParseForm()
				calls = append(calls, r.PostForm.Get("channel")+"@"+time.Now().Format("05.000"))
				if limitedOnce {
					limitedOnce = false
					return slacktest.Response(http.StatusTooManyRequests, http.Header{"Retry-After": {"7"}}, "")
				}
				return slacktest.Response(http.StatusOK, nil, `{"ok":true,"channel":"`+r.PostForm.Get("channel")+`","ts":"1.2"}`)
			})},
		})
		send := func(channel string) error {
			_, err := c.post(t.Context(), Normal, "k", Place{Channel: channel}, sentence("x"))
			return err
		}
		slacktest.WantLater(t, send("A"), 7*time.Second)
		slacktest.Must(t, send("B")) // another channel goes on
		slacktest.Must(t, send("A"))
		slacktest.Must(t, send("A"))
		if want := []string{"A@00.000", "B@00.000", "A@07.000", "A@08.100"}; !slices.Equal(calls, want) {
			t.Errorf("calls %v, want %v", calls, want)
		}
		if want := []string{"chat.postMessage limited", "chat.postMessage ok", "chat.postMessage ok", "chat.postMessage ok"}; !slices.Equal(outcomes, want) {
			t.Errorf("observed %v", outcomes)
		}
	})
}

func TestSaturatedChannelDoesNotDelayAnother(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sim := slacksim.New(slacksim.Options{BotToken: slacktest.Token}) // with Slack's limits
		sim.SetBaseURL("http://slack.test")
		defer sim.Close()
		sim.SetBotMember(slacksim.OtherChannel, true)
		c := New(Config{Token: slacktest.Token, APIURL: sim.APIURL(),
			HTTP: &http.Client{Transport: slacktest.Served{Handler: sim.Handler()}}})
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				_, err := c.post(t.Context(), Bulk, "a", Place{Channel: slacksim.DeskChannel}, sentence("x"))
				slacktest.Must(t, err)
			})
		}
		began := time.Now()
		_, err := c.post(t.Context(), Bulk, "b", Place{Channel: slacksim.OtherChannel}, sentence("x"))
		slacktest.Must(t, err)
		if took := time.Since(began); took > 1200*time.Millisecond {
			t.Errorf("channel B waited %s", took)
		}
		wg.Wait()
		if v := sim.Violations(); len(v) > 0 {
			t.Error(v)
		}
	})
}

func TestBoxIsOpenedOnce(t *testing.T) {
	t.Parallel()
	var bodies []map[string]any
	c, _ := newFake(t, func(w http.ResponseWriter, r *http.Request) {
		var body map[string]any
		_ = json.NewDecoder(r.Body).Decode(&body)
		bodies = append(bodies, body)
		fmt.Fprint(w, `{"ok":false,"error":"expired_trigger_id"}`)
	})
	err := c.OpenModal(t.Context(), "1.2.c", slack.ModalViewRequest{Type: slack.VTModal, Title: slack.NewTextBlockObject(slack.PlainTextType, "x", false, false), CallbackID: "cb"})
	if e := asAPIError(t, err); e.Code != "expired_trigger_id" || e.Class != Permanent {
		t.Errorf("got %v", e)
	}
	if len(bodies) != 1 || bodies[0]["trigger_id"] != "1.2.c" {
		t.Errorf("got %v", bodies)
	}
}

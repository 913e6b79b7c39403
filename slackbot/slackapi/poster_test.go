package slackapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/takeover"
)

// thread puts up a parent message and returns its place.
func thread(t *testing.T, c *Client) Place {
	t.Helper()
	at, err := c.post(t.Context(), Urgent, "parent", Place{Channel: slacksim.DeskChannel}, sentence("parent"))
	if err != nil {
		t.Fatal(err)
	}
	return Place{Channel: at.Channel, Thread: at.TS}
}

// standing counts the messages that say so, in the channel and in its threads.
func standing(sim *slacksim.Sim, text string) int {
	n := 0
	for _, parent := range sim.Messages(slacksim.DeskChannel) {
		for _, m := range append(sim.Thread(slacksim.DeskChannel, parent.TS), parent) {
			if m.Text == text && (m.TS != parent.TS || m.ThreadTS == "" || m.ThreadTS == parent.TS) {
				n++
			}
		}
	}
	return n
}

// called counts the calls of a method.
func called(sim *slacksim.Sim, method string) int {
	n := 0
	for _, c := range sim.Calls() {
		if c.Method == method {
			n++
		}
	}
	return n
}

// TestOnceWhereverItIsKilled kills the process between any two steps, or loses the
// answer, and starts it again: one message stands.
func TestOnceWhereverItIsKilled(t *testing.T) {
	t.Parallel()
	kills := map[string]func(*slacksim.Sim, *slacktest.Posts){
		"not at all": func(*slacksim.Sim, *slacktest.Posts) {},
		"before it is begun": func(_ *slacksim.Sim, m *slacktest.Posts) {
			m.BeforePut = func(any) error { return slacktest.ErrKilled }
		},
		"before the place": func(_ *slacksim.Sim, m *slacktest.Posts) { m.KillBeforePlace() },
		"answer lost": func(s *slacksim.Sim, _ *slacktest.Posts) {
			s.FailNext(methodPost, 1, slacksim.Fault{Kind: slacksim.FaultDropAfterCommit})
		},
		"connection lost": func(s *slacksim.Sim, _ *slacktest.Posts) {
			s.FailNext(methodPost, 1, slacksim.Fault{Kind: slacksim.FaultDropBeforeCommit})
		},
		"503": func(s *slacksim.Sim, _ *slacktest.Posts) {
			s.FailNext(methodPost, 1, slacksim.Fault{Kind: slacksim.FaultUnavailable})
		},
		"internal error": func(s *slacksim.Sim, _ *slacktest.Posts) {
			s.FailNext(methodPost, 1, slacksim.Fault{Kind: slacksim.FaultError, Error: "internal_error"})
		},
		"refused": func(s *slacksim.Sim, _ *slacktest.Posts) {
			s.FailNext(methodPost, 1, slacksim.Fault{Kind: slacksim.FaultError, Error: "no_permission"})
		},
		"limited": func(s *slacksim.Sim, _ *slacktest.Posts) {
			s.FailNext(methodPost, 1, slacksim.Fault{Kind: slacksim.FaultRateLimitedOK})
		},
		"answer and look lost": func(s *slacksim.Sim, _ *slacktest.Posts) { lose(s, methodPost, methodHistory, methodReplies) },
		"looking is limited": func(s *slacksim.Sim, m *slacktest.Posts) {
			m.KillBeforePlace()
			limit429(s, methodHistory, methodReplies)
		},
		"killed again and lost": func(s *slacksim.Sim, m *slacktest.Posts) { m.KillBeforePlace(); lose(s, methodHistory, methodReplies) },
	}
	for name, kill := range kills {
		for _, where := range []string{"channel", "thread"} {
			t.Run(name+" in the "+where, func(t *testing.T) {
				sim, c, posts := newSim(t)
				at := thread(t, c)
				if where == "channel" {
					at.Thread = ""
				}
				kill(sim, posts)
				var post takeover.Post
				var err error
				for try := range 5 {
					c = restarted(c) // what a process knows goes with it
					if post, err = c.PostOnce(t.Context(), Urgent, "say/1", at, sentence("hello")); err == nil {
						break
					}
					if try == 1 {
						posts.BeforePut = nil
					}
				}
				if err != nil || post.TS == "" || post.Channel != slacksim.DeskChannel {
					t.Fatalf("got %+v, %v", post, err)
				}
				if n := standing(sim, "hello"); n != 1 {
					t.Errorf("%d messages stand", n)
				}
				if row := posts.Rows["say/1"]; row.TS != post.TS || !row.Begun.IsZero() {
					t.Errorf("stored %+v", row)
				}
				calls := len(sim.Calls())
				again, err := c.PostOnce(t.Context(), Urgent, "say/1", at, sentence("hello"))
				if err != nil || again.TS != post.TS || len(sim.Calls()) != calls {
					t.Errorf("again: %+v, %v, %d calls", again, err, len(sim.Calls())-calls)
				}
			})
		}
	}
}

func lose(s *slacksim.Sim, methods ...string) {
	for _, m := range methods {
		s.FailNext(m, 1, slacksim.Fault{Kind: slacksim.FaultDropAfterCommit})
	}
}

func limit429(s *slacksim.Sim, methods ...string) {
	for _, m := range methods {
		s.FailNext(m, 1, slacksim.Fault{Kind: slacksim.FaultRateLimitedOK})
	}
}

func restarted(c *Client) *Client {
	return New(Config{Token: c.cfg.Token, APIURL: c.cfg.APIURL, Posts: c.cfg.Posts, Pacer: Unpaced()})
}

func TestOnceByManyAtOnce(t *testing.T) {
	t.Parallel()
	sim, c, _ := newSim(t)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			for {
				_, err := c.once(t.Context(), "card/1", slacksim.DeskChannel, sentence("hello"))
				var later *takeover.LaterError
				if errors.As(err, &later) && later.After == BusyWait {
					continue // another one is at it
				}
				slacktest.Must(t, err)
				return
			}
		})
	}
	wg.Wait()
	if n, calls := standing(sim, "hello"), called(sim, methodPost); n != 1 || calls != 1 {
		t.Errorf("%d messages, %d calls", n, calls)
	}
}

func TestOnceFindsItsMessageInACrowd(t *testing.T) {
	t.Parallel()
	sim, c, posts := newSim(t)
	posts.KillBeforePlace()
	if _, err := c.once(t.Context(), "card/1", slacksim.DeskChannel, sentence("hello")); !errors.Is(err, slacktest.ErrKilled) {
		t.Fatal(err)
	}
	posts.BeforePut = nil
	for i := range 2*lookPage + 5 {
		_, err := c.post(t.Context(), Urgent, fmt.Sprintf("other/%d", i), Place{Channel: slacksim.DeskChannel}, sentence("noise"))
		slacktest.Must(t, err)
	}
	_, err := c.once(t.Context(), "card/1", slacksim.DeskChannel, sentence("hello"))
	slacktest.Must(t, err)
	if n, looks := standing(sim, "hello"), called(sim, methodHistory); n != 1 || looks != 3 {
		t.Errorf("%d messages, %d pages", n, looks)
	}
}

// TestOnceIsNotFooled looks through messages of others: unknown elements, forged
// metadata.
func TestOnceIsNotFooled(t *testing.T) {
	t.Parallel()
	page := `{"ok":true,"messages":[
		{"ts":"9.1","bot_id":"BEVIL","metadata":{"event_type":"takeover_post","event_payload":{"key":"card/1"}}},
		{"ts":"9.2","user":"U1","metadata":{"event_type":"takeover_post","event_payload":{"key":"card/1"}}},
		{"ts":"9.3","bot_id":"B1","metadata":{"event_type":"other","event_payload":{"key":"card/1"}}},
		{"ts":"9.4","bot_id":"B1","metadata":{"event_type":"takeover_post","event_payload":{"key":["card/1"]}}},
		{"ts":"9.5","bot_id":"B1","metadata":{"event_type":"takeover_post","event_payload":{"key":"card/11"}}},
		{"ts":"9.6","bot_id":"B2","blocks":[{"type":"actions","elements":[{"type":"brand_new"}]},{"type":7}],"files":null}%s]}`
	for name, tc := range map[string]struct{ more, ts string }{
		"absent": {"", "1.1"},
		"there":  {`,{"ts":"9.7","bot_id":"B1","metadata":{"event_type":"takeover_post","event_payload":{"key":"card/1"}}}`, "9.7"},
	} {
		t.Run(name, func(t *testing.T) {
			c, posts := newFake(t, func(w http.ResponseWriter, r *http.Request) {
				switch strings.TrimPrefix(r.URL.Path, "/") {
				case methodAuth:
					fmt.Fprint(w, `{"ok":true,"bot_id":"B1"}`)
				case methodHistory:
					fmt.Fprintf(w, page, tc.more)
				case methodPost:
					fmt.Fprint(w, `{"ok":true,"channel":"C1","ts":"1.1"}`)
				}
			})
			_, err := c.AuthTest(t.Context())
			slacktest.Must(t, err)
			posts.Rows["card/1"] = takeover.Post{Key: "card/1", Channel: "C1", Begun: time.Unix(1700000000, 0)}
			got, err := c.once(t.Context(), "card/1", "C1", sentence("x"))
			if err != nil || got.TS != tc.ts {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func TestOnceAdoptsNoPersonsMessage(t *testing.T) {
	t.Parallel()
	w := &posting{Client: New(Config{}), key: "k"} // it does not know its own id yet
	m := posted{TS: "1.1"}
	m.Metadata.EventType, m.Metadata.EventPayload = postEvent, map[string]json.RawMessage{"key": json.RawMessage(`"k"`)}
	if w.hasKey(m) {
		t.Error("a person's message was taken for the bot's")
	}
	if m.BotID = "B1"; !w.hasKey(m) {
		t.Error("a bot's message was not recognised")
	}
}

func TestOnceLooksSinceItWasBegun(t *testing.T) {
	t.Parallel()
	var f forms
	c, posts := newFake(t, func(w http.ResponseWriter, r *http.Request) {
		if f.take(r); r.Header.Get("Authorization") != "Bearer "+slacktest.Token && r.PostForm.Get("token") != slacktest.Token {
			t.Error("no token")
		}
		fmt.Fprint(w, `{"ok":false,"error":"internal_error"}`)
	})
	posts.Rows["k"] = takeover.Post{Key: "k", Channel: "C1", Begun: time.Unix(1700000600, 0)}
	_, err := c.once(t.Context(), "k", "C1", sentence("x"))
	if e := asAPIError(t, err); e.Method != methodHistory {
		t.Errorf("got %v", e)
	}
	form := f.got[methodHistory][0]
	if form.Get("oldest") != "1700000300" || form.Get("limit") != "100" || form.Get("include_all_metadata") != "true" || form.Get("channel") != "C1" {
		t.Errorf("asked for %v", form)
	}
	if len(f.got[methodPost]) != 0 || posts.Rows["k"].Begun.Unix() != 1700000600 {
		t.Error("posted, or forgot, without having looked")
	}
}

func TestReplyWithoutItsThreadDoesNotStand(t *testing.T) {
	t.Parallel()
	t.Run("posted into the channel", func(t *testing.T) {
		sim, c, posts := newSim(t)
		at := thread(t, c)
		slacktest.Must(t, c.remove(t.Context(), Urgent, reference{at.Channel, at.Thread}))
		_, err := c.PostOnce(t.Context(), Urgent, "say/1", at, sentence("hello"))
		if !errors.Is(err, ErrThreadGone) {
			t.Fatalf("got %v", err)
		}
		if standing(sim, "hello") != 0 || len(posts.Rows) != 0 {
			t.Errorf("it stands in the channel, or is remembered: %v", posts.Rows)
		}
	})
	t.Run("and killed then", func(t *testing.T) {
		sim, c, posts := newSim(t)
		at := thread(t, c)
		slacktest.Must(t, c.remove(t.Context(), Urgent, reference{at.Channel, at.Thread}))
		lose(sim, methodPost)
		_, err := c.PostOnce(t.Context(), Urgent, "say/1", at, sentence("hello"))
		asAPIError(t, err)
		if standing(sim, "hello") != 1 {
			t.Fatal("the simulator did not post it")
		}
		_, err = c.PostOnce(t.Context(), Urgent, "say/1", at, sentence("hello"))
		if !errors.Is(err, ErrThreadGone) || standing(sim, "hello") != 0 || len(posts.Rows) != 0 {
			t.Errorf("got %v, %d messages, rows %v", err, standing(sim, "hello"), posts.Rows)
		}
	})
	t.Run("refused", func(t *testing.T) {
		_, c, posts := newSim(t)
		_, err := c.PostOnce(t.Context(), Urgent, "say/1", Place{Channel: slacksim.DeskChannel, Thread: "99999999999.000100"}, sentence("hello"))
		if !errors.Is(err, ErrThreadGone) || len(posts.Rows) != 0 {
			t.Errorf("got %v, rows %v", err, posts.Rows)
		}
	})
}

func TestOnceStoresThePlaceEvenIfItsCallerIsGone(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	c, posts := newFake(t, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"ok":true,"channel":"C1","ts":"1.1"}`)
	})
	c.cfg.Observe = func(string, string) { cancel() } // after the answer, before the row
	_, err := c.once(ctx, "k", "C1", sentence("x"))
	if err != nil || posts.Rows["k"].TS != "1.1" {
		t.Errorf("%v, row %+v", err, posts.Rows["k"])
	}
}

func TestOnceDoesNotBeginWhenItsTurnComesTooLate(t *testing.T) {
	t.Parallel()
	c, posts := newFake(t, func(http.ResponseWriter, *http.Request) { t.Error("called") })
	c.cfg.Pacer.penalize(t.Context(), limitKey{methodPost, "C1"}, time.Minute)
	_, err := c.once(t.Context(), "k", "C1", sentence("x"))
	var later *takeover.LaterError
	if !errors.As(err, &later) || later.After < 59*time.Second || len(posts.Rows) != 0 {
		t.Errorf("got %v, rows %v", err, posts.Rows)
	}
	if len(posts.Leases) != 0 {
		t.Error("the lease was kept")
	}
}

package slacksim

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"testing"
	"time"
)

func TestReadingMarkup(t *testing.T) {
	t.Parallel()
	s := New(Options{Now: func() time.Time { return time.Date(2026, 11, 22, 3, 14, 9, 0, time.UTC) }})
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	at := "1795317249" // 03:14:09 UTC
	cases := []struct{ in, want string }{
		{"*bold* _it_ ~gone~ `code`", "bold it gone code"},
		{"*a* *b* *c*", "a b c"},
		{"*<@U0DANA> has it — AI is silent*", "@Dana has it — AI is silent"},
		{"cv_42_x 2*3*4 a * b *", "cv_42_x 2*3*4 a * b *"},
		{"5 &lt; 6 &amp;amp; &gt;", "5 < 6 &amp; >"},
		{"&lt;!channel&gt;", "<!channel>"},
		{"<!channel> <!here|here>", "@channel @here"},
		{"<#C0DESK|on-call> <#C0DESK> <@U0NONE>", "#on-call #on-call @U0NONE"},
		{"<!subteam^S0TECHS>", "@technicians"},
		{"<https://e.com|see &amp; read> <https://e.com?a=1&amp;b>", "see & read https://e.com?a=1&b"},
		{"<tel:+14155550137|+1 415>", "+1 415"},
		{"<!date^" + at + "^{date_short_pretty} {time}|x UTC>", "today 04:14"},
		{"<!date^" + at + "^{date_num} {time_secs}|x>", "2026-11-22 04:14:09"},
		{"<!date^" + at + "^{date_long}|x>", "Sunday, November 22nd, 2026"},
		{"<!date^1795317129^{ago}|x>", "2 minutes ago"},
		{"<!date^1795403649^{date_pretty} {ago}^https://e.com|x>", "tomorrow in 1 day"},
		{"<!date^soon^{time}|later UTC>", "later UTC"},
		{"a \ue000 b <@U0DANA>", "a \ue000 b @Dana"},
	}
	for _, c := range cases {
		if got := s.PlainText(Message{Text: c.in}, berlin); got != c.want {
			t.Errorf("%q reads %q, want %q", c.in, got, c.want)
		}
	}
}

func TestReadingBlocks(t *testing.T) {
	t.Parallel()
	s := New(Options{})
	text := func(t string) m { return m{"type": "text", "text": t} }
	blocks := l{
		m{"type": "header", "text": plain("Line 4")},
		m{"type": "section", "text": mrk("*AI is answering*"), "fields": l{mrk("*Since*\n03:11"), plain("text")}},
		m{"type": "divider"},
		m{"type": "rich_text", "elements": l{
			m{"type": "rich_text_section", "elements": l{text("raw *x* <b> "), m{"type": "user", "user_id": Dana}}},
			m{"type": "rich_text_quote", "elements": l{text("one\ntwo")}},
			m{"type": "rich_text_list", "style": "ordered", "elements": l{m{"type": "rich_text_section", "elements": l{text("first")}}}}}},
		m{"type": "context", "elements": l{mrk("_updated_"), m{"type": "image", "image_url": "u", "alt_text": "map"}}},
		actions(button("a", "Take over", "1"), m{"type": "overflow", "options": l{opt("x")}}, m{"type": "users_select", "placeholder": plain("Pass to …")}),
		m{"type": "input", "block_id": "n", "label": plain("Note"), "element": m{"type": "plain_text_input", "action_id": "i"}},
	}
	want := "Line 4\nAI is answering\nSince\n03:11\ntext\n----\nraw *x* <b> @Dana\n> one\n> two\n1. first\nupdated [image: map]\n" +
		"[Take over] [⋯ One] [Pass to … ▾]\nNote: []"
	if got := s.PlainText(Message{Text: "not shown", Blocks: encode(blocks)}, nil); got != want {
		t.Errorf("reads\n%s\nwant\n%s", got, want)
	}
}

func TestSnapshotsShareNothingAndHideWhatIsPrivate(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ts := r.post(m{"blocks": l{actions(button("a", "Go", "v"))}})
	r.post(m{"thread_ts": ts, "text": "reply"})
	r.call("chat.postEphemeral", m{"channel": DeskChannel, "user": Dana, "text": "psst"})
	r.openModal(l{noteBlock()})
	dana, omar, all := r.Snapshot(Dana, nil), r.Snapshot(Omar, nil), r.Snapshot("", nil)
	if len(dana.Private) != 1 || len(omar.Private) != 0 || len(all.Private) != 1 || dana.View == nil || omar.View != nil || all.Views[Dana] == nil {
		t.Errorf("private: %v %v %v", dana.Private, omar.Private, all.Private)
	}
	c := dana.Channel(DeskChannel)
	if len(c.Messages) != 1 || c.Messages[0].Plain != "[Go]" || c.Threads[ts][0].Plain != "reply" || dana.View.Plain != "T\nNote: []\n[S]" {
		t.Errorf("plain: %+v %q", c, dana.View.Plain)
	}
	c.Messages[0].Text, c.Members[0], dana.View.State.Values["note"]["in"] = "changed", "changed", nil
	if again := r.Snapshot(Dana, nil); again.Channel(DeskChannel).Messages[0].Text != "card" || again.View.State.Values["note"]["in"] == nil {
		t.Error("a change of the snapshot reached the simulator")
	}
	raw, err := json.Marshal(dana)
	if err != nil {
		t.Fatal(err)
	}
	var back struct {
		Channels []struct {
			ID       string
			Messages []struct {
				Blocks []struct {
					Elements []struct {
						ActionID string `json:"action_id"`
					}
				}
			}
		}
	}
	if err := json.Unmarshal(raw, &back); err != nil || back.Channels[0].Messages[0].Blocks[0].Elements[0].ActionID != "a" {
		t.Errorf("as JSON: %v %s", err, raw)
	}
}

func TestWaitFor(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	done := make(chan error)
	go func() {
		done <- r.WaitFor(t.Context(), func(s *Snapshot) bool { return len(s.Channel(DeskChannel).Messages) == 2 })
	}()
	r.post(nil)
	r.post(nil)
	if err := <-done; err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := r.WaitFor(ctx, func(*Snapshot) bool { return false }); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestChangesReachEveryWatcher(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	first, stopFirst := r.Changes()
	second, stopSecond := r.Changes()
	defer stopFirst()
	r.post(nil)
	<-first
	<-second
	stopSecond()
	r.post(nil)
	<-first
	select {
	case <-second:
		t.Error("a cancelled watcher was told")
	default:
	}
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *Options) { o.NoRateLimits, o.Now = true, time.Now })
	ts := r.post(m{"blocks": l{actions(button("a", "Go", "v"))}})
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 10 {
				switch i % 4 {
				case 0:
					r.Click(t.Context(), Dana, Ref{Channel: DeskChannel, TS: ts}, "a")
				case 1:
					r.post(m{"thread_ts": ts})
				case 2:
					r.Say(t.Context(), Omar, DeskChannel, ts, "hi")
				case 3:
					r.Snapshot(Dana, nil)
					r.call("reactions.add", m{"channel": DeskChannel, "timestamp": ts, "name": "eyes"})
					r.call("reactions.remove", m{"channel": DeskChannel, "timestamp": ts, "name": "eyes"})
				}
			}
		})
	}
	wg.Wait()
	if n := len(r.Thread(DeskChannel, ts)); n != 40 {
		t.Errorf("%d replies, want 40", n)
	}
	seen := map[string]bool{}
	for _, m := range r.Thread(DeskChannel, ts) {
		if seen[m.TS] {
			t.Errorf("id %s was given twice", m.TS)
		}
		seen[m.TS] = true
	}
	r.clean()
}

func FuzzTypedText(f *testing.F) {
	for _, seed := range []string{"+1 (415) 555-0137", "@omar #on-call <!channel> &amp;", "https://e.com|x> a@b.c 0137\u202e", "*_~`"} {
		f.Add(seed)
	}
	s := New(Options{})
	f.Fuzz(func(t *testing.T, typed string) {
		for _, typing := range []Typing{{}, {Phones: true}} {
			text := markup(s.parse(typed, typing))
			if m := broadcast.FindString(text); m != "" {
				t.Errorf("%q became a live %s", typed, m)
			}
			s.PlainText(Message{Text: text, Blocks: s.richText(s.parse(typed, typing))}, nil)
			s.PlainText(Message{Text: typed}, nil)
		}
	})
}

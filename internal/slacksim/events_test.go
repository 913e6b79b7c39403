package slacksim

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// waitFor fails the test where a condition does not come true.
func (r *rig) waitFor(what string, ok func(*Snapshot) bool) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), 10*time.Second)
	defer cancel()
	if err := r.WaitFor(ctx, ok); err != nil {
		r.t.Fatalf("%s: %v", what, err)
	}
}

func (b *testBot) event(t *testing.T) (envelope, inner m) {
	t.Helper()
	_, body := b.last()
	if err := json.Unmarshal([]byte(body), &envelope); err != nil {
		t.Fatal(err)
	}
	return envelope, envelope["event"].(m)
}

func TestSayingSomething(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	card := r.post(nil)
	said, d := r.Say(t.Context(), Dana, DeskChannel, card, "5 < 6 & @Omar https://e.com")
	mustOK(t, d)
	envelope, e := r.bot.event(t)
	if e["team"] != TeamID || e["user_team"] != TeamID || envelope["is_ext_shared_channel"] != true {
		t.Errorf("in a shared channel: %v in %v", e, envelope)
	}
	if envelope["type"] != "event_callback" || envelope["event_id"] != d.EventID || envelope["team_id"] != TeamID {
		t.Errorf("envelope %v", envelope)
	}
	if e["type"] != "message" || e["text"] != "5 &lt; 6 &amp; <@U0OMAR> <https://e.com>" || e["thread_ts"] != card ||
		e["ts"] != said.TS || e["user"] != Dana || e["channel_type"] != "channel" || e["parent_user_id"] != BotUserID {
		t.Errorf("event %v", e)
	}
	first := e["blocks"].(l)[0].(m)["elements"].(l)[0].(m)["elements"].(l)[0].(m)
	if first["text"] != "5 < 6 & " {
		t.Errorf("rich text is escaped: %v", first)
	}
	if thread := r.Thread(DeskChannel, card); len(thread) != 1 || r.PlainText(thread[0], nil) != "5 < 6 & @Omar https://e.com" {
		t.Errorf("thread: %q", r.PlainText(thread[0], nil))
	}
	mustOK(t, r.Edit(t.Context(), Dana, DeskChannel, said.TS, "new"))
	if _, e := r.bot.event(t); e["subtype"] != "message_changed" || e["message"].(m)["text"] != "new" || e["ts"] == said.TS ||
		e["message"].(m)["edited"] == nil || e["previous_message"].(m)["text"] != said.Text {
		t.Errorf("edit %v", e)
	}
	mustOK(t, r.Delete(t.Context(), Dana, DeskChannel, said.TS))
	if _, e := r.bot.event(t); e["subtype"] != "message_deleted" || e["deleted_ts"] != said.TS || len(r.Thread(DeskChannel, card)) != 0 {
		t.Errorf("delete %v", e)
	}
	r.clean()
}

func TestSayingWhereTheBotDoesNotHear(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	m1, d := r.Say(t.Context(), Dana, OtherChannel, "", "hello")
	if d.Err != nil || d.Status != 0 || m1.TS == "" || r.bot.count() != 0 {
		t.Errorf("not a member: %+v", d)
	}
	r.SetScopes([]string{"chat:write"})
	if _, d := r.Say(t.Context(), Dana, DeskChannel, "", "hello"); d.Err != nil || r.bot.count() != 0 {
		t.Errorf("without channels:history: %+v", d)
	}
	if _, d := r.Say(t.Context(), Guest, OtherChannel, "", "x"); !errors.Is(d.Err, ErrNotThere) {
		t.Errorf("a guest elsewhere: %+v", d)
	}
	if _, d := r.Say(t.Context(), Dana, DeskChannel, "1.000001", "x"); !errors.Is(d.Err, ErrNotThere) {
		t.Errorf("an absent thread: %+v", d)
	}
	r.SetArchived(DeskChannel, true)
	if _, d := r.Say(t.Context(), Dana, DeskChannel, "", "x"); !errors.Is(d.Err, ErrNotThere) {
		t.Errorf("archived: %+v", d)
	}
}

func TestEventsAreRetried(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	var n atomic.Int32
	r.bot.answer(func(w http.ResponseWriter, _ *http.Request, _ string) {
		if n.Add(1) < 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	_, d := r.Say(t.Context(), Dana, DeskChannel, "", "hello")
	if d.Status != 503 {
		t.Fatalf("first: %+v", d)
	}
	r.waitFor("two retries", func(*Snapshot) bool { return len(r.Deliveries()) == 3 })
	all := r.Deliveries()
	for i, d := range all {
		if d.Retry != i || d.EventID != all[0].EventID {
			t.Errorf("delivery %d: %+v", i, d)
		}
	}
	q, _ := r.bot.last()
	if q.Header.Get("X-Slack-Retry-Num") != "2" || q.Header.Get("X-Slack-Retry-Reason") != "http_error" || !all[2].OK() {
		t.Errorf("last: %v %+v", q.Header, all[2])
	}
	if len(r.Violations()) != 2 {
		t.Errorf("violations %q", r.Violations())
	}
}

func TestRetriesEnd(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]int32{"": 4, "1": 1} {
		r := newRig(t)
		var n atomic.Int32
		r.bot.answer(func(w http.ResponseWriter, _ *http.Request, _ string) {
			n.Add(1)
			w.Header().Set("X-Slack-No-Retry", header)
			w.WriteHeader(http.StatusInternalServerError)
		})
		r.mu.Lock()
		q := r.envelope(m{"type": "app_uninstalled"})
		r.mu.Unlock()
		first := r.send(t.Context(), q)
		r.retryEvent(*q, first) // here and now, not in the background
		if n.Load() != want {
			t.Errorf("No-Retry %q: %d deliveries, want %d", header, n.Load(), want)
		}
	}
}

func TestABotThatIsSlowOrGone(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *Options) { o.AckLimit, o.RetryDelays = 50*time.Millisecond, []time.Duration{} })
	release := make(chan struct{})
	r.bot.answer(func(_ http.ResponseWriter, q *http.Request, _ string) {
		select {
		case <-release:
		case <-q.Context().Done():
		}
	})
	if d := r.SlashCommand(t.Context(), Dana, DeskChannel, "/x", ""); !errors.Is(d.Err, ErrTimeout) || d.Ack < 50*time.Millisecond {
		t.Errorf("slow: %+v", d)
	}
	close(release)
	r.violated("not answered")
	r.ForgetViolations()
	r.SetBotURL("http://127.0.0.1:1")
	if d := r.SlashCommand(t.Context(), Dana, DeskChannel, "/x", ""); !errors.Is(d.Err, ErrUnreachable) {
		t.Errorf("gone: %+v", d)
	}
	r.clean() // a bot that was killed broke no rule
}

func TestRedelivery(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	_, d := r.Say(t.Context(), Dana, DeskChannel, "", "hello")
	again := mustOK(t, r.Redeliver(t.Context(), d, false))
	if again.EventID != d.EventID {
		t.Errorf("another event: %+v", again)
	}
	other := mustOK(t, r.Redeliver(t.Context(), d, true))
	envelope, e := r.bot.event(t)
	if other.EventID == d.EventID || envelope["event_id"] != other.EventID || e["text"] != "hello" {
		t.Errorf("under a new id: %v", envelope)
	}
	command := mustOK(t, r.SlashCommand(t.Context(), Dana, DeskChannel, "/x", "y"))
	_, before := r.bot.last()
	mustOK(t, r.Redeliver(t.Context(), command, true))
	if _, after := r.bot.last(); after != before {
		t.Errorf("the same command again: %s, %s", before, after)
	}
	if d := r.Redeliver(t.Context(), Delivery{}, false); !errors.Is(d.Err, ErrNotThere) {
		t.Errorf("nothing: %+v", d)
	}
}

func TestVerifyURL(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	if err := r.VerifyURL(t.Context()); err == nil {
		t.Error("an empty answer verified the URL")
	}
	r.bot.answer(func(w http.ResponseWriter, _ *http.Request, body string) {
		var c struct{ Challenge string }
		_ = json.Unmarshal([]byte(body), &c)
		_, _ = w.Write([]byte(c.Challenge))
	})
	if err := r.VerifyURL(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestForgedRequests(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	status, err := r.Send(t.Context(), "/slack/commands", formType, []byte("a=b"), "other", 10*time.Minute)
	if err != nil || status != 200 {
		t.Fatalf("HTTP %d %v", status, err)
	}
	q, _ := r.bot.last()
	want, at := Sign("other", r.clock.now().Add(-10*time.Minute), []byte("a=b"))
	if q.Header.Get("X-Slack-Signature") != want || q.Header.Get("X-Slack-Request-Timestamp") != at || len(r.Deliveries()) != 0 {
		t.Errorf("sent %v", q.Header)
	}
}

func TestTheBotHearsItself(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(o *Options) { o.EchoBotMessages = true })
	ts := r.post(nil)
	r.waitFor("the echo", func(*Snapshot) bool { return len(r.Deliveries()) == 1 })
	if _, e := r.bot.event(t); e["bot_id"] != BotID || e["ts"] != ts || e["user"] != BotUserID {
		t.Errorf("echo %v", e)
	}
}

func TestAckBodiesOfInteractions(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ts := r.post(m{"blocks": l{actions(button("a", "Go", "v"))}})
	r.bot.answer(func(w http.ResponseWriter, _ *http.Request, _ string) { _, _ = w.Write([]byte("ok")) })
	mustOK(t, r.Click(t.Context(), Dana, Ref{Channel: DeskChannel, TS: ts}, "a"))
	r.violated("body")
}

func TestFiles(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	card := r.post(nil)
	upload := func(name, content string, length int) (id string, status int) {
		t.Helper()
		out := r.call("files.getUploadURLExternal", m{"filename": name, "length": length})
		if out["ok"] != true {
			t.Fatalf("upload url: %v", out)
		}
		_, resp := r.do(strings.TrimPrefix(out.str("upload_url"), r.base), "application/octet-stream", "", content)
		return out.str("file_id"), resp.StatusCode
	}
	id, status := upload("talk.txt", "hello", 5)
	if status != 200 {
		t.Fatalf("upload: HTTP %d", status)
	}
	short, status := upload("talk.txt", "hell", 5)
	if status != 400 {
		t.Errorf("wrong length: HTTP %d", status)
	}
	for name, c := range map[string]struct {
		args m
		want string
	}{
		"not uploaded": {m{"files": l{m{"id": short}}, "channel_id": DeskChannel}, "file_not_found"},
		"not a member": {m{"files": l{m{"id": id}}, "channel_id": OtherChannel}, "not_in_channel"},
		"no files":     {m{"files": l{}, "channel_id": DeskChannel}, "invalid_arguments"},
	} {
		if out := r.call("files.completeUploadExternal", c.args); out.err() != c.want {
			t.Errorf("%s: %v", name, out)
		}
	}
	done := m{"files": l{m{"id": id, "title": "Transcript"}}, "channel_id": DeskChannel, "thread_ts": card, "initial_comment": "all of it"}
	if out := r.call("files.completeUploadExternal", done); out["ok"] != true {
		t.Fatalf("complete: %v", out)
	}
	if out := r.call("files.completeUploadExternal", done); out.err() != "file_not_found" {
		t.Errorf("twice: %v", out)
	}
	files := r.Files()
	if len(files) != 1 || string(files[0].Content) != "hello" || files[0].Title != "Transcript" {
		t.Errorf("files %+v", files)
	}
	thread := r.Thread(DeskChannel, card)
	if len(thread) != 1 || r.PlainText(thread[0], nil) != "all of it\n[file: talk.txt]" {
		t.Errorf("thread %+v", thread)
	}
	info := r.call("files.info", m{"file": id})["file"].(m)
	if info["shares"].(m)["public"].(m)[DeskChannel].(l)[0].(m)["ts"] != thread[0].TS {
		t.Errorf("info %v", info)
	}
	for token, want := range map[string]string{"Bearer " + testToken: "hello", "": "<!DOCTYPE html>"} {
		req, _ := http.NewRequest("GET", r.base+"/files/"+id, nil)
		req.Header.Set("Authorization", token)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		got := make([]byte, 15)
		n, _ := resp.Body.Read(got)
		resp.Body.Close()
		if !strings.HasPrefix(string(got[:n]), want) {
			t.Errorf("with %q: %q", token, got[:n])
		}
	}
	r.clean()
}

// TestWhatPartnersSayTellsTheirTeam: the envelope names the workspace in which the app is,
// the message that of its author.
func TestWhatPartnersSayTellsTheirTeam(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	_, d := r.Say(t.Context(), Outside, DeskChannel, "", "hello")
	mustOK(t, d)
	envelope, e := r.bot.event(t)
	if envelope["team_id"] != TeamID || envelope["is_ext_shared_channel"] != true || e["team"] != OtherTeamID || e["user_team"] != OtherTeamID || e["source_team"] != OtherTeamID {
		t.Errorf("%v in %v", e, envelope)
	}
	r.AddChannel(Channel{ID: OtherChannel, Name: "lobby", Members: []string{BotUserID, Dana}})
	_, d = r.Say(t.Context(), Dana, OtherChannel, "", "hello")
	mustOK(t, d)
	if envelope, e := r.bot.event(t); envelope["is_ext_shared_channel"] != false || e["user_team"] != nil || e["team"] != TeamID {
		t.Errorf("in a channel of one's own: %v in %v", e, envelope)
	}
}

// TestPeoplePostFiles, and delete them: as Slack's events and its addresses show it.
func TestPeoplePostFiles(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for text, after := range map[string]string{"look": "message_changed", "": "message_deleted"} {
		said, d := r.SayWith(t.Context(), Dana, DeskChannel, "", text, File{Name: "door.png", Content: []byte("picture")})
		if !d.OK() || said.Subtype != "file_share" || len(said.Files) != 1 || said.Files[0].User != Dana {
			t.Fatalf("%+v, %+v", said, d)
		}
		id := said.Files[0].ID
		file := r.call("files.info", m{"file": id})["file"].(m)
		if file["mimetype"] != "image/png" || file["size"] != 7.0 || file["user"] != Dana || file["mode"] != "hosted" {
			t.Errorf("%v", file)
		}
		d = r.DeleteFiles(t.Context(), Dana, DeskChannel, said.TS)
		if body := string(d.request.body); !d.OK() || !strings.Contains(body, after) || text != "" && !strings.Contains(body, `"mode":"tombstone"`) {
			t.Errorf("%s", body)
		}
		if got := r.call("files.info", m{"file": id}); got.err() != "file_deleted" {
			t.Errorf("%v", got)
		}
	}
}

package slacksim

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestTokens(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	form := func(token string) string { return url.Values{"token": {token}}.Encode() }
	cases := []struct{ name, contentType, authorization, body, want string }{
		{"bearer", "application/json", "Bearer " + testToken, "{}", ""},
		{"form", formType, "", form(testToken), ""},
		{"form with charset", formType + "; charset=utf-8", "", form(testToken), ""},
		{"bearer and form", formType, "Bearer " + testToken, "a=b", ""},
		{"none", formType, "", "", "not_authed"},
		{"wrong", formType, "", form("xoxb-other"), "invalid_auth"},
		{"wrong bearer", "application/json", "Bearer nope", "{}", "invalid_auth"},
		{"token in JSON is not read", "application/json", "", `{"token":"` + testToken + `"}`, "not_authed"},
		{"not JSON", "application/json", "Bearer " + testToken, "[", "invalid_json"},
		{"other type", "text/xml", "Bearer " + testToken, "<a/>", "invalid_post_type"},
	}
	for _, c := range cases {
		out, resp := r.raw("auth.test", c.contentType, c.authorization, c.body)
		if resp.StatusCode != 200 || out.err() != c.want {
			t.Errorf("%s: HTTP %d %v, want %q", c.name, resp.StatusCode, out, c.want)
		}
		if c.want == "" && (out.str("team_id") != TeamID || out.str("bot_id") != BotID || !strings.Contains(resp.Header.Get("X-OAuth-Scopes"), "chat:write")) {
			t.Errorf("%s: %v %v", c.name, out, resp.Header)
		}
	}
	if out, _ := r.raw("auth.test?token="+testToken, formType, "", ""); out.err() != "not_authed" {
		t.Errorf("a token in the query was read: %v", out)
	}
}

func TestScopesAndMethods(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	if out := r.call("chat.dance", nil); out.err() != "unknown_method" {
		t.Errorf("unknown method: %v", out)
	}
	if out := r.call("team.info", nil); out.err() != "missing_scope" || out.str("needed") != "team:read" || out.str("provided") == "" {
		t.Errorf("team.info: %v", out)
	}
	r.SetScopes([]string{"im:read", "team:read"})
	for method, need := range map[string]string{
		"chat.postMessage": "chat:write", "chat.update": "chat:write", "chat.delete": "chat:write", "chat.postEphemeral": "chat:write",
		"users.info": "users:read", "users.list": "users:read", "bots.info": "users:read",
		"usergroups.list": "usergroups:read", "usergroups.users.list": "usergroups:read",
		"conversations.info": "channels:read", "conversations.members": "channels:read", "conversations.history": "channels:history",
		"conversations.replies": "channels:history", "conversations.open": "im:write", "conversations.join": "channels:join",
		"files.getUploadURLExternal": "files:write", "files.completeUploadExternal": "files:write", "files.info": "files:read",
		"reactions.add": "reactions:write", "reactions.remove": "reactions:write",
		"team.info": "", "auth.test": "", "views.open": "", "views.publish": "", "chat.getPermalink": "",
	} {
		out := r.call(method, m{"channel": DeskChannel})
		if got := out.str("needed"); got != need {
			t.Errorf("%s needs %q, want %q", method, got, need)
		}
	}
	r.AddChannel(Channel{ID: "G0SECRET", Name: "secret", Private: true, Members: []string{BotUserID}})
	if out := r.call("conversations.info", m{"channel": "G0SECRET"}); out.str("needed") != "groups:read" {
		t.Errorf("private channel: %v", out)
	}
}

func TestPosting(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.AddChannel(Channel{ID: "C0OLD", Name: "old", Archived: true, Members: []string{BotUserID}})
	r.AddChannel(Channel{ID: "G0HID", Name: "hidden", Private: true, Members: []string{Dana}})
	r.AddUser(User{ID: "U0GONE", Name: "gone", Deleted: true})
	base := m{"channel": DeskChannel, "text": "hi", "unfurl_links": false, "unfurl_media": "false"}
	blocks := l{m{"type": "divider"}}
	reply := r.post(m{"thread_ts": r.post(nil)})
	cases := []struct {
		name string
		args m
		want string
	}{
		{"fine", base, ""},
		{"blocks as an array", with(base, "blocks", blocks), ""},
		{"blocks as text", with(base, "blocks", string(encode(blocks))), ""},
		{"text 40,000", with(base, "text", rep(40000)), ""},
		{"text 40,001", with(base, "text", rep(40001)), "msg_too_long"},
		{"no text", without(base, "text"), "no_text"},
		{"blocks without text", with(without(base, "text"), "blocks", blocks), "no_text"},
		{"bad blocks", with(base, "blocks", l{m{"type": "x"}}), "invalid_blocks"},
		{"no JSON blocks", with(base, "blocks", "x"), "invalid_blocks_format"},
		{"no channel", without(base, "channel"), "channel_not_found"},
		{"unknown channel", with(base, "channel", "C0NONE"), "channel_not_found"},
		{"not a member", with(base, "channel", OtherChannel), "not_in_channel"},
		{"private, not a member", with(base, "channel", "G0HID"), "channel_not_found"},
		{"archived", with(base, "channel", "C0OLD"), "is_archived"},
		{"person", with(base, "channel", Dana), ""},
		{"person who left", with(base, "channel", "U0GONE"), "channel_not_found"},
		{"invented thread", with(base, "thread_ts", "9999999999.000100"), "thread_not_found"},
		{"attachments", with(base, "attachments", l{m{"text": "x"}}), "invalid_attachments"},
		{"metadata", with(base, "metadata", m{"event_type": "card", "event_payload": m{"k": "v"}}), ""},
		{"empty metadata of libraries", with(base, "metadata", m{"event_type": "", "event_payload": nil}), ""},
		{"odd metadata", with(base, "metadata", m{"event_type": "card"}), "invalid_metadata_schema"},
		{"metadata is text", with(base, "metadata", "card"), "invalid_metadata_format"},
	}
	for _, c := range cases {
		if out := r.call("chat.postMessage", c.args); out.err() != c.want {
			t.Errorf("%s: %q %v, want %q", c.name, out.err(), out["response_metadata"], c.want)
		}
	}
	r.clean()
	if out := r.call("chat.postMessage", with(base, "thread_ts", reply)); out.err() != "cannot_reply_to_message" {
		t.Errorf("reply to a reply: %v", out)
	}
	r.violated("reply")
}

func TestIdsOfMessages(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	first, second := r.post(nil), r.post(nil) // the clock stands still
	if first != "1795317060.000247" || second <= first {
		t.Errorf("ids %s, %s", first, second)
	}
}

func TestDirectMessagesHaveTheirOwnId(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	out := r.call("chat.postMessage", m{"channel": Dana, "text": "hi", "unfurl_links": false, "unfurl_media": false})
	dm := out.str("channel")
	if !strings.HasPrefix(dm, "D") || len(r.Messages(dm)) != 1 {
		t.Fatalf("posted to %q", dm)
	}
	if out := r.call("chat.update", m{"channel": Dana, "ts": out.str("ts"), "text": "x"}); out.err() != "channel_not_found" {
		t.Errorf("update by user id: %v", out)
	}
	if out := r.call("chat.update", m{"channel": dm, "ts": out.str("ts"), "text": "x"}); out.err() != "" {
		t.Errorf("update by D id: %v", out)
	}
	if open := r.call("conversations.open", m{"users": Dana}); open["channel"].(m)["id"] != dm {
		t.Errorf("open: %v, want %s", open, dm)
	}
	for user, want := range map[string]int{Dana: 1, Omar: 0} {
		if n := len(r.Snapshot(user, nil).Channel(dm).Messages); n != want {
			t.Errorf("%s sees %d direct messages of Dana", user, n)
		}
	}
}

func TestPostsThatHurtPeople(t *testing.T) {
	t.Parallel()
	fine := m{"channel": DeskChannel, "text": "hi", "unfurl_links": "false", "unfurl_media": "0"}
	for name, c := range map[string]struct {
		args m
		want string
	}{
		"text pings":     {with(fine, "text", "<!channel> up"), "<!channel>"},
		"links unfurl":   {without(fine, "unfurl_links"), "unfurl"},
		"media unfurls":  {with(fine, "unfurl_media", true), "unfurl"},
		"names linked":   {with(fine, "link_names", true), "link_names"},
		"parse full":     {with(fine, "parse", "full"), "parse"},
		"not verbatim":   {with(fine, "blocks", l{m{"type": "section", "text": m{"type": "mrkdwn", "text": "x"}}}), "verbatim"},
		"mrkdwn mention": {with(fine, "blocks", l{m{"type": "section", "text": mrk("<!here>")}}), "<!here>"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			if out := r.call("chat.postMessage", c.args); out["ok"] != true {
				t.Fatalf("refused: %v", out)
			}
			r.violated(c.want)
		})
	}
}

func TestUpdating(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ts := r.post(m{"blocks": l{m{"type": "divider"}}, "metadata": m{"event_type": "card", "event_payload": m{"k": "v"}}})
	said, _ := r.Say(t.Context(), Dana, DeskChannel, "", "hello")
	eph := r.call("chat.postEphemeral", m{"channel": DeskChannel, "user": Dana, "text": "psst"}).str("message_ts")
	cases := []struct {
		name string
		args m
		want string
	}{
		{"with blocks", m{"ts": ts, "text": "new", "blocks": l{m{"type": "divider"}}}, ""},
		{"text 4000", m{"ts": ts, "text": rep(4000)}, ""},
		{"text 4001", m{"ts": ts, "text": rep(4001)}, "msg_too_long"},
		{"unknown message", m{"ts": "1.000001", "text": "x"}, "message_not_found"},
		{"a person's message", m{"ts": said.TS, "text": "x"}, "cant_update_message"},
		{"ephemeral", m{"ts": eph, "text": "x"}, "cant_update_message"},
		{"blocks without text", m{"ts": ts, "blocks": l{m{"type": "divider"}}}, "no_text"},
	}
	for _, c := range cases {
		if out := r.call("chat.update", with(c.args, "channel", DeskChannel)); out.err() != c.want {
			t.Errorf("%s: %v, want %q", c.name, out, c.want)
		}
	}
	got := r.Messages(DeskChannel)[0]
	if got.Blocks != nil || got.Updates != 2 || got.Metadata == nil {
		t.Errorf("after an update with text only: %+v", got)
	}
	r.SetArchived(DeskChannel, true)
	if out := r.call("chat.update", m{"channel": DeskChannel, "ts": ts, "text": "x"}); out.err() != "is_inactive" {
		t.Errorf("archived: %v", out)
	}
	r.clean()
}

func TestDeleting(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	lone, parent := r.post(nil), r.post(nil)
	reply := r.post(m{"thread_ts": parent})
	for _, ts := range []string{lone, parent} {
		if out := r.call("chat.delete", m{"channel": DeskChannel, "ts": ts}); out.err() != "" {
			t.Fatalf("delete: %v", out)
		}
	}
	left := r.Messages(DeskChannel)
	if len(left) != 1 || left[0].Subtype != tombstone || len(r.Thread(DeskChannel, parent)) != 1 {
		t.Errorf("left: %+v", left)
	}
	if out := r.call("chat.update", m{"channel": DeskChannel, "ts": parent, "text": "x"}); out.err() != "message_not_found" {
		t.Errorf("update of a placeholder: %v", out)
	}
	if out := r.call("chat.postMessage", m{"channel": DeskChannel, "text": "x", "thread_ts": lone, "unfurl_links": false, "unfurl_media": false}); out["message"].(m)["thread_ts"] != nil {
		t.Errorf("a reply to a message that is gone stands in a thread: %v", out)
	}
	r.call("chat.delete", m{"channel": DeskChannel, "ts": reply})
	if left := r.Messages(DeskChannel); left[0].Replies != 0 {
		t.Errorf("replies after the last is gone: %d", left[0].Replies)
	}
}

func TestEphemeral(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for name, c := range map[string]struct{ user, want string }{
		"member": {Dana, ""}, "nobody": {"U0NONE", "user_not_in_channel"}, "bot channel": {"", "user_not_in_channel"},
	} {
		if out := r.call("chat.postEphemeral", m{"channel": DeskChannel, "user": c.user, "text": "psst"}); out.err() != c.want {
			t.Errorf("%s: %v", name, out)
		}
	}
	r.AddUser(User{ID: "U0NEW", Name: "new"})
	if out := r.call("chat.postEphemeral", m{"channel": DeskChannel, "user": "U0NEW", "text": "x"}); out.err() != "user_not_in_channel" {
		t.Errorf("not a member: %v", out)
	}
	if len(r.Private(Dana)) != 1 || len(r.Private(Omar)) != 0 || len(r.Messages(DeskChannel)) != 0 {
		t.Error("an ephemeral message is seen by others")
	}
}

func TestReadingBack(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.AddChannel(Channel{ID: "C0PAGE", Name: "page", Members: []string{BotUserID, Dana}})
	meta := m{"event_type": "card", "event_payload": m{"key": "k1"}}
	parent := r.post(m{"metadata": meta})
	var replies []string
	for range 5 {
		replies = append(replies, r.post(m{"thread_ts": parent, "metadata": meta}))
	}
	r.post(m{"thread_ts": parent, "reply_broadcast": true})
	texts := func(args m) (ts []string, next string, first m) {
		t.Helper()
		out := r.call("conversations.replies", with(with(args, "channel", DeskChannel), "ts", parent))
		if out["ok"] != true {
			t.Fatalf("replies: %v", out)
		}
		for _, x := range out["messages"].(l) {
			ts = append(ts, x.(m)["ts"].(string))
		}
		next, _ = out["response_metadata"].(m)["next_cursor"].(string)
		return ts, next, out["messages"].(l)[0].(m)
	}
	all, _, first := texts(m{})
	if len(all) != 7 || all[0] != parent || first["metadata"] != nil || first["reply_count"] != float64(6) {
		t.Errorf("all: %v %v", all, first)
	}
	if _, _, first := texts(m{"include_all_metadata": true}); first["metadata"].(m)["event_payload"].(m)["key"] != "k1" {
		t.Errorf("metadata: %v", first)
	}
	if some, _, _ := texts(m{"oldest": replies[1], "latest": replies[3]}); len(some) != 2 || some[1] != replies[2] {
		t.Errorf("between: %v", some)
	}
	if some, _, _ := texts(m{"oldest": replies[1], "latest": replies[3], "inclusive": true}); len(some) != 4 {
		t.Errorf("inclusive: %v", some)
	}
	page1, next, _ := texts(m{"limit": 3})
	page2, _, _ := texts(m{"limit": 3, "cursor": next})
	if len(page1) != 3 || len(page2) != 3 || page2[0] != all[3] {
		t.Errorf("pages %v %v", page1, page2)
	}
	h := r.call("conversations.history", m{"channel": DeskChannel})["messages"].(l)
	if len(h) != 2 || h[1].(m)["ts"] != parent || h[0].(m)["subtype"] != "thread_broadcast" {
		t.Errorf("history: %v", h)
	}
	for name, c := range map[string]struct {
		method, want string
		args         m
	}{
		"no such thread": {"conversations.replies", "thread_not_found", m{"channel": DeskChannel, "ts": "1.000001"}},
		"not a member":   {"conversations.history", "not_in_channel", m{"channel": OtherChannel}},
		"odd cursor":     {"conversations.history", "invalid_cursor", m{"channel": DeskChannel, "cursor": "x"}},
		"odd limit":      {"conversations.history", "invalid_limit", m{"channel": DeskChannel, "limit": 0}},
	} {
		if out := r.call(c.method, c.args); out.err() != c.want {
			t.Errorf("%s: %v", name, out)
		}
	}
}

func TestPeopleChannelsGroupsAndReactions(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	u := r.call("users.info", m{"user": Dana})["user"].(m)
	if u["tz"] != "America/Los_Angeles" || u["tz_offset"] != float64(-8*3600) || u["profile"].(m)["display_name"] != "Dana" {
		t.Errorf("users.info: %v", u)
	}
	if u := r.call("users.info", m{"user": Outside})["user"].(m); u["team_id"] != OtherTeamID || u["is_stranger"] != false {
		t.Errorf("an outsider who shares a channel: %v", u)
	}
	r.AddChannel(Channel{ID: DeskChannel, Name: "on-call", Members: []string{BotUserID, Dana, Omar, Lena, Guest}})
	if u := r.call("users.info", m{"user": Outside})["user"].(m); u["team_id"] != OtherTeamID || u["is_stranger"] != true {
		t.Errorf("an outsider who shares none: %v", u)
	}
	if u := r.call("users.info", m{"user": Guest})["user"].(m); u["is_ultra_restricted"] != true {
		t.Errorf("guest: %v", u)
	}
	list := r.call("users.list", m{"limit": 4})
	if len(list["members"].(l)) != 4 || list["response_metadata"].(m)["next_cursor"] == "" {
		t.Errorf("users.list: %v", list)
	}
	if c := r.call("conversations.info", m{"channel": OtherChannel})["channel"].(m); c["is_member"] != false || c["name"] != "lobby" {
		t.Errorf("conversations.info: %v", c)
	}
	if g := r.call("usergroups.users.list", m{"usergroup": TechniciansGroup})["users"].(l); len(g) != 2 {
		t.Errorf("group: %v", g)
	}
	if out := r.call("bots.info", m{"bot": BotID}); out["bot"].(m)["app_id"] != AppID {
		t.Errorf("bots.info: %v", out)
	}
	ts := r.post(nil)
	react := func(method, name, want string) {
		t.Helper()
		if out := r.call("reactions."+method, m{"channel": DeskChannel, "timestamp": ts, "name": name}); out.err() != want {
			t.Errorf("reactions.%s %s: %v, want %q", method, name, out, want)
		}
	}
	react("add", "eyes", "")
	react("add", "eyes", "already_reacted")
	react("add", ":eyes:", "invalid_name")
	react("remove", "wave", "no_reaction")
	if got := r.Messages(DeskChannel)[0].Reactions; len(got) != 1 || got[0].Name != "eyes" {
		t.Errorf("reactions: %v", got)
	}
	react("remove", "eyes", "")
	if got := r.Messages(DeskChannel)[0].Reactions; len(got) != 0 {
		t.Errorf("reactions left: %v", got)
	}
	link := r.call("chat.getPermalink", m{"channel": DeskChannel, "message_ts": ts}).str("permalink")
	if link != "https://demo.slack.com/archives/C0DESK/p"+strings.ReplaceAll(ts, ".", "") {
		t.Errorf("permalink %s", link)
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	body := string(encode(m{"channel": DeskChannel, "text": "x", "unfurl_links": false, "unfurl_media": false}))
	send := func() (*http.Response, answer, error) {
		req, _ := http.NewRequest("POST", r.base+"/api/chat.postMessage", strings.NewReader(body))
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer "+testToken)
		client := &http.Client{Timeout: 100 * time.Millisecond, Transport: &http.Transport{DisableKeepAlives: true}}
		resp, err := client.Do(req)
		if err != nil {
			return nil, nil, err
		}
		resp.Body.Close()
		return resp, nil, nil
	}
	cases := []struct {
		fault      Fault
		status     int // 0: the connection breaks
		retryAfter string
		posted     bool
	}{
		{Fault{Kind: FaultRateLimited, RetryAfter: 7 * time.Second}, 429, "7", false},
		{Fault{Kind: FaultRateLimitedBare}, 429, "", false},
		{Fault{Kind: FaultRateLimitedOK}, 200, "", false},
		{Fault{Kind: FaultUnavailable}, 503, "", false},
		{Fault{Kind: FaultHang}, 0, "", false},
		{Fault{Kind: FaultDropBeforeCommit}, 0, "", false},
		{Fault{Kind: FaultDropAfterCommit}, 0, "", true},
		{Fault{Kind: FaultError, Error: "internal_error"}, 200, "", false},
		{Fault{}, 200, "", true},
	}
	for _, c := range cases {
		before := len(r.Messages(DeskChannel))
		r.FailNext("chat.postMessage", 1, c.fault)
		resp, _, err := send()
		switch {
		case c.status == 0 && err == nil:
			t.Errorf("%s: the connection held", c.fault.Kind)
		case c.status != 0 && (err != nil || resp.StatusCode != c.status || resp.Header.Get("Retry-After") != c.retryAfter):
			t.Errorf("%s: %v %v", c.fault.Kind, resp, err)
		}
		if posted := len(r.Messages(DeskChannel)) > before; posted != c.posted {
			t.Errorf("%s: posted %v", c.fault.Kind, posted)
		}
	}
	r.FailNext(AnyMethod, 2, Fault{Kind: FaultError, Error: "fatal_error"})
	for i, want := range []string{"fatal_error", "fatal_error", ""} {
		if out := r.call("auth.test", nil); out.err() != want {
			t.Errorf("call %d: %v", i, out)
		}
	}
	r.SetLatency("auth.test", 30*time.Millisecond)
	r.call("auth.test", nil)
	calls := r.Calls()
	if last := calls[len(calls)-1]; last.Method != "auth.test" || last.Latency < 30*time.Millisecond {
		t.Errorf("latency: %+v", last)
	}
	r.ClearFaults()
	r.clean()
}

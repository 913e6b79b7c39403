package listen_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"takeoverbot/internal/desktest"
	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/internal/texttest"
	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// written sends the event of a message in the thread of a card; over changes its fields.
func written(d *desktest.Desk, card slacksim.Message, over map[string]any) {
	d.Helper()
	e := map[string]any{"type": "message", "channel": card.Channel, "user": slacksim.Dana, "ts": "9.1", "thread_ts": card.TS}
	for k, v := range over {
		e[k] = v
	}
	raw, err := json.Marshal(e)
	slacktest.Must(d.T, err)
	d.Fine(d.Slack.Event(d.Context(), raw))
	d.Tasks.Wait()
}

// said are the words and files of the commands that were stored, by verb.
func said(d *desktest.Desk) string {
	var all []string
	for _, c := range d.Backend.Stored() {
		words := strings.TrimSpace(string(c.Verb) + " " + c.Words)
		for _, f := range c.Files {
			words += " " + string(f)
		}
		all = append(all, words)
	}
	return strings.Join(all, " | ")
}

// fresh is the line of Dana whose hold has just begun: nothing that she does is stored as activity.
func fresh(change ...func(*takeover.Line)) takeover.Line {
	return danas(append(change, func(l *takeover.Line) { l.Takeover.Hold = takeover.Hold{} })...)
}

func cannot(level takeover.Level) func(*takeover.Line) {
	return func(l *takeover.Line) {
		l.Can[takeover.CanReply] = takeover.Ability{Level: level, Reason: "The end user is on the phone."}
	}
}

func TestWhichWordsLeave(t *testing.T) {
	t.Parallel()
	dana, omar := slacksim.Dana, slacksim.Omar
	file := func(id, name, kind string, size int) map[string]any {
		return map[string]any{"id": id, "name": name, "mimetype": kind, "size": size, "mode": "hosted"}
	}
	picture, plan := file("F1", "door.jpg", "image/jpeg", 600_000), file("F2", "plan <!here>.pdf", "application/pdf", 3)
	files := func(all ...any) []any { return all }
	shared := []any{map[string]any{"is_share": true, "is_msg_unfurl": true, "text": "the tenant's secret", "id": 1}}
	unfurled := []any{map[string]any{"is_msg_unfurl": true, "text": "a page", "id": 1}}
	tests := []struct {
		name    string
		line    takeover.Line
		careful bool
		event   map[string]any
		stored  string
		told    string
	}{
		{"the holder's", fresh(), false, map[string]any{"text": "*We* come at 4 &amp; <@U0OMAR> calls :tada:"}, "say We come at 4 & Omar calls 🎉", ""},
		{"a colleague's", fresh(), false, map[string]any{"text": "is that so?", "user": omar}, "say is that so?", ""},
		{"shown in the channel, too", fresh(), false, map[string]any{"text": "hello", "subtype": "thread_broadcast"}, "say hello", ""},
		{"only emoji", fresh(), false, map[string]any{"text": ":tada::wave:"}, "say 🎉👋", ""},
		{"only emoji of the workspace's own", fresh(), false, map[string]any{"text": ":our_own: :other:"}, "", "There are no words in that"},
		{"nothing", fresh(), false, map[string]any{"text": " \u200b"}, "", "There are no words in that"},
		{"only marks", fresh(), false, map[string]any{"text": "` `"}, "", "There are no words in that"},
		{"a block of code", fresh(), false, map[string]any{"text": "```a *b*```"}, "say a *b*", ""},
		{"a quote of the end user", fresh(), false, map[string]any{"text": "&gt; My sink leaks\nComing."}, "say > My sink leaks\nComing.", ""},
		{"right to left", fresh(), false, map[string]any{"text": "\u202eשלום\u202c"}, "say שלום", ""},
		{"hostile", fresh(), false, map[string]any{"text": "&lt;!channel&gt; &lt;@U0OMAR&gt; <https://evil.example|bank>"}, "say <!channel> <@U0OMAR> bank (https://evil.example)", ""},
		{"with a person of whom Slack tells nothing", fresh(), false, map[string]any{"text": "ask <@U0NOBODY>"}, "say ask a colleague", ""},
		{"with a channel", fresh(), false, map[string]any{"text": "as in <#C0DESK|desk>"}, "", "does not know Slack's channels and groups"},
		{"with a private channel", fresh(), false, map[string]any{"text": "as in <#C0DESK|>"}, "", "does not know Slack's channels and groups"},
		{"with a group", fresh(), false, map[string]any{"text": "<!subteam^S0PLUMB|@plumbers> can you?"}, "", "does not know Slack's channels and groups"},
		{"with everybody", fresh(), false, map[string]any{"text": "<!here> who can go?"}, "", "does not know Slack's channels and groups"},
		{"with a group, a colleague's", fresh(), false, map[string]any{"text": "<!subteam^S0PLUMB> can you?", "user": omar}, "", "Only what @Dana writes reaches the end user"},
		{"for colleagues", fresh(), false, map[string]any{"text": "// he shouts"}, "", ""},
		{"for colleagues, in bold", fresh(), false, map[string]any{"text": "*//* he shouts"}, "", ""},
		{"for colleagues, in code", fresh(), false, map[string]any{"text": "`// he shouts`"}, "", ""},
		{"for colleagues, quoted", fresh(), false, map[string]any{"text": "&gt; // he shouts"}, "", ""},
		{"for colleagues, wide", fresh(), false, map[string]any{"text": "／／ he shouts"}, "", ""},
		{"for colleagues, behind emoji", fresh(), false, map[string]any{"text": ":our_own: :tada: // he shouts"}, "", ""},
		{"for a colleague", fresh(), false, map[string]any{"text": "<@U0OMAR>, // he shouts"}, "", ""},
		{"a struck note", fresh(), false, map[string]any{"text": "~!note he shouts~"}, "", ""},
		{"a quoted note", fresh(), false, map[string]any{"text": "<@U0OMAR> !note he shouts"}, "", ""},
		{"an address", fresh(), false, map[string]any{"text": "<https://a.example/x>"}, "say https://a.example/x", ""},
		{"into Slack", fresh(), false, map[string]any{"text": "see <https://acme.slack.com/archives/C1/p1>"}, "", "cannot open a link into Slack"},
		{"into Slack, a colleague's", fresh(), false, map[string]any{"text": "see <https://acme.slack.com/archives/C1/p1>", "user": omar}, "", "Only what @Dana writes reaches the end user"},
		{"with a picture", fresh(), false, map[string]any{"text": "the *door*", "subtype": "file_share", "files": files(picture)}, "say the door F1", ""},
		{"two pictures alone", fresh(), false, map[string]any{"text": "", "files": files(file("F3", "a.gif", "image/gif", 1), file("F4", "b.png", "image/png", 1))}, "say F3 F4", ""},
		{"a picture and an emoji of the workspace's own", fresh(), false, map[string]any{"text": ":our_own:", "files": files(picture)}, "say F1", ""},
		{"a picture of another organisation's", fresh(), false, map[string]any{"text": "", "files": files(map[string]any{"id": "F5", "file_access": "check_file_info"})}, "say F5", ""},
		{"a picture beside a deleted one", fresh(), false, map[string]any{"text": "", "files": files(picture, map[string]any{"id": "F6", "mode": "tombstone"})}, "say F1", ""},
		{"only a deleted picture", fresh(), false, map[string]any{"text": "", "files": files(map[string]any{"id": "F6", "mode": "tombstone"})}, "", "There are no words in that"},
		{"a colleague's picture", fresh(), false, map[string]any{"text": "", "user": omar, "files": files(picture)}, "say F1", ""},
		{"a picture for colleagues", fresh(), false, map[string]any{"text": "// ours", "files": files(picture)}, "", ""},
		{"a word with a picture", fresh(), true, map[string]any{"text": "!reply", "files": files(picture)}, "say F1", ""},
		{"careful, a picture", fresh(), true, map[string]any{"text": "", "files": files(picture)}, "", ""},
		{"careful, words with a picture", fresh(), true, map[string]any{"text": "look", "files": files(picture)}, "", ""},
		{"careful, a marked picture", fresh(), true, map[string]any{"text": "&gt; look", "files": files(picture)}, "say look F1", ""},
		{"no picture", fresh(), false, map[string]any{"text": "the plan", "files": files(picture, plan)}, "", "“plan &lt;!here&gt;.pdf” is no picture that every phone shows"},
		{"a colleague's file that is none", fresh(), false, map[string]any{"text": "", "user": omar, "files": files(plan)}, "", "Only what @Dana writes reaches the end user"},
		{"too large together", fresh(), false, map[string]any{"text": "", "files": files(picture, picture)}, "", "may have 1 MB together, and these have 1.2 MB"},
		{"11 pictures", fresh(), false, map[string]any{"text": "", "files": slices.Repeat(files(file("F3", "a.gif", "image/gif", 1)), 11)}, "", "These are 11 files, and at most 10 can leave with one text"},
		{"a file elsewhere", fresh(), false, map[string]any{"text": "", "files": files(map[string]any{"id": "F7", "name": "x", "is_external": true, "mode": "external"})}, "", "Slack does not keep “x”"},
		{"a picture during a phone call", fresh(cannot(takeover.LevelNo)), false, map[string]any{"text": "", "files": files(picture)}, "", "does not reach the end user. The end user is on the phone."},
		{"forwarded", fresh(), false, map[string]any{"text": "", "attachments": shared}, "", "A forwarded message does not reach"},
		{"forwarded with words", fresh(), false, map[string]any{"text": "look", "attachments": shared}, "", "A forwarded message does not reach"},
		{"with an unfurled link", fresh(), false, map[string]any{"text": "hello", "attachments": unfurled}, "say hello", ""},
		{"long", fresh(), false, map[string]any{"text": strings.Repeat("a", 400)}, "say " + strings.Repeat("a", 400), "they leave as 3 texts"},
		{"too long", fresh(), false, map[string]any{"text": strings.Repeat("a", 1531)}, "", "1530 of its 1531 characters fit"},
		{"40,000 characters", fresh(), false, map[string]any{"text": strings.Repeat("wörds ", 6666)}, "", "at most 10 can leave at once"},
		{"of a bot", fresh(), false, map[string]any{"text": "hello", "bot_id": "B0OTHER"}, "", ""},
		{"of a workflow", fresh(), false, map[string]any{"text": "hello", "bot_id": "B0FLOW", "workflow_id": "W1", "subtype": "bot_message"}, "", ""},
		{"a guest's", fresh(), false, map[string]any{"text": "hello", "user": slacksim.Guest}, "", ""},
		{"before a takeover", slacktest.LineIn(takeover.StateAI), false, map[string]any{"text": "hello"}, "", ""},
		{"while it is handed back", slacktest.LineIn(takeover.StateReturning), false, map[string]any{"text": "hello"}, "", ""},
		{"during a phone call", fresh(cannot(takeover.LevelNo)), false, map[string]any{"text": "hello"}, "", "does not reach the end user. The end user is on the phone."},
		{"during a phone call, a colleague's", fresh(cannot(takeover.LevelNo)), false, map[string]any{"text": "hello", "user": omar}, "", ""},
		{"where it is not known", fresh(cannot(takeover.LevelUnknown)), false, map[string]any{"text": "hello"}, "say hello", ""},
		{"careful, bare", fresh(), true, map[string]any{"text": "hello"}, "", ""},
		{"careful, a colleague's", fresh(), true, map[string]any{"text": "hello", "user": omar}, "", ""},
		{"careful, marked", fresh(), true, map[string]any{"text": "&gt; hello\n&gt;  *there*\n\n&gt;ok"}, "say hello\n there\n\nok", ""},
		{"careful, marked once", fresh(), true, map[string]any{"text": "&gt; hello\nthere"}, "", "Only some lines of that begin with &gt;"},
		{"careful, marked later", fresh(), true, map[string]any{"text": "she wrote\n&gt; hello"}, "", ""},
		{"careful, only a mark", fresh(), true, map[string]any{"text": "&gt;"}, "", "There are no words"},
		{"careful, marked for colleagues", fresh(), true, map[string]any{"text": "&gt; // he shouts"}, "", ""},
		{"careful, a marked note", fresh(), true, map[string]any{"text": "&gt; !note he shouts"}, "", ""},
		{"careful, a word", fresh(), true, map[string]any{"text": "!reply *hello*"}, "say hello", ""},
		{"a word", fresh(), false, map[string]any{"text": "!reply hello"}, "say hello", ""},
		{"a colleague's word", fresh(), true, map[string]any{"text": "!reply hello", "user": omar}, "say hello", ""},
		{"a word without more", fresh(), false, map[string]any{"text": "!reply"}, "", "There are no words in that"},
		{"a word with a note", fresh(), false, map[string]any{"text": "!reply // x"}, "", "stays inside: nothing was sent"},
		{"a word where nobody has the line", slacktest.LineIn(takeover.StateAI), false, map[string]any{"text": "!reply hello"}, "", "Nobody has this line, so nothing was sent"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := desktest.New(t, tt.line)
			d.Bot.Listener.Desks[0].Careful, d.Bot.SendsPictures = tt.careful, true
			card := d.PutUp(tt.line)
			slacktest.Must(t, d.Bot.Listener.People.Ask(t.Context(), dana, omar, slacksim.Guest))
			author := dana
			if user, ok := tt.event["user"].(string); ok {
				author = user
			}
			for range 2 { // the same event under another id
				written(d, card, tt.event)
				if got := said(d); got != tt.stored {
					t.Errorf("stored %.200q, want %.200q", got, tt.stored)
				}
				d.Told(author, tt.told, card.TS)
			}
			for _, c := range d.Backend.Stored() {
				if c.Message != "9.1" || (c.Parts == 0) != (c.Words == "") || c.By != takeover.OperatorID(author) || c.Reply != (takeover.Reply{Channel: card.Channel, Thread: card.TS}) || c.Key != "message/"+card.Channel+"/9.1" {
					t.Errorf("stored %+v", c)
				}
			}
		})
	}
}

// TestNoPictureWithoutAnAddress: the words beside it would tell of something that is not there.
func TestNoPictureWithoutAnAddress(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, fresh())
	card := d.PutUp(fresh())
	written(d, card, map[string]any{"text": "the door", "files": []any{map[string]any{"id": "F1", "mimetype": "image/png"}}})
	if got := said(d); got != "" {
		t.Errorf("stored %s", got)
	}
	d.Told(slacksim.Dana, "it has no public address, which an administrator sets (PUBLIC_URL)", card.TS)
}

// TestTheTableOfTexts: what leaves of each text is what a phone shows of it, or nothing.
func TestTheTableOfTexts(t *testing.T) {
	t.Parallel()
	for _, c := range texttest.Texts() {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			d := desktest.New(t, fresh())
			written(d, d.PutUp(fresh()), map[string]any{"text": c.Slack})
			for _, stored := range d.Backend.Stored() {
				if stored.Verb == takeover.Say && (c.Internal || c.Phone == "" || strings.HasPrefix(c.Phone, "!") || stored.Parts > 10) {
					t.Errorf("%.100q leaves", stored.Words)
				}
			}
		})
	}
}

// TestImpossibleIsSaidOnce: in the thread of a phone call colleagues talk with each other.
func TestImpossibleIsSaidOnce(t *testing.T) {
	t.Parallel()
	l := danas(cannot(takeover.LevelNo))
	d := desktest.New(t, l)
	card := d.PutUp(l)
	for range 3 {
		d.Write(slacksim.Dana, card, "he is still talking")
	}
	d.Told(slacksim.Dana, "The end user is on the phone.", card.TS)
	if got := said(d); got != "active | active | active" {
		t.Errorf("stored %s", got)
	}
}

func TestEditedAndDeletedWords(t *testing.T) {
	t.Parallel()
	changed := func(text string, over map[string]any) map[string]any {
		m := map[string]any{"type": "message", "user": slacksim.Dana, "ts": "9.1", "thread_ts": "", "text": text, "edited": map[string]any{"user": slacksim.Dana, "ts": "9.2"}}
		for k, v := range over {
			m[k] = v
		}
		return map[string]any{"subtype": "message_changed", "user": nil, "ts": "9.5", "thread_ts": nil, "message": m,
			"previous_message": map[string]any{"type": "message", "user": slacksim.Dana, "ts": "9.1", "text": "hello"}}
	}
	for name, tt := range map[string]struct {
		event   map[string]any
		careful bool
		stored  string
		told    string
	}{
		"edited":                   {changed("*Hello* you", nil), false, "reword Hello you", ""},
		"edited to a note":         {changed("!note x", nil), false, "recall", ""},
		"edited to a word":         {changed("!take", nil), false, "recall", ""},
		"edited to an inside line": {changed("// x", nil), false, "recall", ""},
		"emptied":                  {changed("", nil), false, "recall", "There are no words"},
		"edited behind a word":     {changed("!reply hello you", nil), true, "reword hello you", ""},
		"without a mark":           {changed("hello you", nil), true, "recall", ""},
		"with a mark":              {changed("&gt; hello you", nil), true, "reword hello you", ""},
		"edited to be too long":    {changed(strings.Repeat("a", 2000), nil), false, "recall", "at most 10 can leave"},
		"the same text":            {changed("hello", nil), false, "", ""},
		"an unfurled link":         {changed("hello you", map[string]any{"edited": nil}), false, "", ""},
		"by a bot":                 {changed("hello you", map[string]any{"bot_id": "B1"}), false, "", ""},
		"by the bot":               {changed("hello you", map[string]any{"user": slacksim.BotUserID}), false, "", ""},
		"elsewhere":                {changed("hello you", map[string]any{"thread_ts": "7.7"}), false, "", ""},
		"no thread":                {changed("hello you", map[string]any{"thread_ts": nil}), false, "", ""},
		"a placeholder":            {changed("This message was deleted.", map[string]any{"subtype": "tombstone"}), false, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := desktest.New(t, fresh())
			d.Bot.Listener.Desks[0].Careful = tt.careful
			d.Bot.Listener.People.Link(t.Context(), "C1", "1.1") // the bot knows itself
			card := d.PutUp(fresh())
			if m := tt.event["message"].(map[string]any); m["thread_ts"] == "" {
				m["thread_ts"] = card.TS
			}
			for range 2 {
				written(d, card, tt.event)
				if got := said(d); got != tt.stored {
					t.Errorf("stored %q, want %q", got, tt.stored)
				}
				d.Told(slacksim.Dana, tt.told, card.TS)
			}
			for _, c := range d.Backend.Stored() {
				if c.Message != "9.1" || c.Key != "message/"+card.Channel+"/9.1/9.5" || c.Reply.Channel != card.Channel || c.By != slacksim.Dana {
					t.Errorf("stored %+v", c)
				}
			}
		})
	}
}

// TestWordsAreEditedInSlack: with the events that Slack sends.
func TestWordsAreEditedInSlack(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, fresh())
	card := d.PutUp(fresh())
	m, got := d.Slack.Say(t.Context(), slacksim.Dana, card.Channel, card.TS, "at four")
	d.Fine(got)
	got = d.Fine(d.Slack.Edit(t.Context(), slacksim.Dana, card.Channel, m.TS, "at five"))
	d.Fine(d.Slack.Redeliver(t.Context(), got, true))
	d.Fine(d.Slack.Edit(t.Context(), slacksim.Dana, card.Channel, m.TS, "at six"))
	got = d.Fine(d.Slack.Delete(t.Context(), slacksim.Dana, card.Channel, m.TS))
	d.Fine(d.Slack.Redeliver(t.Context(), got, true))
	if got := said(d); got != "say at four | reword at five | reword at six | recall" {
		t.Errorf("stored %s", got)
	}
	if c := last(d); c.Message != m.TS || c.Reply.Channel != card.Channel {
		t.Errorf("stored %+v", c)
	}
}

// TestFilesAreDeletedInSlack: with the events that Slack sends.
func TestFilesAreDeletedInSlack(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, fresh())
	d.Bot.SendsPictures = true
	card := d.PutUp(fresh())
	for text, want := range map[string]string{"the door": "reword the door", "": "recall"} {
		m, got := d.Slack.SayWith(t.Context(), slacksim.Dana, card.Channel, card.TS, text, slacksim.File{Name: "door.png", Content: []byte("x")})
		d.Fine(got)
		if c := last(d); len(c.Files) != 1 || c.Words != text || c.Message != m.TS {
			t.Errorf("stored %+v", c)
		}
		got = d.Fine(d.Slack.DeleteFiles(t.Context(), slacksim.Dana, card.Channel, m.TS))
		d.Fine(d.Slack.Redeliver(t.Context(), got, true))
		if all := said(d); !strings.HasSuffix(all, want) || last(d).Message != m.TS {
			t.Errorf("stored %s, want %s", all, want)
		}
	}
	if n := len(d.Backend.Stored()); n != 4 {
		t.Errorf("%d commands", n)
	}
}

func TestReplyBox(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, fresh())
	m := mrkdwn.TextMessage("A line.")
	m.Blocks = append(m.Blocks, slack.NewActionBlock("act", mrkdwn.Button(ids.Reply, string(desktest.LineID), "Reply …")))
	_, err := d.Client.PostOnce(t.Context(), slackapi.Urgent, "line", slackapi.Place{Channel: slacksim.DeskChannel}, m)
	slacktest.Must(t, err)
	at := d.Card()
	press := func(user string) *slacksim.View {
		d.Click(user, at.Ref(), ids.Reply)
		d.Tasks.Wait()
		return d.Slack.View(user)
	}
	if press(slacksim.Omar) != nil {
		t.Error("another operator than the holder was shown the box")
	}
	if _, text := d.Private(slacksim.Omar); !strings.Contains(text, "Only what @Dana writes reaches the end user") {
		t.Errorf("told %q", text)
	}
	view := press(slacksim.Dana)
	shown := d.Slack.PlainView(*view, nil) + string(view.Blocks)
	for _, part := range []string{"YES. Please send somebody", "0137", "160 characters"} {
		if !strings.Contains(shown, part) {
			t.Errorf("the box does not show %q: %s", part, shown)
		}
	}
	before := len(d.Backend.Stored())
	for words, wrong := range map[string]string{
		"  ": "There are no words", "// x": "stays inside", "!note x": "stays inside",
		strings.Repeat("a", 1600):    "1530 of its 1600 characters fit",
		"https://acme.slack.com/x/y": "cannot open a link into Slack",
	} {
		got := d.Fine(d.Slack.Submit(t.Context(), slacksim.Dana, view.ID, map[string]string{ids.ReplyBlock: words}))
		if !strings.Contains(got.Body, wrong) || d.Slack.View(slacksim.Dana) == nil {
			t.Errorf("%.40q: %s", words, got.Body)
		}
	}
	if n := len(d.Backend.Stored()); n != before {
		t.Fatalf("%d commands of what was refused", n-before)
	}
	got := d.Fine(d.Slack.Submit(t.Context(), slacksim.Dana, view.ID, map[string]string{ids.ReplyBlock: " At 4 & <b>5</b> :tada:\nok "}))
	c := last(d)
	if got.Body != "" || c.Verb != takeover.Say || c.Words != "At 4 & <b>5</b> 🎉\nok" || c.Parts != 1 || c.Message != "" || c.Line != desktest.LineID || c.Origin != takeover.FromModal || c.From != "" {
		t.Errorf("stored %+v, %s", c, got.Body)
	}
	view = press(slacksim.Dana)
	d.Fine(d.Slack.Submit(t.Context(), slacksim.Dana, view.ID, map[string]string{ids.ReplyBlock: strings.Repeat("a", 500)}))
	d.Tasks.Wait()
	// Nobody knows yet whether they leave: the thread says how many there are once they are stored.
	if told := d.Slack.Private(slacksim.Dana); last(d).Parts != 4 || len(told) > 0 {
		t.Errorf("%d parts, told %+v", last(d).Parts, told)
	}
}

func TestClicksAboutWords(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, danas())
	click := func(action, value string) string {
		before := len(d.Backend.Stored())
		_, err := d.Bot.Dispatch(t.Context(), payloadBody(`{"type":"block_actions","trigger_id":"`+action+value+`","user":{"id":"U0OMAR"},"actions":[{"action_id":"`+action+`","value":"`+value+`"}]}`))
		slacktest.Must(t, err)
		if len(d.Backend.Stored()) == before {
			return ""
		}
		c := last(d)
		raw, err := json.Marshal([]any{c.Verb, c.Line, c.Text, c.Of, c.By})
		slacktest.Must(t, err)
		return string(raw)
	}
	for _, tt := range [][3]string{
		{ids.SendAgain, "ln_1 tx_1", `["say again","ln_1","tx_1",0,"U0OMAR"]`},
		{ids.TakeAndSay, "ln_1 12", `["take and say","ln_1","",12,"U0OMAR"]`},
		{ids.KeepAsNote, "ln_1 12", `["keep as note","ln_1","",12,"U0OMAR"]`},
		{ids.SendAgain, "ln_1", ""}, {ids.TakeAndSay, "ln_1 x", ""}, {ids.TakeAndSay, "ln_1 -1", ""}, {ids.KeepAsNote, " 1", ""},
	} {
		if got := click(tt[0], tt[1]); got != tt[2] {
			t.Errorf("%s %q: stored %s, want %s", tt[0], tt[1], got, tt[2])
		}
	}
}

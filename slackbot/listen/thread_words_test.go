package listen_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/desktest"
	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/listen"
	"takeoverbot/takeover"
)

// TestWordsInAFormerChannel: they work below a card that is still there, and ordinary
// threads of that channel mean nothing.
func TestWordsInAFormerChannel(t *testing.T) {
	t.Parallel()
	l := desktest.HeldBy(slacksim.Dana)
	d := desktest.New(t, l)
	card := d.PutUp(l)
	d.Slack.AddChannel(slacksim.Channel{ID: "C0NEW", Name: "new-desk", Members: []string{slacksim.BotUserID, slacksim.Dana, slacksim.Omar}})
	d.Bot.Listener.Desks[0].Channel = "C0NEW"
	d.Write(slacksim.Dana, card, "!note the water is off")
	if got := d.Backend.Stored(); len(got) != 1 || got[0].Verb != takeover.Remark || got[0].Line != l.ID {
		t.Errorf("stored %+v", got)
	}
	other, got := d.Slack.Say(t.Context(), slacksim.Dana, "C0NEW", "", "lunch?")
	d.Fine(got)
	d.Write(slacksim.Omar, other, "!take")
	if n := len(d.Backend.Stored()); n != 1 || len(d.Slack.Private(slacksim.Omar)) != 0 {
		t.Errorf("a word in some thread: %d stored", n)
	}
}

func TestThreadWords(t *testing.T) {
	t.Parallel()
	waiting := slacktest.With(desktest.HeldBy(slacksim.Dana), func(l *takeover.Line) {
		l.Recent = slacktest.RecentOf(slacktest.LineIn(takeover.StateHeld).Recent.Lines)
	})
	offered := slacktest.With(desktest.HeldBy(slacksim.Omar), func(l *takeover.Line) {
		l.Takeover.Handoff = takeover.Handoff{Ref: "q2w3", To: slacksim.Dana, By: slacksim.Omar, At: slacktest.Night}
	})
	command := func(change func(*takeover.Command)) *takeover.Command {
		c := takeover.Command{By: slacksim.Dana, Origin: takeover.FromWord, Line: desktest.LineID}
		change(&c)
		return &c
	}
	back := command(func(c *takeover.Command) { c.Verb, c.AskFirst = takeover.GiveBack, true })
	take := command(func(c *takeover.Command) { c.Verb = takeover.TakeOver })
	noted := func(note string) *takeover.Command {
		return command(func(c *takeover.Command) { c.Verb, c.AskFirst, c.Note = takeover.GiveBack, true, note })
	}
	tests := []struct {
		name, text string
		line       takeover.Line
		stored     *takeover.Command // without Key, At and Reply
		told       string            // part of the private answer; empty: none
	}{
		{"take", "!take", slacktest.LineIn(takeover.StateAI), command(func(c *takeover.Command) { c.Verb = takeover.TakeOver }), ""},
		{"take, shouted", "  !TAKE  ", slacktest.LineIn(takeover.StateAI), command(func(c *takeover.Command) { c.Verb = takeover.TakeOver }), ""},
		{"back", "!back", desktest.HeldBy(slacksim.Dana), back, ""},
		{"back with a note", "!back plumber at 4 & <soon>", desktest.HeldBy(slacksim.Omar), command(func(c *takeover.Command) {
			c.Verb, c.Note, c.AskFirst = takeover.GiveBack, "plumber at 4 & <soon>", true
		}), ""},
		{"back while somebody waits", "!back", waiting, back, ""},
		{"back where the AI answers", "!back", slacktest.LineIn(takeover.StateAI), back, ""},
		{"note", "!note the water\nis off", desktest.HeldBy(slacksim.Dana), command(func(c *takeover.Command) { c.Verb, c.Note = takeover.Remark, "the water\nis off" }), ""},
		{"note without one", "!note", desktest.HeldBy(slacksim.Dana), nil, "What is to be remembered?"},
		{"note that is too long", "!note " + strings.Repeat("ü", takeover.MaxNote+1), desktest.HeldBy(slacksim.Dana), nil, "Please shorten it."},
		{"hand off", "!handoff @omar calls at four", desktest.HeldBy(slacksim.Dana), command(func(c *takeover.Command) {
			c.Verb, c.To, c.Note = takeover.HandOff, slacksim.Omar, "calls at four"
		}), ""},
		{"hand off to nobody", "!handoff omar", desktest.HeldBy(slacksim.Dana), nil, "To whom?"},
		{"hand off to a guest", "!handoff @gus", desktest.HeldBy(slacksim.Dana), nil, "cannot take lines"},
		{"accept", "!accept", offered, command(func(c *takeover.Command) { c.Verb, c.Handoff = takeover.Accept, "q2w3" }), ""},
		{"decline", "!decline", offered, command(func(c *takeover.Command) { c.Verb, c.Handoff = takeover.Decline, "q2w3" }), ""},
		{"take from", "!takefrom @omar his phone is dead", desktest.HeldBy(slacksim.Omar), command(func(c *takeover.Command) {
			c.Verb, c.From, c.Note = takeover.TakeFrom, slacksim.Omar, "his phone is dead"
		}), ""},
		{"take from without a reason", "!takefrom @omar", desktest.HeldBy(slacksim.Omar), nil, "and why?"},
		{"more", "!more", desktest.HeldBy(slacksim.Dana), command(func(c *takeover.Command) { c.Verb, c.For, c.More = takeover.Extend, 30*time.Minute, true }), ""},
		{"more by 60", "!more 60 please", desktest.HeldBy(slacksim.Dana), command(func(c *takeover.Command) { c.Verb, c.For, c.More = takeover.Extend, time.Hour, true }), ""},
		{"more by two hours", "!more 120", desktest.HeldBy(slacksim.Dana), command(func(c *takeover.Command) { c.Verb, c.For, c.More = takeover.Extend, 2*time.Hour, true }), ""},
		{"more than the box offers", "!more 500", desktest.HeldBy(slacksim.Dana), nil, "Write 1 to 120, for example `!more 120`."},
		{"a minute too many", "!more 121", desktest.HeldBy(slacksim.Dana), nil, "Write 1 to 120"},
		{"more by nonsense", "!more -5", desktest.HeldBy(slacksim.Dana), nil, "How many minutes"},
		{"log", "!log", desktest.HeldBy(slacksim.Dana), command(func(c *takeover.Command) { c.Verb = takeover.ShowLog }), ""},
		{"help", "!help", desktest.HeldBy(slacksim.Dana), nil, "!handoff"},
		{"an unknown word", "!seize", desktest.HeldBy(slacksim.Dana), nil, "There is no word “!seize”"},
		{"take, and a full stop", "!take.", slacktest.LineIn(takeover.StateAI), take, ""},
		{"take, and joy", "!take!!", slacktest.LineIn(takeover.StateAI), take, ""},
		{"take in bold", "*!take*", slacktest.LineIn(takeover.StateAI), take, ""},
		{"take in bold italics, and a full stop", "*_!take_*.", slacktest.LineIn(takeover.StateAI), take, ""},
		{"take, as copied from the help", "`!take`", slacktest.LineIn(takeover.StateAI), take, ""},
		{"back, comma", "!back, a plumber comes", desktest.HeldBy(slacksim.Dana), noted("a plumber comes"), ""},
		{"back, colon", "!back: plumber at *four*", desktest.HeldBy(slacksim.Dana), noted("plumber at *four*"), ""},
		{"back, colon without a space", "!BACK:plumber", desktest.HeldBy(slacksim.Dana), noted("plumber"), ""},
		{"back in bold with a note", "*!back* a plumber", desktest.HeldBy(slacksim.Dana), noted("a plumber"), ""},
		{"back, all in italics", "_!back a plumber._", desktest.HeldBy(slacksim.Dana), noted("a plumber."), ""},
		{"hand off, comma", "!handoff, @omar calls", desktest.HeldBy(slacksim.Dana), command(func(c *takeover.Command) {
			c.Verb, c.To, c.Note = takeover.HandOff, slacksim.Omar, "calls"
		}), ""},
		{"an unknown word with a sign", "!seize!", desktest.HeldBy(slacksim.Dana), nil, "There is no word “!seize”"},
		{"an unknown word of one letter", "!b", desktest.HeldBy(slacksim.Dana), nil, "There is no word “!b”"},
		{"a word of another language", "!übernehmen", desktest.HeldBy(slacksim.Dana), nil, "There is no word “!übernehmen”"},
		{"a very long word", "!" + strings.Repeat("x", 3000), desktest.HeldBy(slacksim.Dana), nil, "There is no word “!xxxxxxxxxxxxxxxxxxx…”"},
		{"struck out", "~!take~", slacktest.LineIn(takeover.StateAI), nil, ""},
		{"a sign apart from the word", "! take", desktest.HeldBy(slacksim.Omar), nil, "Did you mean `!take`?"},
		{"two signs", "!!take", desktest.HeldBy(slacksim.Omar), nil, "Did you mean `!take`?"},
		{"a sign apart from other words", "! everybody awake?", desktest.HeldBy(slacksim.Omar), nil, "There is no word “!everybody”"},
		{"an emoji for the sign", ":exclamation: take", desktest.HeldBy(slacksim.Omar), nil, "Did you mean `!take`?"},
		{"another name of a word", "!handback at four", desktest.HeldBy(slacksim.Dana), nil, "Did you mean `!back`?"},
		{"a mistyped word", "!tkae", slacktest.LineIn(takeover.StateAI), nil, "Did you mean `!take`?"},
		{"a wide sign", "！take", slacktest.LineIn(takeover.StateAI), take, ""},
		{"wide letters", "！ＴＡＫＥ。", slacktest.LineIn(takeover.StateAI), take, ""},
		{"behind a mark of direction", "\u200f\u202a!take\u202c", slacktest.LineIn(takeover.StateAI), take, ""},
		{"behind a zero-width space", "\u200b\ufeff!take", slacktest.LineIn(takeover.StateAI), take, ""},
		{"with a zero-width space in it", "!ta\u200bke", slacktest.LineIn(takeover.StateAI), take, ""},
		{"behind an emoji", ":wave: :+1: !take", slacktest.LineIn(takeover.StateAI), take, ""},
		{"behind a drawn emoji", "👋🏽 👩\u200d🔧 !take", slacktest.LineIn(takeover.StateAI), take, ""},
		{"a new line behind the word", "!back\na plumber", desktest.HeldBy(slacksim.Dana), noted("a plumber"), ""},
		{"not at the beginning", "please !take", slacktest.LineIn(takeover.StateAI), nil, ""},
		{"only for colleagues", "// !take it?", slacktest.LineIn(takeover.StateAI), nil, ""},
		{"joy", "!!!", slacktest.LineIn(takeover.StateAI), nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := desktest.New(t, tt.line)
			card := d.PutUp(tt.line)
			got := d.Write(slacksim.Dana, card, tt.text)
			stored := d.Backend.Stored()
			switch {
			case tt.stored == nil && len(stored) > 0:
				t.Errorf("stored %+v", stored)
			case tt.stored != nil && len(stored) != 1:
				t.Fatalf("%d commands stored", len(stored))
			case tt.stored != nil:
				c := stored[0]
				if !strings.HasPrefix(c.Key, "message/"+slacksim.DeskChannel+"/") || c.At.IsZero() || c.Reply != (takeover.Reply{Channel: slacksim.DeskChannel, Thread: card.TS}) {
					t.Errorf("key %q, at %s, reply %+v", c.Key, c.At, c.Reply)
				}
				c.Key, c.At, c.Reply, c.Team = "", time.Time{}, takeover.Reply{}, ""
				if c.Note != tt.stored.Note || c.Verb != tt.stored.Verb || !reflect.DeepEqual(c, *tt.stored) {
					t.Errorf("stored %+v, want %+v", c, *tt.stored)
				}
			}
			d.Told(slacksim.Dana, tt.told, card.TS)
			again := d.Fine(d.Slack.Redeliver(t.Context(), got, true))
			if len(d.Backend.Stored()) != len(stored) {
				t.Errorf("delivered again under event id %s it is stored again", again.EventID)
			}
			d.Told(slacksim.Dana, tt.told, card.TS)
		})
	}
}

// TestWhatIsUnrelatedIsRefused: nothing is stored, and Slack is not called.
func TestWhatIsUnrelatedIsRefused(t *testing.T) {
	t.Parallel()
	event := func(change string) string {
		e := map[string]any{"type": "message", "channel": slacksim.DeskChannel, "user": slacksim.Dana, "text": "!take", "ts": "9.1", "thread_ts": "1.1"}
		var over map[string]any
		slacktest.Must(t, json.Unmarshal([]byte(change), &over))
		for k, v := range over {
			if e[k] = v; v == nil {
				delete(e, k)
			}
		}
		raw, err := json.Marshal(map[string]any{"type": "event_callback", "team_id": slacksim.TeamID, "event": e})
		slacktest.Must(t, err)
		return string(raw)
	}
	tests := map[string]string{
		"the bot's own":         `{"bot_id":"B0BOT","user":"UBOT"}`,
		"the bot's own by user": `{"user":"UBOT"}`,
		"another app's":         `{"bot_id":"B0OTHER"}`,
		"an app's for a person": `{"app_id":"A0OTHER"}`,
		"nobody's":              `{"user":null}`,
		"an edit":               `{"subtype":"message_changed","message":{"text":"!take"}}`,
		"a deletion":            `{"subtype":"message_deleted"}`,
		"a bot's, the old way":  `{"subtype":"bot_message"}`,
		"a join":                `{"subtype":"channel_join"}`,
		"another channel":       `{"channel":"C0LOBBY"}`,
		"another thread":        `{"thread_ts":"2.2"}`,
		"no thread":             `{"thread_ts":null}`,
		"the card itself":       `{"ts":"1.1"}`,
		"a user that is none":   `{"user":{"id":"U1"}}`,
		"another kind":          `{"type":"reaction_added"}`,
		"a Home's other tab":    `{"type":"app_home_opened","tab":"messages"}`,
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := desktest.New(t, slacktest.LineIn(takeover.StateAI))
			d.Bot.Listener.People.Link(t.Context(), "C1", "1.1") // the bot knows itself
			d.Slack.ForgetCalls()
			slacktest.Must(t, d.Posts.PutCard(t.Context(), takeover.Card{Line: desktest.LineID, Channel: slacksim.DeskChannel, TS: "1.1"}))
			rows := len(d.Posts.Rows)
			if _, err := d.Bot.Dispatch(t.Context(), []byte(event(change))); err != nil {
				t.Fatal(err)
			}
			d.Tasks.Wait()
			if len(d.Backend.Stored()) > 0 || len(d.Posts.Rows) != rows || len(d.Slack.Calls()) > 0 {
				t.Errorf("stored %+v, %d posts, %d calls", d.Backend.Stored(), len(d.Posts.Rows)-rows, len(d.Slack.Calls()))
			}
		})
	}
	d := desktest.New(t, slacktest.LineIn(takeover.StateAI))
	slacktest.Must(t, d.Posts.PutCard(t.Context(), takeover.Card{Line: desktest.LineID, Channel: slacksim.DeskChannel, TS: "1.1"}))
	_, err := d.Bot.Dispatch(t.Context(), []byte(event(`{}`)))
	d.Tasks.Wait()
	if err != nil || len(d.Backend.Stored()) != 1 {
		t.Errorf("the same without a fault: %d stored, %v", len(d.Backend.Stored()), err)
	}
}

// TestAnEndUserCannotSayAWord: a word in the bot's own post, which repeats an end user's
// message, triggers nothing, even if Slack sends the bot an event for it.
func TestAnEndUserCannotSayAWord(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.LineIn(takeover.StateAI))
	d.Backend.Said[slacktest.LineIn(takeover.StateAI).Newest.ID] = []takeover.Message{{Key: "k1", Role: takeover.RoleEndUser, Text: "!take", At: takeover.ProviderTime(slacktest.Night)}}
	card := d.Open(desktest.LineID)
	stored := len(d.Backend.Stored())
	for _, m := range append(d.Slack.Thread(card.Channel, card.TS), card) {
		raw, err := json.Marshal(map[string]any{"type": "message", "channel": m.Channel, "user": m.User, "bot_id": m.BotID, "text": "!take", "ts": m.TS, "thread_ts": card.TS})
		slacktest.Must(t, err)
		d.Fine(d.Slack.Event(t.Context(), raw))
	}
	if n := len(d.Backend.Stored()) - stored; n != 0 {
		t.Errorf("%d commands were stored", n)
	}
}

// TestTalkThatStaysInside: it is never stored; that the holder is active is.
func TestTalkThatStaysInside(t *testing.T) {
	t.Parallel()
	now := slacktest.Night.Add(10 * time.Minute)
	tests := []struct {
		name, user string
		change     func(*takeover.Line)
		counts     bool
	}{
		{"the holder's", slacksim.Dana, func(*takeover.Line) {}, true},
		{"a colleague's", slacksim.Omar, func(*takeover.Line) {}, false},
		{"a guest's", slacksim.Guest, func(*takeover.Line) {}, false},
		{"the holder's a moment later", slacksim.Dana, func(l *takeover.Line) { l.Takeover.Hold.Until = now.Add(29*time.Minute + 30*time.Second) }, false},
		{"the holder's where the hold ran out", slacksim.Dana, func(l *takeover.Line) { l.Takeover.Hold.Step = takeover.HoldAsked }, true},
		{"where nothing ends", slacksim.Dana, func(l *takeover.Line) { l.Takeover.Hold = takeover.Hold{} }, false},
		{"the former holder's", slacksim.Dana, func(l *takeover.Line) { l.State = takeover.StateAI }, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := slacktest.With(desktest.HeldBy(slacksim.Dana), tt.change)
			d := desktest.New(t, l)
			d.Bot.Listener.Now = func() time.Time { return now }
			d.Bot.Listener.Desks[0].Careful = true
			card := d.PutUp(l)
			d.Write(tt.user, card, "the tenant's secret is 42")
			stored := d.Backend.Stored()
			if (len(stored) == 1) != tt.counts {
				t.Fatalf("stored %+v, want one: %t", stored, tt.counts)
			}
			raw, err := json.Marshal(stored)
			slacktest.Must(t, err)
			if strings.Contains(string(raw), "secret") {
				t.Errorf("what was said is stored: %s", raw)
			}
			if tt.counts && (stored[0].Verb != takeover.Active || stored[0].Line != desktest.LineID || stored[0].By != slacksim.Dana) {
				t.Errorf("stored %+v", stored[0])
			}
			d.Told(tt.user, "", "")
		})
	}
}

// TestWordsOfOtherWorkspaces change nothing: who wrote and where is checked as for clicks.
func TestWordsOfOtherWorkspaces(t *testing.T) {
	t.Parallel()
	const message = `{"type":"event_callback","team_id":%q,"event":{"type":"message","channel":"C0DESK","user":%q,"user_team":%q,"team":%q,"source_team":%q,"text":"!take","ts":"9.1","thread_ts":"1.1"}}`
	for name, tt := range map[string][5]string{
		"another organisation's member":     {slacksim.TeamID, slacksim.Dana, slacksim.OtherTeamID},
		"an outsider":                       {slacksim.TeamID, slacksim.Outside, ""},
		"a member, by another team's event": {slacksim.TeamID, slacksim.Dana, "", slacksim.OtherTeamID, ""},
		"a member, sent by another team":    {slacksim.TeamID, slacksim.Dana, "", "", slacksim.OtherTeamID},
		"another workspace's event":         {slacksim.OtherTeamID, slacksim.Dana, ""},
		"a guest":                           {slacksim.TeamID, slacksim.Guest, slacksim.TeamID},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := desktest.New(t, slacktest.LineIn(takeover.StateAI))
			card := d.PutUp(slacktest.LineIn(takeover.StateAI))
			body := strings.Replace(fmt.Sprintf(message, tt[0], tt[1], tt[2], tt[3], tt[4]), `"1.1"`, `"`+card.TS+`"`, 1)
			if _, err := d.Bot.Dispatch(t.Context(), []byte(body)); err != nil {
				t.Fatal(err)
			}
			d.Tasks.Wait()
			if n := len(d.Backend.Stored()); n != 0 {
				t.Errorf("%d commands stored", n)
			}
			if _, text := d.Private(tt[1]); !strings.Contains(text, "Ask ") {
				t.Errorf("told %q", text)
			}
		})
	}
}

// TestWordsThatCannotBeStored are sent again by Slack.
func TestWordsThatCannotBeStored(t *testing.T) {
	t.Parallel()
	b, h := desktest.Offline()
	slacktest.Must(t, b.Posts.PutCard(t.Context(), takeover.Card{Line: desktest.LineID, Channel: slacksim.DeskChannel, TS: "1.1"}))
	h.PutFails = takeover.ErrBusy
	body := []byte(`{"type":"event_callback","team_id":"T0DEMO","event":{"type":"message","channel":"C0DESK","user":"U0DANA","text":"!take","ts":"9.1","thread_ts":"1.1"}}`)
	if _, err := b.Dispatch(t.Context(), body); listen.Status(err) != 503 {
		t.Errorf("status %d, want 503: %v", listen.Status(err), err)
	}
	h.PutFails = nil
	if _, err := b.Dispatch(t.Context(), body); err != nil || len(h.Stored()) != 1 {
		t.Errorf("the next delivery: %d stored, %v", len(h.Stored()), err)
	}
}

// TestWordsBehindAMention: the bot may be mentioned before a word, and for its sign the word is
// asked about. What is said to a colleague is no word.
func TestWordsBehindAMention(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct{ verb, told string }{
		"<@UBOT> !take":           {"take over", ""},
		"👋 <@UBOT>, !take":        {"take over", ""},
		"<@UBOT|takeover>: !TAKE": {"take over", ""},
		"<@UBOT> take":            {"", "Did you mean `!take`?"},
		"<@UBOT> thanks a lot":    {"", "There is no word “!thanks”"},
		"<@U0OMAR> !take":         {"", ""},
		"ask <@UBOT> !take":       {"", ""},
	} {
		d := desktest.New(t, slacktest.LineIn(takeover.StateAI))
		d.Bot.Listener.People.Link(t.Context(), "C1", "1.1") // the bot knows itself
		card := d.PutUp(slacktest.LineIn(takeover.StateAI))
		raw, err := json.Marshal(map[string]any{"type": "event_callback", "team_id": slacksim.TeamID, "event": map[string]any{"type": "message",
			"channel": slacksim.DeskChannel, "user": slacksim.Dana, "text": strings.ReplaceAll(text, "UBOT", slacksim.BotUserID), "ts": "9.1", "thread_ts": card.TS}})
		slacktest.Must(t, err)
		_, err = d.Bot.Dispatch(t.Context(), raw)
		slacktest.Must(t, err)
		d.Tasks.Wait()
		var verb string
		for _, c := range d.Backend.Stored() {
			verb += string(c.Verb)
		}
		if verb != want.verb {
			t.Errorf("%s: stored %q", text, verb)
		}
		d.Told(slacksim.Dana, want.told, card.TS)
	}
}

func FuzzThreadWord(f *testing.F) {
	for _, seed := range []string{"!take", "!handoff <@U0OMAR|omar> x", "!back a\nb", "! x", "// !take", "!takefrom <@U1> <@U2>", "!more 99999999999999999999", "!note &lt;!channel&gt;", "!ｔake", "!take\x00", "!take.", "*!take*", "_!back, a_", "`!back`:x", "*!*", "!ⅷ", "!İ", "**!take", "！take", "\u200f!take", ":wave: !take", "! take", "<@U0BOT> !take", "👩\u200d🔧 !take", "❗take"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		b, h := desktest.Offline()
		slacktest.Must(t, b.Posts.PutCard(t.Context(), takeover.Card{Line: desktest.LineID, Channel: slacksim.DeskChannel, TS: "1.1"}))
		raw, err := json.Marshal(map[string]any{"type": "event_callback", "team_id": slacksim.TeamID,
			"event": map[string]any{"type": "message", "channel": slacksim.DeskChannel, "user": slacksim.Dana, "text": text, "ts": "9.1", "thread_ts": "1.1"}})
		slacktest.Must(t, err)
		if _, err := b.Dispatch(t.Context(), raw); err != nil {
			t.Fatal(err)
		}
		name, rest, isWord := listen.ThreadWordIn(text)
		if isWord && (name != strings.ToLower(name) || rest != strings.TrimSpace(rest)) {
			t.Errorf("%q reads as %q, %q", text, name, rest)
		}
		for _, c := range h.Stored() {
			if _, _, word := listen.ThreadWordIn(c.Words); c.Verb == takeover.Say && !isWord && !word && !strings.HasPrefix(c.Words, "//") {
				continue // ordinary words of the holder
			}
			if !isWord || c.By != slacksim.Dana || c.Line != desktest.LineID || len([]rune(c.Note)) > takeover.MaxNote {
				t.Errorf("%q stored %+v", text, c)
			}
		}
	})
}

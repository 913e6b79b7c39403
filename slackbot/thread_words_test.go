package slackbot

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/render"
	"takeoverbot/takeover"
)

// theLine is the line of these tests.
const theLine = takeover.LineID("ln_kq3v5n2m")

// heldBy is a line that somebody of the simulated workspace has; nobody waits.
func heldBySim(user takeover.OperatorID) takeover.Line {
	l := slacktest.LineIn(takeover.StateHeld)
	l.Takeover.Holder, l.Recent = user, slacktest.RecentOf(l.Recent.Lines[:2])
	return l
}

func TestThreadWords(t *testing.T) {
	waiting := slacktest.With(heldBySim(slacksim.Dana), func(l *takeover.Line) {
		l.Recent = slacktest.RecentOf(slacktest.LineIn(takeover.StateHeld).Recent.Lines)
	})
	offered := slacktest.With(heldBySim(slacksim.Omar), func(l *takeover.Line) {
		l.Takeover.Handoff = takeover.Handoff{Ref: "q2w3", To: slacksim.Dana, By: slacksim.Omar, At: slacktest.Night}
	})
	command := func(change func(*takeover.Command)) *takeover.Command {
		c := takeover.Command{By: slacksim.Dana, Origin: takeover.FromWord, Line: theLine}
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
		{"back", "!back", heldBySim(slacksim.Dana), back, ""},
		{"back with a note", "!back plumber at 4 & <soon>", heldBySim(slacksim.Omar), command(func(c *takeover.Command) {
			c.Verb, c.Note, c.AskFirst = takeover.GiveBack, "plumber at 4 & <soon>", true
		}), ""},
		{"back while somebody waits", "!back", waiting, back, ""},
		{"back where the AI answers", "!back", slacktest.LineIn(takeover.StateAI), back, ""},
		{"note", "!note the water\nis off", heldBySim(slacksim.Dana), command(func(c *takeover.Command) { c.Verb, c.Note = takeover.Remark, "the water\nis off" }), ""},
		{"note without one", "!note", heldBySim(slacksim.Dana), nil, "What is to be remembered?"},
		{"note that is too long", "!note " + strings.Repeat("ü", maxNote+1), heldBySim(slacksim.Dana), nil, "Please shorten it."},
		{"hand off", "!handoff @omar calls at four", heldBySim(slacksim.Dana), command(func(c *takeover.Command) {
			c.Verb, c.To, c.Note = takeover.HandOff, slacksim.Omar, "calls at four"
		}), ""},
		{"hand off to nobody", "!handoff omar", heldBySim(slacksim.Dana), nil, "To whom?"},
		{"hand off to a guest", "!handoff @gus", heldBySim(slacksim.Dana), nil, "cannot take lines"},
		{"accept", "!accept", offered, command(func(c *takeover.Command) { c.Verb, c.Handoff = takeover.Accept, "q2w3" }), ""},
		{"decline", "!decline", offered, command(func(c *takeover.Command) { c.Verb, c.Handoff = takeover.Decline, "q2w3" }), ""},
		{"take from", "!takefrom @omar his phone is dead", heldBySim(slacksim.Omar), command(func(c *takeover.Command) {
			c.Verb, c.From, c.Note = takeover.TakeFrom, slacksim.Omar, "his phone is dead"
		}), ""},
		{"take from without a reason", "!takefrom @omar", heldBySim(slacksim.Omar), nil, "and why?"},
		{"more", "!more", heldBySim(slacksim.Dana), command(func(c *takeover.Command) { c.Verb, c.For, c.More = takeover.Extend, 30*time.Minute, true }), ""},
		{"more by 60", "!more 60 please", heldBySim(slacksim.Dana), command(func(c *takeover.Command) { c.Verb, c.For, c.More = takeover.Extend, time.Hour, true }), ""},
		{"more by nonsense", "!more -5", heldBySim(slacksim.Dana), nil, "How many minutes"},
		{"log", "!log", heldBySim(slacksim.Dana), command(func(c *takeover.Command) { c.Verb = takeover.ShowLog }), ""},
		{"help", "!help", heldBySim(slacksim.Dana), nil, "!handoff"},
		{"an unknown word", "!seize", heldBySim(slacksim.Dana), nil, "There is no word “!seize”"},
		{"take, and a full stop", "!take.", slacktest.LineIn(takeover.StateAI), take, ""},
		{"take, and joy", "!take!!", slacktest.LineIn(takeover.StateAI), take, ""},
		{"take in bold", "*!take*", slacktest.LineIn(takeover.StateAI), take, ""},
		{"take in bold italics, and a full stop", "*_!take_*.", slacktest.LineIn(takeover.StateAI), take, ""},
		{"take, as copied from the help", "`!take`", slacktest.LineIn(takeover.StateAI), take, ""},
		{"back, comma", "!back, a plumber comes", heldBySim(slacksim.Dana), noted("a plumber comes"), ""},
		{"back, colon", "!back: plumber at *four*", heldBySim(slacksim.Dana), noted("plumber at *four*"), ""},
		{"back, colon without a space", "!BACK:plumber", heldBySim(slacksim.Dana), noted("plumber"), ""},
		{"back in bold with a note", "*!back* a plumber", heldBySim(slacksim.Dana), noted("a plumber"), ""},
		{"back, all in italics", "_!back a plumber._", heldBySim(slacksim.Dana), noted("a plumber."), ""},
		{"hand off, comma", "!handoff, @omar calls", heldBySim(slacksim.Dana), command(func(c *takeover.Command) {
			c.Verb, c.To, c.Note = takeover.HandOff, slacksim.Omar, "calls"
		}), ""},
		{"an unknown word with a sign", "!seize!", heldBySim(slacksim.Dana), nil, "There is no word “!seize”"},
		{"an unknown word of one letter", "!b", heldBySim(slacksim.Dana), nil, "There is no word “!b”"},
		{"a word of another language", "!übernehmen", heldBySim(slacksim.Dana), nil, "There is no word “!übernehmen”"},
		{"a very long word", "!" + strings.Repeat("x", 3000), heldBySim(slacksim.Dana), nil, "There is no word “!xxxxxxxxxxxxxxxxxxx…”"},
		{"struck out", "~!take~", slacktest.LineIn(takeover.StateAI), nil, ""},
		{"no word at all", "! take", heldBySim(slacksim.Omar), nil, ""},
		{"not at the beginning", "please !take", slacktest.LineIn(takeover.StateAI), nil, ""},
		{"only for colleagues", "// !take it?", slacktest.LineIn(takeover.StateAI), nil, ""},
		{"joy", "!!!", slacktest.LineIn(takeover.StateAI), nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := newDesk(t, tt.line)
			card := d.putUp(tt.line)
			got := d.write(slacksim.Dana, card, tt.text)
			stored := d.house.stored()
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
				c.Key, c.At, c.Reply = "", time.Time{}, takeover.Reply{}
				if c.Note != tt.stored.Note || c.Verb != tt.stored.Verb || c != *tt.stored {
					t.Errorf("stored %+v, want %+v", c, *tt.stored)
				}
			}
			d.told(slacksim.Dana, tt.told, card.TS)
			again := d.fine(d.slack.Redeliver(t.Context(), got, true))
			if len(d.house.stored()) != len(stored) {
				t.Errorf("delivered again under event id %s it is stored again", again.EventID)
			}
			d.told(slacksim.Dana, tt.told, card.TS)
		})
	}
}

// told wants a person to have one private message, in the thread, with a part in it, or
// none at all.
func (d *desk) told(user, part, thread string) {
	d.Helper()
	all := d.slack.Private(user)
	if part == "" {
		if len(all) > 0 {
			d.Errorf("%s was told %q", user, d.slack.PlainPrivate(all[0], time.UTC))
		}
		return
	}
	if len(all) != 1 || all[0].ThreadTS != thread {
		d.Fatalf("%d private messages, want 1 in the thread: %+v", len(all), all)
	}
	if text := d.slack.PlainPrivate(all[0], time.UTC); !strings.Contains(text, part) && !strings.Contains(all[0].Text, part) {
		d.Errorf("told %q, want %q in it", text, part)
	}
}

// putUp puts up the card of a line.
func (d *desk) putUp(l takeover.Line) slacksim.Message {
	d.Helper()
	_, err := d.bot.putUpCard(d.Context(), l)
	slacktest.Must(d.T, err)
	return d.card()
}

// asksFirst works the word that was stored last as the domain does that asks about it.
func (d *desk) asksFirst(l takeover.Line) {
	d.Helper()
	n := len(d.house.stored())
	if n == 0 || d.house.stored()[n-1].Verb != takeover.GiveBack || !d.house.stored()[n-1].AskFirst {
		d.Fatalf("stored %+v, want a hand-back that is asked about", d.house.stored())
	}
	slacktest.Must(d.T, d.bot.Tell(d.Context(), takeover.TellJob{Command: int64(n), Refusal: render.RefusalOf(takeover.RefusedUnasked, l)}))
}

// TestHandBackAnywayOpensTheBox: the button below the question is the one that asks what
// was agreed.
func TestHandBackAnywayOpensTheBox(t *testing.T) {
	l := slacktest.With(slacktest.LineIn(takeover.StateHeld), func(l *takeover.Line) { l.Takeover.Holder = slacksim.Dana })
	d := newDesk(t, l)
	card := d.putUp(l)
	d.write(slacksim.Dana, card, "!back")
	d.asksFirst(l)
	d.told(slacksim.Dana, "Hand back anyway? The AI will answer “YES. Please send somebody” first.", card.TS)
	question, _ := d.private(slacksim.Dana)
	d.click(slacksim.Dana, question.Ref(), ids.HandBack)
	if v := d.slack.View(slacksim.Dana); v == nil || v.CallbackID != ids.HandBack {
		t.Errorf("opened %+v", v)
	}
}

// TestBackDeliveredAgain: Slack may deliver "!back" again, after its question was asked
// and when nobody waits any more. It is the same wish, and the question stands.
func TestBackDeliveredAgain(t *testing.T) {
	l := slacktest.With(slacktest.LineIn(takeover.StateHeld), func(l *takeover.Line) { l.Takeover.Holder = slacksim.Dana })
	d := newDesk(t, l)
	card := d.putUp(l)
	got := d.write(slacksim.Dana, card, "!back")
	d.asksFirst(l)
	d.house.change(l.ID, func(l *takeover.Line) { l.Recent = slacktest.RecentOf(l.Recent.Lines[:2]) }) // Dana has answered herself, and keeps the line
	d.fine(d.slack.Redeliver(t.Context(), got, true))
	d.fine(d.slack.Redeliver(t.Context(), got, false))
	if stored := d.house.stored(); len(stored) != 1 {
		t.Errorf("stored again: %+v", stored)
	}
	d.told(slacksim.Dana, "Hand back anyway?", card.TS)
}

// TestTheQuestionIsAsTheLineIs: it says what the box would say, to whoever typed the word,
// about the line as it is when it is asked.
func TestTheQuestionIsAsTheLineIs(t *testing.T) {
	waiting := slacktest.LineIn(takeover.StateHeld)
	for name, tt := range map[string]struct {
		line   takeover.Line
		by     takeover.OperatorID
		says   []string
		button bool
	}{
		"one's own, somebody waits": {waiting, slacktest.Holder, []string{"Hand back anyway? The AI will answer “YES. Please send somebody” first.", "has been waiting since", "Nothing was changed."}, true},
		"another's, somebody waits": {waiting, "U0OTHER", []string{"Hand back anyway?", "<@" + string(slacktest.Holder) + "> has had this since", "has been waiting since"}, true},
		"another's, nobody waits":   {heldBySim(slacktest.Holder), "U0OTHER", []string{"Hand back to the AI?", "<@" + string(slacktest.Holder) + "> has had this since"}, true},
		"one's own, answered since": {heldBySim(slacktest.Holder), slacktest.Holder, []string{"Hand back to the AI? Nothing was changed."}, true},
		"on its way back":           {slacktest.LineIn(takeover.StateReturning), slacktest.Holder, []string{"being handed back to the AI already"}, false},
		"handed back":               {slacktest.LineIn(takeover.StateAI), slacktest.Holder, []string{"Nobody holds this line"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			b, h := offline()
			h.lines[tt.line.ID] = tt.line
			m, err := b.refusal(t.Context(), takeover.Command{By: tt.by}, takeover.Refusal{Kind: takeover.RefusedUnasked, Line: tt.line.ID})
			slacktest.Must(t, err)
			checkMessage(t, m)
			for _, part := range tt.says {
				if !strings.Contains(m.Text, part) {
					t.Errorf("it does not say %q: %s", part, m.Text)
				}
			}
			raw, err := json.Marshal(m.Blocks)
			slacktest.Must(t, err)
			if strings.Contains(string(raw), ids.HandBack) != tt.button {
				t.Errorf("a button: %t, want %t", !tt.button, tt.button)
			}
		})
	}
	b, _ := offline()
	if m, err := b.refusal(t.Context(), takeover.Command{}, takeover.Refusal{Kind: takeover.RefusedUnasked, Line: "ln_gone"}); err != nil || !strings.Contains(m.Text, "does not know this line any more") {
		t.Errorf("a line that is gone: %q, %v", m.Text, err)
	}
}

// TestWhatIsUnrelatedIsRefused: before anything is stored, and without a call of Slack.
func TestWhatIsUnrelatedIsRefused(t *testing.T) {
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
			d := newDesk(t, slacktest.LineIn(takeover.StateAI))
			d.bot.Listener.people.Link(t.Context(), "C1", "1.1") // the bot knows itself
			d.slack.ForgetCalls()
			slacktest.Must(t, d.posts.PutCard(t.Context(), takeover.Card{Line: theLine, Channel: slacksim.DeskChannel, TS: "1.1"}))
			rows := len(d.posts.Rows)
			if _, err := d.bot.Dispatch(t.Context(), []byte(event(change))); err != nil {
				t.Fatal(err)
			}
			d.tasks.Wait()
			if len(d.house.stored()) > 0 || len(d.posts.Rows) != rows || len(d.slack.Calls()) > 0 {
				t.Errorf("stored %+v, %d posts, %d calls", d.house.stored(), len(d.posts.Rows)-rows, len(d.slack.Calls()))
			}
		})
	}
	d := newDesk(t, slacktest.LineIn(takeover.StateAI))
	slacktest.Must(t, d.posts.PutCard(t.Context(), takeover.Card{Line: theLine, Channel: slacksim.DeskChannel, TS: "1.1"}))
	if _, err := d.bot.Dispatch(t.Context(), []byte(event(`{}`))); err != nil || len(d.house.stored()) != 1 {
		t.Errorf("the same without a fault: %d stored, %v", len(d.house.stored()), err)
	}
}

// TestAnEndUserCannotSayAWord: what the bot repeats of an end user triggers nothing, even
// where Slack tells the bot of its own posts.
func TestAnEndUserCannotSayAWord(t *testing.T) {
	d := newDesk(t, slacktest.LineIn(takeover.StateAI))
	d.house.said[slacktest.LineIn(takeover.StateAI).Newest.ID] = []takeover.Message{{Key: "k1", Role: takeover.RoleEndUser, Text: "!take", At: slacktest.Night}}
	card := d.open(theLine)
	stored := len(d.house.stored())
	for _, m := range append(d.slack.Thread(card.Channel, card.TS), card) {
		raw, err := json.Marshal(map[string]any{"type": "message", "channel": m.Channel, "user": m.User, "bot_id": m.BotID, "text": "!take", "ts": m.TS, "thread_ts": card.TS})
		slacktest.Must(t, err)
		d.fine(d.slack.Event(t.Context(), raw))
	}
	if n := len(d.house.stored()) - stored; n != 0 {
		t.Errorf("%d commands were stored", n)
	}
}

func TestOrdinaryTalk(t *testing.T) {
	now := slacktest.Night.Add(10 * time.Minute)
	tests := []struct {
		name, user string
		change     func(*takeover.Line)
		counts     bool
	}{
		{"the holder's", slacksim.Dana, func(*takeover.Line) {}, true},
		{"a colleague's", slacksim.Omar, func(*takeover.Line) {}, false},
		{"a guest's", slacksim.Guest, func(l *takeover.Line) { l.Takeover.Holder = slacksim.Guest }, false},
		{"the holder's a moment later", slacksim.Dana, func(l *takeover.Line) { l.Takeover.Hold.Until = now.Add(29*time.Minute + 30*time.Second) }, false},
		{"the holder's where the hold ran out", slacksim.Dana, func(l *takeover.Line) { l.Takeover.Hold.Step = takeover.HoldAsked }, true},
		{"where nothing ends", slacksim.Dana, func(l *takeover.Line) { l.Takeover.Hold = takeover.Hold{} }, false},
		{"the former holder's", slacksim.Dana, func(l *takeover.Line) { l.State = takeover.StateAI }, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := slacktest.With(heldBySim(slacksim.Dana), tt.change)
			d := newDesk(t, l)
			d.bot.Listener.deps.Now = func() time.Time { return now }
			card := d.putUp(l)
			d.write(tt.user, card, "the tenant's secret is 42")
			stored := d.house.stored()
			if (len(stored) == 1) != tt.counts {
				t.Fatalf("stored %+v, want one: %t", stored, tt.counts)
			}
			raw, err := json.Marshal(stored)
			slacktest.Must(t, err)
			if strings.Contains(string(raw), "secret") {
				t.Errorf("what was said is stored: %s", raw)
			}
			if tt.counts && (stored[0].Verb != takeover.Active || stored[0].Line != theLine || stored[0].By != slacksim.Dana) {
				t.Errorf("stored %+v", stored[0])
			}
			d.told(tt.user, "", "")
		})
	}
}

// TestWordsOfOtherWorkspaces change nothing: who wrote and where is checked as for clicks.
func TestWordsOfOtherWorkspaces(t *testing.T) {
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
			d := newDesk(t, slacktest.LineIn(takeover.StateAI))
			card := d.putUp(slacktest.LineIn(takeover.StateAI))
			body := strings.Replace(fmt.Sprintf(message, tt[0], tt[1], tt[2], tt[3], tt[4]), `"1.1"`, `"`+card.TS+`"`, 1)
			if _, err := d.bot.Dispatch(t.Context(), []byte(body)); err != nil {
				t.Fatal(err)
			}
			d.tasks.Wait()
			if n := len(d.house.stored()); n != 0 {
				t.Errorf("%d commands stored", n)
			}
			if _, text := d.private(tt[1]); !strings.Contains(text, "Ask ") {
				t.Errorf("told %q", text)
			}
		})
	}
}

// TestWordsThatCannotBeStored are sent again by Slack.
func TestWordsThatCannotBeStored(t *testing.T) {
	b, h := offline()
	slacktest.Must(t, b.Writer.deps.Posts.PutCard(t.Context(), takeover.Card{Line: theLine, Channel: slacksim.DeskChannel, TS: "1.1"}))
	h.putErr = takeover.ErrBusy
	body := []byte(`{"type":"event_callback","team_id":"T0DEMO","event":{"type":"message","channel":"C0DESK","user":"U0DANA","text":"!take","ts":"9.1","thread_ts":"1.1"}}`)
	if _, err := b.Dispatch(t.Context(), body); Status(err) != 503 {
		t.Errorf("status %d, want 503: %v", Status(err), err)
	}
	h.putErr = nil
	if _, err := b.Dispatch(t.Context(), body); err != nil || len(h.stored()) != 1 {
		t.Errorf("the next delivery: %d stored, %v", len(h.stored()), err)
	}
}

func TestThreadHelpKeepsToSlacksLimits(t *testing.T) {
	checkMessage(t, threadHelp("There is no word “!x”: nothing was changed. These work here:"))
	hostile := slacktest.With(slacktest.LineIn(takeover.StateHeld), func(l *takeover.Line) { l.Recent.Lines[2].Text = "<!channel> *x* " + strings.Repeat("&", 300) })
	checkMessage(t, render.AskHandBack(hostile, "U0OTHER"))
}

func FuzzThreadWord(f *testing.F) {
	for _, seed := range []string{"!take", "!handoff <@U0OMAR|omar> x", "!back a\nb", "! x", "// !take", "!takefrom <@U1> <@U2>", "!more 99999999999999999999", "!note &lt;!channel&gt;", "!ｔake", "!take\x00", "!take.", "*!take*", "_!back, a_", "`!back`:x", "*!*", "!ⅷ", "!İ", "**!take"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		b, h := offline()
		slacktest.Must(t, b.Writer.deps.Posts.PutCard(t.Context(), takeover.Card{Line: theLine, Channel: slacksim.DeskChannel, TS: "1.1"}))
		raw, err := json.Marshal(map[string]any{"type": "event_callback", "team_id": slacksim.TeamID,
			"event": map[string]any{"type": "message", "channel": slacksim.DeskChannel, "user": slacksim.Dana, "text": text, "ts": "9.1", "thread_ts": "1.1"}})
		slacktest.Must(t, err)
		if _, err := b.Dispatch(t.Context(), raw); err != nil {
			t.Fatal(err)
		}
		name, rest, isWord := threadWordIn(text)
		if isWord && (name != strings.ToLower(name) || rest != strings.TrimSpace(rest)) {
			t.Errorf("%q reads as %q, %q", text, name, rest)
		}
		for _, c := range h.stored() {
			if !isWord || c.By != slacksim.Dana || c.Line != theLine || len([]rune(c.Note)) > maxNote {
				t.Errorf("%q stored %+v", text, c)
			}
		}
	})
}

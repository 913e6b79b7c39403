package listen_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"takeoverbot/internal/desktest"
	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/render"
	"takeoverbot/slackbot/typed"
	"takeoverbot/takeover"
)

// walk is a person at a desk who does, literally, what answers say to do.
type walk struct {
	*desktest.Desk
	user string
	card slacksim.Message
}

// walkOn is a walk at a desk with a line's card and another line, which Dana holds.
func walkOn(t *testing.T, user string, l takeover.Line) *walk {
	t.Helper()
	d := desktest.New(t, l, lineTo("ln_dana", "+13125550199", takeover.StateHeld, slacksim.Dana))
	return &walk{Desk: d, user: user, card: d.PutUp(l)}
}

// act is something that a person does.
type act func(w *walk) slacksim.Delivery

func types(text string) act {
	return func(w *walk) slacksim.Delivery { return w.Ask(w.user, whose(text)) }
}

func writes(text string) act {
	return func(w *walk) slacksim.Delivery { return w.Write(w.user, w.card, whose(text)) }
}

// whose puts a person's name into an example, as a reader does.
func whose(example string) string { return strings.ReplaceAll(example, "@colleague", "@omar") }

// presses is a press of the button, or a pick of the menu's option, that has this label on the card.
func presses(label string) act {
	return func(w *walk) slacksim.Delivery {
		w.Helper()
		for _, e := range elements(w.T, w.card.Blocks) {
			if e.Text.Text == label {
				return w.Click(w.user, w.card.Ref(), e.ActionID, slacksim.Pick{BlockID: e.block, Value: e.Value})
			}
			for _, o := range e.Options {
				if o.Text.Text == label {
					return w.Click(w.user, w.card.Ref(), e.ActionID, slacksim.Pick{BlockID: e.block, Value: o.Value})
				}
			}
		}
		w.Errorf("the card has no button %q: %s", label, w.Read(w.card))
		return slacksim.Delivery{}
	}
}

// element is a button or a menu of a card.
type element struct {
	ActionID string `json:"action_id"`
	Value    string
	Text     struct{ Text string }
	Options  []struct {
		Text  struct{ Text string }
		Value string
	}
	block string
}

// elements are the buttons and menus of blocks.
func elements(t *testing.T, blocks []byte) (all []element) {
	t.Helper()
	var rows []struct {
		Type     string
		BlockID  string `json:"block_id"`
		Elements []json.RawMessage
	}
	slacktest.Must(t, json.Unmarshal(blocks, &rows))
	for _, row := range rows {
		for _, raw := range row.Elements {
			e := element{block: row.BlockID}
			if row.Type == "actions" {
				slacktest.Must(t, json.Unmarshal(raw, &e))
				all = append(all, e)
			}
		}
	}
	return all
}

// does lets the person do something, and returns what the bot answered in private. taken says that it was
// accepted: a command was stored that is not refused, a box was opened, or an answer shows something.
func (w *walk) does(do act) (said string, taken bool) {
	w.Helper()
	stored, told := len(w.Backend.Stored()), len(w.Slack.Private(w.user))
	do(w)
	w.Tasks.Wait()
	if w.Slack.View(w.user) != nil {
		w.Slack.CloseView(w.Context(), w.user, true)
		return "", true
	}
	for _, p := range w.Slack.Private(w.user)[told:] {
		said = markup(w.T, p)
	}
	if all := w.Backend.Stored(); len(all) > stored {
		return said, !all[len(all)-1].Unchecked && all[len(all)-1].Refused == ""
	}
	return said, said != "" && !refuses(said)
}

// refuses says whether an answer asks for other input, or for another person.
func refuses(said string) bool {
	for _, words := range []string{"please send", "Please send", "There is no", "When, and for whom?", "has not come yet", "Only leads", "Type it behind", "Type whom", "To whom", "needs a number", "no log",
		"Nobody holds a line of", "othing was changed", "Write it behind", "can neither see", "may find and read", "cannot take lines", "may read, but", "has not told the bot"} {
		if strings.Contains(said, words) {
			return true
		}
	}
	return false
}

// markup is what a private message says, as Slack is sent it, without the escapes.
func markup(t *testing.T, p slacksim.Private) string {
	t.Helper()
	var found []string
	var look func(part any)
	look = func(part any) {
		switch part := part.(type) {
		case []any:
			for _, p := range part {
				look(p)
			}
		case map[string]any:
			if text, ok := part["text"].(string); ok && part["type"] == "mrkdwn" {
				found = append(found, text)
			}
			for _, key := range slices.Sorted(maps.Keys(part)) {
				look(part[key])
			}
		}
	}
	if len(p.Blocks) > 0 {
		var blocks any
		slacktest.Must(t, json.Unmarshal(p.Blocks, &blocks))
		look(blocks)
	}
	if len(found) == 0 {
		found = []string{p.Text}
	}
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(strings.Join(found, "\n"))
}

var (
	quotation = regexp.MustCompile(`“[^”]*”`)                  // of what was typed
	coded     = regexp.MustCompile("`([^`]+)`")                // what an answer says to type
	bold      = regexp.MustCompile(`[^\n]\*([^*\n]+)\*`)       // and to press; a line that begins in bold is a heading
	shorter   = regexp.MustCompile(`at most (\d+) (char|fit)`) // how much of it fits
)

// follow does all that an answer says to do, and wants each to be accepted. It returns how many there were.
func (w *walk) follow(said string) (n int) {
	w.Helper()
	said = quotation.ReplaceAllString(said, "")
	try := func(what string, do act) {
		w.Helper()
		n++
		if answer, taken := w.does(do); !taken {
			w.Errorf("told to %s, which is answered with %q; told: %s", what, answer, said)
		}
	}
	for _, part := range coded.FindAllStringSubmatch(said, -1) {
		switch text := part[1]; {
		case strings.HasPrefix(text, "!"):
			try("write "+text, writes(text))
		case strings.HasPrefix(text, "bot "): // typed where the bot runs, by an administrator
			n++
			if source, err := os.ReadFile("../../cmd/bot/main.go"); err != nil || !strings.Contains(string(source), `, "`+text+`", `) && !strings.Contains(string(source), `, "`+text+` [`) {
				w.Errorf("there is no sub-command %q: %v", text, err)
			}
		default:
			try("type "+text, types(strings.TrimSpace(strings.TrimPrefix(text, ids.RootCommand))))
		}
	}
	said = coded.ReplaceAllString(said, "")
	for _, part := range bold.FindAllStringSubmatch(said, -1) {
		if len(w.card.Blocks) > 0 {
			try("press "+part[1], presses(part[1]))
		}
	}
	if strings.Contains(said, typed.ExampleNumber) {
		try("send "+typed.ExampleNumber, types(typed.ExampleNumber))
	}
	if strings.Contains(said, "the card shows what can be done") {
		for _, e := range elements(w.T, w.card.Blocks) {
			if e.ActionID != ids.Menu {
				try("press "+e.Text.Text, presses(e.Text.Text))
			}
		}
	}
	return n
}

// TestRefusalsNameWhatWorks: every refusal of the domain names something to do, and all that it names works
// when it is done: commands and words are typed, and the buttons pressed that the card has at that moment, or
// once the hand-back that is waited for has ended.
func TestRefusalsNameWhatWorks(t *testing.T) {
	t.Parallel()
	for _, name := range slacktest.ConstantsOf(t, "RefusalKind") {
		kind := takeover.RefusalKind(name)
		if kind == takeover.RefusedRole { // TestRefusalsOfPeopleNameWhatWorks
			continue
		}
		for _, state := range []takeover.State{takeover.StateAI, takeover.StateTaking, takeover.StateHeld, takeover.StateReturning} {
			if !refusedIn(kind, state) {
				continue
			}
			t.Run(name+" "+string(state), func(t *testing.T) {
				t.Parallel()
				l := slacktest.With(slacktest.LineIn(state), func(l *takeover.Line) {
					if l.Taken() || state == takeover.StateReturning {
						l.Takeover.Holder = slacksim.Omar
					}
				})
				user := slacksim.Dana
				if kind == takeover.RefusedYours || kind == takeover.RefusedSelf || kind == takeover.RefusedFull {
					user = slacksim.Omar
				}
				r := render.RefusalOf(kind, l)
				if kind == takeover.RefusedUnsupported {
					l = slacktest.ReadingLine()
					l.ID = desktest.LineID
					r = render.RefusalOf(kind, l)
					r.Why = l.Ability(takeover.CanSilence).Reason
				}
				if kind == takeover.RefusedReturning {
					l = slacktest.LineIn(takeover.StateAI)
				}
				if said := render.Refusal(r); walkOn(t, user, l).follow(said) == 0 {
					t.Errorf("it names nothing to do: %s", said)
				}
			})
		}
	}
}

// refusedIn says whether the domain refuses so on a line in that state.
func refusedIn(kind takeover.RefusalKind, state takeover.State) bool {
	switch kind {
	case takeover.RefusedNotHeld:
		return state == takeover.StateAI
	case takeover.RefusedReturning:
		return state == takeover.StateReturning
	case takeover.RefusedTaken, takeover.RefusedYours, takeover.RefusedNotTheirs, takeover.RefusedSpeaker:
		return state == takeover.StateHeld || state == takeover.StateTaking
	case takeover.RefusedHolderOnly, takeover.RefusedNotYours, takeover.RefusedSelf, takeover.RefusedUnasked, takeover.RefusedFull:
		return state == takeover.StateHeld
	}
	return true
}

// TestAdviceWorks: the answer to typed text that is not accepted says what to type, and all of that works: what is
// said to type, in the thread or behind the command, and what was too long once it is as short as asked for.
func TestAdviceWorks(t *testing.T) {
	t.Parallel()
	asked := []string{
		"please help", "the one with the leak", "12", "5550137", "415 555 0137 +1 312 555 0100", "0137 5", "+1 415", "+1 483 234", "<@U0OMAR>",
		"99 999 999 999 999 99", "447700900123", "take it easy", "take", "log nonsense", "log", "log +1 415 555 0188", "back", "back name Miller", "back 0188",
		"handoff 0137 omar", "handoff @gus", "handoff 0188 @lena", "mine", "open", "at", "at 0137", "at 25:00 0137", "at 03:14", "at 2027-13-01 03:14 0137", "export", "export x y z", "hlep", "tkae +1 415 555 0137", "handback 0137", "name", "unit", "a `b` c", "O'Brien & <sons>",
		"name " + strings.Repeat("x", 81), strings.Repeat("9", 50), "415-555-0137 0199", "handoff 0137 @lena " + strings.Repeat("x", 2001),
	}
	written := []string{
		"!handoff", "!handoff now", "!takefrom @omar", "!takefrom", "!note", "!more 500", "!more x", "!hlep", "! take", "!xyz", "！tkae", "!note " + strings.Repeat("x", 2001),
		"!back " + strings.Repeat("x", 2001), "!takefrom @omar " + strings.Repeat("x", 2001),
	}
	for _, text := range append(asked, written...) {
		t.Run(text[:min(len(text), 40)], func(t *testing.T) {
			t.Parallel()
			do := types
			if strings.HasPrefix(text, "!") || strings.HasPrefix(text, "！") {
				do = writes
			}
			w := walkOn(t, slacksim.Dana, desktest.HeldBy(slacksim.Omar))
			said, taken := w.does(do(text))
			n := w.follow(said)
			if most := shorter.FindStringSubmatch(said); most != nil {
				size, err := strconv.Atoi(most[1])
				slacktest.Must(t, err)
				head := strings.TrimRight(text, "x")
				n++
				if answer, taken := w.does(do(head + strings.Repeat("x", size))); !taken {
					t.Errorf("told to send at most %d, which is answered with %q", size, answer)
				}
			}
			if strings.Contains(said, "pick a member of this workspace") {
				n++
				if answer, taken := w.does(do(strings.Replace(text, "@gus", "@lena", 1))); !taken {
					t.Errorf("another person is picked, and that is answered with %q", answer)
				}
			}
			if !taken && n == 0 {
				t.Errorf("nothing that works is named: %s", said)
			}
		})
	}
}

// TestProposalsWork: where nothing is found, the answer proposes something else to type, which is accepted.
func TestProposalsWork(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"+1 415 555 0188", "+1 483 234 0137", "+52 1 55 1234 5678", "0188", "188", "unit 4B", "unit 4`B", "name Miller", "name <Miller> & `sons`", "anonymous", "sip:dana@example.com",
		"take 0188", "take unit 4B", "take name Miller", "at 03:14 0188", "log 0188", "log unit 4B", "log name Miller",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			w := walkOn(t, slacksim.Dana, desktest.HeldBy(slacksim.Omar))
			if said, taken := w.does(types(text)); !taken || said != "" {
				t.Fatalf("not searched: %q", said)
			}
			w.WorkLast()
			p, _ := w.Private(slacksim.Dana)
			if said := markup(t, p); w.follow(said) == 0 {
				t.Errorf("nothing is proposed: %s", said)
			}
		})
	}
}

// subteam is a mention of a user group.
var subteam = regexp.MustCompile(`<!subteam\^(\w+)>`)

// TestRefusalsOfPeopleNameWhatWorks: a person who may not do something is told who may or what helps, and that
// helps: the same is accepted afterwards, or of the person who is named.
func TestRefusalsOfPeopleNameWhatWorks(t *testing.T) {
	t.Parallel()
	const reader = "U0READ"
	member := func(d *desktest.Desk, id string) {
		d.Slack.AddUser(slacksim.User{ID: id, Name: strings.ToLower(id[2:])})
	}
	desk := func(t *testing.T, user string, help func(d *desktest.Desk)) *walk {
		t.Helper()
		d := withGroups(t, slacktest.LineIn(takeover.StateAI), lineTo("ln_dana", "+13125550199", takeover.StateHeld, slacksim.Dana))
		d.Slack.AddChannel(slacksim.Channel{ID: slacksim.DeskChannel, Name: "on-call", Members: []string{slacksim.BotUserID, slacksim.Dana, slacksim.Omar, slacksim.Guest, slacksim.Outside, reader}})
		help(d)
		return &walk{Desk: d, user: user, card: d.PutUp(slacktest.LineIn(takeover.StateAI))}
	}
	nothing := func(*desktest.Desk) {}
	failing := func(code slacksim.Fault) func(d *desktest.Desk) {
		return func(d *desktest.Desk) { d.Slack.FailNext("users.info", 1, code) }
	}
	// What helps: who does the same, at which desk. named are the people that the refusal mentions.
	helps := []struct {
		words string
		user  string // who does it then; empty for the same person
		help  func(d *desktest.Desk, user string)
	}{
		{"an owner of this workspace to make you a full member", "", func(d *desktest.Desk, user string) {
			member(d, user)
			d.Slack.AddGroup(slacksim.Group{ID: slacksim.TechniciansGroup, Users: []string{slacksim.Dana, slacksim.Omar, user}})
		}},
		{"a colleague to help", slacksim.Omar, func(*desktest.Desk, string) {}},
		{"Ask a member of this workspace to help", slacksim.Omar, func(*desktest.Desk, string) {}},
		{"Ask one of them to act", slacksim.Omar, func(*desktest.Desk, string) {}},
		{"the group's owner to add you", "", func(d *desktest.Desk, user string) {
			d.Slack.AddGroup(slacksim.Group{ID: slacksim.TechniciansGroup, Users: []string{slacksim.Dana, slacksim.Omar, user}})
		}},
		{"please press again, or type it again", "", func(*desktest.Desk, string) {}},
	}
	acts := map[string]act{
		"presses": presses("Take over"), "writes": writes("!take"), "takes": types("take +1 415 555 0137"), "lists": types("handoff"), "opens a box": types("back 0199"),
	}
	for who, p := range map[string]struct {
		user   string
		before func(d *desktest.Desk)
		acts   []string // none: all
	}{
		"a guest":         {slacksim.Guest, nothing, nil},
		"a foreigner":     {slacksim.Outside, nothing, nil},
		"a reader":        {reader, nothing, nil},
		"without a scope": {slacksim.Dana, failing(slacksim.Fault{Kind: slacksim.FaultError, Error: "missing_scope"}), nil},
		"in an outage":    {slacksim.Dana, failing(slacksim.Fault{Kind: slacksim.FaultUnavailable}), []string{"lists", "opens a box"}},
	} {
		for what, do := range acts {
			if p.acts != nil && !slices.Contains(p.acts, what) {
				continue
			}
			t.Run(who+" "+what, func(t *testing.T) {
				t.Parallel()
				w := desk(t, p.user, p.before)
				said, taken := w.does(do)
				if taken || said == "" {
					t.Fatalf("not refused: %q", said)
				}
				for _, group := range subteam.FindAllStringSubmatch(said, -1) {
					if group[1] != slacksim.TechniciansGroup {
						t.Errorf("another group is named: %s", said)
					}
				}
				n := w.follow(said)
				for _, h := range helps {
					if !strings.Contains(said, h.words) {
						continue
					}
					n++
					user := p.user
					if h.user != "" {
						user = h.user
					}
					if answer, taken := desk(t, user, func(d *desktest.Desk) { h.help(d, user) }).does(do); !taken {
						t.Errorf("told %q, and then %s is answered with %q", h.words, user, answer)
					}
				}
				if n == 0 {
					t.Errorf("it says nothing that helps: %s", said)
				}
			})
		}
	}
	for name, to := range map[string]string{"a guest": "gus", "a reader": "read", "the bot": "takeover-bot"} {
		t.Run("offered to "+name, func(t *testing.T) {
			t.Parallel()
			w := desk(t, slacksim.Dana, nothing)
			for _, id := range []string{slacksim.Guest, reader, slacksim.BotUserID, slacksim.Dana} {
				slacktest.Must(t, w.Bot.Listener.People.Ask(t.Context(), id)) // so that the answer comes at once
			}
			said, taken := w.does(types(fmt.Sprintf("handoff 0199 @%s", to)))
			if taken || !strings.Contains(said, "pick a member of this workspace") && !strings.Contains(said, "pick one of them") {
				t.Errorf("answered with %q", said)
			}
			if answer, taken := w.does(types("handoff 0199 @omar")); !taken {
				t.Errorf("another person is picked, and that is answered with %q", answer)
			}
		})
	}
}

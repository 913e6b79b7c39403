package listen_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/desktest"
	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/listen"
	"takeoverbot/slackbot/render"
	"takeoverbot/takeover"
)

// lineTo is a line to another end user's number.
func lineTo(id takeover.LineID, number string, state takeover.State, holder takeover.OperatorID) takeover.Line {
	return slacktest.With(slacktest.LineIn(state), func(l *takeover.Line) {
		l.ID, l.EndUser, l.Recent = id, takeover.Target(number), slacktest.RecentOf(l.Recent.Lines[:2])
		if state != takeover.StateAI {
			l.Takeover.Holder = holder
		}
	})
}

func TestWordsByNumber(t *testing.T) {
	t.Parallel()
	const wet, dry, twin = "+14155550137", "+14155550199", "+13125550137"
	free := lineTo("ln_free", wet, takeover.StateAI, "")
	second := slacktest.With(lineTo("ln_second", wet, takeover.StateAI, ""), func(l *takeover.Line) { l.Agent = "+13125550111" })
	mine := lineTo("ln_mine", wet, takeover.StateHeld, slacksim.Dana)
	theirs := lineTo("ln_theirs", twin, takeover.StateHeld, slacksim.Omar)
	also := lineTo("ln_also", dry, takeover.StateHeld, slacksim.Dana)
	waiting := slacktest.With(mine, func(l *takeover.Line) {
		l.Recent = slacktest.RecentOf(slacktest.LineIn(takeover.StateHeld).Recent.Lines)
	})

	tests := []struct {
		name, text string
		lines      []takeover.Line
		verbs      string // of what is stored, with the line
		told       string
	}{
		{"take", "take (415) 555-0137", []takeover.Line{free}, "take over ln_free", ""},
		{"take what somebody has", "take 415.555.0137", []takeover.Line{mine}, "take over ln_mine", ""},
		{"take an unknown number", "take 415 555 0188", []takeover.Line{free}, "find ", ""},
		{"take by last digits", "take 0137", []takeover.Line{free}, "find ", ""},
		{"take by unit", "take unit 4B", []takeover.Line{free}, "find ", ""},
		{"take of two agents", "take 415 555 0137", []takeover.Line{free, second}, "", "has 2 lines: which one do you take over?"},
		{"take nonsense", "take it easy", nil, "", "There is no phone number in"},
		{"take nothing", "take", nil, "", "Type whom to look for"},
		{"a no-break space", "take\u00a0415 555 0137", []takeover.Line{free}, "take over ln_free", ""},
		{"a tab", "take\t415 555 0137", []takeover.Line{free}, "take over ln_free", ""},
		{"a new line", "take\n415 555 0137", []takeover.Line{free}, "take over ln_free", ""},
		{"an ideographic space", "take\u3000415 555 0137", []takeover.Line{free}, "take over ln_free", ""},
		{"a colon", "take: 415 555 0137", []takeover.Line{free}, "take over ln_free", ""},
		{"a comma", "Take, 415 555 0137", []takeover.Line{free}, "take over ln_free", ""},
		{"in code marks", "`take 415 555 0137`", []takeover.Line{free}, "take over ln_free", ""},
		{"wide letters", "ｔａｋｅ 415 555 0137", []takeover.Line{free}, "take over ln_free", ""},
		{"mine and a full stop", "mine.", nil, "", "You hold nothing"},
		{"another name of a word", "handback 0137", []takeover.Line{mine}, "", "Did you mean `/takeover back 0137`?"},
		{"a mistyped word", "tkae +1 415 555 0137", []takeover.Line{free}, "", "Did you mean `/takeover take +1 415 555 0137`?"},
		{"a mistyped word alone", "hlep", nil, "", "Did you mean `/takeover help`?"},
		{"words before a number", "call +1 415 555 0137", nil, "find ", ""},
		{"back", "back 415 555 0137", []takeover.Line{mine}, "box ln_mine", ""},
		{"back by last digits", "back 0199", []takeover.Line{mine, also}, "box ln_also", ""},
		{"back of another's", "back +13125550137", []takeover.Line{theirs}, "box ln_theirs", ""},
		{"back of two", "back 0137", []takeover.Line{mine, theirs}, "", "Which line do you hand back"},
		{"back while somebody waits", "back 0137", []takeover.Line{waiting}, "box ln_mine", ""},
		{"back of nobody's", "back 0137", []takeover.Line{free}, "", "Nobody holds a line of …0137"},
		{"back by name", "back name Miller", []takeover.Line{mine}, "", "needs a number"},
		{"back without a number", "back", []takeover.Line{mine}, "", "Type whom to look for"},
		{"hand off", "handoff 0137 @omar calls at four", []takeover.Line{mine, also}, "hand off ln_mine to U0OMAR: calls at four", ""},
		{"hand off my own of two", "handoff 0137 @omar", []takeover.Line{mine, theirs}, "hand off ln_mine to U0OMAR: ", ""},
		{"hand off another's", "handoff +13125550137 @lena", []takeover.Line{theirs}, "hand off ln_theirs to U0LENA: ", ""},
		{"hand off all I have", "handoff @omar", []takeover.Line{mine}, "hand off ln_mine to U0OMAR: ", ""},
		{"hand off which", "handoff @omar", []takeover.Line{mine, also}, "", "Which line do you pass on?"},
		{"hand off nothing", "handoff @omar", []takeover.Line{theirs}, "", "You hold nothing"},
		{"hand off to nobody", "handoff 0137 omar", []takeover.Line{mine}, "", "To whom?"},
		{"hand off to a guest", "handoff 0137 @gus", []takeover.Line{mine}, "", "cannot take lines"},
		{"hand off with a novel", "handoff 0137 @omar " + strings.Repeat("x", render.MaxRemark+1), []takeover.Line{mine}, "", "Please shorten it."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := desktest.New(t, tt.lines...)
			slacktest.Must(t, d.Bot.Listener.People.Ask(t.Context(), slacksim.Guest))
			got := d.Ask(slacksim.Dana, tt.text)
			var verbs []string
			for _, c := range d.Backend.Stored() {
				s := fmt.Sprintf("%s %s", c.Verb, c.Line)
				if c.Verb == takeover.HandOff {
					s += fmt.Sprintf(" to %s: %s", c.To, c.Note)
				}
				verbs = append(verbs, s)
				if c.Take != (c.Verb == takeover.Search && strings.HasPrefix(tt.text, "take")) {
					t.Errorf("%s takes what it finds: %t", c.Verb, c.Take)
				}
				if c.By != slacksim.Dana || c.Origin != takeover.FromWord || c.Reply.URL == "" || c.Show != (c.Verb == takeover.TakeOver) {
					t.Errorf("stored %+v", c)
				}
			}
			d.Tasks.Wait()
			if v := d.Slack.View(slacksim.Dana); v != nil && v.CallbackID == ids.HandBack {
				line, _, _ := strings.Cut(v.PrivateMetadata, " ")
				verbs = append(verbs, "box "+line)
			}
			if s := strings.Join(verbs, ", "); s != tt.verbs {
				t.Errorf("stored %q, want %q", s, tt.verbs)
			}
			if (got.Private == nil) != (tt.told == "") {
				t.Fatalf("answered %+v, want %q", got.Private, tt.told)
			}
			if got.Private != nil {
				desktest.CheckPrivate(t, listen.Answer{ContentType: got.ContentType, Body: []byte(got.Body)})
				if text := d.Slack.PlainPrivate(*got.Private, time.UTC); !strings.Contains(text, tt.told) && !strings.Contains(got.Private.Text, tt.told) {
					t.Errorf("told %q, want %q", text, tt.told)
				}
			}
			if strings.HasPrefix(tt.verbs, "box") {
				return // Slack opens one box for a command
			}
			n := len(d.Backend.Stored())
			d.Fine(d.Slack.Redeliver(t.Context(), got, false))
			if len(d.Backend.Stored()) != n {
				t.Error("delivered again it is stored again")
			}
		})
	}
}

// TestChoose: each line of a choice has the button that was typed.
func TestChoose(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, lineTo("ln_a", "+14155550137", takeover.StateHeld, slacksim.Dana), lineTo("ln_b", "+13125550137", takeover.StateHeld, slacksim.Dana))
	d.Ask(slacksim.Dana, "back 0137")
	list, _ := d.Private(slacksim.Dana)
	d.Click(slacksim.Dana, list.Ref(), ids.HandBack, slacksim.Pick{Value: "ln_b"})
	if v := d.Slack.View(slacksim.Dana); v == nil || !strings.HasPrefix(v.PrivateMetadata, "ln_b ") {
		t.Errorf("opened %+v", v)
	}
}

func TestListsTellTimeLeftAndWhoWaits(t *testing.T) {
	t.Parallel()
	waiting := slacktest.With(lineTo("ln_wet", "+14155550137", takeover.StateHeld, slacksim.Dana), func(l *takeover.Line) {
		l.Recent, l.Since = slacktest.LineIn(takeover.StateHeld).Recent, slacktest.Night.Add(time.Minute)
	})
	quiet := lineTo("ln_dry", "+14155550199", takeover.StateHeld, slacksim.Dana)
	ranOut := slacktest.With(lineTo("ln_out", "+14155550188", takeover.StateHeld, slacksim.Omar), func(l *takeover.Line) { l.Takeover.Hold.Step = takeover.HoldAskedAgain })
	offered := slacktest.With(lineTo("ln_off", "+14155550177", takeover.StateHeld, slacksim.Omar), func(l *takeover.Line) { l.Takeover.Handoff = takeover.Handoff{To: slacksim.Lena} })
	d := desktest.New(t, quiet, waiting, ranOut, offered)
	for word, want := range map[string][]string{
		"open": {"end user waits since", "until 03:44", "hold ran out at 03:44", "offered to @Lena, not accepted yet", "4 lines are open", "Lines that the AI answers are not listed: type a number to see one."},
		"mine": {"end user waits since 03:11", "until 03:44", "(30 min hold)", "2 lines are yours"},
	} {
		got := d.Ask(slacksim.Dana, word)
		text := d.Slack.PlainPrivate(*got.Private, time.UTC)
		for _, part := range want {
			if !strings.Contains(text, part) {
				t.Errorf("%s does not say %q:\n%s", word, part, text)
			}
		}
		if first, second := strings.Index(text, "waits since"), strings.Index(text, "0199"); first > second {
			t.Errorf("%s: who waits does not come first:\n%s", word, text)
		}
		desktest.CheckPrivate(t, listen.Answer{ContentType: got.ContentType, Body: []byte(got.Body)})
	}
}

func TestShiftChange(t *testing.T) {
	t.Parallel()
	mine := slacktest.With(lineTo("ln_wet", "+14155550137", takeover.StateHeld, slacksim.Dana), func(l *takeover.Line) {
		l.Recent = slacktest.RecentOf(slacktest.LineIn(takeover.StateHeld).Recent.Lines)
		l.Recent.Lines[2].Text = "Hurry <!channel> *now*"
	})
	passed := slacktest.With(lineTo("ln_dry", "+14155550199", takeover.StateHeld, slacksim.Dana), func(l *takeover.Line) {
		l.Takeover.Handoff = takeover.Handoff{Ref: "q2w3", To: slacksim.Omar, By: slacksim.Dana, At: slacktest.Night, Note: "calls at four"}
	})
	offers := []takeover.Line{
		slacktest.With(lineTo("ln_in1", "+14155550188", takeover.StateHeld, slacksim.Omar), func(l *takeover.Line) {
			l.Takeover.Handoff = takeover.Handoff{Ref: "aaaa", To: slacksim.Dana, By: slacksim.Omar, At: slacktest.Night}
		}),
		slacktest.With(lineTo("ln_in2", "+14155550166", takeover.StateHeld, slacksim.Omar), func(l *takeover.Line) {
			l.Takeover.Handoff = takeover.Handoff{Ref: "bbbb", To: slacksim.Dana, By: slacksim.Omar, At: slacktest.Night}
		}),
	}
	d := desktest.New(t, append(offers, mine, passed)...)
	got := d.Ask(slacksim.Dana, "handoff")
	text, seen := desktest.CheckPrivate(t, listen.Answer{ContentType: got.ContentType, Body: []byte(got.Body)})
	if !strings.HasPrefix(text, "You hold 2 lines; the end user waits on 1. Offered to you: 2 lines.") {
		t.Errorf("it says %q", text)
	}
	for _, part := range []string{"end user waits since", "until ", "offered to <@U0OMAR>, not accepted yet", "Last: End user: Hurry <!channel> *now*", "Note: calls at four"} {
		if !strings.Contains(strings.Join(seen.Texts, "\n"), part) {
			t.Errorf("it does not say %q: %q", part, seen.Texts)
		}
	}
	list, _ := d.Private(slacksim.Dana)
	for _, press := range []struct{ action, value, verb string }{
		{ids.Withdraw, "ln_dry.q2w3", "withdraw"}, {ids.Accept, "ln_in1.aaaa", "accept"}, {ids.Decline, "ln_in2.bbbb", "decline"}, {ids.AcceptAll, "", "accept all"},
	} {
		n := len(d.Backend.Stored())
		pick := slacksim.Pick{Value: press.value}
		d.Click(slacksim.Dana, list.Ref(), press.action, pick)
		stored := d.Backend.Stored()
		if len(stored) != n+1 || string(stored[n].Verb) != press.verb {
			t.Errorf("%s stored %+v", press.action, stored[n:])
		}
	}
	for _, press := range []struct{ action, value, callback string }{
		{ids.HandOff, "ln_wet", ids.HandOff}, {ids.HandBack, "ln_wet", ids.HandBack}, {ids.PassAll, "", ids.PassAll},
	} {
		d.Click(slacksim.Dana, list.Ref(), press.action, slacksim.Pick{Value: press.value})
		if v := d.Slack.View(slacksim.Dana); v == nil || v.CallbackID != press.callback {
			t.Errorf("%s opened %+v", press.action, v)
		}
	}
	nothing := d.Ask(slacksim.Lena, "handoff")
	if !strings.Contains(nothing.Private.Text, "nothing to pass on") {
		t.Errorf("who holds nothing is told %q", nothing.Private.Text)
	}
}

// TestALongShiftKeepsToSlacksLimits: with many lines, and with long texts in each.
func TestALongShiftKeepsToSlacksLimits(t *testing.T) {
	t.Parallel()
	var lines []takeover.Line
	for i := range 40 {
		lines = append(lines, slacktest.With(lineTo(takeover.LineID(fmt.Sprintf("ln_%04d", i)), fmt.Sprintf("+1415555%04d", i), takeover.StateHeld, slacksim.Dana), func(l *takeover.Line) {
			l.Newest.Name, l.Newest.AgentName = strings.Repeat("<&>", 200), strings.Repeat("agent ", 100)
			l.Recent.Lines = []takeover.Excerpt{{Role: takeover.RoleEndUser, Text: strings.Repeat("&<!here> ", 100), At: takeover.ProviderTime(slacktest.Night)}}
			l.Takeover.Handoff = takeover.Handoff{Ref: "q2w3", To: slacksim.Omar, By: slacksim.Dana, At: slacktest.Night, Note: strings.Repeat("note ", 200)}
			if i%2 == 0 {
				l.Takeover.Holder, l.Takeover.Handoff.To, l.Takeover.Handoff.By = slacksim.Omar, slacksim.Dana, slacksim.Omar
			}
		}))
	}
	d := desktest.New(t, lines...)
	d.Ask(slacksim.Dana, "back 000")
	for _, word := range []string{"handoff", "open", "mine", "handoff 00 @omar"} {
		got := d.Ask(slacksim.Dana, word)
		desktest.CheckPrivate(t, listen.Answer{ContentType: got.ContentType, Body: []byte(got.Body)})
	}
}

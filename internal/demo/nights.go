package demo

import (
	"fmt"
	"sync"
	"time"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/telnyxsim"
)

// night is one thing that can go wrong: a switch on the page, and what it does.
type night struct {
	name     string
	group    string // what fails
	label    string
	sentence string
	telnyx   func(*telnyxsim.Faults)
	slack    func(*slacksim.Sim) error
}

// secondClick is the switch that lets another person press at the same moment.
const secondClick = "second"

// lateAnswers is the switch that keeps the AI's answers in the air until it is turned off.
const lateAnswers = "late"

// landline is Telnyx's code for a number that cannot be reached by texts.
const landline = "40001"

// always is more failures than a demo lasts.
const always = 1 << 30

// badNights are the switches in the order of the page. They may be combined; of those
// that refuse, the one further down wins.
func badNights() []night {
	fails := func(f telnyxsim.Failure) func(*telnyxsim.Faults) {
		return func(all *telnyxsim.Faults) { all.Fail = append([]telnyxsim.Failure{f}, all.Fail...) }
	}
	return []night{
		{name: "slow", group: "Telnyx", label: "slow", sentence: "Every call of Telnyx takes 3 seconds: the click is answered at once, and the card says “Taking over…” until silence is proven.",
			telnyx: func(f *telnyxsim.Faults) { f.LatencyMS = map[telnyxsim.Op]int{telnyxsim.OpAll: 3000} }},
		{name: "boolean", group: "Telnyx", label: "no booleans", sentence: "Telnyx takes texts in its entries only and refuses a true or false with 422: the bot writes the text “true” instead, and says “silent” only after reading it back.",
			telnyx: func(f *telnyxsim.Faults) { f.Bool = telnyxsim.BoolReject }},
		{name: "forgets", group: "Telnyx", label: "keeps nothing", sentence: "Telnyx answers 200 and keeps nothing: only reading back finds out.",
			telnyx: func(f *telnyxsim.Faults) { f.PutKeepsNothing = true }},
		{name: "entries", group: "Telnyx", label: "loses entries", sentence: "Telnyx loses two entries of other tools with each write: the bot notices and puts them back from its own copy.",
			telnyx: func(f *telnyxsim.Faults) { f.PutDropsKeys = 2 }},
		{name: "unanswered", group: "Telnyx", label: "loses answers", sentence: "Telnyx writes, but the connection breaks before it answers: the bot must read to know, not guess.",
			telnyx: fails(telnyxsim.Failure{Op: telnyxsim.OpPut, How: telnyxsim.FailDropAfter})},
		{name: "lands", group: "Telnyx", label: "writes late", sentence: "Telnyx closes the connection, and the write takes effect 20 seconds later, when the bot may want something else: the card says until when an earlier change may still arrive, and the bot looks every 5 seconds until then.",
			telnyx: fails(telnyxsim.Failure{Op: telnyxsim.OpPut, How: telnyxsim.FailDrop, LandMS: 20_000})},
		{name: "unseen", group: "Telnyx", label: "shows late", sentence: "A new conversation is in no list for 20 seconds, but the AI answers in it (press “New conversation” on a held line): the bot silences it once it is listed, and what the AI said until then is on the card in red.",
			telnyx: func(f *telnyxsim.Faults) { f.ConversationsLateMS = 20_000 }},
		{name: lateAnswers, group: "Telnyx", label: "answers late", sentence: "The AI's answers stay in the air: text from the phone, take over, then turn this off, and what was in the air goes out all the same and the card turns red.",
			telnyx: func(f *telnyxsim.Faults) { f.LateReply = true }},
		{name: "refused", group: "Telnyx", label: "refuses (422)", sentence: "Telnyx refuses every write with 422: the card says “NOT silent” and why, and the bot goes on trying.",
			telnyx: fails(telnyxsim.Failure{Op: telnyxsim.OpPut, Status: 422})},
		{name: "limited", group: "Telnyx", label: "limits (429)", sentence: "Telnyx allows no more calls and asks for 5 seconds of patience each time: the bot waits exactly that long.",
			telnyx: fails(telnyxsim.Failure{Status: 429, Hint: telnyxsim.HintRetryAfter, Seconds: 5})},
		{name: "down", group: "Telnyx", label: "down (503)", sentence: "Telnyx is down and answers every call with 503: let a minute pass on a held line, and the card says since when silence is not checked; after five minutes the holder is told, after ten the desk.",
			telnyx: fails(telnyxsim.Failure{Status: 503})},
		{name: "key", group: "Telnyx", label: "bad key (401)", sentence: "The bot's key was withdrawn at Telnyx: every call is answered with 401.",
			telnyx: fails(telnyxsim.Failure{Status: 401})},
		{name: "landline", group: "Texts", label: "landline", sentence: "The end user's phone is a landline: Telnyx accepts what you write in the thread and reports later that it did not arrive, and the thread says why and what to do.",
			telnyx: func(f *telnyxsim.Faults) { f.Finally, f.FinalCode = telnyxsim.StatusFailed, landline }},
		{name: "text-unanswered", group: "Texts", label: "loses the answer", sentence: "Telnyx takes what you write in the thread, but the connection breaks before it answers, and no report comes: the thread says “may not have been sent”, with a button Send again, and the bot never sends it again by itself.",
			telnyx: func(f *telnyxsim.Faults) {
				f.Fail = append([]telnyxsim.Failure{{Op: telnyxsim.OpSend, How: telnyxsim.FailDropAfter}}, f.Fail...)
				f.WebhooksOff = true
			}},
		{name: "slack-slow", group: "Slack", label: "slow", sentence: "Every call of Slack takes 2 seconds: cards and answers come late, clicks are still taken at once.",
			slack: func(s *slacksim.Sim) error { s.SetLatency(slacksim.AnyMethod, 2*time.Second); return nil }},
		{name: "slack-limited", group: "Slack", label: "limits (429)", sentence: "Slack takes no posts and no changes of cards and asks for 3 seconds of patience each time: when this is over, the card jumps to the newest state.",
			slack: func(s *slacksim.Sim) error {
				wait := slacksim.Fault{Kind: slacksim.FaultRateLimited, RetryAfter: 3 * time.Second}
				s.FailNext("chat.postMessage", always, wait)
				s.FailNext("chat.update", always, wait)
				return nil
			}},
		{name: "edit-window", group: "Slack", label: "edits no old cards", sentence: "Slack changes no message that is older than a minute: the bot posts a new card, and the old thread says where it is.",
			slack: func(s *slacksim.Sim) error { return s.SetEditWindow(time.Minute, slacksim.EditWindowClosed) }},
		{name: "clock", group: "Clocks", label: "Telnyx is behind", sentence: "Telnyx's clock is 20 seconds behind the bot's: take over and press “AI speaks anyway”, and the card turns red all the same, because the bot compares Telnyx's times with Telnyx's own clock only.",
			telnyx: func(f *telnyxsim.Faults) { f.ClockAheadMS = -20_000 }},
		{name: secondClick, group: "People", label: "two at once", sentence: "Another operator presses your next “Take over” in the very same moment: one of you wins, the other is told who and by how much."},
	}
}

// nights holds which switches are on.
type nights struct {
	slack  *slacksim.Sim
	telnyx *telnyxsim.Sim
	report time.Duration // how long after a text was sent Telnyx knows whether it arrived

	mu sync.Mutex
	on map[string]bool
}

// set turns one switch and applies all of them anew.
func (n *nights) set(name string, on bool) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, known := range badNights() {
		if known.name == name {
			n.on[name] = on
			return n.apply()
		}
	}
	return fmt.Errorf("there is no switch %q", name)
}

// clear turns everything back to normal.
func (n *nights) clear() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	clear(n.on)
	return n.apply()
}

// take reads a switch and turns it off.
func (n *nights) take(name string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	was := n.on[name]
	n.on[name] = false
	return was
}

func (n *nights) isOn(name string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.on[name]
}

// apply is called with mu held.
func (n *nights) apply() error {
	faults := telnyxsim.Faults{FinalMS: int(n.report.Milliseconds())}
	n.slack.ClearFaults()
	for _, b := range badNights() {
		if !n.on[b.name] {
			continue
		}
		if b.telnyx != nil {
			b.telnyx(&faults)
		}
		if b.slack != nil {
			if err := b.slack(n.slack); err != nil {
				return fmt.Errorf("set the switches of Slack: %w", err)
			}
		}
	}
	if err := n.telnyx.SetFaults(faults); err != nil {
		return fmt.Errorf("set the switches of Telnyx: %w", err)
	}
	if !n.on[lateAnswers] {
		n.telnyx.ReleaseReplies()
	}
	return nil
}

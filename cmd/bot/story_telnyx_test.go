package main

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"takeoverbot/internal/telnyxsim"
)

// telnyxCommands are the provider, its failures, and the end user's phone.
func telnyxCommands() map[string]storyCommand {
	return map[string]storyCommand{
		"telnyx":     {usage: "good|NAME=value [NAME=value…]", do: cmdTelnyx},
		"webhooks":   {usage: "on|off|forged|N", do: cmdWebhooks},
		"load":       {usage: "FILE", do: cmdLoad},
		"fail":       {usage: "OP STATUS|CODE|HOW|READ [xN] [for=DURATION] [retry_after=S] [lands=DURATION] [of=NUMBER]", do: cmdFail},
		"text":       {usage: "NUMBER TEXT", do: cmdText},
		"picture":    {usage: "NUMBER good|film|inside TEXT", do: cmdPicture},
		"call":       {usage: "NUMBER TEXT", do: cmdCall},
		"ai-says":    {usage: "NUMBER TEXT", do: cmdAISays},
		"release":    {do: cmdRelease},
		"inactivity": {usage: "DURATION", do: cmdInactivity},
		"phone-got":  {usage: "NUMBER N|TEXT [TEXT]", check: cmdPhoneGot},
		"phone-saw":  {usage: "NUMBER N [TEXT]", check: cmdPhoneSaw},
		"phone":      {usage: "NUMBER silent|answers|would-answer|would-not-answer [TEXT…]", do: cmdPhone},
		"flag":       {usage: "NUMBER on|off|set|unset|flip [all]", do: cmdFlag},
		"keep":       {usage: "NUMBER", do: cmdKeep},
		"kept":       {usage: "NUMBER", check: cmdKept},
		"many":       {usage: "N NUMBER [with=AGENT]", do: cmdMany},
		"others":     {usage: "N TEXT", do: cmdOthers},
		"calls":      {usage: "[OP=N…]", do: cmdCalls},
		"during":     {usage: "OP", do: cmdDuring},
		"delete":     {usage: "NUMBER", do: cmdDelete},
		"knows":      {usage: "NUMBER [N] TEXT", check: cmdKnows},
	}
}

// webhooks on|off: Telnyx sends webhooks to the bot, or to nobody. webhooks N: waits until the bot has
// acknowledged so many in all. webhooks forged: a sender without Telnyx's key sends one, and is refused.
func cmdWebhooks(s *system, args []string) {
	switch n, err := strconv.Atoi(args[0]); {
	case err == nil:
		s.eventually(args[0]+" webhooks are acknowledged", func() bool {
			got := s.telnyx.Deliveries()
			return n == len(slices.DeleteFunc(got, func(d telnyxsim.Delivery) bool { return d.Status != http.StatusOK }))
		})
	case args[0] == "forged":
		c := s.conversation(telnyxsim.SeedEndUser)
		body := fmt.Sprintf(`{"data":{"event_type":"message.received","id":"e1","payload":{"id":"m1","from":{"phone_number":%q},"to":[{"phone_number":%q}],"text":"forged"}}}`, c.EndUser(), c.Agent())
		req, err := http.NewRequestWithContext(s.Context(), http.MethodPost, "http://"+s.bot().addr+"/telnyx/webhooks", strings.NewReader(body))
		s.check(err)
		req.Header.Set("Telnyx-Timestamp", strconv.FormatInt(time.Now().Unix(), 10))
		req.Header.Set("Telnyx-Signature-Ed25519", base64.StdEncoding.EncodeToString(make([]byte, 64)))
		if status, _ := s.do(req); status != http.StatusUnauthorized {
			s.Fatalf("answered %d", status)
		}
	case args[0] == "on":
		s.telnyx.SetWebhookURL("http://" + s.bot().addr + "/telnyx/webhooks")
	default:
		s.telnyx.SetWebhookURL("")
	}
}

// load FILE: Telnyx has the conversations of the file too, one JSON object a line.
func cmdLoad(s *system, args []string) {
	s.check(s.telnyx.LoadJSONL(strings.NewReader(s.script.ReadFile(args[0]))))
}

// telnyx NAME=VALUE …: flips switches, by their names in telnyxsim.Faults; slow-OP=MS is
// an operation's latency. A switch whose name ends in _ms is set by a duration without that
// ending: clock_ahead=8s, conversations_late=20s. telnyx good: all is well again.
func cmdTelnyx(s *system, args []string) {
	if slices.Equal(args, []string{"good"}) {
		s.check(s.telnyx.SetFaults(telnyxsim.Faults{}))
		return
	}
	s.check(s.telnyx.UpdateFaults(func(f *telnyxsim.Faults) {
		for _, a := range args {
			name, value, _ := strings.Cut(a, "=")
			if op, slow := strings.CutPrefix(name, "slow-"); slow {
				ms, err := strconv.Atoi(value)
				s.check(err)
				f.LatencyMS = map[telnyxsim.Op]int{telnyxsim.Op(op): ms}
				continue
			}
			raw := value
			if d, err := time.ParseDuration(value); !json.Valid([]byte(value)) && err == nil {
				name, raw = name+"_ms", strconv.FormatInt(d.Milliseconds(), 10)
			} else if !json.Valid([]byte(value)) {
				raw = strconv.Quote(value)
			}
			flip := json.NewDecoder(strings.NewReader(fmt.Sprintf("{%q:%s}", name, raw)))
			flip.DisallowUnknownFields()
			s.check(flip.Decode(f))
		}
	}))
}

// fail OP STATUS|HOW [xN] [for=DURATION] [retry_after=S] [lands=DURATION]: the next N
// requests of an operation fail, or those for so long; without either all, until telnyx
// good. A put that fails with lands= takes effect all the same, so long after it came in.
//
// fail get|list|all READ [xN] [for=DURATION] [of=NUMBER]: reads show something other than
// the truth, in N answers that differ from it or for so long, and of the end user's newest
// conversation alone or of all. READ is before (the state before the newest write), lagging=DURATION
// (the state so long ago), frozen (the state now), flag_on, flag_off or null (no metadata).
func cmdFail(s *system, args []string) {
	plain, set := settings(args[1:])
	lag, lagging := set[telnyxsim.ReadLagging]
	if lagging {
		plain = slices.Insert(plain, 0, telnyxsim.ReadLagging)
	}
	if len(plain) == 0 {
		s.Fatalf("which failure?")
	}
	op, how, times := telnyxsim.Op(args[0]), plain[0], 0
	for _, a := range plain[1:] {
		times = s.times([]string{a})
	}
	if slices.Contains(telnyxsim.ReadWays(), how) {
		m := telnyxsim.Misread{Op: op, How: how, Times: times, LagMS: s.millis(lag), ForMS: s.millis(set["for"])}
		if number, ok := set["of"]; ok {
			m.ID = s.conversation(number).ID
		}
		s.check(s.telnyx.Misread(m))
		return
	}
	f := telnyxsim.Failure{Op: op, Times: times, LandMS: s.millis(set["lands"]), ForMS: s.millis(set["for"])}
	switch status, err := strconv.Atoi(how); {
	case err != nil:
		f.How = how
	case status > 999: // an error code about texts
		f.Code = how
	default:
		f.Status = status
	}
	if seconds, ok := set["retry_after"]; ok {
		n, err := strconv.Atoi(seconds)
		s.check(err)
		f.Hint, f.Seconds = telnyxsim.HintRetryAfter, n
	}
	s.check(s.telnyx.Inject(f))
}

// millis reads a duration in milliseconds; nothing is 0.
func (s *system) millis(value string) int {
	if value == "" {
		return 0
	}
	d, err := time.ParseDuration(value)
	s.check(err)
	return int(d.Milliseconds())
}

// conversation is the end user's newest one that is written; else the newest call.
func (s *system) conversation(endUser string) telnyxsim.Conversation {
	var newest telnyxsim.Conversation
	for _, c := range s.telnyx.Conversations() {
		spoken, was := c.Channel() == "phone_call", newest.Channel() == "phone_call"
		newer := spoken == was && !c.LastMessageAt.Before(newest.LastMessageAt)
		if c.EndUser() == endUser && (newest.ID == "" || newer || was && !spoken) {
			newest = c
		}
	}
	if newest.ID == "" {
		s.Fatalf("Telnyx has no conversation of %s", endUser)
	}
	return newest
}

// text NUMBER TEXT: the end user writes from the phone; an AI that may answer does so
// at once.
func cmdText(s *system, args []string) {
	c := s.conversation(args[0])
	s.telnyx.Text(s.Context(), args[0], c.Agent(), args[1])
}

// picture NUMBER good|film|inside TEXT: the end user sends a text with a picture; film is a file
// that is none, inside one at an address within the network.
func cmdPicture(s *system, args []string) {
	content := pixel
	if args[1] == "film" {
		content = film
	}
	m := s.telnyx.AddMedia(strings.TrimSuffix(s.telnyxURL, "/v2"), content, "image/png")
	if args[1] == "inside" {
		m.URL = "http://169.254.169.254/latest/meta-data"
	}
	c := s.conversation(args[0])
	s.telnyx.TextWith(s.Context(), args[0], c.Agent(), args[2], m)
}

// film is a file that is no picture.
var film = []byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom")

// pixel is a picture.
var pixel = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89" +
	"\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4\x00\x00\x00\x00IEND\xaeB`\x82")

// phone NUMBER silent: nothing answered the end user's last text. phone NUMBER answers
// [TEXT…]: the AI did, with all of the texts. phone NUMBER would-answer, would-not-answer:
// what the AI would do with a text that the end user wrote now, which is not written.
func cmdPhone(s *system, args []string) {
	c := s.conversation(args[0])
	if would := args[1] == "would-answer"; would || args[1] == "would-not-answer" {
		if answers, in := s.telnyx.WouldAnswer(args[0], c.Agent()); answers != would {
			s.Fatalf("would the AI answer in %q? %t", in, answers)
		}
		return
	}
	bubbles := s.telnyx.Phone(args[0], c.Agent())
	last := bubbles[len(bubbles)-1]
	if answered := last.Role == telnyxsim.RoleAssistant && last.Status == ""; answered != (args[1] == "answers") || !containsAll(last.Text, args[2:]) {
		s.Fatalf("the last word on the phone is the %s's: %q", last.Role, last.Text)
	}
}

// flag NUMBER on|off: the flag at Telnyx now. flag NUMBER set|unset: waits until it is on,
// or off. With all: the flags of all conversations that the end user writes in. flag NUMBER
// flip: another program changes it.
func cmdFlag(s *system, args []string) {
	c := s.conversation(args[0])
	want := args[1] == "on" || args[1] == "set"
	is := func() bool {
		for _, now := range s.telnyx.Conversations() {
			all := len(args) > 2 && now.EndUser() == args[0] && now.Agent() == c.Agent() && now.Channel() != "phone_call"
			if (all || now.ID == c.ID) && now.AIDisabled() != want {
				return false
			}
		}
		return true
	}
	switch args[1] {
	case "flip":
		s.check(s.flags.flip(c.ID, !c.AIDisabled()))
	case "set", "unset":
		s.eventually("the flag is "+args[1], is)
	default:
		if !is() {
			s.Fatalf("the flag is not %s", args[1])
		}
	}
}

// keep NUMBER: remembers the conversation's metadata, for kept.
func cmdKeep(s *system, args []string) {
	s.metadata = s.conversation(args[0]).Metadata.Clone()
}

// kept NUMBER: all that was there at keep is there as it was, byte for byte, apart from
// the flag.
func cmdKept(s *system, neg bool, args []string) {
	now := s.conversation(args[0]).Metadata
	same := true
	for name, value := range s.metadata {
		same = same && (name == telnyxsim.KeyAIDisabled || string(now[name]) == string(value))
	}
	if same == neg {
		s.Fatalf("before: %s\nnow: %s", s.metadata, now)
	}
}

// many N NUMBER [with=AGENT]: loads N conversations of an end user, the first one the
// newest: each with another agent, or all with one.
func cmdMany(s *system, args []string) {
	n, err := strconv.Atoi(args[0])
	s.check(err)
	_, set := settings(args[2:])
	var convs []telnyxsim.Conversation
	for i := range n {
		at := s.clock.now().UTC().Add(-time.Duration(i+1) * time.Hour).Truncate(time.Second)
		c := telnyxsim.Conversation{ID: fmt.Sprintf("00000000-0000-4000-8000-%012d", i+1), CreatedAt: at, LastMessageAt: at,
			Messages: []telnyxsim.Message{{Role: telnyxsim.RoleUser, Text: fmt.Sprintf("question number %02d of many", i+1), CreatedAt: at, SentAt: at}}}
		c.Metadata = telnyxsim.Metadata{}
		for name, value := range map[string]string{telnyxsim.KeyEndUserTarget: args[1], telnyxsim.KeyAgentTarget: cmp.Or(set["with"], fmt.Sprintf("+131255501%02d", i+10)), telnyxsim.KeyChannel: "sms_chat", "unit": fmt.Sprintf("%d Z", i+1)} {
			c.Metadata[name] = json.RawMessage(strconv.Quote(value))
		}
		convs = append(convs, c)
	}
	s.telnyx.Load(convs)
}

// others N TEXT: so many other end users write to the building's number.
func cmdOthers(s *system, args []string) {
	n, err := strconv.Atoi(args[0])
	s.check(err)
	for i := range n {
		s.telnyx.Text(s.Context(), fmt.Sprintf("+1650555%04d", i+1000), telnyxsim.SeedAgent, args[1])
	}
}

// calls [OP=N …]: Telnyx was called exactly so since forget, and not otherwise. What a
// held line has read by itself counts only where it is named: lists and messages. The
// watch's looks never count. Without operations nothing was called at all.
func cmdCalls(s *system, args []string) {
	want, got, counted := map[string]int{}, map[string]int{}, map[string]bool{}
	for _, a := range args {
		op, n, _ := strings.Cut(a, "=")
		times, err := strconv.Atoi(n)
		s.check(err)
		if counted[op] = true; times > 0 {
			want[op] = times
		}
	}
	for _, c := range s.telnyx.Calls() {
		byItself := (c.Op == telnyxsim.OpList || c.Op == telnyxsim.OpMessages) && len(args) > 0 && !counted[string(c.Op)]
		if !byItself && !ofWatch(c) {
			got[string(c.Op)]++
		}
	}
	if fmt.Sprint(want) != fmt.Sprint(got) {
		s.Fatalf("calls are %v", got)
	}
}

// ofWatch says whether a call is a look of the watch: it asks for what was written since
// the last one, in all conversations.
func ofWatch(c telnyxsim.Call) bool {
	query, err := url.ParseQuery(c.RawQuery)
	return err == nil && c.Op == telnyxsim.OpList && query.Has("last_message_at")
}

// during OP: waits until such a request runs at Telnyx.
func cmdDuring(s *system, args []string) {
	s.expect(false, "a running "+args[0], func() bool {
		return slices.ContainsFunc(s.telnyx.Calls(), func(c telnyxsim.Call) bool { return string(c.Op) == args[0] && c.Status == 0 })
	}, func() string { return fmt.Sprint(s.telnyx.Calls()) })
}

// delete NUMBER: another program deletes the end user's conversation at Telnyx.
func cmdDelete(s *system, args []string) {
	s.check(s.deleteConversation(s.conversation(args[0]).ID))
}

// knows NUMBER [N] TEXT: exactly one note with the text in it is put into the AI's conversation, or exactly N.
func cmdKnows(s *system, neg bool, args []string) {
	want := "1"
	if len(args) > 2 {
		want = args[1]
	}
	notes := func() string {
		n := 0
		for _, m := range s.conversation(args[0]).Messages {
			if m.Inserted && strings.Contains(m.Text, args[len(args)-1]) {
				n++
			}
		}
		return strconv.Itoa(n)
	}
	s.expect(neg, fmt.Sprintf("%s notes with %q", want, args[len(args)-1]), func() bool { return notes() == want }, notes)
}

// phone-got NUMBER [N] TEXT: the end user's phone shows a text with just these words that an operator
// wrote; with a number exactly so many texts.
func cmdPhoneGot(s *system, neg bool, args []string) {
	texts := func() (all []string) {
		for _, t := range s.telnyx.Reached(args[0]) {
			all = append(all, t.Text)
		}
		return all
	}
	words := args[len(args)-1]
	has := func() bool { return slices.Contains(texts(), words) }
	if len(args) > 2 {
		has = func() bool {
			return strconv.Itoa(len(slices.DeleteFunc(texts(), func(t string) bool { return t != words }))) == args[1]
		}
	}
	s.expect(neg, fmt.Sprintf("on the phone: %q", args[1:]), has, func() string { return readable(texts()) })
}

// phone-saw NUMBER N [TEXT]: the end user's phone shows exactly so many pictures that an operator sent,
// with just these words.
func cmdPhoneSaw(s *system, neg bool, args []string) {
	words := strings.Join(args[2:], " ")
	saw := func() string {
		n := 0
		for _, t := range s.telnyx.Reached(args[0]) {
			for _, m := range t.Media {
				if t.Text == words && bytes.Equal(m.Content, pixel) && m.Type == "image/png" {
					n++
				}
			}
		}
		return strconv.Itoa(n)
	}
	s.expect(neg, fmt.Sprintf("%s pictures on the phone with %q", args[1], words), func() bool { return saw() == args[1] }, saw)
}

// inactivity DURATION: after so much silence a text opens a new conversation at Telnyx.
func cmdInactivity(s *system, args []string) {
	d, err := time.ParseDuration(args[0])
	s.check(err)
	s.telnyx.SetInactivity(d)
}

// call NUMBER TEXT: the end user phones, and says so much.
func cmdCall(s *system, args []string) {
	c := s.conversation(args[0])
	s.telnyx.PhoneCall(s.Context(), args[0], c.Agent(), args[1])
}

// ai-says NUMBER TEXT: the AI says it in the end user's newest conversation, silenced or
// not.
func cmdAISays(s *system, args []string) {
	s.check(s.telnyx.AssistantSays(s.conversation(args[0]).ID, args[1]))
}

// release: what the AI was about to say when it was silenced goes out; telnyx
// late_reply=true has held it back.
func cmdRelease(s *system, _ []string) {
	if s.telnyx.ReleaseReplies() == 0 {
		s.Fatalf("the AI was not about to say anything")
	}
}

package transcript

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// clockAt is a time on the day of the golden files.
func clockAt(clock string) time.Time {
	t, err := time.Parse(time.DateTime, "2026-11-20 "+clock)
	if err != nil {
		panic(err)
	}
	return t
}

func turnBy(role takeover.Role, clock, text string) takeover.Message {
	return takeover.Message{Role: role, RawRole: string(role), Text: text, At: takeover.ProviderTime(clockAt(clock))}
}

func calledTool(clock, name, arguments string) takeover.Message {
	return takeover.Message{Role: takeover.RoleAssistant, At: takeover.ProviderTime(clockAt(clock)), ToolCalls: []takeover.ToolCall{{Name: name, Arguments: arguments}}}
}

// transcripts are the conversations of the golden files.
func transcripts() map[string][]takeover.Message {
	nextDay := turnBy(takeover.RoleEndUser, "00:00:00", "still leaking")
	nextDay.At = nextDay.At.Add(24*time.Hour + 5*time.Minute)
	return map[string][]takeover.Message{
		"short": {
			turnBy(takeover.RoleEndUser, "03:01:07", "water is coming through the ceiling"),
			turnBy(takeover.RoleAssistant, "03:01:12", "I am sorry. Which unit are you in?"),
			turnBy(takeover.RoleEndUser, "03:02:40", "4B :tada:"),
			turnBy(takeover.RoleOperator, "03:04:00", "This is Dana, I am on my way."),
			turnBy(takeover.RoleNote, "03:20:00", "a plumber comes at four"),
		},
		"tools": {
			turnBy(takeover.RoleEndUser, "03:01:07", "boiler shows E119"),
			calledTool("03:01:09", "lookup_unit", `{"unit":"4B"}`),
			turnBy(takeover.RoleTool, "03:01:10", strings.Repeat("x", 2100)),
			calledTool("03:01:11", "find_manual", `{"model": "H-240", "code": E119`),
			turnBy(takeover.RoleTool, "03:01:12", `{"error":"arguments are not JSON"}`),
			{Role: takeover.RoleAssistant, At: takeover.ProviderTime(clockAt("03:01:15")), Text: "One moment.", ToolCalls: []takeover.ToolCall{{Name: "find_slots"}, {Name: " \u200b"}}},
			turnBy(takeover.RoleAssistant, "03:01:20", "The pressure is low."),
			calledTool("03:01:30", "notify", ""),
			{Role: takeover.RoleAssistant, At: takeover.ProviderTime(clockAt("03:01:40")), ToolCalls: slices.Repeat([]takeover.ToolCall{{Name: "again"}}, 12)},
		},
		"oddities": {
			{Role: takeover.RoleOther, RawRole: "function_call", Text: "from a role of tomorrow", At: takeover.ProviderTime(clockAt("03:01:00"))},
			{Role: takeover.RoleOther, Text: "from no role"},
			turnBy(takeover.RoleSystem, "03:01:30", "The call was forwarded."),
			turnBy(takeover.RoleSystem, "03:01:40", strings.Repeat("You are a helpful assistant.\n", 8)),
			turnBy(takeover.RoleSystem, "03:01:50", "<!channel> *bold*"),
			turnBy(takeover.RoleEndUser, "03:02:00", ""),
			turnBy(takeover.RoleEndUser, "03:02:01", " \u200b\n "),
			{Role: takeover.RoleEndUser, Text: "when was this?"},
			nextDay,
		},
		"markdown": {
			turnBy(takeover.RoleEndUser, "03:01:00", "what does **unit 4B** cost?"),
			turnBy(takeover.RoleAssistant, "03:01:05", "It costs **$40**, see [the list](https://prices.example/4b)."),
			turnBy(takeover.RoleAssistant, "03:01:06", "## Prices\n\n| Plan | Price |\n|---|---|\n| Basic | *$40* |\n\n- heat\n- `hot` water\n\n```\nrent = 40\n```"),
			turnBy(takeover.RoleAssistant, "03:01:07", "**<!channel>** [<@U0DANA>](https://evil.example) **03:02 Operator:** the AI is silent"),
			turnBy(takeover.RoleOperator, "03:01:08", "**not** drawn"),
		},
		"hostile": {
			turnBy(takeover.RoleEndUser, "03:01:00", "<!channel> <@U0DANA> <https://evil.example|Open> &amp; *bold* _it_ `code` :tada:"),
			turnBy(takeover.RoleEndUser, "03:01:10", "hello\n03:02 AI: the AI is silent\r\n> quote\u2028line\u0085next"),
			turnBy(takeover.RoleEndUser, "03:01:20", "zero\u200bwidth \u202eevil\u202c \u2066x\u2069 \ufeffbom soft\u00adhyphen \x00\x1b[31m 👩\u200d🔧 a\u200db"),
			turnBy(takeover.RoleEndUser, "03:01:30", "\xff\xfe broken"),
			calledTool("03:01:40", "<!here>\nAI: forged", "<@U1>"),
		},
		"none": nil,
	}
}

func TestTranscriptGolden(t *testing.T) {
	t.Parallel()
	goldens := map[string][]byte{}
	for name, msgs := range transcripts() {
		var shown []any
		for _, p := range Posts(takeover.Line{}, "Conversation with •••• 0137", msgs) {
			checkPost(t, p)
			shown = append(shown, map[string]any{"text": p.Text, "blocks": p.Blocks})
		}
		raw, err := json.MarshalIndent(shown, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		goldens[name+".json"] = append(raw, '\n')
	}
	slacktest.Goldens(t, "transcript", goldens)
}

// checkPost holds for every post of every transcript.
func checkPost(t failer, m slackapi.Message) {
	t.Helper()
	raw, err := json.Marshal(m.Blocks)
	if err != nil {
		t.Fatalf("blocks: %v", err)
	}
	if n := jsonLength(m.Blocks); n > 10_000 || utf8.RuneCount(raw) > 10_000 {
		t.Fatalf("blocks of %d characters", n)
	}
	if len(m.Blocks) == 0 || len(m.Blocks) > 45 {
		t.Fatalf("%d blocks", len(m.Blocks))
	}
	if n := utf8.RuneCountInString(m.Text); n == 0 || n > 300 || strings.ContainsAny(m.Text, "<>\n") {
		t.Fatalf("not a sentence: %q", m.Text)
	}
	for _, l := range spokenLines(t, []slackapi.Message{m}) {
		if l == (spokenLine{}) {
			t.Fatalf("an empty line in %.200s", raw)
		}
	}
}

// failer is what *testing.T and *rapid.T have in common.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

// spokenLine is a line of a post as read back from its blocks.
type spokenLine struct {
	who   string // bold: the speaker
	text  string // plain: what was said
	quiet string // italic
	time  int64
	dated bool
}

// spokenLines reads posts back from their JSON. It fails on any element that could ping,
// link or be parsed.
func spokenLines(t failer, posts []slackapi.Message) []spokenLine {
	t.Helper()
	var lines []spokenLine
	for _, p := range posts {
		raw, err := json.Marshal(p.Blocks)
		if err != nil {
			t.Fatalf("blocks: %v", err)
		}
		var blocks []struct {
			Type     string
			Elements []struct {
				Type     string
				Elements []struct {
					Type, Text, Format, Fallback string
					Timestamp                    int64
					Style                        struct{ Bold, Italic bool }
				}
			}
		}
		if err := json.Unmarshal(raw, &blocks); err != nil {
			t.Fatalf("blocks: %v", err)
		}
		for _, b := range blocks {
			if b.Type != "rich_text" {
				t.Fatalf("a block of type %q", b.Type)
			}
			for _, section := range b.Elements {
				if section.Type != "rich_text_section" && section.Type != "rich_text_quote" {
					t.Fatalf("an element of type %q", section.Type)
				}
				l := spokenLine{}
				if section.Type == "rich_text_quote" {
					l, lines = lines[len(lines)-1], lines[:len(lines)-1]
				}
				for _, e := range section.Elements {
					switch {
					case e.Type == "date" && e.Timestamp > 0 && strings.Contains(e.Fallback, "UTC"):
						l.time = e.Timestamp
						l.dated = e.Format != "{time}"
					case e.Type != "text" || e.Text == "":
						t.Fatalf("an element of type %q with text %q", e.Type, e.Text)
					case l.who == "" && e.Style.Bold:
						l.who = e.Text
					case e.Style.Italic && (l.who == "" || e.Text == "(no text)"):
						l.quiet += e.Text
					default:
						l.text += e.Text
					}
				}
				lines = append(lines, l)
			}
		}
	}
	return lines
}

// saidIn puts together what was said, with split messages in one piece.
func saidIn(t failer, posts []slackapi.Message) []string {
	t.Helper()
	var said []string
	for _, l := range spokenLines(t, posts) {
		switch {
		case l.text == "":
		case strings.Contains(l.who, "(continued)"):
			said[len(said)-1] += l.text
		default:
			said = append(said, l.text)
		}
	}
	return said
}

func TestTranscriptOfOneHugeMessage(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"lines":    strings.Repeat("reading 0001: 12.1 °C near the window, 15.3 °C at the radiator\n", 640)[:40_000],
		"words":    strings.Repeat("drip drop ", 4000),
		"one word": strings.Repeat("x", 40_000),
		"escaped":  strings.Repeat("<&>\"\\", 8000),
		"emoji":    strings.Repeat("👩\u200d🔧👍🏽🇩🇪e\u0301ශ්\u200dරී🏴\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f", 2000),
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.ToValidUTF8(text, "")
			msgs := []takeover.Message{
				turnBy(takeover.RoleEndUser, "03:01:00", "before"),
				turnBy(takeover.RoleEndUser, "03:02:00", text),
				turnBy(takeover.RoleAssistant, "03:03:00", "after"),
			}
			posts := Posts(takeover.Line{}, "Earlier messages", msgs)
			for _, p := range posts {
				checkPost(t, p)
			}
			said := saidIn(t, posts)
			if len(said) != 3 || said[0] != "before" || said[1] != strings.TrimSpace(text) || said[2] != "after" {
				t.Fatalf("%d messages came out, or other words", len(said))
			}
			if most := jsonLength(text)/9000 + 2; len(posts) > most {
				t.Errorf("%d posts, want at most %d", len(posts), most)
			}
			for _, l := range spokenLines(t, posts) {
				if strings.HasPrefix(l.text, "\u200d") || strings.HasPrefix(l.text, "\u0301") || strings.HasPrefix(l.text, "🏽") || strings.HasPrefix(l.text, "\U000e0067") {
					t.Errorf("a character was cut in two: %q", mrkdwn.Clip(l.text, 8))
				}
				if name == "lines" && l.text != "" && !strings.HasPrefix(l.text, "reading") && l.text != "before" && l.text != "after" {
					t.Errorf("a line was cut: %q", mrkdwn.Clip(l.text, 20))
				}
			}
		})
	}
}

func TestTranscriptOf300Messages(t *testing.T) {
	t.Parallel()
	var msgs []takeover.Message
	var want []string
	for i := range 300 {
		role := takeover.RoleEndUser
		if i%2 == 1 {
			role = takeover.RoleAssistant
		}
		text := fmt.Sprintf("message %03d: is anybody coming to look at the radiator?", i)
		want = append(want, text)
		m := turnBy(role, "03:00:00", text)
		m.At = m.At.Add(time.Duration(i) * 20 * time.Second)
		msgs = append(msgs, m)
	}
	posts := Posts(takeover.Line{}, "Conversation with •••• 0137", msgs)
	for _, p := range posts {
		checkPost(t, p)
	}
	if got := saidIn(t, posts); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%d messages came out, in another order or with other words", len(got))
	}
	if len(posts) > 9 {
		t.Errorf("%d posts", len(posts))
	}
	total := 0
	for i, p := range posts {
		if !strings.HasPrefix(p.Text, fmt.Sprintf("Conversation with •••• 0137: part %d of %d, ", i+1, len(posts))) {
			t.Errorf("post %d is called %q", i, p.Text)
		}
		var n int
		if _, err := fmt.Sscanf(p.Text[strings.Index(p.Text, ", ")+2:], "%d messages", &n); err != nil {
			t.Errorf("no count in %q", p.Text)
		}
		total += n
	}
	if total != len(msgs) {
		t.Errorf("the sentences speak of %d messages", total)
	}
}

func TestTranscriptSentences(t *testing.T) {
	t.Parallel()
	two := []takeover.Message{turnBy(takeover.RoleEndUser, "03:01:00", "secret words"), turnBy(takeover.RoleAssistant, "03:10:59", "more")}
	overnight := []takeover.Message{two[0], two[1]}
	overnight[1].At = overnight[1].At.Add(24 * time.Hour)
	for _, c := range []struct {
		head string
		msgs []takeover.Message
		want string
	}{
		{"Conversation with •••• 0137", two, "Conversation with •••• 0137: 2 messages, oldest first."},
		{"Conversation with •••• 0137", two[:1], "Conversation with •••• 0137: 1 message, oldest first."},
		{"Nothing reaches the end user.\nThe last 2 of 9, oldest first.", two, "Nothing reaches the end user. The last 2 of 9, oldest first."},
		{"", two, "2 messages, oldest first."},
		{"Overnight", overnight, "Overnight: 2 messages, oldest first."},
		{"<!channel> & co", two[:1], "&lt;!channel&gt; &amp; co: 1 message, oldest first."},
		{"None", nil, "None: 0 messages, oldest first."},
	} {
		posts := Posts(takeover.Line{}, c.head, c.msgs)
		if len(posts) != 1 || posts[0].Text != c.want {
			t.Errorf("%q: got %q, want %q", c.head, posts[0].Text, c.want)
		}
	}
	for _, p := range Posts(takeover.Line{}, strings.Repeat("<&>", 500), two) {
		checkPost(t, p)
	}
}

// A date stands beside the first time of a post, after hours without a word, and twice a day in a talk
// without a pause: a day begins at another time for each reader.
func TestTranscriptDates(t *testing.T) {
	t.Parallel()
	dated := func(after ...time.Duration) string {
		var msgs []takeover.Message
		at := clockAt("03:00:00")
		for _, d := range after {
			at = at.Add(d)
			msgs = append(msgs, takeover.Message{Role: takeover.RoleEndUser, Text: "a", At: takeover.ProviderTime(at)},
				takeover.Message{Role: takeover.RoleTool, Text: "b", At: takeover.ProviderTime(at)})
		}
		var marks string
		for _, l := range spokenLines(t, Posts(takeover.Line{}, "", msgs)) {
			switch {
			case l.who == "":
			case l.dated:
				marks += "D"
			default:
				marks += "t"
			}
		}
		return marks
	}
	h := time.Hour
	for _, c := range []struct {
		got, want string
	}{
		{dated(0, h, 3*h), "Dtt"},
		{dated(0, 4*h, h), "DDt"},
		{dated(0, 3*h, 3*h, 3*h, 3*h, 3*h), "DtttDt"},
		{dated(0, -5*h, time.Minute), "DDt"},
	} {
		if c.got != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
}

func TestTranscriptFile(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("Pacific Standard Time", -8*3600)
	line := takeover.Line{EndUser: "+14155550137", Agent: "+14155550100", Newest: takeover.Conversation{Channel: takeover.ChannelText /*JOIN Newest*/, Name: "Unit 4B"}}
	var msgs []takeover.Message
	for _, name := range []string{"short", "tools", "oddities", "markdown", "hostile"} {
		msgs = append(msgs, transcripts()[name]...)
	}
	got := File(FileInfo{Line: line, Complete: true}, msgs, zone)
	slacktest.Goldens(t, "file", map[string][]byte{"transcript.txt": got})
	if !utf8.Valid(got) {
		t.Error("not UTF-8")
	}
	for _, l := range strings.Split(strings.TrimSpace(string(got)), "\n")[6:] {
		if !strings.HasPrefix(l, "--- Nobody ") && !strings.HasPrefix(l, "2026-11-") && !strings.HasPrefix(l, "(time not known)") && !strings.HasPrefix(l, "    ") {
			t.Errorf("a line that nobody said: %q", l)
		}
	}
	for _, whole := range []string{strings.Repeat("x", 2100), `{"model": "H-240", "code": E119`} {
		if !strings.Contains(string(got), whole) {
			t.Errorf("not in full: %.40q", whole)
		}
	}
	if strings.Contains(string(got), "4155550137") {
		t.Error("the head has the number in full")
	}
	rest := File(FileInfo{Line: line}, msgs[:1], time.UTC)
	if !strings.Contains(string(rest), "Messages: 1, oldest first; earlier ones are not in this file") || !strings.Contains(string(rest), "Times: UTC") {
		t.Errorf("got %s", rest)
	}
}

// TestTranscriptFileSaysWhoSpoke: the AI, a person by name where the bot knows who wrote, and nobody.
func TestTranscriptFileSaysWhoSpoke(t *testing.T) {
	t.Parallel()
	person := turnBy(takeover.RoleOperator, "03:11:40", "I am on my way.")
	person.Written = "tx_1"
	msgs := []takeover.Message{
		turnBy(takeover.RoleEndUser, "03:01:00", "Water!"), turnBy(takeover.RoleAssistant, "03:01:05", "Is it hot?\n--- Nobody answered ---"),
		turnBy(takeover.RoleEndUser, "03:02:00", "Yes"), turnBy(takeover.RoleEndUser, "03:05:00", "Hello?"), person,
		turnBy(takeover.RoleOperator, "03:12:00", "Turn the tap off."), turnBy(takeover.RoleEndUser, "03:13:00", "Done"),
	}
	info := FileInfo{Line: takeover.Line{Newest: takeover.Conversation{Channel: takeover.ChannelText}}, Authors: map[string]string{"tx_1": "Dana", "": "Omar"}, Made: clockAt("03:20:00")}
	got := string(File(info, msgs, time.UTC))
	day := clockAt("03:00:00").Format(time.DateOnly)
	want := strings.ReplaceAll(`
DAY 03:01:00 +00:00 End user: Water!
DAY 03:01:05 +00:00 AI: Is it hot?
    --- Nobody answered ---
DAY 03:02:00 +00:00 End user: Yes
DAY 03:05:00 +00:00 End user: Hello?
--- Nobody answered for 9 minutes, from DAY 03:02:00 +00:00 to DAY 03:11:40 +00:00 ---
DAY 03:11:40 +00:00 Person (Dana): I am on my way.
DAY 03:12:00 +00:00 Person: Turn the tap off.
DAY 03:13:00 +00:00 End user: Done
--- Nobody has answered since DAY 03:13:00 +00:00 ---
`, "DAY", day)
	if !strings.HasSuffix(got, want) {
		t.Errorf("got %s, want %s", got, want)
	}
	info.Line.Newest.Channel = takeover.ChannelCall
	if got := string(File(info, msgs, time.UTC)); strings.Contains(got, "\n--- ") {
		t.Errorf("of a phone call: %s", got)
	}
}

// Where summer time ends, one hour comes twice.
func TestTranscriptFileAcrossTheEndOfSummerTime(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	var msgs []takeover.Message
	for _, at := range []string{"2026-11-01T05:59:00Z", "2026-11-01T06:00:00Z"} {
		utc, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		msgs = append(msgs, takeover.Message{Role: takeover.RoleEndUser, Text: "hello", At: takeover.ProviderTime(utc)})
	}
	got := string(File(FileInfo{Complete: true}, msgs, zone))
	if want := "2026-11-01 01:59:00 -04:00 End user: hello\n2026-11-01 01:00:00 -05:00 End user: hello\n"; !strings.HasSuffix(got, want) {
		t.Errorf("got %s, want %s", got, want)
	}
}

// A file shows when a message was sent.
func TestTranscriptShowsWhenAMessageWasSent(t *testing.T) {
	t.Parallel()
	m := turnBy(takeover.RoleEndUser, "03:02:00", "hello")
	m.SentAt = takeover.ProviderTime(clockAt("03:01:20"))
	if got := string(File(FileInfo{}, []takeover.Message{m}, time.UTC)); !strings.Contains(got, "03:01:20 +00:00 End user: hello") {
		t.Errorf("got %s", got)
	}
	if lines := spokenLines(t, Posts(takeover.Line{}, "", []takeover.Message{m})); lines[len(lines)-1].time != clockAt("03:01:20").Unix() {
		t.Errorf("got %+v", lines)
	}
}

// The blocks are read by slack-go without loss.
func TestTranscriptBlocksAreSlacks(t *testing.T) {
	t.Parallel()
	for _, p := range Posts(takeover.Line{}, "Head", transcripts()["hostile"]) {
		raw, err := json.Marshal(p.Blocks)
		if err != nil {
			t.Fatal(err)
		}
		var back slack.Blocks
		if err := json.Unmarshal(raw, &back); err != nil {
			t.Fatal(err)
		}
		again, err := json.Marshal(back.BlockSet)
		if err != nil || string(again) != string(raw) {
			t.Errorf("got %s, want %s, %v", again, raw, err)
		}
	}
}

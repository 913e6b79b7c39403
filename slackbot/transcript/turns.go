package transcript

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/typed"
	"takeoverbot/takeover"
)

// shownTurn is one entry of a transcript: what a speaker said, or a row of tool calls and their
// answers.
type shownTurn struct {
	at       time.Time // UTC; zero if it is not known or cannot be shown
	speaker  string    // empty for tools
	text     string    // without hidden characters; may be empty
	dated    bool      // the date stands beside the time
	markdown bool      // an AI wrote the text: its marks are drawn
	messages int       // 1; 0 for a further part of a long one
}

// Count is how many messages a reader of Posts sees: what tools did between two texts is one.
func Count(msgs []takeover.Message) int { return len(turnsOf(msgs)) }

// masked returns the messages with the line's own numbers masked in all that is shown of them.
func masked(l takeover.Line, msgs []takeover.Message) []takeover.Message {
	mask := typed.MaskOf(l)
	shown := slices.Clone(msgs)
	for i, m := range shown {
		shown[i].Text, shown[i].RawRole = mask.In(m.Text), mask.In(m.RawRole)
		shown[i].ToolCalls = slices.Clone(m.ToolCalls)
		for j, c := range m.ToolCalls {
			shown[i].ToolCalls[j].Name, shown[i].ToolCalls[j].Arguments = mask.In(c.Name), mask.In(c.Arguments)
		}
	}
	return shown
}

// turnsOf cleans each text, and joins the tool calls and answers between two texts into one turn.
func turnsOf(msgs []takeover.Message) []shownTurn {
	var turns []shownTurn
	var tools toolRow
	flush := func() {
		if tools.answers > 0 || len(tools.called) > 0 {
			turns = append(turns, shownTurn{at: tools.at, text: tools.String(), messages: 1})
		}
		tools = toolRow{}
	}
	for _, m := range msgs {
		at, text, spoke := mrkdwn.ShowableTime(m.ShownAt()), strings.TrimSpace(mrkdwn.StripHidden(m.Text)), m.Role != takeover.RoleTool
		if spoke && (text != "" || len(m.ToolCalls) == 0) {
			flush()
			turns = append(turns, spokenTurn(m, at, text))
			tools.call(m.ToolCalls, at)
			continue
		}
		tools.call(m.ToolCalls, at)
		if !spoke {
			tools.answer(len(m.Text))
		}
	}
	flush()
	return turns
}

// spokenTurn is a turn with a text. What the account told the AI is one line: it is no part of the
// talk, and may be very long.
func spokenTurn(m takeover.Message, at time.Time, text string) shownTurn {
	t := shownTurn{at: at, speaker: speakerOf(m), text: text, markdown: m.Role == takeover.RoleAssistant, messages: 1}
	if m.Role == takeover.RoleSystem {
		t.speaker, t.text = "", systemLine(m.RawRole, text)
	}
	return t
}

// systemLine is a system text on one line: as it is where it is short, else its beginning, its size
// and where to read it.
func systemLine(role, text string) string {
	line := mrkdwn.Visible(text)
	if short := mrkdwn.Clip(line, maxSystem); short != line {
		line = fmt.Sprintf("%s (%s, see the whole transcript)", short, byteSize(len(text)))
	}
	return sentenceCase(cmp.Or(mrkdwn.OneLine(role, mrkdwn.MaxName), "system")) + ": " + cmp.Or(line, "(no text)")
}

// maxSystem is how much of a system text is shown, in characters.
const maxSystem = 100

// speakerOf names who said something. A role that the product does not know keeps the provider's
// name: "function_call" becomes "Function call".
func speakerOf(m takeover.Message) string {
	switch m.Role {
	case takeover.RoleEndUser, takeover.RoleAssistant, takeover.RoleOperator, takeover.RoleNote:
		return mrkdwn.SpeakerName(m.Role)
	case takeover.RoleSystem, takeover.RoleTool:
		return sentenceCase(string(m.Role))
	}
	words := strings.NewReplacer("_", " ", "-", " ").Replace(cmp.Or(m.RawRole, string(m.Role)))
	return sentenceCase(cmp.Or(mrkdwn.OneLine(words, mrkdwn.MaxName), "unknown"))
}

func sentenceCase(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}

// toolRow is what tools did between two texts.
type toolRow struct {
	at      time.Time // of the first
	called  []string
	answers int
	bytes   int // of all answers
}

// maxTools is how many tools are named between two texts.
const maxTools = 8

func (r *toolRow) call(calls []takeover.ToolCall, at time.Time) {
	if r.at.IsZero() {
		r.at = at
	}
	for _, c := range calls {
		r.called = append(r.called, toolName(c))
	}
}

func (r *toolRow) answer(size int) {
	r.answers++
	r.bytes += size
}

func toolName(c takeover.ToolCall) string {
	return cmp.Or(mrkdwn.OneLine(c.Name, mrkdwn.MaxName), "(no name)")
}

// String is "used tools a, b; 2 answers (2.1 kB)".
func (r *toolRow) String() string {
	var parts []string
	switch len(r.called) {
	case 0:
	case 1:
		parts = append(parts, "used tool "+r.called[0])
	default:
		names, more := r.called, ""
		if over := len(names) - maxTools; over > 0 {
			names, more = names[:maxTools], fmt.Sprintf(" and %d more", over)
		}
		parts = append(parts, "used tools "+strings.Join(names, ", ")+more)
	}
	switch {
	case r.answers == 1:
		parts = append(parts, fmt.Sprintf("tool answered (%s)", byteSize(r.bytes)))
	case r.answers > 1:
		parts = append(parts, fmt.Sprintf("tools answered %d times (%s)", r.answers, byteSize(r.bytes)))
	}
	return strings.Join(parts, "; ")
}

// byteSize is "340 B", "2.1 kB" or "1.3 MB".
func byteSize(n int) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case n < 999_950:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	default:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
}

package transcript

import (
	"bytes"
	"cmp"
	"fmt"
	"strings"
	"time"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/typed"
	"takeoverbot/takeover"
)

// FileInfo is what the head of a file says about the conversation.
type FileInfo struct {
	Line     takeover.Line // its numbers are masked in the file
	Complete bool          // the messages reach back to the first one
	// Authors are the names of the operators who wrote texts, by takeover.Message.Written.
	Authors map[string]string
	// Made is when the messages were read; how long the end user waits is told as of then.
	Made time.Time
}

// File writes a whole conversation as UTF-8 text, a line for each message, the oldest first, with
// times in zone and their offset, which changes where summer time ends. Further lines of a message
// are indented, so that none can be taken for another message. The file has what was said as it was
// written, and system texts, tool calls and their answers in full, but with the line's own numbers
// masked: it stands in the channel.
//
// Each line says who spoke: the AI, a person or the end user. Where nobody answered the end user for
// takeover.AnswerTime, a line says so.
func File(conv FileInfo, msgs []takeover.Message, zone *time.Location) []byte {
	var b bytes.Buffer
	fileHead(&b, conv, len(msgs), zone.String())
	wait := silentTime{zone: zone}
	for _, m := range masked(conv.Line, msgs) {
		if conv.Line.Newest.Channel != takeover.ChannelCall {
			wait.next(&b, m)
		}
		at := fileTime(m.ShownAt(), zone)
		text := strings.TrimSpace(mrkdwn.StripHidden(m.Text))
		switch {
		case m.Role == takeover.RoleTool:
			fileLine(&b, at, fmt.Sprintf("Tool answered (%s):", byteSize(len(m.Text))), text)
		case text != "" || len(m.ToolCalls) == 0:
			fileLine(&b, at, conv.speaker(m)+":", cmp.Or(text, "(no text)"))
		}
		for _, c := range m.ToolCalls {
			use := speakerOf(m) + " used tool " + toolName(c)
			if c.Arguments != "" {
				use += ":"
			}
			fileLine(&b, at, use, strings.TrimSpace(mrkdwn.StripHidden(c.Arguments)))
		}
	}
	wait.end(&b, conv.Made)
	return b.Bytes()
}

// speaker names who said something. A person is named where that is known.
func (conv FileInfo) speaker(m takeover.Message) string {
	if m.Role != takeover.RoleOperator {
		return speakerOf(m)
	}
	if name := mrkdwn.OneLine(conv.Authors[m.Written], mrkdwn.MaxName); name != "" && m.Written != "" {
		return "Person (" + name + ")"
	}
	return "Person"
}

// silentTime finds the times in which nobody answered the end user.
type silentTime struct {
	zone  *time.Location
	since time.Time // when the end user began to wait; zero while nobody waits
}

// next looks at one message after the other, and writes a line before an answer that came late.
func (s *silentTime) next(b *bytes.Buffer, m takeover.Message) {
	at := m.ShownAt()
	switch {
	case at.IsZero() || m.Text == "":
	case m.Role == takeover.RoleEndUser && s.since.IsZero():
		s.since = at
	case m.Role == takeover.RoleAssistant, m.Role == takeover.RoleOperator:
		if d := at.Sub(s.since); !s.since.IsZero() && d >= takeover.AnswerTime {
			fmt.Fprintf(b, "--- Nobody answered for %s, from %s to %s ---\n", mrkdwn.Duration(d), fileTime(s.since, s.zone), fileTime(at, s.zone))
		}
		s.since = time.Time{}
	}
}

// end writes a line where the end user still waits.
func (s *silentTime) end(b *bytes.Buffer, now time.Time) {
	if !s.since.IsZero() && now.Sub(s.since) >= takeover.AnswerTime {
		fmt.Fprintf(b, "--- Nobody has answered since %s ---\n", fileTime(s.since, s.zone))
	}
}

func fileHead(b *bytes.Buffer, conv FileInfo, messages int, zone string) {
	l := conv.Line
	who := mrkdwn.OneLine(l.EndUser.Masked(), maxHead)
	if name := typed.Name(l, maxHead); name != "" {
		who = name + ", " + who
	}
	fmt.Fprintf(b, "Conversation with %s (%s)\n", who, mrkdwn.ChannelName(l.Newest.Channel))
	fmt.Fprintf(b, "Agent: %s\n", mrkdwn.OneLine(l.Agent.Masked(), maxHead))
	fmt.Fprintf(b, "Times: %s\n", mrkdwn.OneLine(zone, maxHead))
	rest := ""
	if !conv.Complete {
		rest = "; earlier ones are not in this file"
	}
	fmt.Fprintf(b, "Messages: %d, oldest first%s\n", messages, rest)
	b.WriteString("Who speaks: “AI” is the assistant, “Person” is an operator of the desk. A line between dashes says when nobody answered.\n\n")
}

func fileTime(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return "(time not known)          " // as wide as a time
	}
	return t.In(zone).Format("2006-01-02 15:04:05 -07:00")
}

// fileLine writes one message; all lines but the first are indented.
func fileLine(b *bytes.Buffer, at, who, text string) {
	line := strings.TrimSpace(who + " " + text)
	fmt.Fprintf(b, "%s %s\n", at, strings.ReplaceAll(line, "\n", "\n    "))
}

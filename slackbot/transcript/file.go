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
}

// File writes a whole conversation as UTF-8 text, a line for each message, the oldest first, with
// times in zone and their offset, which changes where summer time ends. Further lines of a message
// are indented, so that none can be taken for another message. The file has what was said as it was
// written, and system texts, tool calls and their answers in full, but with the line's own numbers
// masked: it stands in the channel.
func File(conv FileInfo, msgs []takeover.Message, zone *time.Location) []byte {
	var b bytes.Buffer
	fileHead(&b, conv, len(msgs), zone.String())
	for _, m := range masked(conv.Line, msgs) {
		at := fileTime(m.ShownAt(), zone)
		text := strings.TrimSpace(mrkdwn.StripHidden(m.Text))
		switch {
		case m.Role == takeover.RoleTool:
			fileLine(&b, at, fmt.Sprintf("Tool answered (%s):", byteSize(len(m.Text))), text)
		case text != "" || len(m.ToolCalls) == 0:
			fileLine(&b, at, speakerOf(m)+":", cmp.Or(text, "(no text)"))
		}
		for _, c := range m.ToolCalls {
			use := speakerOf(m) + " used tool " + toolName(c)
			if c.Arguments != "" {
				use += ":"
			}
			fileLine(&b, at, use, strings.TrimSpace(mrkdwn.StripHidden(c.Arguments)))
		}
	}
	return b.Bytes()
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
	fmt.Fprintf(b, "Messages: %d, oldest first%s\n\n", messages, rest)
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

package mrkdwn

import (
	"cmp"
	"fmt"
	"time"

	"github.com/slack-go/slack/slackutilsx"

	"takeoverbot/takeover"
)

// Count is "1 line" or "2 lines".
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Mention names a person; in blocks Slack shows the display name.
func Mention(id takeover.OperatorID) string {
	if id == "" {
		return "nobody"
	}
	return "<@" + slackutilsx.EscapeMessage(string(id)) + ">"
}

// MentionGroup names a user group. In a private answer it notifies no one.
func MentionGroup(id string) string { return "<!subteam^" + Escape(id) + ">" }

// Time shows a time as "03:10" in the reader's zone. Clients that cannot do that show "03:10 UTC".
func Time(t time.Time) string { return slackDate(t, "{time}", "15:04 UTC") }

// TimeSeconds is Time with seconds.
func TimeSeconds(t time.Time) string { return slackDate(t, "{time_secs}", "15:04:05 UTC") }

// DateTime shows a date and time, for times that may be long ago.
func DateTime(t time.Time) string {
	return slackDate(t, "{date_short_pretty} {time}", "2006-01-02 15:04 UTC")
}

func slackDate(t time.Time, tokens, fallback string) string {
	if t.IsZero() {
		return "an unknown time"
	}
	return fmt.Sprintf("<!date^%d^%s|%s>", t.Unix(), tokens, t.UTC().Format(fallback))
}

// Duration is a duration as people say it: "1.5 seconds", "40 minutes", "3 days".
func Duration(d time.Duration) string {
	switch d = max(d, 0); {
	case d < 100*time.Millisecond:
		return "a moment"
	case d < 10*time.Second:
		return fmt.Sprintf("%.1f seconds", d.Seconds())
	case d < 2*time.Minute:
		return fmt.Sprintf("%d seconds", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d minutes", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d hours", int(d.Hours()))
	default:
		return fmt.Sprintf("%d days", int(d.Hours()/24))
	}
}

var channelNames = map[takeover.Channel]string{
	takeover.ChannelText:  "text message",
	takeover.ChannelCall:  "phone call",
	takeover.ChannelWeb:   "web chat",
	takeover.ChannelEmail: "e-mail",
}

// ChannelName is what people call a channel.
func ChannelName(c takeover.Channel) string { return cmp.Or(channelNames[c], "other channel") }

var speakerNames = map[takeover.Role]string{
	takeover.RoleEndUser:   "End user",
	takeover.RoleAssistant: "AI",
	takeover.RoleOperator:  "Operator",
	takeover.RoleNote:      "Note for the AI",
}

// SpeakerName is what cards and transcripts call a speaker.
func SpeakerName(r takeover.Role) string { return cmp.Or(speakerNames[r], string(r)) }

// Said is what a speaker said, on one line: an AI's words without the marks of Markdown. Each of them
// is literal, and not empty.
func Said(r takeover.Role, text string) string {
	if r == takeover.RoleAssistant {
		text = Unmarked(text)
	}
	return cmp.Or(Visible(text), "(no text)")
}

// MaxName is the longest name of a person, line, agent, status or tool that is shown, in characters.
const MaxName = 60

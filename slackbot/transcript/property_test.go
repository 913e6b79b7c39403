package transcript

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/slack-go/slack"
	"pgregory.net/rapid"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/takeover"
)

// anyText is text as people and attackers send it: any Unicode, what Slack would make
// live, line ends of all kinds, and now and then more than a post can hold.
func anyText() *rapid.Generator[string] {
	piece := rapid.OneOf(
		rapid.String(),
		rapid.SampledFrom([]string{
			"<!channel>", "<@U1>", "<https://e.example|x>", "&amp;", "*b*", ":tada:", "\n", "\r\n", "\u2028", "\x00", "\x1b[0m",
			"\u200b", "\u200d", "👩\u200d🔧", "👍🏽", "🇩🇪", "می\u200cخ", "ශ්\u200dරී", "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "\u202e", "\ufeff", "\u06dd", "\U000e0041", "\xff", "e\u0301", "(continued)", "**", "*", "`", "[a](b)", "# ", "\n- ", "\n| a | b |\n|--|--|\n", " ", "\t", "End user: ",
		}),
	)
	return rapid.Custom(func(t *rapid.T) string {
		s := strings.Join(rapid.SliceOfN(piece, 0, 12).Draw(t, "pieces"), "")
		if rapid.IntRange(0, 9).Draw(t, "long") == 0 {
			s = strings.Repeat(s, rapid.IntRange(1, 2000).Draw(t, "times"))
		}
		return s
	})
}

func anyMessage() *rapid.Generator[takeover.Message] {
	roles := []takeover.Role{takeover.RoleEndUser, takeover.RoleAssistant, takeover.RoleOperator, takeover.RoleNote, takeover.RoleTool, takeover.RoleSystem, takeover.RoleOther}
	return rapid.Custom(func(t *rapid.T) takeover.Message {
		m := takeover.Message{
			Role: rapid.SampledFrom(roles).Draw(t, "role"), RawRole: rapid.StringN(0, 20, 80).Draw(t, "raw"),
			Text: anyText().Draw(t, "text"),
		}
		if rapid.Bool().Draw(t, "timed") {
			m.At = takeover.ProviderTime(time.Unix(rapid.Int64Range(-1<<33, 1<<38).Draw(t, "at"), 0))
		}
		for range rapid.IntRange(0, 2).Draw(t, "calls") {
			m.ToolCalls = append(m.ToolCalls, takeover.ToolCall{Name: anyText().Draw(t, "tool"), Arguments: anyText().Draw(t, "arguments")})
		}
		return m
	})
}

// Whatever is said: every post is within the limits and harmless, and together they say
// all of it, in order.
func TestTranscriptLosesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		msgs := rapid.SliceOfN(anyMessage(), 0, 30).Draw(t, "messages")
		var want, written []string // in posts, and in the file
		drawn := map[string]string{}
		for _, m := range msgs {
			if text := strings.TrimSpace(mrkdwn.StripHidden(m.Text)); text != "" && m.Role != takeover.RoleTool {
				written = append(written, text)
				if m.Role != takeover.RoleSystem {
					want = append(want, text)
				}
				if m.Role == takeover.RoleAssistant {
					drawn[text] = said(mrkdwn.Markdown(text))
				}
			}
		}
		posts := Posts(takeover.Line{}, rapid.String().Draw(t, "head"), msgs)
		for _, p := range posts {
			checkPost(t, p)
		}
		same := func(got, want string) bool { return got == want || got == drawn[want] }
		if got := saidIn(t, posts); !slices.EqualFunc(got, want, same) {
			t.Fatalf("said %q, want %q", got, want)
		}
		if lines := linesShown(msgs); Count(msgs) != lines {
			t.Fatalf("%d messages are counted, %d are shown", Count(msgs), lines)
		}
		file := File(FileInfo{Complete: true}, msgs, time.UTC)
		if !utf8.Valid(file) {
			t.Fatalf("the file is not UTF-8")
		}
		flat := strings.ReplaceAll(string(file), "\n    ", "\n")
		for _, text := range written {
			if !strings.Contains(flat, text) {
				t.Fatalf("%q is not in the file", text)
			}
		}
	})
}

// linesShown counts each message with words, or without tools, and each row of tools between two.
func linesShown(msgs []takeover.Message) int {
	lines, row := 0, false
	for _, m := range msgs {
		words := m.Role != takeover.RoleTool && (strings.TrimSpace(mrkdwn.StripHidden(m.Text)) != "" || len(m.ToolCalls) == 0)
		tools := m.Role == takeover.RoleTool || len(m.ToolCalls) > 0
		if words {
			lines, row = lines+1, false
		}
		if tools && !row {
			lines, row = lines+1, true
		}
	}
	return lines
}

// said is the text of elements.
func said(elements []slack.RichTextSectionElement) string {
	var b strings.Builder
	for _, e := range elements {
		b.WriteString(e.(*slack.RichTextSectionTextElement).Text)
	}
	return b.String()
}

// withoutHidden says again, in another way, what StripHidden promises of characters that spell nothing.
func withoutHidden(s string) string {
	const ends = "\r\n\v\f\u0085\u2028\u2029"
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\r\n", "\n")
	var kept []rune
	for _, r := range s {
		hidden := r < 0x20 || r >= 0x7f && r < 0xa0 || strings.ContainsRune("\u00ad\u034f\u061c\u180e\ufeff", r) ||
			r >= 0x200b && r <= 0x200f || r >= 0x202a && r <= 0x202e || r >= 0x2060 && r <= 0x206f || r >= 0xfff9 && r <= 0xfffb || r >= 0xe0000 && r <= 0xe007f ||
			r >= 0x13430 && r <= 0x1343f || r >= 0x1bca0 && r <= 0x1bca3 || r >= 0x1d173 && r <= 0x1d17a
		switch {
		case strings.ContainsRune(ends, r):
			kept = append(kept, '\n')
		case r == '\t':
			kept = append(kept, ' ')
		case !hidden:
			kept = append(kept, r)
		}
	}
	return string(kept)
}

func TestTranscriptStrippingTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		once := mrkdwn.StripHidden(anyText().Draw(t, "text"))
		if twice := mrkdwn.StripHidden(once); twice != once {
			t.Fatalf("%q became %q", once, twice)
		}
	})
}

func TestTranscriptSplitIsExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := mrkdwn.StripHidden(anyText().Draw(t, "text"))
		room := rapid.IntRange(0, 300).Draw(t, "room")
		if text == "" {
			return
		}
		piece, rest := splitText(text, room)
		if piece == "" || piece+rest != text || !utf8.ValidString(piece) || !utf8.ValidString(rest) {
			t.Fatalf("%q was split into %q and %q", text, piece, rest)
		}
		if utf8.RuneCountInString(piece) > 1 && jsonLength(piece)-len(`""`) > room {
			t.Fatalf("%q is longer than %d", piece, room)
		}
	})
}

// Every character there is, alone between two others.
func TestTranscriptStripsEveryHiddenCharacter(t *testing.T) {
	t.Parallel()
	for r := rune(0); r <= unicode.MaxRune; r++ {
		s := "a" + string(r) + "b"
		if got, want := mrkdwn.StripHidden(s), withoutHidden(s); got != want {
			t.Errorf("%U: got %q, want %q", r, got, want)
		}
	}
}

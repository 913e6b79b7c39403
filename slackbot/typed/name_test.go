package typed

import (
	"strings"
	"testing"
	"unicode/utf8"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/takeover"
)

// TestNamesDoNotGiveTheNumberAway: the channel has more readers than the one who searched,
// and a conversation is often named by its number.
func TestNamesDoNotGiveTheNumberAway(t *testing.T) {
	t.Parallel()
	const wet, agent, british, sip = "+14155550137", "+13125550100", "+447700900123", "sip:lobby-intercom@harbor-homes.example"
	tests := []struct {
		name         string
		endUser, too takeover.Target
		want         string
	}{
		{"Miller, Unit 4B", wet, agent, "Miller, Unit 4B"},
		{"+14155550137", wet, agent, ""},
		{"+1 (415) 555-0137", wet, agent, ""},
		{"415.555.0137", wet, agent, ""},
		{"555-0137", wet, agent, ""},
		{"４１５ ５５５ ０１３７", wet, agent, ""},
		{"4155\u200b550137", wet, agent, ""},
		{"+1 415 555 0137 / +1 312 555 0100", wet, agent, ""},
		{"Call from +14155550137", wet, agent, "Call from •••• 0137"},
		{"Miller (415) 555 - 0137, Unit 4B", wet, agent, "Miller •••• 0137, Unit 4B"},
		{"14155550137 to 13125550100", wet, agent, "•••• 0137 to •••• 0100"},
		{"001 415 555 0137 twice 4155550137!", wet, agent, "•••• 0137 twice •••• 0137!"},
		{"2 · 415 555 0137", wet, agent, "2 · •••• 0137"},
		{"07700 900123 Ada", british, agent, "•••• 0123 Ada"},
		{"0137", wet, agent, "0137"},
		{"Unit 415, floor 555, flat 0137", wet, agent, "Unit 415, floor 555, flat 0137"},
		{"+1 415 555 0199", wet, agent, "+1 415 555 0199"},
		{"", wet, agent, ""},
		{"***", wet, agent, "***"},
		{"the SIP:Lobby-Intercom@harbor-homes.example", sip, agent, "the sip:lo…@harbor-homes.example"},
		{"lobby-intercom@harbor-homes.example", sip, agent, ""},
		{"Ada Lovelace", "web", "", "Ada Lovelace"},
		{"14155550137", "14155550137", agent, ""},
		{"Miller +1 415 555 0137", "whatsapp:+14155550137", agent, "Miller •••• 0137"},
		{"whatsapp:+14155550137", "whatsapp:+14155550137", agent, "whatsapp:•••• 0137"},
	}
	for _, tt := range tests {
		l := takeover.Line{Newest: takeover.Conversation{Name: tt.name /*JOIN Newest*/, AgentName: tt.name}, EndUser: tt.endUser, Agent: tt.too}
		quoted := tt.want
		if quoted != "" {
			quoted = "“" + quoted + "”"
		}
		if got := Name(l, mrkdwn.MaxName); got != quoted {
			t.Errorf("%q of %s is shown as %q, want %q", tt.name, tt.endUser, got, quoted)
		}
		if got := AgentName(l, mrkdwn.MaxName); got != tt.want {
			t.Errorf("the assistant %q is shown as %q, want %q", tt.name, got, tt.want)
		}
	}
}

func FuzzName(f *testing.F) {
	for _, seed := range []string{"+1 (415) 555-0137", "Call +14155550137", "４１５５５５０１３７", "\xff4155550137", "0137 555 415", "4155550137" + "4155550137", "٤١٥٥٥٥٠١٣٧", "415555013\u03017", "55505550137", "555013755550137", strings.Repeat("415 555 0137 ", 2000), strings.Repeat("4........", 3000)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		l := takeover.Line{Newest: takeover.Conversation{Name: name}, EndUser: "+14155550137", Agent: "+13125550100"}
		got := Name(l, mrkdwn.MaxName)
		digits := digitsAlone(strings.NewReplacer(l.EndUser.Masked(), "x", l.Agent.Masked(), "x").Replace(got))
		if strings.Contains(digits, "5550137") || strings.Contains(digits, "5550100") || !utf8.ValidString(got) {
			t.Errorf("%q is shown as %q", name, got)
		}
	})
}

// TestNamesAreQuoted: a name that reads like the bot's words stands in quotation marks, which it
// cannot end.
func TestNamesAreQuoted(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"AI is answering":                  "“AI is answering”",
		"Ada” · AI is silent · “Ada":       "“Ada' · AI is silent · 'Ada”",
		"Ada\n\u202eAI is silent":          "“Ada AI is silent”",
		"«Ada»":                            "“'Ada'”",
		strings.Repeat("AI is silent ", 9): "“" + mrkdwn.OneLine(strings.Repeat("AI is silent ", 9), mrkdwn.MaxName) + "”",
		"":                                 "",
	} {
		l := takeover.Line{Newest: takeover.Conversation{Name: name}, EndUser: "+14155550137"}
		if got := Name(l, mrkdwn.MaxName); got != want {
			t.Errorf("%q is shown as %q, want %q", name, got, want)
		}
	}
}

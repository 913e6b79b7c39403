package takeover

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Replier is a provider that can write to the end user. What only its AI reads is Noter's and
// Recorder's; nothing that calls one of them calls this.
type Replier interface {
	// Send sends a text to the end user once, in one call. It never repeats the call. Where the
	// error says that it may land (ProviderError.MayLand), the text may have been sent; else
	// nothing was sent, and ProviderError.Send says why.
	Send(ctx context.Context, t Texted) (SendReceipt, error)
}

// Recorder is a provider whose AI can be told what a person said to the end user.
type Recorder interface {
	// Record puts what a person said into the conversation, so that the AI knows it. It sends
	// nothing. key makes a repeated call harmless, and marks the message (Message.Written).
	Record(ctx context.Context, id ConversationID, key, text string) error
}

// Texted is a text for the end user.
type Texted struct {
	From, To Target
	Text     string // may be empty where there is Media
	// Media are the addresses of pictures, which the provider fetches.
	Media []string
}

// FileID is Slack's id of a file that an operator sends to the end user.
type FileID string

// WithPictures is what an operator said, in words, where so many pictures went with it.
func WithPictures(words string, pictures int) string {
	switch pictures {
	case 0:
		return words
	case 1:
		return strings.TrimSpace(words + " (a picture)")
	}
	return strings.TrimSpace(fmt.Sprintf("%s (%d pictures)", words, pictures))
}

// SendReceipt is a provider's answer to a text that it has accepted.
type SendReceipt struct {
	// Message is how the provider names it in its reports.
	Message string
	// Parts is how many parts the provider counts; 0 where it does not say.
	Parts int
	// At is when the provider accepted it; zero where it does not say.
	At ProviderTime
}

// SendOutcome is what became of a text that was accepted.
type SendOutcome string

// The outcomes of an accepted text.
const (
	SendOnTheWay    SendOutcome = "on the way"
	SendDelivered   SendOutcome = "delivered"
	SendUnconfirmed SendOutcome = "unconfirmed"
	SendFailed      SendOutcome = "failed"
)

// SendReport is what a provider reports later of a text.
type SendReport struct {
	Message string // as in SendReceipt
	Outcome SendOutcome
	Failure *SendFailure // with SendFailed
	// From, To and Text are what was sent, for a text whose receipt was lost.
	From, To Target
	Text     string
}

// Inbound is a text of an end user as a provider reports it at once. The conversation of its
// line shows it too, under no common id.
type Inbound struct {
	// ID is how the provider names the text. A report may come again with the same id.
	ID string
	// From is the end user, To is the agent.
	From, To Target
	Text     string // hostile until escaped; may be empty where there is Media
	Media    []Media
	At       ProviderTime // when the provider received it; zero where it does not say
	OptOut   OptOut
}

// Media is a file that an end user sent. All of it is what the provider says, and hostile.
type Media struct {
	URL  string
	Type string // as in Content-Type; may be empty
	Size int64  // bytes; 0 where it is not known
}

// OptOut says whether an end user wants to be texted.
type OptOut string

// What a text says about that. Most say nothing.
const (
	OptUnchanged OptOut = ""
	OptedOut     OptOut = "out"
	OptedIn      OptOut = "in"
)

// The words that networks obey, in capitals. They count where they are the whole text.
var (
	wordsOut = [...]string{"STOP", "STOPALL", "STOP ALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"}
	wordsIn  = [...]string{"START", "UNSTOP"}
)

// OptOutOf is what a text of an end user says about being texted.
func OptOutOf(text string) OptOut {
	word := strings.ToUpper(strings.Join(strings.Fields(text), " "))
	switch {
	case slices.Contains(wordsOut[:], word):
		return OptedOut
	case slices.Contains(wordsIn[:], word):
		return OptedIn
	}
	return OptUnchanged
}

// LineText is a text of a line that the bot knows otherwise than from a conversation: one that the
// provider has reported at once, or one that the bot has sent.
type LineText struct {
	// Key names it: Message.Reported of one that was reported, Message.Written of one that was sent.
	Key  string
	By   Role // RoleEndUser, or RoleOperator for one that was sent
	Text string
	// At is when the provider received or accepted it; where it did not say when it accepted it,
	// when it left by the bot's clock.
	At ProviderTime
	// In is the conversation that should have it: the one in which the AI would have answered.
	In ConversationID
}

// A message of a conversation and a text that was reported are the same where the words are, and
// the message was written within these bounds after the text was received. Both are by the
// provider's clock.
const (
	sameFrom  = -30 * time.Second
	sameUntil = 2 * time.Minute
)

const (
	// leftWithin is how far from when a text left its provider may say that it was written.
	leftWithin = 10 * time.Minute
	// twinWithin is how far from each other the bot and the provider put the same text into a
	// conversation.
	twinWithin = 30 * time.Second
)

// AppendedName and RecordedName name the cursors that remember since when a provider is known to
// put what was sent into the AI's conversation by itself, and since when the bot does it.
func AppendedName(provider string) string { return "appended/" + provider }

// RecordedName is explained at AppendedName.
func RecordedName(provider string) string { return "recorded/" + provider }

// with is the transcript of a conversation with what the bot knows of its line's texts, which are
// the oldest first. What was reported and the conversation does not show is put in; what was sent
// is an operator's, whatever the provider calls it. Each text is one message: equal ones are
// matched one to one. since is the time up to which nothing was sent; appended says that the
// provider has put a text into the conversation by itself.
func (t Transcript) with(id ConversationID, since ProviderTime, texts []LineText) (with Transcript, appended bool) {
	t.Messages = slices.Clone(t.Messages)
	for _, text := range slices.Backward(texts) {
		if text.By == RoleOperator && t.sent(text, since) {
			appended = true
		}
	}
	from := t.begins()
	for _, text := range texts {
		if text.By != RoleEndUser || t.reported(text) || text.In != id || !text.At.After(from) {
			continue
		}
		t.Total += min(t.Total, 1) // 0 is that it is not known
		m := Message{Key: text.Key, Reported: text.Key, Role: RoleEndUser, Text: text.Text, At: text.At}
		at := len(t.Messages)
		for at > 0 && t.Messages[at-1].At.After(text.At) {
			at--
		}
		t.Messages = slices.Insert(t.Messages, at, m)
	}
	t.order(texts)
	return t, appended
}

// order puts what was sent where it was sent: the bot puts it into the conversation later, perhaps
// behind what the end user wrote meanwhile.
func (t Transcript) order(texts []LineText) {
	sent := map[string]ProviderTime{}
	for _, text := range texts {
		if text.By == RoleOperator {
			sent[text.Key] = text.At
		}
	}
	said := func(m Message) ProviderTime {
		if at, ok := sent[m.Written]; ok && m.At.After(at) {
			return at
		}
		return m.At
	}
	for i, m := range t.Messages {
		if !m.At.After(said(m)) {
			continue
		}
		m.SentAt = said(m)
		to := i
		for to > 0 && said(t.Messages[to-1]).After(m.SentAt) {
			t.Messages[to] = t.Messages[to-1]
			to--
		}
		t.Messages[to] = m
	}
}

// begins is the time up to which the transcript may lack what its conversation has; zero if it has
// all.
func (t Transcript) begins() ProviderTime {
	if t.Complete || len(t.Messages) == 0 {
		return ProviderTime{}
	}
	return t.Messages[0].At.Add(-sameFrom)
}

// sent marks the message that the provider has made of a text that was sent, and reports whether
// there is one: of those with its words the one that was written closest to it.
// A picture without words is like no message.
func (t Transcript) sent(text LineText, since ProviderTime) bool {
	if text.Text == "" {
		return false
	}
	at, within, found := text.At, leftWithin, -1
	if i := slices.IndexFunc(t.Messages, func(m Message) bool { return m.Written == text.Key }); i >= 0 {
		at, within = t.Messages[i].At, twinWithin // the bot has put it there, by the provider's clock
	}
	for i, m := range t.Messages {
		apart := m.At.Sub(at).Abs()
		if m.Role == RoleAssistant && m.At.After(since) && apart <= within && sameWords(m.Text, text.Text) {
			within, found = apart, i
		}
	}
	if found >= 0 {
		t.Messages[found].Role, t.Messages[found].Written = RoleOperator, text.Key
	}
	return found >= 0
}

// reported marks the first message that is the text that was reported, and reports whether there is
// one.
func (t Transcript) reported(text LineText) bool {
	for i, m := range t.Messages {
		if after := m.At.Sub(text.At); m.Role == RoleEndUser && m.Reported == "" && after >= sameFrom && after <= sameUntil && sameWords(m.Text, text.Text) {
			t.Messages[i].Reported = text.Key
			return true
		}
	}
	return false
}

// sameWords compares what was said, whatever was made of its white space and its quotes.
func sameWords(a, b string) bool {
	plain := strings.NewReplacer("“", `"`, "”", `"`, "‘", "'", "’", "'")
	return slices.Equal(strings.Fields(plain.Replace(a)), strings.Fields(plain.Replace(b)))
}

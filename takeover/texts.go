package takeover

import (
	"context"
	"slices"
	"strings"
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
	Text     string
}

// SendReceipt is a provider's answer to a text that it has accepted.
type SendReceipt struct {
	// Message is how the provider names it in its reports.
	Message string
	// Parts is how many parts the provider counts; 0 where it does not say.
	Parts int
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

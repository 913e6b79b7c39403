package takeover

import (
	"context"
	"encoding/json"
	"time"
)

// ConversationID is the provider's own id of a conversation. Opaque; path-escape it.
type ConversationID string

// Channel is how the end user and the assistant talk.
type Channel string

// The channels a conversation may have. An unknown provider value is ChannelOther.
const (
	ChannelText  Channel = "text"
	ChannelCall  Channel = "call"
	ChannelWeb   Channel = "web"
	ChannelEmail Channel = "email"
	ChannelOther Channel = "other"
)

// Conversation is one conversation as the provider lists it.
type Conversation struct {
	ID ConversationID
	// Provider is the name of the provider that listed it. Service sets it.
	Provider string
	// Name is what people call the end user ("R. Miller, Unit 4B"), else how the provider
	// names the conversation; hostile until escaped, may be empty.
	Name    string
	Channel Channel
	EndUser Target
	Agent   Target
	// AgentName is what people call the assistant; hostile until escaped, may be empty.
	AgentName string
	// Status is the provider's own word for where the conversation stands; hostile
	// until escaped, empty where the provider has no such thing.
	Status string
	// Ended says that the provider promises that nothing will be added any more.
	Ended         bool
	CreatedAt     ProviderTime
	LastMessageAt ProviderTime
	AIDisabled    bool // the flag as it was read with this conversation
}

// newest is when something last happened in the conversation, as far as is known.
func (c Conversation) newest() ProviderTime {
	if c.LastMessageAt.IsZero() {
		return c.CreatedAt
	}
	return c.LastMessageAt
}

// Role says who spoke.
type Role string

// The roles of a transcript. A role the provider invents later is RoleOther and is
// shown by its own name (Message.RawRole), never dropped.
const (
	RoleEndUser   Role = "end user"
	RoleAssistant Role = "AI"
	RoleOperator  Role = "operator" // a person's words, put into the conversation by this bot
	RoleNote      Role = "note"     // a person's words that only the AI reads
	RoleTool      Role = "tool"
	RoleSystem    Role = "system"
	RoleOther     Role = "other"
)

// Message is one turn of a conversation.
type Message struct {
	// Key identifies the message within its conversation. The provider has no ids:
	// it is made of role, creation time and text, with a counter for exact repeats.
	Key     string
	Role    Role
	RawRole string // the provider's word for the role
	Text    string // hostile until escaped; may be empty when ToolCalls is not
	// Written is the key under which this bot put it into the conversation (Recorder), for
	// words that the end user has read already; empty for any other message.
	Written string
	// Reported is the key of the provider's report that tells of the same text (LineText); empty
	// for a message without one. The thread may show it under that key already.
	Reported string
	// ToolCalls are the tools the assistant called in this turn.
	ToolCalls []ToolCall
	// At is when it was written, for comparisons with other times of the provider.
	At ProviderTime
	// SentAt is when it went out or came in, for people to read; zero where that is At. A
	// provider may take it from another clock than At, so that it decides nothing.
	SentAt ProviderTime
}

// ShownAt is the time that people read beside the message.
func (m Message) ShownAt() time.Time {
	if m.SentAt.IsZero() {
		return time.Time(m.At)
	}
	return time.Time(m.SentAt)
}

// spoken reports whether a participant said something to another.
func (m Message) spoken() bool {
	return (m.Role == RoleEndUser || m.Role == RoleAssistant || m.Role == RoleOperator) && m.Text != ""
}

// ToolCall is one call of a tool by the assistant.
type ToolCall struct {
	Name      string
	Arguments string // JSON as text, possibly malformed; hostile
}

// Transcript is the newest part of a conversation, or all of it.
type Transcript struct {
	Messages []Message // oldest first
	// Total is how many messages the provider says there are; 0 when it did not say.
	Total int
	// Complete says that Messages reaches back to the first message.
	Complete bool
	// State says why there are no messages, where there is a reason but emptiness.
	State TranscriptState
	// Why is the reason in words for people: what is missing, and who can mend it.
	// Empty where State is TranscriptRead.
	Why string
	// Status and Ended are as in Conversation, as read with the messages.
	Status string
	Ended  bool
}

// TranscriptState tells "nothing was said" from "the bot may not see it".
type TranscriptState string

// The states of a transcript.
const (
	TranscriptRead         TranscriptState = ""             // it was read; it may be empty
	TranscriptHidden       TranscriptState = "hidden"       // the credential may not see it
	TranscriptNotStored    TranscriptState = "not stored"   // the provider keeps none, or none yet
	TranscriptUnrecognised TranscriptState = "unrecognised" // it is there, in a shape the bot does not know
	TranscriptFailed       TranscriptState = "failed"       // the provider failed when it was asked; no provider says so itself
)

// Query says which conversations are wanted.
type Query struct {
	Field QueryField
	Value string // for FieldEndUser the target; a number is looked up in each of its Forms
	Label string // for FieldLabel the metadata key, e.g. "unit"
	Limit int    // conversations; 1 to 100
}

// QueryField is what a query looks at.
type QueryField string

// The fields a conversation can be looked up by. FieldEndUser is exact. FieldLabel is too, and
// then, like the others, looks through the newest conversations for other spellings. FieldName
// also finds the name by which a sender writes in place of a number. With FieldAnonymous a
// provider finds all of these, and Service keeps those of end users without a number or an
// address (Placeholders).
const (
	FieldEndUser    QueryField = "end user"
	FieldLastDigits QueryField = "last digits"
	FieldName       QueryField = "name"
	FieldLabel      QueryField = "label"
	FieldAnonymous  QueryField = "anonymous"
)

// Found is the answer to a Query: every conversation in it was compared with the
// query again by the provider package, whatever the server's filter did.
type Found struct {
	Conversations []Conversation // newest first, by LastMessageAt
	// More says that older matches may exist beyond the limit.
	More bool
	// Unanswered are the providers that failed while others answered. Only Service
	// sets it.
	Unanswered []*ProviderError
}

// Snapshot is the whole metadata of a conversation as it was first read, kept so
// that entries of other tools can be put back if the provider loses them. Its values
// are the provider's own bytes.
type Snapshot map[string]json.RawMessage

// Proof is what a provider read back after it changed the flag. A Proof exists only
// when the flag reads as wanted: who holds one may say "silent".
type Proof struct {
	Silent    bool      // as read back
	WasSilent bool      // as read before the change
	CheckedAt time.Time // UTC, when the read-back was answered
	Snapshot  Snapshot  // as read before the change (merged with what was passed in)
	Answer    string    // the provider's answers in short, for the audit: "PUT 200, read back true"
	// MayLand says that the answer of a write was lost: it may still take effect.
	MayLand bool
	// Gone says that the provider does not know the conversation: nothing can be said there.
	// Only Service sets it.
	Gone bool
}

// Provider is an AI conversation service as far as all of them can serve. What only
// some can do is a separate interface (Silencer, Noter): no provider has to fake a
// method. Every method makes its calls once and does not retry on its own, except where
// its comment says so; errors are *ProviderError (or the context's). Implementations are
// safe for use by several goroutines.
type Provider interface {
	// Name is the provider's name for people: "Telnyx". Lines are stored with it, so
	// that it must not change.
	Name() string

	// Find lists conversations, newest first, in as few upstream calls as the provider
	// allows. It is bounded in time by itself.
	Find(ctx context.Context, q Query) (Found, error)

	// Transcript reads the newest n messages (n <= 0: all, up to a cap of the
	// implementation, in which case Complete is false). A conversation without stored
	// messages is an empty, complete transcript. A transcript that may not be seen is
	// no error: its State says so.
	Transcript(ctx context.Context, id ConversationID, n int) (Transcript, error)

	// Can says what works for a conversation, of which at least the channel is known.
	// It makes no call: it answers from what the provider is and from what it has seen
	// so far of its credential.
	Can(c Conversation) Capabilities
}

// Before is what has to be known of a conversation before it is written.
type Before struct {
	// Snapshot is what its metadata has to hold after the change.
	Snapshot Snapshot
	// NewestAt is the time of its newest message, as first read.
	NewestAt ProviderTime
}

// Keep stores that before each write: a process that dies in between leaves a record of what
// may be lost. Its error says that the caller may not write any more.
type Keep func(ctx context.Context, b Before) error

// Silencer is a provider whose AI can be stopped from outside, and that tells what became
// of it.
type Silencer interface {
	// Silence reads the conversation, sets the flag that stops the AI, writes all
	// metadata back, reads again and compares. It returns a Proof only if the flag
	// then reads as set and every entry of the first read (and of known, from an
	// earlier attempt) is there with an equal JSON value. A write whose answer was
	// lost is settled by the read-back. With entries lost it writes once more; if
	// they stay lost the error's Kind is LostEntries and its Snapshot holds what
	// should be there. keep is called before each write, and its error is returned
	// as it is: nothing was written then.
	Silence(ctx context.Context, id ConversationID, known Snapshot, keep Keep) (Proof, error)

	// Release is Silence in the other direction: the AI may answer again.
	Release(ctx context.Context, id ConversationID, known Snapshot, keep Keep) (Proof, error)

	// Conversations lists the newest n conversations of an end user with an agent, in one
	// call where the provider sends them on one page. It fails where it cannot tell that
	// none is missing.
	Conversations(ctx context.Context, endUser, agent Target, n int) (Listing, error)

	// Changes lists the conversations whose last message was written at since or later:
	// one call, and a further one for each page that was full. Listing.More says that it
	// does not reach back to since; it stops after some pages.
	Changes(ctx context.Context, since ProviderTime) (Listing, error)

	// Silenced reads a conversation's flag, in one call.
	Silenced(ctx context.Context, id ConversationID) (bool, error)
}

// Listing is a list of conversations, as it was at one moment.
type Listing struct {
	Conversations []Conversation // newest first
	// More says that there may be older ones.
	More bool
	// AsOf is when the provider answered the first call.
	AsOf ProviderTime
}

// Noter is a provider that can tell its AI something.
type Noter interface {
	// Note puts text into the conversation so that only the AI reads it. key makes a
	// repeated call harmless: the same key inserts the note once.
	Note(ctx context.Context, id ConversationID, key, text string) error
}

// ProviderErrorKind sorts the ways in which a provider call fails by what a person
// can conclude from it.
type ProviderErrorKind string

// The kinds of provider failures.
const (
	KeyRefused  ProviderErrorKind = "key refused"   // 401, 403: the API key is wrong or may not do this
	Gone        ProviderErrorKind = "gone"          // 404: the provider does not know the conversation
	Refused     ProviderErrorKind = "refused"       // other 4xx: the provider refuses the request
	Limited     ProviderErrorKind = "limited"       // 429: too many calls; see RetryAfter
	Failing     ProviderErrorKind = "failing"       // 5xx or an unreadable answer
	NoAnswer    ProviderErrorKind = "no answer"     // network error or time-out, before or after the write
	NotKept     ProviderErrorKind = "not kept"      // the write was accepted, but the flag reads as before
	LostEntries ProviderErrorKind = "lost entries"  // the flag is as wanted, but other metadata was lost
	NotWhole    ProviderErrorKind = "not whole"     // a list has more than can be read: trying again is of little use
	Unsupported ProviderErrorKind = "not supported" // the provider cannot do this
	NotSetUp    ProviderErrorKind = "not set up"    // the bot has no credential of the provider (any more)
)

// ProviderError is a failed provider call. Its text never holds keys, numbers or
// message text, and it is fit for a log; cards word the Kind themselves.
type ProviderError struct {
	Provider   string // "Telnyx"
	Op         string // what was being done, e.g. "write conversation"
	Kind       ProviderErrorKind
	Status     int           // HTTP status; 0 when there was no answer
	Code       string        // the provider's own error code, if any
	Detail     string        // short, plain, from the provider; hostile until escaped
	RetryAfter time.Duration // how long the provider asked to wait; 0 when it did not say
	// FlagUnknown says that a write may have taken effect and reading it back failed
	// too: the AI may be silent or not.
	FlagUnknown bool
	// MayLand says that the answer of a write was lost: it may still take effect, whatever
	// was read since.
	MayLand bool
	// Unlisted says that it was the list of the line's conversations that failed. Only
	// Service sets it.
	Unlisted bool
	// Lost names the metadata entries that are missing or changed (Kind LostEntries).
	Lost []string
	// Snapshot is what was read before the change, when the call got that far.
	Snapshot Snapshot
	// Read is what the flag was when it was last read before the failure; zero if it was not read.
	Read FlagReading
	// Send says why a text was not taken, where the provider said so (Replier).
	Send *SendFailure
	// Proof is set with Kind LostEntries: the flag itself was proven.
	Proof *Proof
	Err   error // the cause, may be nil
}

// FlagReading is a reading of a conversation's flag. The zero value means that it was not read.
type FlagReading struct {
	At     time.Time `json:",omitzero"` // UTC
	Silent bool      `json:",omitempty"`
}

// SendFailure says why a text did not reach the end user.
type SendFailure struct {
	Kind SendFailureKind
	Code string // the provider's code; may be empty
	// Detail is the provider's own sentence; hostile until escaped, may be empty.
	Detail string `json:",omitempty"`
}

// SendFailureKind sorts the reasons by what a person can do about them.
type SendFailureKind string

// The reasons.
const (
	SendOptedOut    SendFailureKind = "opted out"     // the end user wrote STOP
	SendNotTextable SendFailureKind = "not textable"  // a landline, or no number
	SendByCarrier   SendFailureKind = "carrier"       // the carrier or its filter refused it
	SendContent     SendFailureKind = "content"       // too long, too large, or not allowed
	SendNumber      SendFailureKind = "number"        // the agent's number is not set up for it
	SendAccount     SendFailureKind = "account"       // funds, limits or settings of the account
	SendLater       SendFailureKind = "later"         // a failure that may pass
	SendUnset       SendFailureKind = "not set up"    // the bot does not work with the provider any more
	SendNoMMS       SendFailureKind = "no MMS"        // the agent's number cannot send pictures
	SendNoAddress   SendFailureKind = "no address"    // the bot has no public address for pictures
	SendFileUnread  SendFailureKind = "file unread"   // Slack does not hand the picture out
	SendFileKind    SendFailureKind = "file kind"     // it is no picture that a phone shows
	SendFileSize    SendFailureKind = "file size"     // the pictures of one text are too large
	SendUnknown     SendFailureKind = "not explained" // the provider's own words say more
)

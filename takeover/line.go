package takeover

import (
	"slices"
	"strings"
	"time"
)

// LineID is our own opaque id of a line ("ln_…"). It is what buttons carry.
type LineID string

// OperatorID is the chat workspace's id of a person. Opaque.
type OperatorID string

// Ref is a short reference that a person reads out and an operator finds in the log
// ("k7f2"). It names one change of a line.
type Ref string

// State is where a line stands.
type State string

// The states of a line. See doc.go for the table of transitions.
const (
	StateAI        State = "ai"        // the AI answers
	StateTaking    State = "taking"    // a holder is decided, silence is not proven yet
	StateHeld      State = "held"      // silence is proven
	StateReturning State = "returning" // being handed back, not proven yet
)

// Line is the pair (end user, agent) and who speaks on it. The zero State is invalid;
// New makes a line. It is data: Apply and the other transitions return a changed copy.
type Line struct {
	ID       LineID
	Version  int64 // of the stored row; 0 for a line that was never saved
	Provider string
	EndUser  Target
	Agent    Target
	Channel  Channel
	// Name is what people call the end user, from the conversation ("Unit 4B"); hostile
	// until escaped, may be empty.
	Name  string
	State State
	// Can is what works on the line, as its provider said when the line was last read;
	// nil for a line stored before providers were asked. See Ability.
	Can Capabilities `json:",omitempty"`
	// AgentName, Status and Ended are those of the newest conversation, as last read.
	AgentName string `json:",omitempty"`
	Status    string `json:",omitempty"`
	Ended     bool   `json:",omitempty"`
	// Watch is who has new messages shown; zero while nobody has.
	Watch Watch `json:"Watch,omitzero"`
	// Current is the newest conversation of the line that the bot knows, and CurrentAt is
	// when something last happened in it, as it was last listed. UTC.
	Current   ConversationID
	CurrentAt time.Time `json:",omitzero"`
	// Covered are the conversations that a takeover silences, newest first.
	Covered []Covered
	// Holder is who has the line; empty in StateAI.
	Holder OperatorID
	// Claim is the key of the command that won the line, so that its repetition is
	// recognised.
	Claim string
	Ref   Ref
	// Since is when the present state began. UTC.
	Since time.Time
	// ClaimedAt is when the winning click was received, and GotAt when the click was that
	// gave the line to its present holder. UTC.
	ClaimedAt time.Time
	GotAt     time.Time `json:",omitzero"`
	// HeldSince is when silence was first proven for the present holder's claim, or when
	// another operator got the line. UTC.
	HeldSince time.Time `json:",omitzero"`
	// CheckedAt is when the flag was last read back as wanted. UTC.
	CheckedAt time.Time
	// ComparedAt is when the flag was last compared with the provider while the line was
	// held; the store keeps it apart from the line. UTC.
	ComparedAt time.Time `json:"-"`
	// Hold is how long the takeover lasts.
	Hold Hold `json:"Hold,omitzero"`
	// Handoff is what the holder offers to another operator; zero while nothing is.
	Handoff Handoff `json:"Handoff,omitzero"`
	// ListedAt is when the end user's conversations were last listed: what began later is
	// not known. UTC.
	ListedAt time.Time `json:",omitzero"`
	// Joining says that the line is taken over anew because of a new conversation.
	Joining bool `json:",omitempty"`
	// JoinedAt is when a conversation last joined the takeover. UTC.
	JoinedAt time.Time `json:",omitzero"`
	// Calls are the phone calls that were announced during the takeover.
	Calls []ConversationID `json:",omitempty"`
	// Left are older conversations whose AI somebody switched on elsewhere during the
	// takeover: it does not silence them any more.
	Left []ConversationID `json:",omitempty"`
	// Spoke is what the AI said after the takeover, until somebody dealt with it.
	Spoke Spoke `json:"Spoke,omitzero"`
	// OutsideAt is when the bot saw that the AI was switched on outside Slack. UTC.
	OutsideAt time.Time `json:",omitzero"`
	// OffAt is when the bot saw that the AI of a line that nobody has taken over is switched
	// off; zero if it was on when the line was last listed. UTC.
	OffAt time.Time `json:",omitzero"`
	// Aftercare is the watch over the AI's first words after a hand-back.
	Aftercare Aftercare `json:"Aftercare,omitzero"`
	// Notes are what operators had remembered in this takeover, oldest first.
	Notes []string `json:",omitempty"`
	// Waits is since when the end user waits for an answer; see WaitingSince.
	Waits time.Time `json:",omitzero"`
	// LastWordAt is when the newest message that was heard was written. UTC.
	LastWordAt time.Time `json:",omitzero"`
	// Trouble is why the wanted state is not proven yet; nil while all is well.
	Trouble *Trouble
	// Unrepaired names metadata entries that the provider lost in this change and that
	// could not be put back, although the flag is proven.
	Unrepaired []string `json:",omitempty"`
	// DeskTold says that the desk was told of a trouble that lasts.
	DeskTold bool
	// HandBack is what the pending hand-back carries; zero otherwise.
	HandBack HandBack
	// Recent are the last lines of the conversation as they were last read, oldest
	// first, at most RecentLines.
	Recent []Excerpt
	// RecentAt is when Recent was read. UTC.
	RecentAt time.Time
	// Unread says why Recent is empty, where the transcript could not be shown;
	// UnreadWhy says it in words.
	Unread    TranscriptState `json:",omitempty"`
	UnreadWhy string          `json:",omitempty"`
}

// RecentLines is how many lines of a conversation a card shows.
const RecentLines = 3

// SpokeLength is how many characters a card shows of what the AI said after a takeover.
const SpokeLength = 500

// ExcerptLength is how many characters of each line a card shows.
const ExcerptLength = 160

// Covered is a conversation that a takeover silences.
type Covered struct {
	ID ConversationID
	// Snapshot is the metadata as it was first read, kept from before the first write
	// until it was read back whole.
	Snapshot Snapshot `json:",omitempty"`
	// CheckedAt is when the flag was last read back as silent in this takeover; zero if it
	// was not yet. UTC.
	CheckedAt time.Time `json:",omitzero"`
	// SeenAt is the time of the newest message that the watch has asked to be shown. UTC.
	SeenAt time.Time `json:",omitzero"`
}

// Excerpt is a message cut to what a card shows.
type Excerpt struct {
	Role Role
	Text string
	At   time.Time // UTC
}

// HandBack is what an operator said when giving a line back.
type HandBack struct {
	By   OperatorID
	Note string // for the AI; may be empty
	// NoteKey makes the note's insertion repeatable.
	NoteKey string
	// NoteFailed says that the provider refused the note for good.
	NoteFailed bool
	// NoteDone says that the provider has the note.
	NoteDone bool
}

// Trouble says why a wanted state is not proven yet.
type Trouble struct {
	Kind     ProviderErrorKind
	Status   int       // HTTP status; 0 when there was no answer
	Since    time.Time // of the first failure of this change. UTC
	Attempts int       // failed attempts of this change
	NextAt   time.Time // of the next attempt. UTC
	Lost     []string  // names of metadata entries that are missing (LostEntries)
	// FlagUnknown says that the AI may be silent or not: the write may have landed.
	FlagUnknown bool
}

// attempts is how many attempts of the present change have failed.
func (l Line) attempts() int {
	if l.Trouble == nil {
		return 0
	}
	return l.Trouble.Attempts
}

// Same says whether two troubles read the same to a person.
func (t *Trouble) Same(o *Trouble) bool {
	if t == nil || o == nil {
		return t == o
	}
	return t.Kind == o.Kind && t.Status == o.Status && t.FlagUnknown == o.FlagUnknown && len(t.Lost) == len(o.Lost)
}

// NewLine makes a line on which the AI answers, for the pair that conv belongs to.
func NewLine(id LineID, provider string, conv Conversation, now time.Time) Line {
	l := Line{ID: id, Provider: provider, EndUser: conv.EndUser, Agent: conv.Agent, State: StateAI, Since: now.UTC()}
	return l.Show(conv, conv).seenOff(conv, now)
}

// Show returns the line standing for newest, its newest conversation, and for opened,
// the one somebody picked: a takeover covers both. While a takeover is under way the
// covered conversations stay as they are.
func (l Line) Show(newest, opened Conversation) Line {
	l.Channel, l.Name = newest.Channel, newest.Name
	l.AgentName, l.Status, l.Ended = newest.AgentName, newest.Status, newest.Ended
	if l.State != StateAI {
		return l
	}
	l.Current, l.CurrentAt = newest.ID, newest.newest().UTC()
	l.Covered = []Covered{{ID: newest.ID}}
	if opened.ID != newest.ID {
		l.Covered = append(l.Covered, Covered{ID: opened.ID})
	}
	return l
}

// seenOff is the line with what a list said of its AI's switch.
func (l Line) seenOff(newest Conversation, now time.Time) Line {
	switch {
	case l.State != StateAI || !newest.AIDisabled:
		l.OffAt = time.Time{}
	case l.OffAt.IsZero():
		l.OffAt = now.UTC()
	}
	return l
}

// Covers says whether a takeover of the line silences the conversation.
func (l Line) Covers(id ConversationID) bool {
	return slices.ContainsFunc(l.Covered, func(c Covered) bool { return c.ID == id })
}

// Heard returns the line with the last lines of its transcript.
func (l Line) Heard(t Transcript, now time.Time) Line {
	l.RecentAt, l.Waits = now.UTC(), waitsSince(t.Messages)
	l.Recent, l.Unread, l.UnreadWhy = nil, t.State, t.Why
	for _, m := range slices.Backward(t.Messages) {
		spoken := m.Role == RoleEndUser || m.Role == RoleAssistant || m.Role == RoleOperator
		if !spoken || m.Text == "" {
			continue
		}
		l.Recent = append(l.Recent, Excerpt{Role: m.Role, Text: cut(m.Text, ExcerptLength), At: m.At})
		if len(l.Recent) == RecentLines {
			break
		}
	}
	slices.Reverse(l.Recent)
	return l
}

// Ability says how far something works on the line. A line that was stored before
// providers were asked is Telnyx's, the only provider there was.
func (l Line) Ability(what Capability) Ability {
	if l.Can == nil {
		return Ability{Level: LevelYes}
	}
	return l.Can.Of(what)
}

// Conversation is what the line remembers of its newest conversation, for asking the
// provider what works.
func (l Line) Conversation() Conversation {
	return Conversation{ID: l.Current, Provider: l.Provider, Channel: l.Channel, EndUser: l.EndUser, Agent: l.Agent,
		AgentName: l.AgentName, Status: l.Status, Ended: l.Ended}
}

// cut shortens text to n characters on one line, with an ellipsis where it was cut.
func cut(text string, n int) string {
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) <= n {
		return string(runes)
	}
	return string(runes[:n-1]) + "…"
}

// WaitingSince is when the end user began to wait for an answer, as last read; the
// zero time if the last word is not the end user's, or nothing can be answered any more.
func (l Line) WaitingSince() time.Time {
	var since time.Time
	if l.Ended || l.Channel == ChannelCall || !l.Waits.IsZero() {
		return l.waits()
	}
	for i := len(l.Recent) - 1; i >= 0; i-- {
		if l.Recent[i].Role != RoleEndUser {
			break
		}
		since = l.Recent[i].At
	}
	return since
}

// waits is WaitingSince as it was read. Nobody waits where nothing can be answered, and of
// a phone call its last words do not tell: it may be over.
func (l Line) waits() time.Time {
	if l.Ended || l.Channel == ChannelCall {
		return time.Time{}
	}
	return l.Waits
}

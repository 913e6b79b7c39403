package talk

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"takeoverbot/takeover"
)

const (
	// Regret is how long a text waits before it leaves: until then, deleting the message stops
	// it and editing the message changes it.
	Regret = 5 * time.Second
	// MaxParts is how many parts a text may have. A provider refuses more.
	MaxParts = 10
	// ManyParts is from how many parts on it is said how many there are.
	ManyParts = 3
	// MaxPictures is how many pictures a text may have.
	MaxPictures = 10
	// MaxPictureBytes is how many bytes the pictures of a text that leaves may have together.
	MaxPictureBytes = 1_000_000
)

// State is where a text stands.
type State string

// The states of a text. See doc.go for the table of transitions.
const (
	Waiting     State = "waiting"     // it can still be edited or stopped
	Leaving     State = "leaving"     // the call was made, or is about to be
	Sent        State = "sent"        // the provider has accepted it
	Delivered   State = "delivered"   // the carrier reports that it arrived
	Unconfirmed State = "unconfirmed" // the carrier does not report whether it arrived
	Failed      State = "failed"      // it did not arrive; Text.Failure says why
	Unsure      State = "unsure"      // it may not have been sent: the answer was lost
	Stopped     State = "stopped"     // it was deleted in time
)

// Open reports whether a text has not been answered by the provider yet: the next text of the
// line waits for it.
func (s State) Open() bool { return s == Waiting || s == Leaving }

// ID is the bot's opaque id of a text ("tx_…"). Buttons carry it.
type ID string

// Source is where a person wrote a text: a message in Slack. The zero value: in a modal.
type Source struct {
	Channel string `json:",omitempty"`
	TS      string `json:",omitempty"`
}

// before reports whether a person wrote in that message before they wrote in o: Slack's times are
// seconds, a point, and a number.
func (s Source) before(o Source) bool {
	if s.Channel != o.Channel || s.TS == "" || o.TS == "" {
		return false
	}
	number := func(a, b string) int { return cmp.Or(len(a)-len(b), strings.Compare(a, b)) }
	seconds, rest, _ := strings.Cut(s.TS, ".")
	otherSeconds, otherRest, _ := strings.Cut(o.TS, ".")
	return cmp.Or(number(seconds, otherSeconds), number(rest, otherRest)) < 0
}

// First is the text that leaves first of a line's open ones, which are in the order in which they
// were stored. Slack may send two messages in another order than that in which they were written:
// as long as none of them has left, Slack's time decides. ok is false if there is none.
func First(open []Text) (t Text, ok bool) {
	for i, o := range open {
		switch {
		case o.State == Leaving:
			return o, true
		case i == 0 || o.Source.before(t.Source):
			t = o
		}
	}
	return t, len(open) > 0
}

// Text is what an operator writes to the end user. Its words are the operator's, as plain text.
type Text struct {
	ID   ID
	Line takeover.LineID
	// Seq is its place in the order of all texts, which is the order in which they were stored.
	// Set by the store.
	Seq    int64
	By     takeover.OperatorID
	Source Source
	// Words are what leaves; they may be empty where there are Files.
	Words string
	// Files are the pictures that leave with them.
	Files []takeover.FileID `json:",omitempty"`
	// Parts is how many parts the words have on the way to a phone.
	Parts int
	State State
	// WrittenAt is when the request was received; DueAt is when the text leaves at the earliest. UTC.
	WrittenAt, DueAt time.Time
	// LeftAt is when the call was about to leave; zero until then. UTC.
	LeftAt time.Time `json:",omitzero"`
	// TakenAt is when the provider has accepted it; zero where it does not say.
	TakenAt takeover.ProviderTime `json:",omitzero"`
	// Message is how the provider names it; empty until it has accepted it.
	Message string `json:",omitempty"`
	// Failure is why it failed (Failed).
	Failure *takeover.SendFailure `json:",omitempty"`
	// Attempts is how often nothing left (Unsent).
	Attempts int `json:",omitempty"`
	// Conversation is the one that the AI is told of it in.
	Conversation takeover.ConversationID `json:",omitempty"`
	// Recorded says that the AI's conversation has it.
	Recorded bool `json:",omitempty"`
	// Corrects is the Takeover.Spoke.At that the text corrects; zero for other texts.
	Corrects takeover.ProviderTime `json:",omitzero"`
	// Again names the text that this one repeats, because that one may not have been sent.
	Again ID `json:",omitempty"`
}

// Write is a new text of an operator.
func Write(id ID, line takeover.Line, c takeover.Command) Text {
	at := c.At.UTC()
	t := Text{ID: id, Line: line.ID, By: c.By, Source: Source{Channel: c.Reply.Channel, TS: c.Message},
		Words: c.Words, Files: c.Files, Parts: c.Parts, State: Waiting, WrittenAt: at, DueAt: at, Conversation: line.Answering()}
	if c.Corrects {
		t.Corrects = line.Takeover.Spoke.At
	}
	if t.Source.TS != "" { // a box asks before it closes: there is nothing to wait for
		t.DueAt = at.Add(Regret)
	}
	return t
}

// Told is what the text says, in words: for the AI, and for people where the pictures are not shown.
func (t Text) Told() string { return takeover.WithPictures(t.Words, len(t.Files)) }

// Reworded is the text with the words and files of c, if it has not left yet; it waits anew.
func (t Text) Reworded(c takeover.Command) (Text, bool) {
	if t.State != Waiting {
		return t, false
	}
	t.Words, t.Files, t.Parts, t.DueAt = c.Words, c.Files, c.Parts, c.At.UTC().Add(Regret)
	return t, true
}

// says reports whether the text has just these words and files.
func (t Text) says(words string, files []takeover.FileID) bool {
	return t.Words == words && slices.Equal(t.Files, files)
}

// Recalled is the text that does not leave any more, if it has not left yet.
func (t Text) Recalled() (Text, bool) {
	if t.State != Waiting {
		return t, false
	}
	t.State = Stopped
	return t, true
}

// Leaves is the text as it is stored before the call to the provider.
func (t Text) Leaves(now time.Time) Text {
	t.State, t.LeftAt = Leaving, now.UTC()
	return t
}

// Accepted is the text that the provider has under that name.
func (t Text) Accepted(message string) Text {
	t.State, t.Message = Sent, message
	return t
}

// Refused is the text that the provider did not take.
func (t Text) Refused(why takeover.SendFailure) Text {
	t.State, t.Failure = Failed, &why
	return t
}

// Unsent is the text of which nothing has left: it waits until it is tried again.
func (t Text) Unsent(next time.Time) Text {
	t.State, t.DueAt, t.LeftAt = Waiting, next.UTC(), time.Time{}
	t.Attempts++
	return t
}

// Lost is the text of which nobody knows whether it has left.
func (t Text) Lost() Text {
	t.State = Unsure
	return t
}

// Reported is the text after a report of the provider, and whether that changed it. A report that
// is older than what is known changes nothing: what arrived has arrived.
func (t Text) Reported(r takeover.SendReport) (Text, bool) {
	before := t
	if t.State == Leaving || t.State == Unsure {
		t = t.Accepted(r.Message)
	}
	switch {
	case t.State != Sent && t.State != Unconfirmed:
	case r.Outcome == takeover.SendDelivered:
		t.State = Delivered
	case r.Outcome == takeover.SendUnconfirmed:
		t.State = Unconfirmed
	case r.Outcome == takeover.SendFailed:
		t.State, t.Failure = Failed, r.Failure
	}
	return t, t.State != before.State || t.Message != before.Message
}

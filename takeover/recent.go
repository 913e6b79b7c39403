package takeover

import (
	"slices"
	"strings"
	"time"
)

const (
	// RecentLines is how many lines of a conversation a card shows.
	RecentLines = 3
	// ExcerptLength is how many characters of each line a card shows.
	ExcerptLength = 160
	// readFresh is how old Recent.ReadAt may get: cards tell "03:10" from a date by it.
	readFresh = time.Hour
)

// Recent is what was last read of a line's newest conversation.
type Recent struct {
	// Lines are its last lines, oldest first, at most RecentLines. While the line is attended, the
	// last lines of the conversation before it stay until as much is said in it.
	Lines []Excerpt `json:",omitempty"`
	// ReadAt is when they were read; a reading within readFresh that shows nothing new does
	// not change it. UTC.
	ReadAt time.Time `json:",omitzero"`
	// WaitsSince is since when the end user waits at their end; zero if the last word is
	// another's.
	WaitsSince ProviderTime `json:",omitzero"`
	// LastAt is when the newest message was written that was taken note of.
	LastAt ProviderTime `json:",omitzero"`
	// PersonAt is when an operator last spoke to the end user on the line.
	PersonAt ProviderTime `json:",omitzero"`
	// State says why Lines is empty, where the transcript could not be shown; Why says it
	// in words.
	State TranscriptState `json:",omitempty"`
	Why   string          `json:",omitempty"`
	// Failed is why the messages could not be read when an operator last opened the line: the
	// lines are those of an earlier reading, if there are any. Nil once they were read.
	Failed *Trouble `json:",omitempty"`
}

// Excerpt is a message cut to what a card shows.
type Excerpt struct {
	Role Role
	Text string
	At   ProviderTime
	// In is the conversation; empty in what an earlier version stored.
	In ConversationID `json:",omitempty"`
}

// read is what remains of a transcript of a conversation that was read at now, in which the end
// user waits since then.
func (r Recent) read(id ConversationID, t Transcript, since ProviderTime, now time.Time) Recent {
	r = Recent{ReadAt: now.UTC(), WaitsSince: since, LastAt: r.LastAt, PersonAt: r.PersonAt, State: t.State, Why: t.Why}
	for _, m := range slices.Backward(t.Messages) {
		if !m.spoken() {
			continue
		}
		r.Lines = append(r.Lines, Excerpt{Role: m.Role, Text: cut(m.Text, ExcerptLength), At: ProviderTime(m.ShownAt()), In: id})
		if len(r.Lines) == RecentLines {
			break
		}
	}
	slices.Reverse(r.Lines)
	return r
}

// after is what was read of a conversation, below the last lines of an earlier one where there is
// room.
func (r Recent) after(o Recent, id ConversationID) Recent {
	for _, e := range slices.Backward(o.Lines) {
		if len(r.Lines) == RecentLines {
			break
		}
		if e.In != "" && e.In != id && !slices.ContainsFunc(r.Lines, func(n Excerpt) bool { return n.At.Before(e.At) }) {
			r.Lines = slices.Insert(r.Lines, 0, e)
		}
	}
	return r
}

// shows reports whether both look the same on a card.
func (r Recent) shows(o Recent) bool {
	return r.State == o.State && (r.Failed == nil) == (o.Failed == nil) && o.ReadAt.Sub(r.ReadAt) < readFresh && r.WaitsSince.Equal(o.WaitsSince) &&
		slices.EqualFunc(r.Lines, o.Lines, func(a, b Excerpt) bool { return a.Role == b.Role && a.Text == b.Text && a.At.Equal(b.At) })
}

// cut shortens text to n characters, with an ellipsis where it was cut. Its lines stay lines, since
// lists and headings are recognised by them; empty ones go.
func cut(text string, n int) string {
	var lines []string
	for line := range strings.Lines(text) {
		if words := strings.Fields(line); len(words) > 0 {
			lines = append(lines, strings.Join(words, " "))
		}
	}
	runes := []rune(strings.Join(lines, "\n"))
	if len(runes) <= n {
		return string(runes)
	}
	return string(runes[:n-1]) + "…"
}

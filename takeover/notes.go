package takeover

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// MaxNote is how many characters all that is noted for the AI during a takeover may have.
const MaxNote = 2000

// noted is all that was noted for the AI during the takeover, with more behind it, oldest first.
func (t Takeover) noted(more string) string {
	notes := t.Notes
	if more = strings.TrimSpace(more); more != "" && !slices.Contains(notes, more) {
		notes = append(slices.Clone(notes), more)
	}
	return strings.Join(notes, "\n")
}

// remark keeps what was agreed, for the AI.
func (l Line) remark(c Command) Step {
	if c.Note == "" || !l.Taken() {
		return Step{Line: l, Refusal: l.refusal(RefusedNotHeld, c)}
	}
	if l.notesFull(c) {
		return Step{Line: l, Refusal: l.refusal(RefusedFull, c)}
	}
	return l.keepNote(c)
}

// notesFull reports whether a command's note does not fit beside those that are kept.
func (l Line) notesFull(c Command) bool {
	return utf8.RuneCountInString(l.Takeover.noted(c.Note)) > MaxNote
}

// keepNote keeps a command's note until the line is handed back.
func (l Line) keepNote(c Command) Step {
	note := strings.TrimSpace(c.Note)
	if slices.Contains(l.Takeover.Notes, note) {
		return Step{Line: l}
	}
	l.Takeover.Notes = append(slices.Clone(l.Takeover.Notes), note)
	return Step{Line: l, Save: true, Entries: []Entry{l.entry(c, EventNoted, l.standing())}}
}

// askToHandBack is the question whether a typed word is meant to hand the line back. What was
// typed behind the word is kept for the box that the question opens.
func (l Line) askToHandBack(c Command) Step {
	s := Step{Line: l}
	if strings.TrimSpace(c.Note) != "" {
		s = l.keepNote(c)
	}
	s.Refusal = l.refusal(RefusedUnasked, c)
	return s
}

// ungiven are the notes of a hand-back that the AI was not given yet.
func (h HandBack) ungiven() []string {
	if h.Note == "" || h.NoteDone {
		return nil
	}
	return []string{h.Note}
}

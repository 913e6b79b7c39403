package telnyxsim

import (
	"errors"
	"fmt"
	"time"
)

// maxBulk is how many numbers of the kind +1 AREA 555 01xx there are, at a hundred for each area code from 200 to 999.
const maxBulk = 800 * 100

// BulkID and BulkEndUser are the id and the end user of the i-th conversation of Bulk, counted from 0; i has to be below
// 80,000. The numbers are reserved for fiction.
func BulkID(i int) string { return fmt.Sprintf("b01c0000-0000-4000-8000-%012d", i) }

// BulkEndUser is described at BulkID.
func BulkEndUser(i int) string { return fmt.Sprintf("+1%03d55501%02d", 200+i/100, i%100) }

// Bulk returns n text conversations of agent, each with its own end user and two messages, for
// benchmarks: the first began the longest ago, each later one a millisecond after it, and all of them before now. Give
// them to Load. n above 80,000 is cut to that.
func Bulk(n int, agent string, now time.Time) []Conversation {
	n = min(n, maxBulk)
	out := make([]Conversation, 0, n)
	shared := begin("", "", agent, now).c.Metadata
	for i := range n {
		at := now.UTC().Truncate(time.Millisecond).Add(-time.Minute - time.Duration(n-i)*time.Millisecond)
		s := &script{c: Conversation{ID: BulkID(i), CreatedAt: at, LastMessageAt: at, Metadata: shared.Clone()}, at: at}
		s.set(KeyEndUserTarget, BulkEndUser(i))
		s.end(1, "There is water under the sink.").ai(2, "I am sorry to hear that. Which unit are you in?")
		out = append(out, s.c)
	}
	return out
}

// Append adds a message as the newest one of a conversation: what the end user wrote (RoleUser), what the assistant or
// a person in its name sent (RoleAssistant), or a note of another role. Nothing answers it, silenced or not.
func (s *Sim) Append(id, role, text string) error {
	if role == "" {
		return errors.New("append a message: it has no role")
	}
	return s.change(id, func(c *Conversation) {
		s.add(c, Message{Role: role, Text: text, delivered: role == RoleUser || role == RoleAssistant})
		s.changed()
	})
}

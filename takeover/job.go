package takeover

import "time"

// Job is work for later: plain data with ids, stored in the same transaction as the
// state that asks for it. Every job may run twice.
type Job interface {
	// Kind names the job; it is stored and must not change.
	Kind() string
}

// SettleJob makes the provider's flag agree with what the line wants, and proves it.
type SettleJob struct {
	Line LineID
	// Now is a person's "try again": it does not wait for the next attempt that is
	// planned, and leaves the planning to the job that waits for it.
	Now bool `json:",omitempty"`
}

// DrawJob brings every copy of the line's card up to the stored state. Version is the
// line's version that asks for it: a newer drawing makes an older job a no-op.
type DrawJob struct {
	Line    LineID
	Version int64
	// Urgency says which jobs get a worker first. It is kept with the job, not in it.
	Urgency Urgency `json:"-"`
}

// SayJob writes one line of the audit into the line's thread.
type SayJob struct{ Entry Entry }

// TellJob answers the operator of a stored command in private.
type TellJob struct {
	Command int64
	Refusal Refusal
}

// WorkJob works a stored command that needs the outside: a search, an opening, a
// transcript. With the verb TakeOver it tells what became of a takeover.
type WorkJob struct {
	Command int64
	Verb    Verb
	// Line is the line that a search found; empty where the command names it.
	Line LineID `json:",omitempty"`
}

// DirectJob tells one person something in a direct message. A later job with the same
// key changes that message instead of sending another.
type DirectJob struct {
	To    OperatorID
	Key   string
	Entry Entry
}

// DraftJob puts a draft that corrects the AI into the line's thread.
type DraftJob struct {
	Entry Entry
	// Said is what the AI said, cut to what a card shows; hostile until escaped.
	Said string `json:",omitempty"`
}

// FollowJob reads the new messages of a conversation and shows them in the thread of its
// line, in order and once.
type FollowJob struct {
	Line         LineID
	Conversation ConversationID
	// From is when it may run at the earliest; zero for now. UTC.
	From time.Time `json:",omitzero"`
}

// PurgeJob removes what is older than its retention.
type PurgeJob struct{}

// Kind names the job.
func (SettleJob) Kind() string { return "settle" }

// Kind names the job.
func (DrawJob) Kind() string { return "draw" }

// Kind names the job.
func (SayJob) Kind() string { return "say" }

// Kind names the job.
func (TellJob) Kind() string { return "tell" }

// Kind names the job.
func (WorkJob) Kind() string { return "work" }

// Kind names the job.
func (DirectJob) Kind() string { return "direct" }

// Kind names the job.
func (DraftJob) Kind() string { return "draft" }

// Kind names the job.
func (FollowJob) Kind() string { return "follow" }

// Kind names the job.
func (PurgeJob) Kind() string { return "purge" }

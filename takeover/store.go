package takeover

import (
	"context"
	"time"
)

// TurnPrefix begins the key of a lease that nobody gives back: it marks that a turn was
// taken, and ends only when its time has passed, also after its process has ended.
const TurnPrefix = "sync/"

// Store keeps lines, commands and the audit.
type Store interface {
	// Line returns a line, or ErrNotFound.
	Line(ctx context.Context, id LineID) (Line, error)
	// Knows says whether a conversation was found as one of the line's (Tx.Learn).
	Knows(ctx context.Context, line LineID, id ConversationID) (bool, error)
	// Change runs fn in a transaction. fn may run again and must only use tx.
	Change(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
	// Lease gives key to one caller in all replicas until it is released, or until ttl has
	// passed by the database's clock; ok is false while another caller has it.
	Lease(ctx context.Context, key string, ttl time.Duration) (lease Lease, ok bool, err error)
	// Texts returns the newest texts of a line, oldest first, that the bot knows otherwise than from
	// a conversation.
	Texts(ctx context.Context, line LineID) ([]LineText, error)
	// DueLines returns lines whose Line.Due has come, the longest overdue first, and watched ones
	// that are due later than MaxWatchAhead: a clock that was far ahead has dated them.
	DueLines(ctx context.Context, now time.Time, limit int) ([]LineID, error)
	// Attended says whether any line of the provider is attended (Line.Attended).
	Attended(ctx context.Context, provider string) (bool, error)
	// AttendedOf returns the attended line of a pair, or ErrNotFound.
	AttendedOf(ctx context.Context, provider string, endUser, agent Target) (Line, error)
	// Cursor is how far a reader of a list has come; the zero time if it never began. UTC.
	Cursor(ctx context.Context, name string) (ProviderTime, error)
	// ToCompare returns the provider's lines whose Line.CompareAt has come, the longest
	// overdue first, and how many are compared in all.
	ToCompare(ctx context.Context, provider string, now time.Time, limit int) (due []Line, all int, err error)
	// Compared remembers that all flags of a line were read as wanted at a time, and when they
	// are to be compared next, without changing the line's version.
	Compared(ctx context.Context, id LineID, at, next time.Time) error
	// CompareLater remembers when a line that could not be compared is to be compared next.
	CompareLater(ctx context.Context, id LineID, next time.Time) error
	// Purge removes what is older than its retention. It returns how many rows went.
	Purge(ctx context.Context, from Retention) (int64, error)
}

// Retention is since when things are kept. What is older goes.
type Retention struct {
	Commands time.Time // that were worked, by when they were received
	Audit    time.Time // and what else belongs to an act, such as posts
	Known    time.Time // what Slack said of people
	Lines    time.Time // on which nothing happens, by when they were last saved
}

// Lease is the right to do something alone, for a time.
type Lease struct {
	Key   string
	Owner string // the process, and a number that is different for each of its leases
	// At is when it was given, by the database's clock. UTC.
	At time.Time
	// Release gives it back early.
	Release func()
}

// Tx is the store within one transaction.
type Tx interface {
	// Line returns a line, or ErrNotFound.
	Line(ctx context.Context, id LineID) (Line, error)
	// Taken returns every line that is not StateAI, longest first.
	Taken(ctx context.Context) ([]Line, error)
	// Attended says whether any line of the provider is attended (Line.Attended).
	Attended(ctx context.Context, provider string) (bool, error)
	// Cursor is how far a reader of a list has come; the zero time if it never began. UTC.
	Cursor(ctx context.Context, name string) (ProviderTime, error)
	// MoveCursor remembers how far a reader of a list has come; moved is false, and nothing
	// changes, where it is not at from any more.
	MoveCursor(ctx context.Context, name string, from, to ProviderTime) (moved bool, err error)
	// Leased reports whether a lease has not ended yet, by the database's clock: it cannot
	// be given to another caller before the transaction is committed.
	Leased(ctx context.Context, lease Lease) (bool, error)
	// CompareAll has all lines of the provider that are compared be compared now.
	CompareAll(ctx context.Context, provider string, now time.Time) error
	// LineOf returns the line of a pair, or ErrNotFound.
	LineOf(ctx context.Context, provider string, endUser, agent Target) (Line, error)
	// Save stores the line and returns it with its new version. It is ErrConflict if
	// the line was saved since it was loaded.
	Save(ctx context.Context, l Line) (Line, error)
	// Record appends to the audit; an entry whose key is there already changes nothing.
	Record(ctx context.Context, e Entry) error
	// Learn remembers that a conversation is one of the line's.
	Learn(ctx context.Context, line LineID, id ConversationID) error
	// Enqueue stores jobs that run once the transaction is committed.
	Enqueue(ctx context.Context, jobs ...Job) error
}

// Known is what Slack said last of a person, of a group, or of the bot itself. It is kept so that
// it survives a restart, and so that all replicas know it. The domain only carries it.
type Known struct {
	Key  string    // what it is about
	Body string    // JSON
	At   time.Time // when Slack said so. UTC
}

// Pending is a stored command that takes effect only after the bot has learnt who sent it.
type Pending struct {
	Seq     int64 // its number in the inbox
	Command Command
}

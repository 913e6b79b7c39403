package takeover

import "time"

// The rows of this file are what the Slack side remembers of its messages. The domain does
// not use them; they are here because the store, which keeps them, knows the domain only.

// Post is a message in a channel that the bot posted, or was about to post. It is kept so
// that no message is posted twice.
type Post struct {
	Key     string    // natural key, e.g. "say/4711"
	Channel string    // its id
	TS      string    // the message's id; empty while it is not known whether it was posted
	Begun   time.Time // when it was first tried, in UTC; zero once it has a TS
	File    string    // the id of the file that is being shared; empty for a message, and once it has a TS
}

// Card is the message that stands for a line.
type Card struct {
	Line        LineID
	Channel, TS string
	Drawn       int64 // the line's version that it shows; 0 if that is not known
	Silent      bool  // it may say that the AI is silent
}

// Budget is what all replicas have used of one limit of an outside service. The domain only
// carries it.
type Budget struct {
	Full time.Time // when the calls that were made count no more; zero if none counts
	// Urgency is of the most urgent call that waits in any replica; the lowest comes first. Until
	// Claimed, less urgent calls leave it the next turn.
	Urgency int
	Claimed time.Time
}

// DirectMessage is a direct message, which is changed in place when something newer is to be told.
type DirectMessage struct {
	Key         string // DirectJob.Key
	Channel, TS string
	Written     time.Time // of the entry that it tells, in UTC, to the microsecond
}

// Alarm is a message to the whole channel whose cause is not over.
type Alarm struct {
	Line        LineID
	Event       Event // what was told
	Channel, TS string
	Holder      OperatorID // who held the line then
}

// Home is the App Home of one person that is kept up to date.
type Home struct {
	Viewer OperatorID
	Page   int       // from 0
	Digest string    // of what was published last; empty if nothing was
	AsOf   time.Time // when that was true, in UTC to the second; zero if nothing was published
}

// Shown is what the thread of a card shows of a conversation: digests of message keys, nothing
// that was said. The order of a transcript may change, and messages may become visible late, so
// that no position in it says what is shown.
type Shown struct {
	Line         LineID
	Conversation ConversationID
	Card         string // the TS of the card: another card has another thread
	// Keys are the messages that the thread shows, the newest ShownMost, oldest first.
	Keys []string
	// Whole says that no message before Keys[0] was left out or is forgotten: whatever is not
	// among Keys is not shown.
	Whole bool
	// Posting are the messages that are being posted, in this order. A process that finds
	// some posts exactly these before anything else.
	Posting []string
	// Burst is the post that what the end user writes next is added to; zero if none is.
	Burst Burst
}

// Burst is a post of an end user's words alone, which grows while more of them come.
type Burst struct {
	Post  string    // its key
	Since time.Time // when it was begun. UTC
	Names []string  // of the messages in it, with those that are being added
}

// ShownMost is how many shown messages of a conversation are remembered.
const ShownMost = 400

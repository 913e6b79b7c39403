package write

import (
	"context"
	"time"

	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// DirectMessages stores which direct messages people were sent.
type DirectMessages interface {
	// DirectMessage returns the message of a key; ok is false if there is none.
	DirectMessage(ctx context.Context, key string) (m takeover.DirectMessage, ok bool, err error)
	// PutDirectMessage stores the place of a message and the time of the entry that it tells.
	PutDirectMessage(ctx context.Context, m takeover.DirectMessage) error
}

// Cards stores the place of each line's card, and which version of the line it shows.
type Cards interface {
	// Card returns the card of a line; ok is false if there is none.
	Card(ctx context.Context, line takeover.LineID) (c takeover.Card, ok bool, err error)
	// PutCard stores a card in place of the line's last one. Drawn of the same card never goes back.
	PutCard(ctx context.Context, c takeover.Card) error
	// CardAt returns the line whose card is this message; ok is false if it is none.
	CardAt(ctx context.Context, channel, ts string) (line takeover.LineID, ok bool, err error)
	// RedrawStaleCards enqueues at most limit drawings of cards that show an older version
	// than their line has, and returns their number.
	RedrawStaleCards(ctx context.Context, now time.Time, limit int) (int, error)
}

// Homes stores which App Homes are kept up to date, and what was published there.
type Homes interface {
	// OpenHome has a Home kept up to date from now on, at the given page.
	OpenHome(ctx context.Context, viewer takeover.OperatorID, page int) error
	// Homes returns at most limit Homes that were opened since then, those opened last first.
	Homes(ctx context.Context, since time.Time, limit int) ([]takeover.Home, error)
	// Home returns an open Home; ok is false if it is not open.
	Home(ctx context.Context, viewer takeover.OperatorID) (h takeover.Home, ok bool, err error)
	// PublishedHome stores the Digest and AsOf of an open Home.
	PublishedHome(ctx context.Context, h takeover.Home) error
	// CloseHome says that a Home is not kept up to date any more.
	CloseHome(ctx context.Context, viewer takeover.OperatorID) error
}

// Alarms stores the messages to the whole channel whose cause has not ended. An alarm is far
// from its card: once its cause has ended it says so, and its buttons go.
type Alarms interface {
	// Alarms returns those of a line.
	Alarms(ctx context.Context, line takeover.LineID) ([]takeover.Alarm, error)
	// PutAlarm stores an alarm in place of the line's last one of the same event.
	PutAlarm(ctx context.Context, a takeover.Alarm) error
	// DropAlarm deletes the record of an alarm, unless a newer one has taken its place.
	DropAlarm(ctx context.Context, a takeover.Alarm) error
}

// Threads stores what the thread of a card shows of each conversation of its line.
type Threads interface {
	// Shown returns what a thread shows of a conversation; ok is false if it shows nothing.
	Shown(ctx context.Context, line takeover.LineID, conv takeover.ConversationID) (s takeover.Shown, ok bool, err error)
	// PutShown stores it. It is durable when it returns.
	PutShown(ctx context.Context, s takeover.Shown) error
}

// Posts stores what the bot shows in Slack. What is put is durable when the call returns.
type Posts interface {
	slackapi.Posts
	Cards
	DirectMessages
	Alarms
	Homes
	Threads
}

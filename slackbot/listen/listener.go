package listen

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"takeoverbot/slackbot/people"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// Inbox stores commands before they are acknowledged.
type Inbox interface {
	// Put returns once the command is durable. It is takeover.ErrBusy when too many wait.
	Put(ctx context.Context, c takeover.Command) error
	// Wake has stored commands that may take effect applied soon.
	Wake()
}

// Waiting has the stored commands that wait until it is known what their operators may do.
type Waiting interface {
	// Awaited returns at most limit people on whom commands wait, and whose turn has come.
	Awaited(ctx context.Context, limit int) ([]takeover.OperatorID, error)
	// Awaiting returns the commands that wait for a person, the oldest first.
	Awaiting(ctx context.Context, by takeover.OperatorID) ([]takeover.Pending, error)
	// Checked lets a command take effect, as it is now.
	Checked(ctx context.Context, p takeover.Pending) error
	// CheckLater has a command be looked at again after a while. The first time, its operator
	// is told in private what it waits for.
	CheckLater(ctx context.Context, seq int64, after time.Duration) error
}

// Lines is what the Listener reads of the store.
type Lines interface {
	Line(ctx context.Context, id takeover.LineID) (takeover.Line, error)
	LinesOf(ctx context.Context, provider string, endUser takeover.Target) ([]takeover.Line, error)
	Taken(ctx context.Context) ([]takeover.Line, error)
	Open(ctx context.Context) ([]takeover.Line, error)
	Audit(ctx context.Context, id takeover.LineID, limit int) ([]takeover.Entry, error)
}

// Shown is what the Listener reads and stores of the messages and Homes that the bot shows.
type Shown interface {
	// Card returns the card of a line; ok is false if there is none.
	Card(ctx context.Context, line takeover.LineID) (c takeover.Card, ok bool, err error)
	// CardAt returns the line whose card is this message; ok is false if it is none.
	CardAt(ctx context.Context, channel, ts string) (line takeover.LineID, ok bool, err error)
	// OpenHome has a Home kept up to date from now on, at the given page.
	OpenHome(ctx context.Context, viewer takeover.OperatorID, page int) error
	// Lease gives key to one caller in all replicas until it is released or ttl has passed;
	// ok is false while another caller has it.
	Lease(ctx context.Context, key string, ttl time.Duration) (lease takeover.Lease, ok bool, err error)
}

// Deps are what the Listener works with: the settings, and the rest of the program.
// Nothing among them calls a provider.
type Deps struct {
	SigningSecret string
	Region        string // of numbers without a country, ISO 3166
	Placeholders  takeover.Placeholders
	Providers     []string // the names, for people, of the providers that are on: "Telnyx"
	Desks         takeover.Desks
	SendsPictures bool // the bot has a public address, at which providers fetch them

	Slack   *slackapi.Client
	People  *people.People
	Inbox   Inbox
	Waiting Waiting
	Lines   Lines
	Shown   Shown
	// HomeOpened is called when a person opens the App Home; it must not block.
	HomeOpened func(user string)
	// Background runs a short task after its request was answered. The program waits for
	// such tasks when it stops.
	Background func(task func())
	Now        func() time.Time
	Log        *slog.Logger
}

// Listener handles the requests of Slack up to their acknowledgement. Safe for use by several
// goroutines.
type Listener struct {
	Deps
	checks checks
}

// New returns a Listener. It makes no call. err names what is missing.
func New(d Deps) (*Listener, error) {
	for name, missing := range map[string]bool{
		"Desks": len(d.Desks) == 0, "Slack": d.Slack == nil, "People": d.People == nil, "Inbox": d.Inbox == nil, "Waiting": d.Waiting == nil,
		"Lines": d.Lines == nil, "Shown": d.Shown == nil, "HomeOpened": d.HomeOpened == nil,
		"Background": d.Background == nil, "Now": d.Now == nil, "Log": d.Log == nil,
	} {
		if missing {
			return nil, fmt.Errorf("the listener has no %s", name)
		}
	}
	return &Listener{Deps: d, checks: newChecks()}, nil
}

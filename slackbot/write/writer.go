package write

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"takeoverbot/internal/pictures"
	"takeoverbot/slackbot/people"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
	"takeoverbot/talk"
)

// Service is what the Writer needs of the domain.
type Service interface {
	Find(ctx context.Context, q takeover.Query) (takeover.Found, error)
	Remember(ctx context.Context, q takeover.Query, convs []takeover.Conversation, newest func(takeover.Conversation) takeover.Conversation) ([]takeover.Line, error)
	TakeFound(ctx context.Context, seq int64, c takeover.Command, found takeover.LineID) error
	Read(ctx context.Context, r takeover.Reading) (takeover.Line, takeover.Transcript, error)
}

// Reader is what the Writer reads of the store.
type Reader interface {
	Line(ctx context.Context, id takeover.LineID) (takeover.Line, error)
	// Text returns a text; ok is false if there is none.
	Text(ctx context.Context, id talk.ID) (t talk.Text, ok bool, err error)
	Taken(ctx context.Context) ([]takeover.Line, error)
	Open(ctx context.Context) ([]takeover.Line, error)
	Command(ctx context.Context, seq int64) (takeover.Command, error)
	Audit(ctx context.Context, id takeover.LineID, limit int) ([]takeover.Entry, error)
	// Happened returns the entries of an event, or of all events where it is empty.
	Happened(ctx context.Context, event takeover.Event, from, until time.Time) ([]takeover.Entry, error)
	LinesOf(ctx context.Context, provider string, endUser takeover.Target) ([]takeover.Line, error)
}

// Deps are what the Writer works with: the settings, and the rest of the program. Nothing
// among them stores a command.
type Deps struct {
	Desks     takeover.Desks
	Providers []string // the names, for people, of the providers that are on: "Telnyx"

	Slack    *slackapi.Client
	People   *people.People
	Pictures *pictures.Client // fetches what end users send
	Service  Service
	Reader   Reader
	Posts    Posts
	Now      func() time.Time
	Log      *slog.Logger
}

// Writer works the jobs that show something in Slack. Safe for use by several goroutines.
type Writer struct {
	Deps
	homes *homes
	waits backoff
	read  readUntil
	marks markLoad
}

// New returns a Writer. It makes no call. err names what is missing.
func New(d Deps) (*Writer, error) {
	for name, missing := range map[string]bool{
		"Desks": len(d.Desks) == 0, "Slack": d.Slack == nil, "People": d.People == nil, "Service": d.Service == nil,
		"Reader": d.Reader == nil, "Pictures": d.Pictures == nil, "Posts": d.Posts == nil, "Now": d.Now == nil, "Log": d.Log == nil,
	} {
		if missing {
			return nil, fmt.Errorf("the writer has no %s", name)
		}
	}
	return &Writer{Deps: d, homes: newHomes()}, nil
}

package slackbot

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"takeoverbot/slackbot/people"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// Service is what the Writer needs of the domain.
type Service interface {
	Find(ctx context.Context, q takeover.Query) (takeover.Found, error)
	Remember(ctx context.Context, q takeover.Query, convs []takeover.Conversation, newest func(takeover.Conversation) takeover.Conversation) ([]takeover.Line, error)
	Read(ctx context.Context, r takeover.Reading) (takeover.Line, takeover.Transcript, error)
}

// Reader is what the Writer reads of the store.
type Reader interface {
	Line(ctx context.Context, id takeover.LineID) (takeover.Line, error)
	Taken(ctx context.Context) ([]takeover.Line, error)
	Open(ctx context.Context) ([]takeover.Line, error)
	Command(ctx context.Context, seq int64) (takeover.Command, error)
	Audit(ctx context.Context, id takeover.LineID, limit int) ([]takeover.Entry, error)
}

// WriterConfig is what the Writer is told of the settings.
type WriterConfig struct {
	Desks     takeover.Desks
	Providers []string // the names, for people, of the providers that are on: "Telnyx"
}

// WriterDeps are what the Writer works with. It shows what is stored and stores no command: it
// has no Inbox.
type WriterDeps struct {
	Slack   *slackapi.Client
	People  *people.People
	Service Service
	Reader  Reader
	Posts   Posts
	Now     func() time.Time
	Log     *slog.Logger
}

// Writer works the jobs that show something in Slack. Safe for use by several goroutines.
type Writer struct {
	cfg    WriterConfig
	deps   WriterDeps
	slack  *slackapi.Client
	people *people.People
	homes  *homes
	waits  backoff
}

// NewWriter returns a Writer. It makes no call. err names what is missing.
func NewWriter(cfg WriterConfig, deps WriterDeps) (*Writer, error) {
	for name, missing := range map[string]bool{
		"Desks": len(cfg.Desks) == 0, "Slack": deps.Slack == nil, "People": deps.People == nil, "Service": deps.Service == nil, "Reader": deps.Reader == nil,
		"Posts": deps.Posts == nil, "Now": deps.Now == nil, "Log": deps.Log == nil,
	} {
		if missing {
			return nil, fmt.Errorf("the writer has no %s", name)
		}
	}
	return &Writer{cfg: cfg, deps: deps, slack: deps.Slack, people: deps.People, homes: newHomes()}, nil
}

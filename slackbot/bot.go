package slackbot

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"time"

	"takeoverbot/slackbot/people"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// Inbox stores commands before they are acknowledged.
type Inbox interface {
	// Put returns once the command is durable. It is takeover.ErrBusy when too many
	// wait.
	Put(ctx context.Context, c takeover.Command) error
}

// Service is what the bot needs of the domain.
type Service interface {
	Find(ctx context.Context, q takeover.Query) (takeover.Found, error)
	Remember(ctx context.Context, q takeover.Query, convs []takeover.Conversation, newest func(takeover.Conversation) takeover.Conversation) ([]takeover.Line, error)
	Read(ctx context.Context, r takeover.Reading) (takeover.Line, takeover.Transcript, error)
}

// Posts remembers what the bot shows in Slack. What is put is durable when the call returns.
type Posts interface {
	slackapi.Posts
	Cards
	DirectMessages
	Alarms
	Homes
	Threads
}

// Reader is what the bot needs of the store for reading.
type Reader interface {
	Line(ctx context.Context, id takeover.LineID) (takeover.Line, error)
	LinesOf(ctx context.Context, provider string, endUser takeover.Target) ([]takeover.Line, error)
	Taken(ctx context.Context) ([]takeover.Line, error)
	Open(ctx context.Context) ([]takeover.Line, error)
	Command(ctx context.Context, seq int64) (takeover.Command, error)
	Audit(ctx context.Context, id takeover.LineID, limit int) ([]takeover.Entry, error)
}

// Config says where Slack is and what the bot is called there.
type Config struct {
	Token         string
	SigningSecret string
	APIURL        string   // ends with "/"; empty is Slack's own
	Channel       string   // the desk's channel
	Region        string   // of numbers without a country, ISO 3166
	Providers     []string // the names, for people, of the providers that are on: "Telnyx"
	// Ids (S…) of the user groups that give roles. Without RespondersGroup every full
	// member may respond; leads and administrators may respond too.
	RespondersGroup, LeadsGroup, AdminsGroup string
}

// Deps are what the bot works with.
type Deps struct {
	Inbox   Inbox
	Service Service
	Reader  Reader
	Posts   Posts
	HTTP    *http.Client
	Log     *slog.Logger
	Now     func() time.Time
	// Background runs a short task after its request was answered. The program waits for
	// such tasks when it stops.
	Background func(task func())
	// Pacer keeps the calls of Slack's Web API within its limits; nil: slackapi.NewSuccessor.
	Pacer *slackapi.Pacer
	// Observe is told of every call of Slack's Web API; may be nil.
	Observe func(method, outcome string)
}

// Bot is the Slack side. Safe for use by several goroutines.
type Bot struct {
	cfg    Config
	deps   Deps
	slack  *slackapi.Client
	people *people.People
	homes  *homes

	waits backoff
}

// New returns a Bot. It makes no call.
func New(cfg Config, deps Deps) *Bot {
	b := &Bot{cfg: cfg, deps: deps}
	b.slack = slackapi.New(slackapi.Config{
		Token: cfg.Token, APIURL: cfg.APIURL, HTTP: deps.HTTP, Posts: deps.Posts, Now: deps.Now, Observe: deps.Observe,
		Pacer: cmp.Or(deps.Pacer, slackapi.NewSuccessor()),
	})
	b.people = people.New(b.slack, people.Groups{Responders: cfg.RespondersGroup, Leads: cfg.LeadsGroup, Admins: cfg.AdminsGroup}, deps.Now, deps.Log)
	b.homes = newHomes()
	return b
}

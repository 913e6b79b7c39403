package slackbot

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"time"

	"takeoverbot/internal/pictures"
	"takeoverbot/slackbot/listen"
	"takeoverbot/slackbot/people"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/slackbot/write"
	"takeoverbot/takeover"
)

// Config says where Slack is and what the bot is called there.
type Config struct {
	Token         string
	AppToken      string // app-level token for Socket Mode; may be empty
	SigningSecret string // may be empty: then no HTTP request counts as Slack's
	APIURL        string // ends with "/"; empty is Slack's own
	Region        string // of numbers without a country, ISO 3166
	Placeholders  takeover.Placeholders
	Providers     []string // the names, for people, of the providers that are on: "Telnyx"
	// Desks are where cards stand and which user groups give which roles; at least one.
	Desks takeover.Desks
	// PublicURL is the bot's own address, at which providers fetch pictures; empty where there is none.
	PublicURL string
}

// Deps are what the two halves work with; each gets only what it uses.
type Deps struct {
	Inbox   listen.Inbox
	Service write.Service
	Store   Store
	HTTP    *http.Client // nil: a default one
	// Pictures fetches what end users send; nil: from the internet only.
	Pictures *pictures.Client
	Log      *slog.Logger
	Now      func() time.Time
	// Background runs a short task after its request was answered. The program waits for
	// such tasks when it stops.
	Background func(task func())
	// Pacer keeps the calls of Slack's Web API within its limits; nil: slackapi.NewSuccessor.
	Pacer *slackapi.Pacer
	// Observe is told of every call of Slack's Web API; may be nil.
	Observe func(method, outcome string)
}

// Store is what both halves read, and what they remember of what the bot shows.
type Store interface {
	listen.Lines
	listen.Waiting
	write.Reader
	write.Posts
	people.Store
}

// New returns the two halves of the Slack side. They share one client within one set of limits,
// and what is known of people. It makes no call. err names what is missing.
func New(cfg Config, deps Deps) (*listen.Listener, *write.Writer, error) {
	var who *people.People
	client := slackapi.New(slackapi.Config{
		MayPost: func(ctx context.Context, channel string) error {
			if !cfg.Desks.MembersOnly(channel) {
				return nil
			}
			return who.MembersOnly(ctx, channel)
		},
		Token: cfg.Token, AppToken: cfg.AppToken, APIURL: cfg.APIURL, HTTP: deps.HTTP, Posts: deps.Store, Now: deps.Now, Observe: deps.Observe,
		Pacer: cmp.Or(deps.Pacer, slackapi.NewSuccessor()),
	})
	who = people.New(client, cfg.Desks[0].Groups, deps.Store, deps.Now, deps.Log)
	writer, err := write.New(write.Deps{
		Desks: cfg.Desks, Providers: cfg.Providers, Slack: client, People: who, Pictures: cmp.Or(deps.Pictures, pictures.New("")), Service: deps.Service, Reader: deps.Store, Posts: deps.Store, Now: deps.Now, Log: deps.Log,
	})
	if err != nil {
		return nil, nil, err
	}
	listener, err := listen.New(listen.Deps{
		SigningSecret: cfg.SigningSecret, Region: cfg.Region, Placeholders: cfg.Placeholders, Providers: cfg.Providers, Desks: cfg.Desks, SendsPictures: cfg.PublicURL != "",
		Slack: client, People: who, Inbox: deps.Inbox, Waiting: deps.Store, Lines: deps.Store, Shown: deps.Store,
		HomeOpened: writer.HomeOpened, Background: deps.Background, Now: deps.Now, Log: deps.Log,
	})
	return listener, writer, err
}

package talk

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"takeoverbot/takeover"
)

// Store keeps texts.
type Store interface {
	// NextText returns the first of the line's texts that are open (First, State.Open); ok is false
	// if there is none.
	NextText(ctx context.Context, line takeover.LineID) (t Text, ok bool, err error)
	// Text returns a text; ok is false if there is none.
	Text(ctx context.Context, id ID) (t Text, ok bool, err error)
	// ChangeTexts runs fn in a transaction. fn may run again and must only use tx.
	ChangeTexts(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
	// KeepPicture has a picture handed out under a token, from now on until that time has passed.
	KeepPicture(ctx context.Context, token string, p Picture, length time.Duration) error
	// Lease is as in takeover.Store.
	Lease(ctx context.Context, key string, ttl time.Duration) (lease takeover.Lease, ok bool, err error)
}

// Tx is the store within one transaction.
type Tx interface {
	takeover.Tx
	// Text returns a text; ok is false if there is none.
	Text(ctx context.Context, id ID) (t Text, ok bool, err error)
	// NextText is as in Store.
	NextText(ctx context.Context, line takeover.LineID) (t Text, ok bool, err error)
	// TextAt returns the text that was written in a message; ok is false if there is none.
	TextAt(ctx context.Context, source Source) (t Text, ok bool, err error)
	// PutText stores a text, as a new one or in the place of the one with its id.
	PutText(ctx context.Context, t Text) error
	// TextOf returns the text that the provider names so, or else one that was sent from one
	// target to another with these words and whose receipt is missing (Leaving, Unsure), the
	// oldest first; ok is false if there is none.
	TextOf(ctx context.Context, r takeover.SendReport) (t Text, ok bool, err error)
	// Park keeps a report of a text whose receipt is not stored yet; Parked returns such reports
	// in the order in which they were parked, and forgets them.
	Park(ctx context.Context, r takeover.SendReport) error
	Parked(ctx context.Context, message string) ([]takeover.SendReport, error)
	// PutReceived stores what an end user wrote on a line. A text whose key is there changes nothing.
	PutReceived(ctx context.Context, line takeover.LineID, t takeover.LineText) error
	// Command returns a stored command, or takeover.ErrNotFound.
	Command(ctx context.Context, seq int64) (takeover.Command, error)
}

// Takeover is what package takeover decides.
type Takeover interface {
	// Apply works a stored command (takeover.Service.Apply).
	Apply(ctx context.Context, tx takeover.Tx, seq int64, c takeover.Command) error
	// Follows stores what a step decided (takeover.Service.Follows).
	Follows(ctx context.Context, tx takeover.Tx, step takeover.Step) error
	// Read reads a conversation of a line, and stores what follows from it (takeover.Service.Read).
	Read(ctx context.Context, r takeover.Reading) (takeover.Line, takeover.Transcript, error)
	// Able is the line with what its provider can do for it now.
	Able(line takeover.Line) takeover.Line
}

// Deps are what the service works with. All but PublicURL are needed.
type Deps struct {
	Store     Store
	Takeover  Takeover
	Providers takeover.Providers
	Files     Files
	// PublicURL is the bot's own address, without a path, at which providers fetch pictures; empty
	// where there is none: then no picture leaves.
	PublicURL string
	Now       func() time.Time
	// Wait waits until d has passed on the clock of Now, or ctx ends, or the clock is turned.
	Wait func(ctx context.Context, d time.Duration)
	Log  *slog.Logger
}

// Service decides what leaves, and sends it. Safe for use by several goroutines.
type Service struct{ Deps }

// New returns a Service. It fails where a part is missing.
func New(d Deps) (*Service, error) {
	if d.Store == nil || d.Takeover == nil || len(d.Providers) == 0 || d.Files == nil || d.Now == nil || d.Wait == nil || d.Log == nil {
		return nil, errors.New("the domain of texts lacks a part")
	}
	return &Service{d}, nil
}

// SendJob sends the texts of a line that are due, in the order in which they were written.
type SendJob struct{ Line takeover.LineID }

// MarkJob shows on the message that a text was written in what became of it.
type MarkJob struct{ Text ID }

// RecordJob tells the AI of a text that was sent.
type RecordJob struct{ Text ID }

// PictureJob shows in the thread of a line's card a file that an end user sent with a text.
type PictureJob struct {
	Line takeover.LineID
	// Command is the number of the stored command that has the text, File the file's place in it. A
	// File of MaxPictures stands for all files from there on.
	Command int64
	File    int
}

// Kind names the job.
func (PictureJob) Kind() string { return "picture" }

// Kind names the job.
func (SendJob) Kind() string { return "send" }

// Kind names the job.
func (MarkJob) Kind() string { return "mark" }

// Kind names the job.
func (RecordJob) Kind() string { return "record" }

// replier is the line's provider, if it can write to the end user; nil if it cannot, or is not set
// up any more.
func (s *Service) replier(line takeover.Line) takeover.Replier {
	p, _ := s.Providers.Named(line.Provider)
	r, _ := p.(takeover.Replier)
	return r
}

package talk

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"time"

	"takeoverbot/takeover"
)

const (
	// linkTime is how long a provider can fetch a picture.
	linkTime = time.Hour
	// attachTime bounds the reading of all pictures of a text.
	attachTime = 15 * time.Second
)

// MediaPath is the path below the public address at which pictures are handed out; a token follows.
const MediaPath = "/media/"

// Picture is a picture that leaves.
type Picture struct {
	Type    string // as in Content-Type, by its first bytes
	Content []byte
}

// Sendable reports whether a file of a type, as in Content-Type, is a picture that every phone shows.
func Sendable(kind string) bool {
	return kind == "image/jpeg" || kind == "image/png" || kind == "image/gif"
}

// Files reads the files that operators post.
type Files interface {
	// PostedPicture reads a picture of at most MaxPictureBytes. The error is a *FileError where reading
	// it again would not help.
	PostedPicture(ctx context.Context, id takeover.FileID) (Picture, error)
}

// FileError says why a file does not leave.
type FileError struct {
	Kind   takeover.SendFailureKind
	Detail string // for the log
}

// Error returns the reason.
func (e *FileError) Error() string { return fmt.Sprintf("no picture: %s: %s", e.Kind, e.Detail) }

// attach has the pictures of a text handed out under addresses that nobody can guess, and returns
// these. Nothing is stored as leaving yet: a process that dies here does it again. ok is false where
// the text does not leave now.
func (s *Service) attach(ctx context.Context, t Text) (links []string, ok bool, err error) {
	if len(t.Files) == 0 || t.State != Waiting {
		return nil, true, nil
	}
	reading, cancel := context.WithTimeout(ctx, attachTime)
	defer cancel()
	all, err := s.pictures(reading, t.Files)
	if err != nil {
		return nil, false, s.unattached(ctx, t, err)
	}
	for _, p := range all {
		token := rand.Text()
		if err := s.Store.KeepPicture(ctx, token, p, linkTime); err != nil {
			return nil, false, fmt.Errorf("keep a picture: %w", err)
		}
		links = append(links, s.PublicURL+MediaPath+token)
	}
	return links, true, nil
}

// pictures reads the pictures of one text.
func (s *Service) pictures(ctx context.Context, files []takeover.FileID) (all []Picture, err error) {
	if s.PublicURL == "" {
		return nil, &FileError{Kind: takeover.SendNoAddress}
	}
	size := 0
	for _, id := range files {
		p, err := s.Files.PostedPicture(ctx, id)
		if err != nil {
			return nil, err
		}
		if size += len(p.Content); size > MaxPictureBytes {
			return nil, &FileError{takeover.SendFileSize, fmt.Sprintf("more than %d bytes together", MaxPictureBytes)}
		}
		all = append(all, p)
	}
	return all, nil
}

// unattached stores that the pictures of a text could not be read: it has failed, or is tried again.
// The error is a *takeover.LaterError while it waits.
func (s *Service) unattached(ctx context.Context, t Text, why error) error {
	s.Log.WarnContext(ctx, "the pictures of a text cannot be sent", "line", t.Line, "text", t.ID, "err", why)
	failure, final := errors.AsType[*FileError](why)
	if !final {
		failure = &FileError{Kind: takeover.SendFileUnread}
	}
	asked := time.Duration(0)
	if later, ok := errors.AsType[*takeover.LaterError](why); ok {
		asked = later.After
	}
	var wait time.Duration
	err := s.Store.ChangeTexts(ctx, func(ctx context.Context, tx Tx) error {
		wait = 0
		now, ok, err := tx.Text(ctx, t.ID)
		switch {
		case err != nil || !ok || now.State != Waiting || now.DueAt.After(s.Now()) || !slices.Equal(now.Files, t.Files):
			return err // it was edited, deleted, or sent by another process
		case final || s.Now().Sub(now.WrittenAt) > patience:
			return s.settle(ctx, tx, now, now.Refused(takeover.SendFailure{Kind: failure.Kind}))
		}
		wait = sendAgain(now, asked)
		return tx.PutText(ctx, now.Unsent(s.Now().Add(wait)))
	})
	if err != nil {
		return fmt.Errorf("store that pictures cannot be read: %w", err)
	}
	if wait > 0 {
		return takeover.Later(wait, "the pictures of a text cannot be read now")
	}
	return nil
}

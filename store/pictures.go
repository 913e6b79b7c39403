package store

import (
	"context"
	"fmt"
	"time"

	"takeoverbot/internal/db"
	"takeoverbot/talk"
)

// KeepPicture has Picture return a picture from now on until length has passed, by the database's
// clock, whichever replica is asked. It removes those whose time has passed.
func (s *Store) KeepPicture(ctx context.Context, token string, p talk.Picture, length time.Duration) error {
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		if _, err := s.purgePictures(ctx, tx); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "INSERT INTO pictures (token, type, content, until) SELECT $2, $3, $4, "+s.clock()+" + CAST($5 AS BIGINT)",
			millis(s.now()), token, p.Type, p.Content, length.Milliseconds())
		return err
	})
	if err != nil {
		return fmt.Errorf("keep a picture: %w", err)
	}
	return nil
}

// Picture returns the picture of a token; ok is false if there is none, or if its time has passed.
func (s *Store) Picture(ctx context.Context, token string) (p talk.Picture, ok bool, err error) {
	ok, err = row(ctx, s.q, "read a picture", "SELECT type, content FROM pictures WHERE token = $2 AND until > "+s.clock(),
		[]any{millis(s.now()), token}, &p.Type, &p.Content)
	return p, ok, err
}

// purgePictures removes the pictures whose time has passed, and returns their number.
func (s *Store) purgePictures(ctx context.Context, tx *db.Tx) (int64, error) {
	return tx.Exec(ctx, "DELETE FROM pictures WHERE until <= "+s.clock(), millis(s.now()))
}

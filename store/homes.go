package store

import (
	"context"
	"fmt"
	"time"

	"takeoverbot/internal/db"
	"takeoverbot/takeover"
)

const homeColumns = "SELECT viewer, page, digest, as_of FROM homes "

// OpenHome has a Home kept up to date from now on, at the given page. Slack waits for it.
func (s *Store) OpenHome(ctx context.Context, viewer takeover.OperatorID, page int) error {
	_, err := s.db.ExecUrgent(ctx, `INSERT INTO homes (viewer, page, opened_at, digest, as_of) VALUES ($1, $2, $3, '', 0)
		ON CONFLICT (viewer) DO UPDATE SET page = excluded.page, opened_at = excluded.opened_at`,
		string(viewer), page, millis(s.now()))
	if err != nil {
		return fmt.Errorf("store an opened Home: %w", err)
	}
	return nil
}

// CloseHome ends the keeping of a Home.
func (s *Store) CloseHome(ctx context.Context, viewer takeover.OperatorID) error {
	return s.write(ctx, "forget a Home", "DELETE FROM homes WHERE viewer = $1", string(viewer))
}

// PublishedHome stores what stands at an open Home: h.Digest and h.AsOf.
func (s *Store) PublishedHome(ctx context.Context, h takeover.Home) error {
	return s.write(ctx, "store a published Home", "UPDATE homes SET digest = $1, as_of = $2 WHERE viewer = $3",
		h.Digest, h.AsOf.Unix(), string(h.Viewer))
}

// Home returns an open Home; ok is false if it is not open.
func (s *Store) Home(ctx context.Context, viewer takeover.OperatorID) (h takeover.Home, ok bool, err error) {
	homes, err := s.homes(ctx, "WHERE viewer = $1", string(viewer))
	if err != nil || len(homes) == 0 {
		return h, false, err
	}
	return homes[0], true, nil
}

// Homes returns at most limit Homes that were opened since then, those opened last first.
func (s *Store) Homes(ctx context.Context, since time.Time, limit int) ([]takeover.Home, error) {
	return s.homes(ctx, "WHERE opened_at >= $1 ORDER BY opened_at DESC, viewer LIMIT $2", millis(since), limit)
}

func (s *Store) homes(ctx context.Context, where string, args ...any) ([]takeover.Home, error) {
	return collect(ctx, s.q, "read Homes", func(row db.Row) (h takeover.Home, err error) {
		var asOf int64
		err = row.Scan((*string)(&h.Viewer), &h.Page, &h.Digest, &asOf)
		if asOf != 0 {
			h.AsOf = time.Unix(asOf, 0).UTC()
		}
		return h, err
	}, homeColumns+where, args...)
}

package takeover

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// findTime bounds a search, however many providers are asked. Each provider bounds its
// own part by less.
const findTime = 25 * time.Second

// Find asks all providers at the same time and merges what they found, newest first. It
// changes nothing. A provider that fails while another answers is named in
// Found.Unanswered; where none answers, the error holds a *ProviderError of each.
func (s *Service) Find(ctx context.Context, q Query) (Found, error) {
	ctx, cancel := context.WithTimeout(ctx, findTime)
	defer cancel()
	found := make([]Found, len(s.Providers))
	failed := make([]error, len(s.Providers))
	var asked sync.WaitGroup
	for i, p := range s.Providers {
		asked.Go(func() { found[i], failed[i] = p.Find(ctx, q) })
	}
	asked.Wait()
	var all Found
	for i, p := range s.Providers {
		if failed[i] != nil {
			all.Unanswered = append(all.Unanswered, asProviderError(p.Name(), failed[i]))
			continue
		}
		for _, c := range found[i].Conversations {
			c.Provider = p.Name()
			if c = s.owned(c); q.Field == FieldAnonymous && !c.EndUser.Anonymous() {
				continue
			}
			all.Conversations = append(all.Conversations, c)
		}
		all.More = all.More || found[i].More
	}
	if len(all.Unanswered) == len(s.Providers) {
		return Found{}, errors.Join(failed...)
	}
	slices.SortStableFunc(all.Conversations, func(a, b Conversation) int { return b.newest().Compare(a.newest()) })
	return all, nil
}

// Remember makes sure that each conversation that q found has its line and returns the
// lines in the same order. newest tells the line's newest conversation for each of them.
func (s *Service) Remember(ctx context.Context, q Query, convs []Conversation, newest func(Conversation) Conversation) ([]Line, error) {
	lines := make([]Line, len(convs))
	err := s.Store.Change(ctx, func(ctx context.Context, tx Tx) error {
		for i, c := range convs {
			line, err := s.remember(ctx, tx, q, c, newest(c))
			if err != nil {
				return err
			}
			// A button of the answer names it.
			if err := tx.Learn(ctx, line.ID, c.ID); err != nil {
				return fmt.Errorf("remember a conversation: %w", err)
			}
			lines[i] = line
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("remember the lines found: %w", err)
	}
	return lines, nil
}

// whole says whether a query finds every conversation of an end user that it finds at all.
// Another one of the same end user may not carry a label or a name.
func (q Query) whole() bool { return q.Field == FieldEndUser || q.Field == FieldLastDigits }

func (s *Service) remember(ctx context.Context, tx Tx, q Query, c, newest Conversation) (Line, error) {
	line, err := tx.LineOf(ctx, c.Provider, c.EndUser, c.Agent)
	if errors.Is(err, ErrNotFound) {
		line = NewLine(s.NewID(), c.Provider, newest, s.Now())
		line.Can = s.abilities(newest)
		return tx.Save(ctx, line)
	}
	if err != nil {
		return Line{}, err
	}
	before := line
	// What was found by a label may be older than what the line stands for.
	if line.State == StateAI && (q.whole() || !newest.newest().Before(line.Newest.newest())) {
		line = line.found(newest, s.abilities(newest), s.Now())
	}
	if line.same(before) {
		return line, nil
	}
	return tx.Save(ctx, line)
}

// found is the line as a list tells it.
func (l Line) found(newest Conversation, can Capabilities, now time.Time) Line {
	if l.Newest.ID != newest.ID || l.Newest.Status != newest.Status || l.Newest.Ended != newest.Ended || !l.Can.Equal(can) {
		l = l.renewed(newest)
		l.Can = can
	}
	l.Newest.CreatedAt, l.Newest.LastMessageAt = newest.CreatedAt, newest.LastMessageAt
	return l.seenOff(newest, now)
}

// same says whether a list told nothing that is worth a write. When something last
// happened is kept with the next one.
func (l Line) same(o Line) bool {
	return l.Newest.ID == o.Newest.ID && l.Newest.Status == o.Newest.Status && l.Newest.Ended == o.Newest.Ended && l.Can.Equal(o.Can) && l.OffAt.Equal(o.OffAt)
}

// owned is a conversation as a provider lists it. One whose end user is not known belongs to an
// end user that no other conversation shares.
func (s *Service) owned(c Conversation) Conversation {
	if s.Placeholders.Has(c.EndUser) {
		c.EndUser = Target(anonymous + string(c.ID))
	}
	return c
}

// alone reports whether a line is one conversation, which has no other one beside it: nothing
// tells which of the provider's conversations are of the same end user.
func (s *Service) alone(l Line) bool { return s.Placeholders.Has(l.EndUser) }

package takeover

import (
	"context"
	"errors"
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

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
			c = c.owned()
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

// newest is when something last happened in the conversation, as far as is known.
func (c Conversation) newest() time.Time {
	if c.LastMessageAt.IsZero() {
		return c.CreatedAt
	}
	return c.LastMessageAt
}

// errNoProvider is the cause of NotSetUp.
var errNoProvider = errors.New("the bot has no credential of this provider")

// provider finds a line's provider. It may be switched off since.
func (s *Service) provider(name string) (Provider, error) {
	if p, ok := s.Providers.Named(name); ok {
		return p, nil
	}
	return nil, &ProviderError{Provider: name, Op: "reach the provider", Kind: NotSetUp, Err: errNoProvider}
}

// silencer is the line's provider, if it can be silenced.
func (s *Service) silencer(name string) (Silencer, error) {
	p, err := s.provider(name)
	if err != nil {
		return nil, err
	}
	if silencer, ok := p.(Silencer); ok {
		return silencer, nil
	}
	return nil, &ProviderError{Provider: name, Op: "silence the AI", Kind: Unsupported}
}

// abilities asks a conversation's provider what works. What a provider has no method
// for does not work, whatever it says.
func (s *Service) abilities(c Conversation) Capabilities {
	p, err := s.provider(c.Provider)
	if err != nil {
		return switchedOff(c.Provider)
	}
	can := p.Can(c)
	if _, ok := p.(Silencer); !ok && can.Of(CanSilence).Yes() {
		can[CanSilence] = Ability{Level: LevelNo, Reason: "The bot does not know how to silence " + c.Provider + "."}
	}
	return can
}

// switchedOff is what works with a provider that the bot has no credential of.
func switchedOff(name string) Capabilities {
	can := Capabilities{}
	for _, what := range AllCapabilities() {
		can[what] = Ability{Level: LevelSetUp, Reason: "The bot has no key for " + name + " any more: whoever runs it has to set one."}
	}
	return can
}

func asProviderError(name string, err error) *ProviderError {
	if pe, ok := errors.AsType[*ProviderError](err); ok {
		return pe
	}
	return &ProviderError{Provider: name, Op: "reach the provider", Kind: NoAnswer, Err: err}
}

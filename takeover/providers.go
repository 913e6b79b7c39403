package takeover

import "errors"

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
		can[what] = Ability{Level: LevelSetUp, Reason: "The bot has no key for " + name + " any more: the operator of the bot has to set one."}
	}
	return can
}

// asProviderError is err as what the provider failed at.
func asProviderError(name string, err error) *ProviderError {
	if pe, ok := errors.AsType[*ProviderError](err); ok {
		return pe
	}
	return &ProviderError{Provider: name, Op: "reach the provider", Kind: NoAnswer, Err: err}
}

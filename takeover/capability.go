package takeover

import "maps"

// Capability is something that one provider can do for a conversation and another
// cannot.
type Capability string

// The capabilities, in the order in which people read them.
const (
	CanFind     Capability = "find by end user"
	CanRead     Capability = "read the transcript"
	CanWatch    Capability = "watch new messages"
	CanSilence  Capability = "take over: silence the AI"
	CanNote     Capability = "leave the AI a note"
	CanReply    Capability = "write to the end user"
	CanTransfer Capability = "bring a person into the call"
	CanListen   Capability = "listen in"
)

// AllCapabilities lists them in that order, for tables.
func AllCapabilities() []Capability {
	return []Capability{CanFind, CanRead, CanWatch, CanSilence, CanNote, CanReply, CanTransfer, CanListen}
}

// Level says how far something works.
type Level string

// The levels. A button is drawn for LevelYes only.
const (
	LevelYes     Level = "yes"
	LevelNo      Level = "no"
	LevelSetUp   Level = "needs set-up" // at the provider; the reason says what
	LevelUnknown Level = "unknown"      // not documented, or not tried yet
)

// Ability is a level with its reason in words for people: for anything but yes what is
// in the way and what can be done instead, for yes a caveat, if there is one.
type Ability struct {
	Level  Level
	Reason string `json:",omitempty"`
}

// Yes says whether it works here and now.
func (a Ability) Yes() bool { return a.Level == LevelYes }

// Capabilities are what works for one conversation, here and now. What is not in them
// is unknown.
type Capabilities map[Capability]Ability

// Of is the ability for one capability; a missing one is LevelUnknown.
func (c Capabilities) Of(what Capability) Ability {
	if a, ok := c[what]; ok {
		return a
	}
	return Ability{Level: LevelUnknown, Reason: "It is not known whether this works."}
}

// Equal says whether both say the same.
func (c Capabilities) Equal(o Capabilities) bool { return maps.Equal(c, o) }

// Providers are the services that are switched on, in the order of the settings.
type Providers []Provider

// Named finds a provider by its name.
func (p Providers) Named(name string) (Provider, bool) {
	for _, provider := range p {
		if provider.Name() == name {
			return provider, true
		}
	}
	return nil, false
}

// Names are their names, in order.
func (p Providers) Names() []string {
	names := make([]string, len(p))
	for i, provider := range p {
		names[i] = provider.Name()
	}
	return names
}

package takeover

import "time"

// DeskPatience is how long an unproven state stays between the holder and the bot
// before the desk is told.
const DeskPatience = 60 * time.Second

// Trouble says why a wanted state is not proven yet.
type Trouble struct {
	Kind     ProviderErrorKind
	Status   int       // HTTP status; 0 when there was no answer
	Since    time.Time // of the first failure of this change. UTC
	Attempts int       // failed attempts of this change
	NextAt   time.Time // of the next attempt. UTC
	Lost     []string  `json:",omitempty"` // names of metadata entries that are missing (LostEntries)
	// FlagUnknown says that the AI may be silent or not: the write may have landed.
	FlagUnknown bool `json:",omitempty"`
	// Unlisted says that the provider does not tell which conversations the line has: there
	// may be one in which the AI answers.
	Unlisted bool `json:",omitempty"`
	// StillSilent says that a line that is being handed back was proven silent and that none
	// of its conversations was proven to be the AI's again.
	StillSilent bool `json:",omitempty"`
	// Read is what the flag was when it was last read in the attempt; zero if it was not read.
	Read FlagReading `json:"Read,omitzero"`
	// DeskTold says that the desk was told, since the trouble lasts.
	DeskTold bool `json:",omitempty"`
}

// Same reports whether two troubles read the same to a person.
func (t *Trouble) Same(o *Trouble) bool {
	if t == nil || o == nil {
		return t == o
	}
	return t.Kind == o.Kind && t.Status == o.Status && t.FlagUnknown == o.FlagUnknown && t.Unlisted == o.Unlisted && len(t.Lost) == len(o.Lost)
}

package takeover

import (
	"slices"
	"strings"
)

// Inbound is a text of an end user as a provider reports it at once. The conversation of its
// line shows it too, under no common id.
type Inbound struct {
	// ID is how the provider names the text. A report may come again with the same id.
	ID string
	// From is the end user, To is the agent.
	From, To Target
	Text     string // hostile until escaped; may be empty where there is Media
	Media    []Media
	At       ProviderTime // when the provider received it; zero where it does not say
	OptOut   OptOut
}

// Media is a file that an end user sent. All of it is what the provider says, and hostile.
type Media struct {
	URL  string
	Type string // as in Content-Type; may be empty
	Size int64  // bytes; 0 where it is not known
}

// OptOut says whether an end user wants to be texted.
type OptOut string

// What a text says about that. Most say nothing.
const (
	OptUnchanged OptOut = ""
	OptedOut     OptOut = "out"
	OptedIn      OptOut = "in"
)

// The words that networks obey, in capitals. They count where they are the whole text.
var (
	wordsOut = [...]string{"STOP", "STOPALL", "STOP ALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"}
	wordsIn  = [...]string{"START", "UNSTOP"}
)

// OptOutOf is what a text of an end user says about being texted.
func OptOutOf(text string) OptOut {
	word := strings.ToUpper(strings.Join(strings.Fields(text), " "))
	switch {
	case slices.Contains(wordsOut[:], word):
		return OptedOut
	case slices.Contains(wordsIn[:], word):
		return OptedIn
	}
	return OptUnchanged
}

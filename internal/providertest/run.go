package providertest

import "testing"

// Run runs the whole suite.
func Run(t *testing.T, start Start) {
	for name, test := range map[string]func(*testing.T, Start){
		"Newest first, up to the limit":      newestFirst,
		"Everything, where it fits":          everything,
		"Ties":                               ties,
		"Never a stranger":                   noStranger,
		"Last digits":                        lastDigits,
		"Nothing to look for":                nothingToLookFor,
		"Every failure has its kind":         failures,
		"Time-out":                           timeOut,
		"Stopping":                           stopping,
		"No secret in any error":             noSecret,
		"Hostile text":                       hostileText,
		"Words that are new":                 newWords,
		"The newest messages":                newestMessages,
		"Keys stay":                          keysStay,
		"A conversation that is not there":   notThere,
		"What changed, newest first":         changes,
		"What is written is kept first":      keptFirst,
		"All conversations of a pair":        ofAPair,
		"A list that fails is no list":       neverAPart,
		"Each text once, in order":           sends,
		"A text that fails":                  sendFails,
		"What the AI is told":                records,
		"Capabilities are whole and no fake": capabilities,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, start)
		})
	}
}

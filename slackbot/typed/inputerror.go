package typed

// InputError says why what an operator typed cannot be searched. It is shown to that operator,
// in private.
type InputError struct {
	// Sentence is one whole sentence with what to do. What was typed is in it only cut
	// and escaped, so that it can be shown as Slack's mrkdwn.
	Sentence string
}

// Error is the sentence. It may quote what was typed, and a number in it: never log it.
func (e *InputError) Error() string { return e.Sentence }

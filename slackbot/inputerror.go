package slackbot

// inputError says that an operator typed something that cannot be worked. It is decided
// by type and shown to whoever typed it, in private.
type inputError struct {
	// Sentence is one whole sentence with what to do. What was typed is in it only cut
	// and escaped, so that it can be shown as Slack's mrkdwn.
	Sentence string
}

// Error is the sentence. It may quote what was typed, and with it a number: it is for
// the asker, not for a log.
func (e *inputError) Error() string { return e.Sentence }

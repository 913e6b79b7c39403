package typed

// InputError says why a typed text cannot be searched. Only the operator who typed it sees it.
type InputError struct {
	// Sentence is one whole sentence that says what to do. It is mrkdwn: typed text in it is cut
	// and escaped.
	Sentence string
}

// Error is the sentence. Never log it: it may quote a number.
func (e *InputError) Error() string { return e.Sentence }

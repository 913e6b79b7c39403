package telnyx

import "errors"

// Causes that are ours to word.
var (
	errNotUUID   = errors.New("not the id of a conversation")
	errNoEntries = errors.New("the conversation came without metadata")
)

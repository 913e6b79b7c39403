package demo

import (
	"context"
)

// Bot is the process under test. Its methods may be called from several goroutines.
type Bot interface {
	// Kill ends the process at once, as kill -9 does, and returns when it is gone. One
	// that does not run is not an error.
	Kill() error
	// Start starts the process, with the store it had before, and returns when it is
	// ready for requests. ctx bounds the waiting only. One that runs is left alone.
	Start(ctx context.Context) error
	// Running says whether the process is there.
	Running() bool
	// LogTail returns the last n lines of the log, oldest first.
	LogTail(n int) []string
}

// The outside of the bot that the demo relies on: its command, the ids of its buttons,
// and the words of its cards.
const (
	command = "/takeover"

	actionTake     = "line.take"
	actionHandBack = "line.handback"
	actionMenu     = "line.menu"

	shortcutFind = "find_number"

	actionHandOff = "line.handoff"
	actionFine    = "line.fine"
	actionAccept  = "handoff.accept"

	markDelivered = "white_check_mark"

	blockNote = "note"
	inputNote = "note.text"
	inputTo   = "to.user"

	wordsAnswering = "AI is answering"
	wordsNoAnswer  = "No answer since"
	wordsSilent    = "AI is silent (checked "
	wordsNotSilent = "NOT silent"
	wordsAgain     = "AI is answering again"
	wordsFaster    = "was faster"
	wordsJoined    = "New conversation, still held by"
	wordsSpoke     = "AI spoke after the takeover"
	wordsOutside   = "changed outside Slack"
	wordsOffered   = "not accepted yet"
	wordsWarning   = "Hand back anyway? The end user still waits for an answer"
)

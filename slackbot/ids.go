package slackbot

import (
	"strconv"
	"strings"

	"takeoverbot/takeover"
)

// Action ids, thing.verb. The value of a button is our own id of the line, never a
// number. Once shipped they stay: old cards keep their buttons for years.
const (
	actionOpen       = "line.open"
	actionTake       = "line.take"
	actionHandBack   = "line.handback"
	actionRetry      = "line.retry"
	actionTranscript = "line.transcript"
	actionEarlier    = "line.earlier"
	actionRefresh    = "line.refresh"
	actionWatch      = "line.watch"
	actionMenu       = "line.menu"
	actionMore       = "search.more"

	actionExtend   = "line.extend"   // 30 minutes more; from the box or a menu: so many minutes
	actionHoldFor  = "line.holdfor"  // opens the box that asks how long
	actionHandOff  = "line.handoff"  // opens the box that asks to whom
	actionTakeFrom = "line.takefrom" // opens the box that asks why
	actionFine     = "line.fine"
	actionCorrect  = "line.correct"

	// The value of these is an offer: the line's id and the offer's reference.
	actionAccept   = "handoff.accept"
	actionDecline  = "handoff.decline"
	actionWithdraw = "handoff.withdraw"

	actionAcceptAll = "handoff.acceptall"
	actionPassAll   = "handoff.passall" // opens the box that asks to whom

	actionHomePage = "home.page"
)

// The boxes, named like the buttons that open them.
const (
	callbackHandBack = actionHandBack // "What did you agree?"
	callbackHandOff  = actionHandOff
	callbackPassAll  = actionPassAll
	callbackTakeFrom = actionTakeFrom
	callbackHoldFor  = actionHoldFor
)

// Block and action ids of the inputs of the boxes.
const (
	blockNote  = "note"
	actionNote = "note.text"

	blockTo  = "to"
	actionTo = "to.user"

	blockFor  = "for"
	actionFor = "for.minutes"
)

// Block ids carry what a button's value must not: which conversation of the line, and
// where the earlier messages begin.
const (
	blockConversation = "conv:"
	blockBefore       = "before:"
)

// conversationBlock names a conversation in a block id; n keeps it unique in a message.
func conversationBlock(n int, id takeover.ConversationID) string {
	return blockConversation + strconv.Itoa(n) + ":" + string(id)
}

func parseConversationBlock(blockID string) takeover.ConversationID {
	rest, ok := strings.CutPrefix(blockID, blockConversation)
	if !ok {
		return ""
	}
	_, id, _ := strings.Cut(rest, ":")
	return takeover.ConversationID(id)
}

// beforeBlock names the oldest message that is shown, and its conversation.
func beforeBlock(messageKey string, id takeover.ConversationID) string {
	return blockBefore + messageKey + ":" + string(id)
}

func parseBeforeBlock(blockID string) (messageKey string, id takeover.ConversationID) {
	rest, ok := strings.CutPrefix(blockID, blockBefore)
	if !ok {
		return "", ""
	}
	key, conv, _ := strings.Cut(rest, ":")
	return key, takeover.ConversationID(conv)
}

// conversationIn is the conversation that a block id names in either way, or empty.
func conversationIn(blockID string) takeover.ConversationID {
	if _, id := parseBeforeBlock(blockID); id != "" {
		return id
	}
	return parseConversationBlock(blockID)
}

// menuValue is an option of the card's "⋯" menu.
func menuValue(action string, line takeover.LineID) string { return action + " " + string(line) }

func parseMenuValue(value string) (action, line string) {
	action, line, _ = strings.Cut(value, " ")
	return action, line
}

// parseHandoff splits an offer's id (takeover.Line.HandoffID).
func parseHandoff(value string) (line takeover.LineID, ref takeover.Ref, ok bool) {
	i := strings.LastIndexByte(value, '.')
	if i <= 0 || i == len(value)-1 {
		return "", "", false
	}
	return takeover.LineID(value[:i]), takeover.Ref(value[i+1:]), true
}

// parseExtend reads the value of line.extend: a line, and the minutes where they are
// chosen.
func parseExtend(value string) (line takeover.LineID, minutes int, ok bool) {
	id, chosen, given := strings.Cut(value, " ")
	if !given {
		return takeover.LineID(id), 0, id != ""
	}
	minutes, err := strconv.Atoi(chosen)
	return takeover.LineID(id), minutes, err == nil && id != "" && minutes > 0 && minutes <= int(takeover.MaxHold.Minutes())
}

// moreValue says how a search goes on: the stored search and how many were shown.
func moreValue(search int64, after int) string {
	return strconv.FormatInt(search, 10) + "." + strconv.Itoa(after)
}

func parseMoreValue(value string) (search int64, after int, ok bool) {
	s, a, found := strings.Cut(value, ".")
	search, errS := strconv.ParseInt(s, 10, 64)
	after, errA := strconv.Atoi(a)
	return search, after, found && errS == nil && errA == nil && after >= 0
}

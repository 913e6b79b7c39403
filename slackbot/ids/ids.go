// Package ids has the names by which what the bot shows comes back to it: the ids of buttons,
// modals and inputs, and the values that they carry. render and write put them into messages,
// listen reads them.
//
// Once shipped they stay: old cards keep their buttons for years. A value is an id of ours,
// never a phone number.
package ids

import (
	"strconv"
	"strings"

	"takeoverbot/takeover"
)

// Buttons, thing.verb. Their value is the id of a line, unless it says otherwise.
const (
	Open       = "line.open"
	Take       = "line.take"
	Retry      = "line.retry"
	Transcript = "line.transcript"
	Earlier    = "line.earlier" // its block says where the earlier messages begin: BeforeBlock
	Refresh    = "line.refresh"
	Watch      = "line.watch"
	Extend     = "line.extend" // 30 minutes more, or the minutes in the value: ParseExtend
	Fine       = "line.fine"
	Correct    = "line.correct"
	ShowNumber = "line.number"    // the end user's, in private
	Outcome    = "line.outcome"   // its value is OutcomeOf; on buttons, an OutcomeButton
	SendAgain  = "line.sendagain" // a text that may not have been sent: its value is LineAnd(its id)

	// What becomes of words that were refused because their author does not hold the line: the
	// value is LineAnd(the number of the stored command).
	TakeAndSay = "text.take"
	KeepAsNote = "text.note"
	Menu       = "line.menu"   // the "⋯" menu; the value of an option is MenuValue
	SearchMore = "search.more" // its value is More
	LogMore    = "log.more"    // earlier entries of a line's log; its value is LogAfter

	// The value of these is an offer: OfferOf.
	Accept   = "handoff.accept"
	Decline  = "handoff.decline"
	Withdraw = "handoff.withdraw"

	AcceptAll = "handoff.acceptall" // no line: everything that is offered to the person who presses
	HomePage  = "home.page"         // its value is the number of a page
	// FindOne searches the number that the button's own label shows: its value must not have one.
	FindOne = "number.find"
)

// Modals, and the buttons that open them.
const (
	HandBack = "line.handback" // "What did you agree?"
	HandOff  = "line.handoff"  // to whom?
	PassAll  = "handoff.passall"
	TakeFrom = "line.takefrom" // why?
	HoldFor  = "line.holdfor"  // how long?
	Reply    = "line.reply"    // words for the end user
)

// Inputs of modals: the ids of block and element.
const (
	NoteBlock = "note"
	NoteInput = "note.text"

	ToBlock = "to"
	ToInput = "to.user"

	ReplyBlock = "reply"
	ReplyInput = "reply.text"

	ForBlock = "for"
	ForInput = "for.minutes"
)

// RootCommand is the only slash command; what follows it decides what it does.
const RootCommand = "/takeover"

// FindNumber is the message shortcut "Find this number".
const FindNumber = "find_number"

// Block ids carry what a button's value must not: which conversation of the line, and
// where the earlier messages begin.
const (
	conversationPrefix = "conv:"
	beforePrefix       = "before:"
)

// ConversationBlock names a conversation in a block id, an empty one the newest; n keeps it unique
// in a message.
func ConversationBlock(n int, id takeover.ConversationID) string {
	return conversationPrefix + strconv.Itoa(n) + ":" + string(id)
}

func parseConversationBlock(blockID string) takeover.ConversationID {
	rest, ok := strings.CutPrefix(blockID, conversationPrefix)
	if !ok {
		return ""
	}
	_, id, _ := strings.Cut(rest, ":")
	return takeover.ConversationID(id)
}

// BeforeBlock names the oldest message that is shown, and its conversation.
func BeforeBlock(messageKey string, id takeover.ConversationID) string {
	return beforePrefix + messageKey + ":" + string(id)
}

// ParseBeforeBlock splits BeforeBlock; both are empty for any other block.
func ParseBeforeBlock(blockID string) (messageKey string, id takeover.ConversationID) {
	rest, ok := strings.CutPrefix(blockID, beforePrefix)
	if !ok {
		return "", ""
	}
	key, conv, _ := strings.Cut(rest, ":")
	return key, takeover.ConversationID(conv)
}

// ConversationIn is the conversation that ConversationBlock or BeforeBlock names, or empty.
func ConversationIn(blockID string) takeover.ConversationID {
	if _, id := ParseBeforeBlock(blockID); id != "" {
		return id
	}
	return parseConversationBlock(blockID)
}

// MenuValue is the value of an option of the card's "⋯" menu.
func MenuValue(action string, line takeover.LineID) string { return action + " " + string(line) }

// ParseMenuValue splits the value of an option of a card's menu.
func ParseMenuValue(value string) (action, line string) {
	action, line, _ = strings.Cut(value, " ")
	return action, line
}

// ParseOffer splits OfferOf; ok is false for a value that no button of ours has.
func ParseOffer(value string) (line takeover.LineID, ref takeover.Ref, ok bool) {
	i := strings.LastIndexByte(value, '.')
	if i <= 0 || i == len(value)-1 {
		return "", "", false
	}
	return takeover.LineID(value[:i]), takeover.Ref(value[i+1:]), true
}

// ParseExtend reads the value of Extend: a line, and the minutes where they are chosen (1 to
// takeover.MaxHold), else 0. ok is false for a value that no button of ours has.
func ParseExtend(value string) (line takeover.LineID, minutes int, ok bool) {
	id, chosen, given := strings.Cut(value, " ")
	if !given {
		return takeover.LineID(id), 0, id != ""
	}
	minutes, err := strconv.Atoi(chosen)
	return takeover.LineID(id), minutes, err == nil && id != "" && minutes > 0 && minutes <= int(takeover.MaxHold.Minutes())
}

// More says how a search goes on: the stored search and how many were shown.
func More(search int64, after int) string {
	return strconv.FormatInt(search, 10) + "." + strconv.Itoa(after)
}

// ParseMore splits More; ok is false for a value that no button of ours has.
func ParseMore(value string) (search int64, after int, ok bool) {
	s, a, found := strings.Cut(value, ".")
	search, errS := strconv.ParseInt(s, 10, 64)
	after, errA := strconv.Atoi(a)
	return search, after, found && errS == nil && errA == nil && after >= 0
}

// LogAfter says how the log of a line goes on: the line, and how many of its newest entries were shown.
func LogAfter(line takeover.LineID, after int) string {
	return string(line) + " " + strconv.Itoa(after)
}

// ParseLogAfter splits LogAfter; ok is false for a value that no button of ours has.
func ParseLogAfter(value string) (line takeover.LineID, after int, ok bool) {
	id, shown, _ := strings.Cut(value, " ")
	after, err := strconv.Atoi(shown)
	return takeover.LineID(id), after, err == nil && id != "" && after > 0
}

// OutcomeOf says what a takeover led to, and which hand-back ended it.
func OutcomeOf(line takeover.LineID, handBack takeover.Ref, what takeover.OutcomeKind) string {
	return LineAnd(line, string(handBack)+" "+string(what))
}

// ParseOutcome splits OutcomeOf; ok is false for a value that no button of ours has.
func ParseOutcome(value string) (line takeover.LineID, handBack takeover.Ref, what takeover.OutcomeKind, ok bool) {
	line, rest, ok := ParseLineAnd(value)
	ref, kind, both := strings.Cut(rest, " ")
	return line, takeover.Ref(ref), takeover.OutcomeKind(kind), ok && both
}

// OutcomeButton is the action of the button for one outcome: Slack wants another one for each
// button of a row.
func OutcomeButton(what takeover.OutcomeKind) string {
	return Outcome + "." + strings.ReplaceAll(string(what), " ", "_")
}

// OfferOf names an offer on buttons, from the entry that made it (takeover.Line.HandoffID).
func OfferOf(e takeover.Entry) string { return string(e.Line) + "." + string(e.Ref) }

// LineAnd is the value of a button about a line and one thing more: a text, or a stored command.
func LineAnd(line takeover.LineID, what string) string { return string(line) + " " + what }

// ParseCommand splits LineAnd of a stored command; ok is false for a value that no button of ours has.
func ParseCommand(value string) (line takeover.LineID, seq int64, ok bool) {
	line, what, ok := ParseLineAnd(value)
	seq, err := strconv.ParseInt(what, 10, 64)
	return line, seq, ok && err == nil && seq > 0
}

// ParseLineAnd splits LineAnd; ok is false for a value that no button of ours has.
func ParseLineAnd(value string) (line takeover.LineID, what string, ok bool) {
	id, what, ok := strings.Cut(value, " ")
	return takeover.LineID(id), what, ok && id != "" && what != ""
}

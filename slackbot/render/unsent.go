package render

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/slackbot/typed"
	"takeoverbot/takeover"
	"takeoverbot/talk"
)

// sendFailures say why a text did not reach the end user, and what to do about it. {provider} is
// filled in by SendFailure.
var sendFailures = map[takeover.SendFailureKind]string{
	takeover.SendOptedOut:    "the end user wrote STOP, and gets no texts until writing START. Call instead.",
	takeover.SendNotTextable: "this number takes no texts. It may be a landline. Call instead.",
	takeover.SendByCarrier:   "the end user's carrier refused it. Write it in other words and without links, or call.",
	takeover.SendContent:     "{provider} does not accept its content. Write it shorter, without files and links, or call.",
	takeover.SendNumber:      "the assistant's number is not set up for texts. Call instead; an administrator finds the cause with `bot doctor`.",
	takeover.SendAccount:     "the {provider} account does not allow it: its funds, limits or settings. Call instead; an administrator finds the cause with `bot doctor`.",
	takeover.SendLater:       "{provider} or the carrier could not take it for some time. Write it again, or call.",
	takeover.SendUnset:       "the bot does not work with {provider} any more, so nothing was sent. Call instead; an administrator finds the cause with `bot doctor`.",
	takeover.SendNoMMS:       "the assistant's number cannot send pictures (MMS). Send the words without the picture, or call.",
	takeover.SendNoAddress:   "the bot has no public address, from which {provider} would fetch the picture; an administrator sets it (`PUBLIC_URL`). Send the words without the picture, or call.",
	takeover.SendFileUnread:  "Slack does not hand the picture out: it may be deleted, or the bot may lack the permission `files:read`. Post it again, send the words without it, or call.",
	takeover.SendFileKind:    "the file is no picture that every phone shows. Post it as JPEG, PNG or GIF, send the words without it, or call.",
	takeover.SendFileSize:    "the pictures of one text may have 1 MB together. Post a smaller copy, such as a screenshot, or call.",
	takeover.SendUnknown:     "{provider} does not say why. Write it again, or call.",
}

// SendFailure says why a text did not reach the end user, as the end of a sentence, and what to do.
func SendFailure(provider string, f *takeover.SendFailure) string {
	if f == nil {
		f = &takeover.SendFailure{Kind: takeover.SendUnknown}
	}
	words, ok := sendFailures[f.Kind]
	if !ok || f.Kind == takeover.SendUnknown && f.Detail != "" {
		words = fmt.Sprintf("%s says “%s”. Write it again, or call.", provider, mrkdwn.Escape(mrkdwn.OneLine(f.Detail, takeover.ExcerptLength)))
	}
	if f.Code != "" {
		words += fmt.Sprintf(" (%s code %s)", provider, mrkdwn.Escape(mrkdwn.Clip(f.Code, 20)))
	}
	return strings.ReplaceAll(words, "{provider}", provider)
}

// Talks reports whether the holder of a line can write to its end user.
func Talks(l takeover.Line) bool { return l.Taken() && talksNot(l) == "" }

// talksNot says why the holder of a line cannot write to its end user; empty if that works.
func talksNot(l takeover.Line) string {
	can := l.Ability(takeover.CanReply)
	switch {
	case !can.Yes() && can.Reason == "":
		return l.Provider + " does not let a person write to this end user."
	case !can.Yes():
		return mrkdwn.Escape(can.Reason)
	case !l.OptedOutAt.IsZero():
		return "The end user opted out (wrote STOP): texts are off until START."
	}
	return ""
}

// talksInstead says what the holder of a line can do whose end user cannot be written to.
func talksInstead(l takeover.Line) string {
	if l.EndUser.Anonymous() {
		return "What you note with `!note` is told to the AI when you hand back."
	}
	return "Call the end user instead: *Show number* is on the card."
}

// textWords bounds how many characters of an operator's text are quoted.
const textWords = 500

// yourText quotes what an operator wrote to the end user.
func yourText(l takeover.Line, words string) slack.Block {
	return mrkdwn.Quote("words", mrkdwn.Clip(typed.MaskOf(l).In(words), textWords))
}

// Wrote shows in the thread what an operator wrote to the end user in a box.
func Wrote(l takeover.Line, t talk.Text) slackapi.Message {
	words := mrkdwn.Mention(t.By) + " wrote to the end user."
	if t.Parts >= talk.ManyParts {
		words += fmt.Sprintf(" The words are long: they fill %d texts.", t.Parts)
	}
	m := endedAbout(l, words+" The reaction on this message says what became of it.")
	m.Blocks = append(m.Blocks, yourText(l, t.Told()))
	return m
}

// settled say what became of a text that might not have been sent. {by} and {provider} are filled in
// by Settled.
var settled = map[talk.State]string{
	talk.Sent:        "{by}, your text was sent after all: {provider} has it now. There is nothing to do.",
	talk.Delivered:   "{by}, your text was delivered after all. There is nothing to do.",
	talk.Unconfirmed: "{by}, your text was sent after all; the carrier does not say whether it arrived. Ask the end user if it matters.",
	talk.Failed:      "{by}, your text did not reach the end user. A message below says why.",
}

// Settled replaces the message that a text may not have been sent, without its button. again is who
// had the text sent once more; empty where a report of the provider settled it.
func Settled(l takeover.Line, t talk.Text, again takeover.OperatorID) slackapi.Message {
	words := settled[t.State]
	if again != "" && words == "" {
		words = mrkdwn.Mention(again) + " sent this text again. The first one may have arrived too: {provider} did not answer."
	}
	m := endedAbout(l, strings.NewReplacer("{by}", mrkdwn.Mention(t.By), "{provider}", l.Provider).Replace(words))
	m.Blocks = append(m.Blocks, yourText(l, t.Told()))
	return m
}

// AskSpeaker asks the author of words that stay in the thread, because another operator holds the
// line, what is to become of them. seq is the number of the stored command.
func AskSpeaker(r takeover.Refusal, c takeover.Command, seq int64) slackapi.Message {
	holder := mrkdwn.Mention(r.Holder)
	m := mrkdwn.TextMessage(fmt.Sprintf("*Your words were not sent.* Only what %s writes reaches the end user: %s has this line. Take it over, or keep your words as a note, which the AI is told at the hand-back.", holder, holder))
	value := ids.LineAnd(r.Line, strconv.FormatInt(seq, 10))
	m.Blocks = append(m.Blocks, mrkdwn.Quote("words", mrkdwn.Clip(takeover.WithPictures(c.Words, len(c.Files)), textWords)),
		slack.NewActionBlock("act", mrkdwn.Button(ids.TakeAndSay, value, "Take over and send"), mrkdwn.Button(ids.KeepAsNote, value, "Keep as note")))
	return m
}

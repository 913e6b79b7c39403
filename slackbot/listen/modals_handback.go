package listen

import (
	"fmt"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/render"
	"takeoverbot/takeover"
)

// handBackModal asks what was agreed. An operator who is not the holder is told so first, and
// one who would leave an end user unanswered is asked whether that is intended.
func handBackModal(r modalRequest) (slack.ModalViewRequest, *takeover.Refusal) {
	l := r.line
	submit, blocks := "Hand back", []slack.Block{mrkdwn.Section("intro", handBackIntro(l, r.by))}
	if words := render.Unanswered(l); words != "" {
		submit = "Hand back anyway"
		question := fmt.Sprintf("Hand back anyway? %s", render.StillWaits(words))
		blocks = append(blocks, slack.NewSectionBlock(mrkdwn.Plain(question), nil, nil, slack.SectionBlockOptionBlockID("anyway")))
	}
	input := slack.NewPlainTextInputBlockElement(mrkdwn.Plain("For example: a plumber comes at 04:00, the water is turned off."), ids.NoteInput).
		WithMultiline(true).WithMaxLength(takeover.MaxNote)
	if agreed := agreedSoFar(l); agreed != "" {
		input = input.WithInitialValue(agreed)
	}
	note := slack.NewInputBlock(ids.NoteBlock, mrkdwn.Plain("What did you agree?"), mrkdwn.Plain("Becomes a note that only the AI reads. You may leave it empty."), input)
	note.Optional = true
	view := newModal(ids.HandBack, r.metadata(), "Hand back to AI", submit, append(blocks, note)...)
	view.Close = mrkdwn.Plain("Keep it")
	return view, nil
}

func handBackIntro(l takeover.Line, by takeover.OperatorID) string {
	intro := "The AI may answer the end user again as soon as you hand back."
	if l.State != takeover.StateHeld {
		intro = "The AI is not proven silent. Handing back ends the attempts to silence it, and leaves the end user to the AI."
	}
	if l.Takeover.Holder != by {
		intro = fmt.Sprintf("*%s has had this since %s* and is told in the thread. ", mrkdwn.Mention(l.Takeover.Holder), mrkdwn.Time(l.Takeover.HeldSince())) + intro
	}
	if waiting := l.WaitingSince(); !waiting.IsZero() {
		intro += fmt.Sprintf("\n*The end user has been waiting for an answer since %s.*", mrkdwn.Time(time.Time(waiting)))
	}
	return intro
}

// agreedSoFar is what operators noted during this takeover, the newest of it if not all fits.
func agreedSoFar(l takeover.Line) string {
	agreed := []rune(mrkdwn.StripHidden(strings.Join(l.Takeover.Notes, "\n")))
	return strings.TrimSpace(string(agreed[max(0, len(agreed)-takeover.MaxNote):]))
}

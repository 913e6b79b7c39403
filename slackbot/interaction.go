package slackbot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"takeoverbot/takeover"
)

// clicks says which command each button stands for. line.handback is not here: it
// opens a box first.
func clicks() map[string]takeover.Verb {
	return map[string]takeover.Verb{
		actionOpen:       takeover.Open,
		actionTake:       takeover.TakeOver,
		actionRetry:      takeover.TryAgain,
		actionTranscript: takeover.WholeText,
		actionEarlier:    takeover.Earlier,
		actionRefresh:    takeover.Refresh,
		actionWatch:      takeover.Watching,
		actionMore:       takeover.SearchMore,
	}
}

func (b *Bot) interaction(ctx context.Context, in interaction, payload string) (Answer, error) {
	switch in.Type {
	case "block_actions":
		if len(in.Actions) == 0 {
			return Answer{}, ErrUnreadable
		}
		return b.click(ctx, in, payload)
	case "view_submission":
		return b.submit(ctx, in, payload)
	case "message_action":
		return b.shortcut(ctx, in, payload)
	default:
		// Kinds that the manifest does not ask for: nothing waits for them.
		return Answer{Kind: in.Type}, nil
	}
}

// click works one pressed button or picked menu option.
func (b *Bot) click(ctx context.Context, in interaction, payload string) (Answer, error) {
	a := in.Actions[0]
	if a.ActionID == actionMenu && a.Selected != nil {
		a.ActionID, a.Value = parseMenuValue(a.Selected.Value)
	}
	// A Home has no channel: what is said in private to a click there is said in the desk's.
	in.Container.ChannelID = cmp.Or(in.Container.ChannelID, b.cfg.Channel)
	switch a.ActionID {
	case actionHomePage:
		return b.turnHome(ctx, in, a.Value)
	case actionFindOne:
		return b.findOne(ctx, in, payload)
	}
	verb, stored := clicks()[a.ActionID]
	if !stored && a.ActionID != actionHandBack {
		return Answer{Kind: "unknown action"}, nil // another app's, or of a later version: nothing to store
	}
	if refusal := b.may(ctx, in.User.ID, in.teamID(), needOf(verb)); refusal != "" {
		b.answerLater(ctx, in, refusal)
		return Answer{Kind: "refused"}, nil
	}
	if a.ActionID == actionHandBack {
		return b.askNote(ctx, in, takeover.LineID(a.Value))
	}
	c := takeover.Command{
		Key: in.key(payload), Verb: verb, By: takeover.OperatorID(in.User.ID), Origin: takeover.FromButton,
		At: b.deps.Now().UTC(), Line: takeover.LineID(a.Value), Conversation: conversationIn(a.BlockID),
		Reply: takeover.Reply{URL: in.ResponseURL, Channel: in.Container.ChannelID, Thread: in.Container.ThreadTS},
	}
	switch verb {
	case takeover.Earlier:
		c.Before, _ = parseBeforeBlock(a.BlockID)
	case takeover.SearchMore:
		var ok bool
		if c.Search, c.After, ok = parseMoreValue(a.Value); !ok {
			return Answer{Kind: "unknown action"}, nil
		}
		c.Line, c.Reply.Replace = "", true
	}
	if err := b.put(ctx, c); err != nil {
		return Answer{}, fmt.Errorf("store the click: %w", err)
	}
	return Answer{Kind: a.ActionID}, nil
}

// submit works a submitted box. An empty answer closes it.
func (b *Bot) submit(ctx context.Context, in interaction, payload string) (Answer, error) {
	if in.View.CallbackID != callbackHandBack {
		return Answer{Kind: "unknown box"}, nil
	}
	if refusal := b.may(ctx, in.User.ID, in.teamID(), toAct); refusal != "" {
		return fieldError(blockNote, refusal)
	}
	note := strings.TrimSpace(in.View.State.Values[blockNote][actionNote].Value)
	if n := utf8.RuneCountInString(note); n > maxNote {
		return fieldError(blockNote, fmt.Sprintf("That is %d characters; at most %d fit. Please shorten it.", n, maxNote))
	}
	c := takeover.Command{
		Key: "handback/" + in.View.ID + "/" + in.User.ID, Verb: takeover.GiveBack, By: takeover.OperatorID(in.User.ID), Origin: takeover.FromModal,
		At: b.deps.Now().UTC(), Note: note,
	}
	if in.View.ID == "" {
		c.Key = in.key(payload)
	}
	line, channel, _ := strings.Cut(in.View.PrivateMetadata, " ")
	c.Line, c.Reply.Channel = takeover.LineID(line), channel
	if err := b.put(ctx, c); err != nil {
		// Slack shows a submitted box no reason for an HTTP error: say it in the box.
		if errors.Is(err, takeover.ErrBusy) || errors.Is(err, context.DeadlineExceeded) {
			return fieldError(blockNote, "The bot is overloaded: this may not have been stored. Please press Hand back again; it counts once.")
		}
		return Answer{}, fmt.Errorf("store the hand-back: %w", err)
	}
	return Answer{Kind: callbackHandBack}, nil
}

// answerLater sends a private refusal without keeping the acknowledgement waiting.
func (b *Bot) answerLater(ctx context.Context, in interaction, text string) {
	b.tellLater(ctx, in, said(text))
}

// tellLater is answerLater with more than a sentence.
func (b *Bot) tellLater(ctx context.Context, in interaction, m message) {
	ctx = context.WithoutCancel(ctx)
	b.deps.Go(func() {
		ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
		defer cancel()
		reply := takeover.Reply{URL: in.ResponseURL, Channel: in.Container.ChannelID, Thread: in.Container.ThreadTS}
		if err := b.slack.answer(ctx, reply, takeover.OperatorID(in.User.ID), m); err != nil {
			b.deps.Log.WarnContext(ctx, "private answer not delivered", "err", err)
		}
	})
}

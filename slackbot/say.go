package slackbot

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"takeoverbot/takeover"
)

// Say writes one line of the audit into the line's thread, once.
func (b *Bot) Say(ctx context.Context, job takeover.SayJob) error {
	e := job.Entry
	post, ok, err := b.deps.Posts.Post(ctx, cardKey(e.Line))
	if err != nil {
		return err
	}
	if !ok || post.TS == "" {
		return nil // no card, no thread: the audit has it
	}
	line, err := b.deps.Reader.Line(ctx, e.Line)
	if err != nil {
		return fmt.Errorf("load the line: %w", err)
	}
	text := sayWords(b.cfg.Provider, line, e)
	at := place{Channel: post.Channel, Thread: post.TS, Broadcast: e.Deed == takeover.DidWarnDesk}
	_, err = b.slack.onceIn(ctx, urgent, "say/"+e.Key, at, said(text))
	if errors.Is(err, errThreadGone) {
		return nil // the card was deleted with its thread; drawing puts up a new one
	}
	return err
}

// sayWords is a change of state as the thread tells it.
func sayWords(provider string, l takeover.Line, e takeover.Entry) string {
	switch e.Deed {
	case takeover.DidSilence:
		return fmt.Sprintf("%s took over. The AI is silent (read back at %s, %s after the click). What the end user writes is not answered until somebody hands back. · ref %s",
			mention(e.Other), clockSecs(e.At), lasting(e.Lag), e.Ref)
	case takeover.DidRelease:
		return fmt.Sprintf("%s handed back. The AI may answer again (read back at %s). · ref %s", mention(e.Who), clockSecs(e.At), e.Ref)
	case takeover.DidFail:
		return fmt.Sprintf("%s: %s. %s The bot goes on trying. · ref %s", failHead(l, e), troubleCause(provider, e.Trouble), troubleMeaning(withTrouble(l, e)), e.Ref)
	case takeover.DidWarnDesk:
		return fmt.Sprintf("For the whole desk: after %s this is still not proven. %s: %s. %s · ref %s", lasting(takeover.DeskPatience), failHead(l, e), troubleCause(provider, e.Trouble), troubleMeaning(withTrouble(l, e)), e.Ref)
	case takeover.DidLose:
		return fmt.Sprintf("%s lost %s of this conversation and did not take them back: %s. The AI's flag itself was read back and is right. Whoever uses these entries has to set them again. · ref %s",
			provider, entries(e.Lost), escaped(strings.Join(e.Lost, ", ")), e.Ref)
	case takeover.DidNotNote:
		return fmt.Sprintf("%s does not take notes for this conversation: the AI does not know what was agreed. The line is handed back all the same. · ref %s", provider, e.Ref)
	default:
		return entryWords(provider, e)
	}
}

func failHead(l takeover.Line, e takeover.Entry) string {
	if l.State == takeover.StateReturning {
		return fmt.Sprintf("NOT handed back (%s)", mention(e.Other))
	}
	return fmt.Sprintf("NOT silent yet (%s takes over)", mention(e.Other))
}

// withTrouble is the line as it was when the entry was written.
func withTrouble(l takeover.Line, e takeover.Entry) takeover.Line {
	l.Trouble = e.Trouble
	return l
}

// Tell answers the operator of a stored command in private.
func (b *Bot) Tell(ctx context.Context, job takeover.TellJob) error {
	c, err := b.deps.Reader.Command(ctx, job.Command)
	if errors.Is(err, takeover.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return b.slack.answer(ctx, c.Reply, c.By, said(refusalWords(b.cfg.Provider, job.Refusal)))
}

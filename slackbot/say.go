package slackbot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

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
	text := sayWords(line, e)
	at := place{Channel: post.Channel, Thread: post.TS, Broadcast: e.Deed == takeover.DidWarnDesk}
	_, err = b.slack.onceIn(ctx, urgent, "say/"+e.Key, at, said(text))
	if errors.Is(err, errThreadGone) {
		return b.sayAgain(ctx, post, line)
	}
	return err
}

// sayAgain decides about a line whose card was deleted with its thread. A drawing that is
// on its way, or was faster, puts up a new card, and the line belongs below that one.
// Else the audit has it.
func (b *Bot) sayAgain(ctx context.Context, gone takeover.Post, line takeover.Line) error {
	post, ok, err := b.deps.Posts.Post(ctx, cardKey(line.ID))
	if err != nil {
		return err
	}
	if !ok || post.TS != gone.TS || post.Drawn < line.Version {
		return takeover.Later(time.Second, "the card is put up again")
	}
	b.deps.Log.WarnContext(ctx, "not said: the card was deleted", "line", line.ID, "ref", line.Ref)
	return nil
}

// sayWords is a change of state as the thread tells it.
func sayWords(l takeover.Line, e takeover.Entry) string {
	provider := l.Provider
	l = asOf(l, e)
	switch e.Deed {
	case takeover.DidSilence:
		return fmt.Sprintf("%s took over. The AI is silent (read back at %s, %s after the click). What the end user writes is not answered until somebody hands back. · ref %s",
			mention(e.Other), clockSecs(e.At), lasting(e.Lag), e.Ref)
	case takeover.DidRelease:
		what := mention(e.Who) + " handed back"
		if e.Other != "" && e.Other != e.Who {
			what += " what " + mention(e.Other) + " held"
		}
		return fmt.Sprintf("%s. The AI may answer again (read back at %s). · ref %s", what, clockSecs(e.At), e.Ref)
	case takeover.DidFail:
		return fmt.Sprintf("%s: %s. %s The bot goes on trying. · ref %s", failHead(l, e), troubleCause(provider, l.Trouble), troubleMeaning(l), e.Ref)
	case takeover.DidWarnDesk:
		return fmt.Sprintf("For the whole desk: after %s this is still not proven. %s: %s. %s The bot goes on trying. · ref %s",
			lasting(takeover.DeskPatience), failHead(l, e), troubleCause(provider, l.Trouble), troubleMeaning(l), e.Ref)
	case takeover.DidLose:
		return fmt.Sprintf("%s lost %s of this conversation and did not take them back: %s. The AI's own switch was read back and is right. Whoever uses these entries has to set them again. · ref %s",
			provider, entries(e.Lost), entryNames(e.Lost), e.Ref)
	case takeover.DidWatch:
		return fmt.Sprintf("%s watches: new messages appear here as they come, looked for every %d seconds, until %s or until the conversation ends. %s · ref %s",
			mention(e.Who), int(takeover.WatchEvery.Seconds()), clock(e.At.Add(takeover.WatchFor)), threadHead, e.Ref)
	case takeover.DidStopWatch:
		if e.Who != "" {
			return fmt.Sprintf("%s stopped the watch: new messages do not appear here by themselves any more. · ref %s", mention(e.Who), e.Ref)
		}
		return fmt.Sprintf("The watch of %s is over: %s. New messages do not appear here by themselves any more. · ref %s", mention(e.Other), firstNonEmpty(escaped(e.Answer), "its time is over"), e.Ref)
	case takeover.DidNotNote:
		return fmt.Sprintf("%s does not take notes for this conversation: the AI does not know what was agreed. The line is handed back all the same. · ref %s", provider, e.Ref)
	default:
		return entryWords(provider, e)
	}
}

// failHead says what is not so, and whose line it is.
func failHead(l takeover.Line, e takeover.Entry) string {
	if l.State == takeover.StateReturning {
		return fmt.Sprintf("%s (held by %s)", troubleHead(l), mention(e.Other))
	}
	return fmt.Sprintf("%s (%s takes over)", troubleHead(l), mention(e.Other))
}

// asOf is the line as it was when the entry was written: until the thread's turn comes
// it may have gone on. The state is the first word of Entry.After.
func asOf(l takeover.Line, e takeover.Entry) takeover.Line {
	l.Trouble = e.Trouble
	if l.Trouble == nil {
		l.Trouble = &takeover.Trouble{}
	}
	l.State = takeover.StateTaking
	if strings.HasPrefix(e.After, string(takeover.StateReturning)) {
		l.State = takeover.StateReturning
	}
	if l.Ref != e.Ref || l.CheckedAt.After(e.At) {
		l.CheckedAt = time.Time{} // a later proof says nothing of then
	}
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
	return b.lastAnswer(ctx, c, said(refusalWords(job.Refusal)))
}

package slackbot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/slack-go/slack"

	"takeoverbot/takeover"
)

// threadMessages is how many messages an opening shows, and a press of "20 earlier".
const threadMessages = 20

// threadHead is the first line of a thread: it says which words reach the end user.
const threadHead = "Nothing written in this thread reaches the end user."

// open shows a line: its card in the desk's channel, and its newest messages in the
// thread, oldest first. What is shown already is not shown again.
func (b *Bot) open(ctx context.Context, c takeover.Command) error {
	return b.openFound(ctx, c, "")
}

// openFound is open with a sentence in front of the private answer.
func (b *Bot) openFound(ctx context.Context, c takeover.Command, found string) error {
	line, t, err := b.deps.Service.Read(ctx, c.Line, c.Conversation, threadMessages)
	if err != nil {
		return err
	}
	conv := c.Conversation
	if conv == "" {
		conv = line.Current
	}
	post, err := b.putUpCard(ctx, line)
	if err != nil {
		return err
	}
	answer := b.opened(ctx, line, post, conv, t, found)
	if c.Verb != takeover.Refresh {
		// The asker is answered first: the thread has to keep Slack's pace.
		if err := b.answerOnce(ctx, c, answer); err != nil {
			return err
		}
	}
	told := post.TS
	if post, err = b.drawnCard(ctx, line); err != nil {
		return err
	}
	if post.TS != told && c.Verb != takeover.Refresh {
		if err := b.lastAnswer(ctx, c, b.opened(ctx, line, post, conv, t, "The card had been deleted and was put up again.")); err != nil {
			return err
		}
	}
	shown, err := b.showMessages(ctx, line, conv, post, t)
	if err == nil && shown == 0 && c.Verb == takeover.Refresh {
		err = b.lastAnswer(ctx, c, said("There is nothing new: the thread shows every message."))
	}
	return err
}

// answerOnce answers the asker of an opening, who is not told again where the thread's
// turn has not come yet and the opening is worked once more.
func (b *Bot) answerOnce(ctx context.Context, c takeover.Command, m message) error {
	key := "told/" + c.Key
	if _, told, err := b.deps.Posts.Post(ctx, key); err != nil || told {
		return err
	}
	if err := b.slack.answer(ctx, c.Reply, c.By, m); err != nil {
		b.deps.Log.WarnContext(ctx, "private answer not delivered", "verb", c.Verb, "err", err)
		return nil
	}
	return b.deps.Posts.PutPost(ctx, takeover.Post{Key: key, Channel: c.Reply.Channel})
}

// drawnCard draws the line's card and returns where it stands then: only the drawing
// finds out that somebody deleted it.
func (b *Bot) drawnCard(ctx context.Context, line takeover.Line) (takeover.Post, error) {
	if err := b.Draw(ctx, takeover.DrawJob{Line: line.ID, Version: line.Version}); err != nil {
		if _, later := errors.AsType[*takeover.LaterError](err); !later {
			return takeover.Post{}, err
		}
	}
	return b.putUpCard(ctx, line)
}

// belowCard has post put something into the thread of the line's card.
func (b *Bot) belowCard(ctx context.Context, line takeover.Line, post func(card takeover.Post) error) error {
	if _, err := b.putUpCard(ctx, line); err != nil {
		return err
	}
	card, err := b.drawnCard(ctx, line)
	if err != nil {
		return err
	}
	if err := post(card); !errors.Is(err, errThreadGone) {
		return err
	}
	return takeover.Later(time.Second, "the card was deleted in this moment")
}

// opened is the private answer to an opening.
func (b *Bot) opened(ctx context.Context, l takeover.Line, post takeover.Post, conv takeover.ConversationID, t takeover.Transcript, found string) message {
	where := fmt.Sprintf("in <#%s>", post.Channel)
	if own, err := b.self.get(ctx); err == nil {
		if link := permalink(own.URL, post.Channel, post.TS); link != "" {
			where = fmt.Sprintf("<%s|here>", link)
		}
	}
	text := fmt.Sprintf("The card is %s, with the last messages in its thread. %s.", where, cardState(l))
	if found != "" {
		text = found + " " + text
	}
	switch {
	case conv == l.Current:
	case l.Covers(conv):
		text += " You opened an older conversation of this line; a takeover covers it and the newest one."
	default:
		text += " You opened an older conversation of this line that the present takeover does not cover: the AI may be talking there."
	}
	if len(t.Messages) == 0 {
		text += " " + noMessages(l, t)
	}
	return said(text)
}

// noMessages says why there is nothing to read.
func noMessages(l takeover.Line, t takeover.Transcript) string {
	if t.State != takeover.TranscriptRead && t.Why != "" {
		return escaped(t.Why)
	}
	return fmt.Sprintf("%s has no messages of this conversation: it may be set to keep none.", l.Provider)
}

func shownKey(line takeover.LineID, conv takeover.ConversationID) string {
	return "shown/" + string(line) + "/" + string(conv)
}

// showMessages puts into the thread what it does not show yet, and returns how many
// messages that were.
func (b *Bot) showMessages(ctx context.Context, line takeover.Line, conv takeover.ConversationID, card takeover.Post, t takeover.Transcript) (n int, err error) {
	shown, _, err := b.deps.Posts.Post(ctx, shownKey(line.ID, conv))
	if err != nil {
		return 0, err
	}
	if shown.TS != card.TS {
		shown.Extra = "" // that thread went with its card
	}
	messages := since(t.Messages, shown.Extra)
	if len(messages) == 0 {
		return 0, nil
	}
	head := threadHead + "\n" + newestHead(len(messages), t)
	if shown.Extra != "" {
		head = fmt.Sprintf("%s since the last time, oldest first.", count(len(messages), "new message"))
	}
	posts := transcriptPosts(head, messages, names{})
	if !t.Complete || len(messages) < len(t.Messages) {
		posts[len(posts)-1].Blocks = append(posts[len(posts)-1].Blocks, b.threadButtons(line, conv, messages[0].Key))
	}
	newest := messages[len(messages)-1].Key
	if err := b.postAll(ctx, normal, fmt.Sprintf("messages/%s/%s/%s/%s", line.ID, conv, card.TS, newest), card, posts); errors.Is(err, errThreadGone) {
		return len(messages), nil // the next opening shows them below a new card
	} else if err != nil {
		return 0, err
	}
	return len(messages), b.deps.Posts.PutPost(ctx, takeover.Post{Key: shownKey(line.ID, conv), Channel: card.Channel, TS: card.TS, Extra: newest})
}

// newestHead says how much of a conversation is shown.
func newestHead(n int, t takeover.Transcript) string {
	switch {
	case t.Complete && n == len(t.Messages):
		return fmt.Sprintf("All there is: %s, oldest first.", count(n, "message"))
	case t.Total > 0:
		return fmt.Sprintf("The last %s of %d, oldest first.", count(n, "message"), t.Total)
	default:
		return fmt.Sprintf("The last %s, oldest first; there are earlier ones.", count(n, "message"))
	}
}

// since returns the messages after the one with the key; all of them if it is not
// among them.
func since(messages []takeover.Message, key string) []takeover.Message {
	if i := slices.IndexFunc(messages, func(m takeover.Message) bool { return m.Key == key }); i >= 0 {
		return messages[i+1:]
	}
	return messages
}

// threadButtons lead further back from the oldest message shown.
func (b *Bot) threadButtons(line takeover.Line, conv takeover.ConversationID, oldest string) slack.Block {
	return slack.NewActionBlock(beforeBlock(oldest, conv),
		button(actionEarlier, string(line.ID), fmt.Sprintf("%d earlier", threadMessages)),
		button(actionTranscript, string(line.ID), "Whole transcript"))
}

// postAll posts a row of messages into a card's thread, each once, in order. It is
// errThreadGone where somebody deleted the card.
func (b *Bot) postAll(ctx context.Context, p priority, key string, card takeover.Post, posts []message) error {
	for i, m := range posts {
		at := place{Channel: card.Channel, Thread: card.TS}
		_, err := b.slack.onceIn(ctx, p, fmt.Sprintf("%s/%d", key, i), at, m)
		if err != nil {
			return fmt.Errorf("post into the thread: %w", err)
		}
	}
	return nil
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

package write

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/render"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/slackbot/transcript"
	"takeoverbot/slackbot/typed"
	"takeoverbot/takeover"
)

// inWords joins names: "A", "A and B", "A, B and C".
func inWords(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

const (
	// threadLease is longer than threadTime, so that the lease is still held when the last row
	// is written.
	threadLease = 60 * time.Second
	// threadTime bounds the filling of a thread; the next run of the job does the rest.
	threadTime = 45 * time.Second
	// threadPatience is how long a worker waits for another one.
	threadPatience = 3 * time.Second
	// deeper is how many messages are read where none of the newest ones is shown; where none
	// of these is shown either, all are read.
	deeper = 100
)

// exhibit is a conversation being shown in the thread of its line's card.
type exhibit struct {
	*Writer
	line  takeover.Line
	conv  takeover.ConversationID
	card  takeover.Card
	shown takeover.Shown
	t     takeover.Transcript
	// others are the names of the messages that the thread shows of the line's other conversations,
	// where that matters: a text that a provider reports is shown before it is known in which one
	// it is.
	others map[string]bool
}

// showMessages posts the messages that the thread does not show yet, and returns their number.
// One worker at a time fills a line's thread. What is about to be posted is stored first, so
// that a run after a crash posts exactly that, and then goes on: every message is shown once, in
// order, and one that becomes visible late is shown when it is seen. err is slackapi.ErrThreadGone where the card was deleted.
func (w *Writer) showMessages(ctx context.Context, line takeover.Line, conv takeover.ConversationID, card takeover.Card, t takeover.Transcript) (n int, err error) {
	release, err := w.leaseThread(ctx, line.ID)
	if err != nil {
		return 0, err
	}
	defer release()
	ctx, cancel := context.WithTimeout(ctx, threadTime)
	defer cancel()
	s, err := w.shownIn(ctx, line.ID, conv, card)
	if err != nil {
		return 0, err
	}
	x := &exhibit{Writer: w, line: line, conv: conv, card: card, shown: s, t: t}
	if err := x.lookAtOthers(ctx); err != nil {
		return 0, err
	}
	if len(s.Posting) > 0 {
		if err := x.reach(ctx, s.Posting[:1]); err != nil {
			return 0, err
		}
		messages := pick(s.Posting, x.t.Messages)
		if err := x.post(ctx, messages); err != nil {
			return 0, err
		}
		n = len(messages)
	}
	more, err := x.goOn(ctx)
	return n + more, err
}

// leaseThread waits a short time for another worker that fills the thread: a job that comes
// back later has to read the conversation again.
func (w *Writer) leaseThread(ctx context.Context, id takeover.LineID) (release func(), err error) {
	patience, cancel := context.WithTimeout(ctx, threadPatience)
	defer cancel()
	for {
		lease, ok, err := w.Posts.Lease(ctx, "thread/"+string(id), threadLease)
		if err != nil {
			return nil, fmt.Errorf("lease the thread: %w", err)
		}
		if ok {
			return lease.Release, nil
		}
		select {
		case <-patience.Done():
			return nil, takeover.Later(time.Second, "another worker fills the thread")
		case <-time.After(drawAgain):
		}
	}
}

// goOn shows the messages that are not shown yet.
func (x *exhibit) goOn(ctx context.Context) (n int, err error) {
	if err := x.reach(ctx, x.shown.Keys); err != nil {
		return 0, err
	}
	messages := unshown(x.shown, x.t.Messages)
	if len(messages) == 0 {
		return 0, nil
	}
	x.shown.Whole = x.shown.Whole || x.first() && x.t.Complete
	x.shown.Posting = names(messages)
	if x.shown.Burst, err = x.burst(ctx, messages); err != nil {
		return 0, err
	}
	if err := x.Posts.PutShown(ctx, x.shown); err != nil {
		return 0, fmt.Errorf("store what is being shown: %w", err)
	}
	return len(messages), x.post(ctx, messages)
}

// first says that the thread shows nothing of the conversation yet.
func (x *exhibit) first() bool { return len(x.shown.Keys) == 0 }

// reach reads further back until the transcript includes one of the messages, or is complete.
func (x *exhibit) reach(ctx context.Context, names []string) error {
	for _, n := range []int{deeper, 0} {
		if len(names) == 0 || x.t.Complete || anyOf(x.t.Messages, names) {
			return nil
		}
		_, t, err := x.Service.Read(ctx, takeover.Reading{Line: x.line.ID, Conversation: x.conv, Messages: n})
		if err != nil {
			return err
		}
		x.t = t
	}
	return nil
}

// lookAtOthers reads what the thread shows of the line's other conversations, if there are texts in
// this one that may stand there.
func (x *exhibit) lookAtOthers(ctx context.Context) error {
	if !slices.ContainsFunc(x.t.Messages, func(m takeover.Message) bool { return m.Reported != "" || m.Written != "" }) {
		return nil
	}
	for _, c := range x.line.Covered {
		if c.ID == x.conv {
			continue
		}
		other, err := x.shownIn(ctx, x.line.ID, c.ID, x.card)
		if err != nil {
			return err
		}
		if all := append(other.Keys, other.Posting...); len(all) > 0 {
			if x.others == nil {
				x.others = map[string]bool{}
			}
			maps.Copy(x.others, set(all))
		}
	}
	return nil
}

// stands reports whether the thread has a message that is not among those that it shows: what the
// end user wrote, by the provider's report of it, or what an operator wrote there.
func (x *exhibit) stands(m takeover.Message) bool {
	if name := alias(m); name != "" && (slices.Contains(x.shown.Keys, name) || x.others[name]) {
		return true
	}
	return m.Written != "" && (!x.first() || len(x.others) > 0)
}

// post posts what is new of the batch that is stored, and stores that it is posted.
func (x *exhibit) post(ctx context.Context, messages []takeover.Message) error {
	messages = slices.DeleteFunc(slices.Clone(messages), x.stands)
	added := false
	if b := x.shown.Burst; len(messages) > 0 && b.Post != "" && b.Post != x.key() {
		var err error
		if added, err = x.add(ctx, b); err != nil {
			return err
		}
		if !added {
			x.shown.Burst = takeover.Burst{}
		}
	}
	if len(messages) > 0 && !added {
		posts := transcript.Posts(x.line, "", messages)
		x.head(posts, messages)
		if x.first() && !x.shown.Whole {
			last := &posts[len(posts)-1]
			last.Blocks = append(last.Blocks, x.threadButtons(x.line, x.conv, messages[0].Key))
		}
		if err := x.postAll(ctx, slackapi.Normal, x.key(), x.card, posts); err != nil {
			return err
		}
	}
	x.shown = posted(x.shown, x.t.Messages)
	if err := x.Posts.PutShown(ctx, x.shown); err != nil {
		return fmt.Errorf("store what is shown: %w", err)
	}
	return nil
}

// key names the posts of the batch that is stored.
func (x *exhibit) key() string {
	batch := x.shown.Posting[len(x.shown.Posting)-1]
	return fmt.Sprintf("messages/%s/%s/%s/%s", x.line.ID, x.conv, x.card.TS, batch)
}

// burstTime is for how long what an end user writes is added to one post.
const burstTime = 10 * time.Second

// burst is the post that the stored batch goes into, if it holds nothing but the end user's words: the
// last one, if it is as well and young, and no operator has written to the end user since; else a
// new one.
func (x *exhibit) burst(ctx context.Context, messages []takeover.Message) (takeover.Burst, error) {
	said := slices.DeleteFunc(slices.Clone(messages), x.stands)
	switch b := x.shown.Burst; {
	case len(said) == 0:
		return b, nil
	case x.first() || !x.line.Taken() || slices.ContainsFunc(said, func(m takeover.Message) bool { return m.Role != takeover.RoleEndUser }):
		return takeover.Burst{}, nil
	case b.Post != "" && x.Now().Sub(b.Since) < burstTime && late(x.shown, said, x.t.Messages) == 0:
		written, err := x.Reader.Happened(ctx, takeover.EventTexted, b.Since, x.Now().Add(time.Second))
		if err != nil {
			return b, fmt.Errorf("look for what was written since: %w", err)
		}
		if !slices.ContainsFunc(written, func(e takeover.Entry) bool { return e.Line == x.line.ID }) {
			b.Names = append(slices.Clone(b.Names), names(said)...)
			return b, nil
		}
	}
	return takeover.Burst{Post: x.key(), Since: x.Now().UTC(), Names: names(said)}, nil
}

// add adds the batch that is stored to an earlier post, and reports whether it did: what does not fit
// there, or cannot be changed any more, is posted anew.
func (x *exhibit) add(ctx context.Context, b takeover.Burst) (added bool, err error) {
	if slices.ContainsFunc(b.Names, func(name string) bool { return !anyOf(x.t.Messages, []string{name}) }) {
		return false, nil
	}
	messages := pick(b.Names, x.t.Messages)
	posts := transcript.Posts(x.line, "", messages)
	post, _, err := x.Posts.Post(ctx, b.Post+"/0")
	if err != nil || post.TS == "" || len(posts) != 1 {
		return false, err
	}
	x.head(posts, messages)
	if err := x.Slack.AwaitUpdate(ctx, slackapi.Normal); err != nil {
		return false, err
	}
	err = x.Slack.Update(ctx, post.Channel, post.TS, posts[0])
	if err != nil && !neverEdits(err) {
		return false, err
	}
	return err == nil, nil
}

// head puts a heading over the first post, and mentions the holder where an end user wrote. It
// is not part of what is packed: a run after a crash packs the same batch into the same posts,
// even if the heading has changed. The text for lock screens has whom it is about, and the words.
func (x *exhibit) head(posts []slackapi.Message, messages []takeover.Message) {
	holder := mrkdwn.Mention(x.line.Takeover.Holder)
	head := newHead(transcript.Count(messages), x.whichOne(), writers(messages)) + x.lateHead(messages)
	who := render.WhoWaits(x.line, messages[len(messages)-1].ShownAt())
	lockScreen := fmt.Sprintf("%s. %s", who, x.excerpt(messages, true))
	switch {
	case x.first():
		head = render.TalkHead(x.line, x.Desks.Of(x.line).Careful) + "\n" + x.whichFirst() + newestHead(messages, x.t)
		lockScreen = fmt.Sprintf("%s. %s", who, strings.ReplaceAll(head, "\n", " "))
	case x.spokeOn(messages):
		spoke := fmt.Sprintf("%s, the AI spoke although you have this line", holder)
		lockScreen = fmt.Sprintf("%s. %s: “%s”", who, spoke, x.excerpt(messages, !onlyWrites(messages, takeover.RoleAssistant)))
		if onlyWrites(messages, takeover.RoleAssistant) {
			head = x.lateHead(messages)
		}
		head = strings.TrimSpace(spoke + ". " + strings.TrimSpace(head))
	case onlyWrites(messages, takeover.RoleNote):
		given := "This note was given to the AI"
		if by := x.line.HandBack.By; by != "" {
			given = fmt.Sprintf("%s gave this note to the AI at the hand-back", mrkdwn.Mention(by))
		}
		head = given + "." + x.lateHead(messages)
		lockScreen = fmt.Sprintf("%s. %s: “%s”", who, given, x.excerpt(messages, false))
	case x.line.Taken() && onlyWrites(messages, takeover.RoleEndUser):
		head = fmt.Sprintf("%s, %s.%s", holder, x.wrote(messages, false), x.lateHead(messages))
		lockScreen = fmt.Sprintf("%s, %s: “%s”", holder, x.wrote(messages, true), x.excerpt(messages, false))
	case x.line.Taken() && writes(messages, takeover.RoleEndUser):
		head, lockScreen = holder+" "+head, holder+", "+lockScreen
	}
	first := &posts[0]
	first.Text = lockScreen
	if len(posts) > 1 {
		first.Text += fmt.Sprintf(" Part 1 of %d.", len(posts))
	}
	first.Blocks = append([]slack.Block{mrkdwn.Section("head", head)}, first.Blocks...)
}

// newHead says how many messages are new, in which conversation, and from whom.
func newHead(n int, which, whom string) string {
	if n == 1 {
		return fmt.Sprintf("1 new message since the last time, from %s%s.", which, whom)
	}
	return fmt.Sprintf("%s since the last time, oldest first. From %s%s.", mrkdwn.Count(n, "new message"), which, whom)
}

// wrote says who wrote how much to the holder of a line: the end user alone. waits has it say for how
// long that end user had been waiting before, from a minute on.
func (x *exhibit) wrote(messages []takeover.Message, waits bool) string {
	who := mrkdwn.Escape(cmp.Or(typed.Name(x.line, mrkdwn.MaxName), x.line.EndUser.Masked()))
	waited := messages[len(messages)-1].ShownAt().Sub(time.Time(x.line.WaitingSince()))
	if waits && !x.line.WaitingSince().IsZero() && waited >= time.Minute {
		who += ", waiting for " + mrkdwn.Duration(waited) + ","
	}
	what := ""
	if n := transcript.Count(messages); n > 1 {
		what = " " + mrkdwn.Count(n, "message")
	}
	if which := strings.TrimSuffix(x.whichOne(), ": "); which != "" {
		what += " in " + which
	}
	return who + " wrote" + what
}

// excerpt is what was written, oldest first, as a lock screen shows it: masked, on one line, and
// without effect in Slack. speakers has it name who wrote what.
func (x *exhibit) excerpt(messages []takeover.Message, speakers bool) string {
	var words []string
	for _, m := range messages {
		switch {
		case m.Text == "" || m.Role == takeover.RoleTool || m.Role == takeover.RoleSystem:
		case speakers:
			words = append(words, fmt.Sprintf("%s: %s", mrkdwn.SpeakerName(m.Role), mrkdwn.Said(m.Role, m.Text)))
		default:
			words = append(words, mrkdwn.Said(m.Role, m.Text))
		}
	}
	return mrkdwn.Escape(mrkdwn.OneLine(typed.MaskOf(x.line).In(cmp.Or(strings.Join(words, " · "), "(no text)")), takeover.ExcerptLength))
}

// lateHead says that messages are late; empty where none is. They are the oldest ones.
func (x *exhibit) lateHead(messages []takeover.Message) string {
	var which string
	switch n := late(x.shown, messages, x.t.Messages); {
	case n == 0:
		return ""
	case n == 1 && len(messages) == 1:
		which = "It is late"
	case n == 1:
		which = "The first one is late"
	case n == len(messages):
		which = "They are late"
	default:
		which = fmt.Sprintf("The first %d are late", n)
	}
	return fmt.Sprintf(" %s: %s shows only now what was written before messages above.", which, x.line.Provider)
}

// whichOne names the conversation of the messages, where a takeover covers several; empty or
// ending in a colon.
func (x *exhibit) whichOne() string {
	switch {
	case len(x.line.Covered) < 2:
		return ""
	case x.conv != x.line.Newest.ID:
		return "an older conversation of this line: "
	case !x.line.Takeover.JoinedAt.IsZero():
		return "the new conversation: "
	}
	return ""
}

// whichFirst is whichOne for the first messages of a conversation.
func (x *exhibit) whichFirst() string {
	switch {
	case x.conv != x.line.Newest.ID:
		return "An older conversation of this line. "
	case len(x.line.Covered) > 1 && !x.line.Takeover.JoinedAt.IsZero():
		return "A new conversation of this line. "
	}
	return ""
}

// newestHead says how much of a conversation is shown.
func newestHead(messages []takeover.Message, t takeover.Transcript) string {
	last, shared := mrkdwn.Count(len(messages), "message"), sharedLines(messages)
	switch {
	case t.Complete && len(messages) == len(t.Messages):
		return fmt.Sprintf("All there is: %s, oldest first.", mrkdwn.Count(transcript.Count(messages), "message"))
	case t.Total > 0:
		return fmt.Sprintf("The last %s of %d, oldest first%s.", last, t.Total, shared)
	default:
		return fmt.Sprintf("The last %s, oldest first%s; there are earlier ones.", last, shared)
	}
}

// sharedLines says, behind a count that is the provider's, that fewer lines are shown; empty where
// each message has a line.
func sharedLines(messages []takeover.Message) string {
	lines := transcript.Count(messages)
	if lines == len(messages) {
		return ""
	}
	return fmt.Sprintf(" (on %s: what tools did between two texts is one)", mrkdwn.Count(lines, "line"))
}

// writers says who wrote, in the order of their first messages.
func writers(messages []takeover.Message) string {
	var names []string
	seen := map[string]bool{}
	for _, m := range messages {
		name := "others"
		switch m.Role {
		case takeover.RoleTool:
			name = "tools"
		case takeover.RoleSystem:
			name = "the system"
		case takeover.RoleEndUser:
			name = "the end user"
		case takeover.RoleAssistant:
			name = "the AI"
		case takeover.RoleOperator:
			name = "an operator"
		case takeover.RoleNote:
			name = "a note for the AI"
		}
		if !seen[name] {
			names, seen[name] = append(names, name), true
		}
	}
	return inWords(names)
}

// onlyWrites reports whether all messages are of one role.
func onlyWrites(messages []takeover.Message, role takeover.Role) bool {
	return !slices.ContainsFunc(messages, func(m takeover.Message) bool { return m.Role != role })
}

// writes reports whether any of the messages is of that role.
func writes(messages []takeover.Message, role takeover.Role) bool {
	for _, m := range messages {
		if m.Role == role {
			return true
		}
	}
	return false
}

// spokeOn says whether the AI wrote any of the messages after a person had taken over.
func (x *exhibit) spokeOn(messages []takeover.Message) bool {
	return slices.ContainsFunc(messages, func(m takeover.Message) bool {
		return m.Role == takeover.RoleAssistant && x.line.SaidSince(x.conv, m)
	})
}

// threadButtons show more from before the oldest message shown.
func (w *Writer) threadButtons(line takeover.Line, conv takeover.ConversationID, oldest string) slack.Block {
	return slack.NewActionBlock(ids.BeforeBlock(oldest, conv),
		mrkdwn.Button(ids.Earlier, string(line.ID), fmt.Sprintf("%d earlier", threadMessages)),
		mrkdwn.Button(ids.Transcript, string(line.ID), "Whole transcript"))
}

// postAll posts messages into a card's thread, each once, in order. err is
// slackapi.ErrThreadGone where the card was deleted.
func (w *Writer) postAll(ctx context.Context, p slackapi.Priority, key string, card takeover.Card, posts []slackapi.Message) error {
	for i, m := range posts {
		at := slackapi.Place{Channel: card.Channel, Thread: card.TS}
		_, err := w.Slack.PostOnce(ctx, p, fmt.Sprintf("%s/%d", key, i), at, m)
		if err != nil {
			return fmt.Errorf("post into the thread: %w", err)
		}
	}
	return nil
}

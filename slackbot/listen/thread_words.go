package listen

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/people"
	"takeoverbot/slackbot/render"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/slackbot/typed"
	"takeoverbot/takeover"
)

// uttered is a message that a person wrote in the thread of a line's card.
type uttered struct {
	innerEvent
	line takeover.Line
	rest string // what follows the word
	at   time.Time
	// revision is the id of the change where a message was edited or deleted; empty for a new one.
	revision string
}

// key is the natural key of the message, or of its change: Slack may deliver it again under another
// event id.
func (s uttered) key() string {
	return strings.TrimSuffix("message/"+s.Channel+"/"+s.TS+"/"+s.revision, "/")
}

// holder reports whether the person who wrote holds the line.
func (s uttered) holder() bool {
	return s.line.Taken() && s.line.Takeover.Holder == takeover.OperatorID(s.User)
}

func (s uttered) reply() takeover.Reply {
	return takeover.Reply{Channel: s.Channel, Thread: s.ThreadTS}
}

// command is a command of the person who wrote, about the thread's line.
func (s uttered) command(verb takeover.Verb) takeover.Command {
	return takeover.Command{
		Key: s.key(), Verb: verb, By: takeover.OperatorID(s.User), Team: s.team, Origin: takeover.FromWord,
		At: s.at, Line: s.line.ID, Reply: s.reply(),
	}
}

// threadWord is one row of the table of words that work in threads.
type threadWord struct {
	name    string
	example string // as typed
	what    string
	need    people.Role
	run     func(*Listener, context.Context, uttered) (Answer, error)
}

// threadWords are the words. They do what the buttons do, with the same checks.
func threadWords() []threadWord {
	return []threadWord{
		{"take", "!take", "take over: silence the AI", people.Responder, (*Listener).saidTake},
		{"back", "!back a plumber comes at four", "hand back to the AI; what follows becomes a note that only the AI reads", people.Responder, (*Listener).saidBack},
		{replyWord, "!reply a plumber comes at four", "write to the end user, also where other lines of the thread stay inside", people.Responder, (*Listener).saidReply},
		{"note", "!note water is off", "remember what was agreed: the AI is told when the line is handed back", people.Responder, (*Listener).saidNote},
		{"handoff", "!handoff @colleague needs a call at four", "offer the line to a colleague, who accepts or declines", people.Responder, (*Listener).saidHandOff},
		{"accept", "!accept", "take what is offered to you; `!decline` refuses it", people.Responder, (*Listener).saidAccept},
		{"decline", "", "", people.Responder, (*Listener).saidDecline},
		{"takefrom", "!takefrom @colleague whose phone is dead", "take the line from its holder, who is told why", people.Responder, (*Listener).saidTakeFrom},
		{"more", "!more 60", "hold the line so many minutes longer, at most 120; 30 without a number", people.Responder, (*Listener).saidMore},
		{"log", "!log", "what happened on this line", people.Reader, (*Listener).saidLog},
		{"help", "!help", "this list", people.Reader, (*Listener).saidHelp},
	}
}

// wordStart is a word at the beginning of a message, perhaps in bold, italics or code, and behind
// emoji. A word that is struck out does not count.
var wordStart = regexp.MustCompile("(?s)^(?:\\s|:[a-z0-9_+'\\-]+:|[\\p{So}\\x{fe0f}\\x{200d}\\x{1f3fb}-\\x{1f3ff}])*([*_`]*)([!！﹗︕ǃ❗❕]+|:(?:heavy_|grey_)?exclamation(?:_mark)?:)(\\s*)(\\p{L}+)(.*)$")

// maxWord is how much of an unknown word the answer repeats, in characters.
const maxWord = 20

// threadWordIn reads "!word and the rest", with any punctuation behind the word. apart says that
// something stands between the sign and the word: it may be talk. Ordinary messages, and those
// that begin with // because they are for colleagues, have no word.
func threadWordIn(text string) (name, rest string, apart, ok bool) {
	part := wordStart.FindStringSubmatch(mrkdwn.StripHidden(text))
	if part == nil {
		return "", "", false, false
	}
	marks, rest := part[1], part[5]
	if closed := strings.TrimLeft(rest, marks); closed != rest {
		rest = closed
	} else {
		rest = strings.TrimRight(strings.TrimSpace(rest), marks)
	}
	name, _ = typed.FirstWord(part[4])
	return name, strings.TrimSpace(strings.TrimLeft(rest, ".,:;!?…：，、。！？")), part[3] != "" || utf8.RuneCountInString(part[2]) > 1, true
}

// threadWord is the task of one word.
func (ln *Listener) threadWord(name string, apart bool, s uttered) task {
	var names []string
	for _, w := range threadWords() {
		names = append(names, w.name)
	}
	nearest := typed.NearestWord(name, names)
	if slices.Contains(names, name) {
		nearest = name
	}
	t := task{user: s.User, team: s.team, needs: people.Reader,
		run: func(ctx context.Context) (Answer, error) {
			shown := mrkdwn.Escape(mrkdwn.Clip(name, maxWord))
			head := fmt.Sprintf("There is no word “!%s”: nothing was changed. These work here:", shown)
			if nearest != "" {
				head = fmt.Sprintf("There is no word “!%s”: nothing was changed. Did you mean `!%s`? These work here:", shown, nearest)
			}
			if nearest == name {
				head = fmt.Sprintf("Did you mean `!%s`? Write the sign and the word together. Nothing was changed. These work here:", name)
			}
			return ln.sayPrivately(ctx, "unknown word", s, threadHelp(head, ln.talkHead(s)))
		},
		refuse: func(ctx context.Context, refusal string) (Answer, error) {
			return ln.sayPrivately(ctx, "refused", s, mrkdwn.TextMessage(refusal))
		}}
	for _, w := range threadWords() {
		if w.name == name && !apart {
			t.stores = w.name != "help"
			t.needs, t.run = w.need, func(ctx context.Context) (Answer, error) { return w.run(ln, ctx, s) }
		}
	}
	return t
}

// storeWord stores the command of a word.
func (ln *Listener) storeWord(ctx context.Context, c takeover.Command) (Answer, error) {
	return ln.store(ctx, "word "+string(c.Verb), c)
}

func (ln *Listener) saidTake(ctx context.Context, s uttered) (Answer, error) {
	return ln.storeWord(ctx, s.command(takeover.TakeOver))
}

func (ln *Listener) saidBack(ctx context.Context, s uttered) (Answer, error) {
	c := s.command(takeover.GiveBack)
	c.AskFirst = true
	c.Note = ln.People.PlainText(ctx, s.rest)
	return ln.storeNoted(ctx, s, c)
}

func (ln *Listener) saidNote(ctx context.Context, s uttered) (Answer, error) {
	if s.rest == "" {
		return ln.sayPrivately(ctx, "word "+string(takeover.Remark), s, mrkdwn.TextMessage("What is to be remembered? Write it behind the word, for example `!note a plumber comes at four`."))
	}
	c := s.command(takeover.Remark)
	c.Note = ln.People.PlainText(ctx, s.rest)
	return ln.storeNoted(ctx, s, c)
}

// saidReply writes to the end user, also where other lines of the thread do not.
func (ln *Listener) saidReply(ctx context.Context, s uttered) (Answer, error) {
	if !s.line.Taken() {
		return ln.sayPrivately(ctx, "word reply", s, mrkdwn.TextMessage("Nobody has this line, so nothing was sent to the end user. Write `!take` first, then your words."))
	}
	d := ln.draft(ctx, s.rest, s.innerEvent)
	if d.wrong != "" {
		return ln.sayPrivately(ctx, "word reply", s, d.explained())
	}
	return ln.say(ctx, s, d)
}

func (ln *Listener) saidHandOff(ctx context.Context, s uttered) (Answer, error) {
	return ln.withPerson(ctx, s, takeover.HandOff, "To whom? Mention one colleague, for example `!handoff @colleague needs a call at four`.")
}

func (ln *Listener) saidTakeFrom(ctx context.Context, s uttered) (Answer, error) {
	return ln.withPerson(ctx, s, takeover.TakeFrom, "From whom, and why? For example `!takefrom @colleague whose phone is dead`.")
}

// withPerson stores a command that names a colleague.
func (ln *Listener) withPerson(ctx context.Context, s uttered, verb takeover.Verb, otherwise string) (Answer, error) {
	before, who, note := people.MentionIn(s.rest)
	c := s.command(verb)
	c.Note = ln.People.PlainText(ctx, note)
	if who == "" || before != "" || verb == takeover.TakeFrom && c.Note == "" {
		return ln.sayPrivately(ctx, "word "+string(verb), s, mrkdwn.TextMessage(otherwise+" Nothing was changed."))
	}
	if verb == takeover.TakeFrom {
		c.From = who
		return ln.storeNoted(ctx, s, c)
	}
	c.To = who
	return ln.storeNoted(ctx, s, c)
}

// storeNoted stores a command if its note is not too long.
func (ln *Listener) storeNoted(ctx context.Context, s uttered, c takeover.Command) (Answer, error) {
	most := render.MaxRemark
	if c.Verb == takeover.GiveBack {
		most = takeover.MaxNote
	}
	if n := utf8.RuneCountInString(c.Note); n > most {
		return ln.sayPrivately(ctx, "word "+string(c.Verb), s, mrkdwn.TextMessage(noteTooLong(n, most)))
	}
	return ln.storeWord(ctx, c)
}

func (ln *Listener) saidAccept(ctx context.Context, s uttered) (Answer, error) {
	c := s.command(takeover.Accept)
	c.Handoff = s.line.Takeover.Handoff.Ref
	return ln.storeWord(ctx, c)
}

func (ln *Listener) saidDecline(ctx context.Context, s uttered) (Answer, error) {
	c := s.command(takeover.Decline)
	c.Handoff = s.line.Takeover.Handoff.Ref
	return ln.storeWord(ctx, c)
}

// moreMinutes is how much longer a line is held without a number.
const moreMinutes = 30

func (ln *Listener) saidMore(ctx context.Context, s uttered) (Answer, error) {
	minutes := moreMinutes
	if digits, _, _ := strings.Cut(s.rest, " "); digits != "" {
		var err error
		longest := slices.Max(holdChoices())
		if minutes, err = strconv.Atoi(digits); err != nil || minutes < 1 || minutes > longest {
			return ln.sayPrivately(ctx, "word "+string(takeover.Extend), s,
				mrkdwn.TextMessage(fmt.Sprintf("How many minutes longer? Write 1 to %d, for example `!more %d`. Nothing was changed.", longest, longest)))
		}
	}
	c := s.command(takeover.Extend)
	c.For, c.More = time.Duration(minutes)*time.Minute, true
	return ln.storeWord(ctx, c)
}

func (ln *Listener) saidLog(ctx context.Context, s uttered) (Answer, error) {
	return ln.storeWord(ctx, s.command(takeover.ShowLog))
}

func (ln *Listener) saidHelp(ctx context.Context, s uttered) (Answer, error) {
	return ln.sayPrivately(ctx, "word help", s, threadHelp("Words that work in this thread, where slash commands do not:", ln.talkHead(s)))
}

// talkHead says which words of the thread reach the end user.
func (ln *Listener) talkHead(s uttered) string {
	return render.TalkHead(s.line, ln.Desks.Of(s.line).Careful)
}

// threadHelp lists the words by example, between two sentences.
func threadHelp(head, foot string) slackapi.Message {
	var list []string
	for _, w := range threadWords() {
		if w.example != "" {
			list = append(list, fmt.Sprintf("`%s` — %s", w.example, w.what))
		}
	}
	return slackapi.Message{Text: head + " !take, !back, !reply, !note, !handoff, !accept, !decline, !takefrom, !more, !log and !help.", Blocks: []slack.Block{
		mrkdwn.Section("words.head", "*"+head+"*"),
		mrkdwn.Section("words", strings.Join(list, "\n")),
		mrkdwn.Context("words.foot", foot),
	}}
}

// sayPrivately answers in the thread so that only the person who wrote sees it, and once:
// Slack may deliver the message again. The acknowledgement does not wait for it.
func (ln *Listener) sayPrivately(ctx context.Context, kind string, s uttered, m slackapi.Message) (Answer, error) {
	ln.tellOnce(ctx, s.key(), s, m)
	return Answer{Kind: kind}, nil
}

// tellOnce is sayPrivately once for a key.
func (ln *Listener) tellOnce(ctx context.Context, key string, s uttered, m slackapi.Message) {
	ctx = context.WithoutCancel(ctx)
	ln.Background(func() {
		lease, ok, err := ln.Shown.Lease(ctx, "told/"+key, 2*slackapi.TryTime)
		if err != nil || !ok {
			return // another delivery of the message is being answered
		}
		defer lease.Release()
		err = slackapi.TryFor(ctx, func(ctx context.Context) error {
			return ln.Slack.AnswerOnce(ctx, key, s.reply(), takeover.OperatorID(s.User), m)
		})
		if err != nil {
			ln.Log.WarnContext(ctx, "private answer not delivered or not noted", "err", err)
		}
	})
}

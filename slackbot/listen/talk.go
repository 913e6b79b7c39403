package listen

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"
	"time"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/people"
	"takeoverbot/slackbot/phone"
	"takeoverbot/slackbot/render"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
	"takeoverbot/talk"
)

// replyWord writes to the end user from a thread.
const replyWord = "reply"

// activeEvery is how often the holder's writing is counted as activity where nothing leaves.
const activeEvery = time.Minute

// talk is the task of a message without a word. While the line is held, the words of its holder
// leave; the author of others is asked. Before and after a takeover, nothing is done.
func (ln *Listener) talk(s uttered) task {
	if !s.line.Taken() {
		return noTask(s.Type)
	}
	return ln.saidTask(s, func(ctx context.Context) (Answer, error) { return ln.speak(ctx, s) })
}

// saidTask is a task of what was written. Only the holder expects an answer to it.
func (ln *Listener) saidTask(s uttered, run func(context.Context) (Answer, error)) task {
	return task{user: s.User, team: s.team, needs: people.Responder, stores: true, run: run,
		refuse: func(ctx context.Context, refusal string) (Answer, error) {
			if s.holder() {
				return ln.sayPrivately(ctx, "refused", s, mrkdwn.TextMessage("Nothing was sent to the end user. "+refusal))
			}
			return Answer{Kind: s.Type}, nil
		}}
}

// speak has what was written leave, if it may, or tells its author why not.
func (ln *Listener) speak(ctx context.Context, s uttered) (Answer, error) {
	text, mixed, leaves := ln.meant(s)
	if !leaves {
		return ln.active(ctx, s)
	}
	d := ln.draft(ctx, text, s.innerEvent)
	if mixed != "" {
		d.wrong = mixed
	}
	can := s.line.Ability(takeover.CanReply)
	impossible := can.Level == takeover.LevelNo || can.Level == takeover.LevelSetUp
	switch {
	case d.inside, impossible && !s.holder():
		return ln.active(ctx, s)
	case impossible:
		ln.tellOnce(ctx, "impossible/"+s.line.Takeover.Claim, s, mrkdwn.TextMessage("What you write here does not reach the end user. "+mrkdwn.Escape(can.Reason)))
		return ln.active(ctx, s)
	case d.wrong != "" && !s.holder():
		return ln.stays(ctx, s, mrkdwn.TextMessage(render.Refusal(render.RefusalOf(takeover.RefusedSpeaker, s.line))))
	case d.wrong != "":
		return ln.stays(ctx, s, d.explained())
	}
	return ln.say(ctx, s, d)
}

// stays tells the author of words why they do not leave.
func (ln *Listener) stays(ctx context.Context, s uttered, m slackapi.Message) (Answer, error) {
	if answer, err := ln.active(ctx, s); err != nil {
		return answer, err
	}
	return ln.sayPrivately(ctx, "stays", s, m)
}

// say stores words for the end user.
func (ln *Listener) say(ctx context.Context, s uttered, d draft) (Answer, error) {
	c := s.command(takeover.Say)
	c.Words, c.Files, c.Parts, c.Message = d.words, d.files, d.parts, s.TS
	answer, err := ln.store(ctx, string(takeover.Say), c)
	if err == nil && d.parts >= talk.ManyParts && s.holder() {
		return ln.sayPrivately(ctx, string(takeover.Say), s, mrkdwn.TextMessage(fmt.Sprintf(
			"Your words are long: they leave as %d texts. For five seconds you can still edit or delete your message.", d.parts)))
	}
	return answer, err
}

// active stores that the holder writes, never the words.
func (ln *Listener) active(ctx context.Context, s uttered) (Answer, error) {
	hold := s.line.Takeover.Hold
	quiet := !s.holder() || hold.For <= 0
	if quiet || hold.Step == takeover.HoldRuns && s.at.Add(hold.For).Sub(hold.Until) < activeEvery {
		return Answer{Kind: s.Type}, nil
	}
	c := s.command(takeover.Active)
	c.Reply = takeover.Reply{}
	return ln.store(ctx, string(takeover.Active), c)
}

// revise is the task of a message that was edited or deleted. Only package talk knows whether it
// was for the end user. No word in it is worked again.
func (ln *Listener) revise(s uttered, gone bool) task {
	return ln.saidTask(s, func(ctx context.Context) (Answer, error) {
		c := s.command(takeover.Recall)
		c.Message = s.TS
		var d draft
		if text, mixed, leaves := ln.meant(s); leaves && !gone {
			d = ln.draft(ctx, text, s.innerEvent)
			if mixed != "" {
				d.wrong = mixed
			}
			if !d.inside && d.wrong == "" {
				c.Verb, c.Words, c.Files, c.Parts = takeover.Reword, d.words, d.files, d.parts
			}
		}
		answer, err := ln.store(ctx, string(c.Verb), c)
		if err == nil && d.wrong != "" && !d.inside && s.holder() {
			return ln.sayPrivately(ctx, string(c.Verb), s, d.explained())
		}
		return answer, err
	})
}

// meant is what of a message is for the end user, in mrkdwn; leaves is false where nothing of it is.
// mixed says why no part of it leaves where only a part is for the end user.
func (ln *Listener) meant(s uttered) (text, mixed string, leaves bool) {
	text, addressed := ln.unaddressed(s.Text)
	name, rest, apart, isWord := threadWordIn(text)
	switch {
	case isWord && name == replyWord && !apart:
		return rest, "", true
	case isWord || addressed:
		return "", "", false
	case !ln.Desks.Of(s.line).Careful:
		return s.Text, "", true
	}
	return marked(s.Text)
}

// mark is what an operator of a careful desk writes before words for the end user, as Slack escapes it.
var mark = regexp.MustCompile(`^\s*(?:&gt;)+ ?`)

// marked is a message without the marks of its lines. The first line decides whether it is for the
// end user; then all lines have to be.
func marked(message string) (text, mixed string, leaves bool) {
	var lines []string
	for line := range strings.Lines(strings.TrimSpace(message)) {
		line = strings.TrimRight(line, "\n")
		bare := mark.ReplaceAllString(line, "")
		switch {
		case bare != line || strings.TrimSpace(line) == "":
		case len(lines) == 0:
			return "", "", false
		default:
			mixed = "Only some lines of that begin with >, so nothing was sent to the end user. Begin each line that is for the end user with >, and write the others in another message."
		}
		lines = append(lines, bare)
	}
	return strings.Join(lines, "\n"), mixed, len(lines) > 0
}

// draft is what would leave of what an operator wrote.
type draft struct {
	words  string // as a phone shows them
	files  []takeover.FileID
	parts  int
	inside bool   // they begin with // or with a word: they never leave
	wrong  string // why they cannot leave, and what to do; empty if they can
	fits   string // the beginning that could leave, of words that are too long
}

// draft makes words for a phone of mrkdwn; m has what hangs on the message.
func (ln *Listener) draft(ctx context.Context, text string, m innerEvent) draft {
	d := draft{words: phone.Plain(phone.Text(text, ln.People.NamesIn(ctx, text)))}
	files := m.standing()
	for _, f := range files {
		d.files = append(d.files, takeover.FileID(f.ID))
	}
	noWords := notWords.MatchString(d.words)
	if noWords && len(files) > 0 {
		d.words = ""
	}
	d.parts = phone.Parts(d.words)
	begin := d.words
	if behind := toPeople.ReplaceAllString(text, ""); behind != text {
		begin = phone.Text(behind, nil)
	}
	_, _, _, isWord := threadWordIn(begin)
	forwarded := slices.ContainsFunc(m.Attachments, func(a attachment) bool { return a.Shared })
	switch d.inside = isWord || insideOnly.MatchString(begin); {
	case d.inside:
		d.wrong = "What begins with // or ! stays inside: nothing was sent to the end user."
	case forwarded:
		d.wrong = "A forwarded message does not reach the end user, so nothing was sent. Write what it says in words of your own."
	case ln.filesStay(files) != "":
		d.wrong = ln.filesStay(files) + " Nothing was sent to the end user, not even the words beside it."
	case noWords && len(files) == 0:
		d.wrong = "There are no words in that: nothing was sent to the end user."
	case d.parts > talk.MaxParts:
		d.fits = fitting(d.words)
		d.wrong = fmt.Sprintf("That would be %d texts, and at most %d can leave at once: %d of its %d characters fit. Nothing was sent to the end user. Shorten it, or send it in several messages.",
			d.parts, talk.MaxParts, len([]rune(d.fits)), len([]rune(d.words)))
	case phone.Internal(text):
		d.wrong = "The end user cannot open a link into Slack or to a file on a computer, so nothing was sent. Write it without that link."
	case phone.Group(text):
		d.wrong = "The end user does not know Slack's channels and groups, so nothing was sent. Write it without them, or begin with // what is for colleagues."
	}
	return d
}

var (
	// insideOnly is // at the beginning of words, perhaps behind marks and emoji.
	insideOnly = regexp.MustCompile(`^(?::[a-z0-9_+'\-]+:|[^\pL\pN/／])*[/／]{2}`)
	// toPeople are mentions at the beginning of a message.
	toPeople = regexp.MustCompile(`^(?:\s*<@[^>]*>[\s,:]*)+`)
	// notWords has nothing that a phone shows: at most emoji of the workspace's own.
	notWords = regexp.MustCompile(`^(?:\s|:[a-z0-9_+'\-]+:)*$`)
)

// filesStay says why a message with these files does not leave, and what to do; empty if it may. Its
// words alone would tell the end user of something that is not there.
func (ln *Listener) filesStay(files []file) string {
	if len(files) == 0 {
		return ""
	}
	if !ln.SendsPictures {
		return "The bot cannot send pictures: it has no public address, which an administrator sets (PUBLIC_URL). Send the words again without a file."
	}
	if len(files) > talk.MaxPictures {
		return fmt.Sprintf("These are %d files, and at most %d can leave with one text. Send them in several messages.", len(files), talk.MaxPictures)
	}
	size := int64(0)
	for _, f := range files {
		name := "“" + mrkdwn.OneLine(f.Name, takeover.ExcerptLength) + "”"
		if f.External || f.Mode == "external" || f.Mode == "hidden_by_limit" {
			return "Slack does not keep " + name + ", so the bot cannot send it. Upload the picture itself."
		}
		if f.Type != "" && !talk.Sendable(f.Type) {
			return name + " is no picture that every phone shows: only JPEG, PNG and GIF can leave. Post it as one of these, or say in words what it shows."
		}
		size += f.Size
	}
	if size > talk.MaxPictureBytes {
		return fmt.Sprintf("The pictures of one text may have 1 MB together, and these have %.1f MB. Post a smaller copy, such as a screenshot, or one picture with each message.", float64(size)/1e6)
	}
	return ""
}

// fitting is the longest beginning of a text that has no more than talk.MaxParts.
func fitting(words string) string {
	runes := []rune(words)
	n := sort.Search(min(len(runes), talk.MaxParts*phone.PartLength), func(n int) bool { return phone.Parts(string(runes[:n+1])) > talk.MaxParts })
	return string(runes[:n])
}

// explained is why words do not leave, with what would fit of them.
func (d draft) explained() slackapi.Message {
	m := mrkdwn.TextMessage(mrkdwn.Escape(d.wrong))
	if d.fits != "" {
		m.Blocks = append(m.Blocks, mrkdwn.Context("fits", "This much would fit:"), mrkdwn.Quote("words", d.fits))
	}
	return m
}

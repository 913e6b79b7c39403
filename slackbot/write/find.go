package write

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/render"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/slackbot/typed"
	"takeoverbot/takeover"
)

const (
	// pageSize is how many results a private answer shows at once.
	pageSize = 5
	// findLimit is how many conversations one search asks the provider for.
	findLimit = 50
)

// find answers a search. number is the stored search, c its command, and answerTo the command
// to answer: c itself, or the one that asks for a further page.
func (w *Writer) find(ctx context.Context, number int64, c, answerTo takeover.Command) error {
	q := c.Query
	q.Limit = findLimit
	if q.Field == takeover.FieldLastDigits || q.Field == takeover.FieldName || q.Field == takeover.FieldAnonymous {
		q.Limit = 100 // looked through here, not by the provider
	}
	found, err := w.Service.Find(ctx, q)
	if err != nil {
		return err
	}
	hits := found.Conversations
	after := min(answerTo.After, len(hits))
	page := hits[after:min(after+pageSize, len(hits))]
	if len(page) == 0 && after > 0 {
		answerTo.Reply.Replace = false
		return w.Slack.Answer(ctx, answerTo.Reply, answerTo.By, mrkdwn.TextMessage("That was the last one: there are no more results."))
	}
	if len(page) == 0 {
		words := w.nothingAnywhere(found, c.Query)
		if c.Take {
			words += " Nothing was taken over."
		}
		return w.Slack.Answer(ctx, answerTo.Reply, answerTo.By, mrkdwn.TextMessage(words))
	}
	switch {
	case c.Take:
		return w.takeFound(ctx, number, c, found)
	case c.Then != "":
		return w.foundThen(ctx, c, found)
	}
	lines, err := w.Service.Remember(ctx, c.Query, page, newestOf(hits))
	if err != nil {
		return err
	}
	if len(hits) == 1 && !found.More {
		answerTo.Line, answerTo.Conversation = lines[0].ID, hits[0].ID
		return w.open(ctx, answerTo, strings.TrimSpace(fmt.Sprintf("1 conversation for %s. %s", shownQuery(c.Query), w.unanswered(found))))
	}
	m := w.results(ctx, c.Query, page, lines, after, found)
	if after+pageSize < len(hits) {
		m.Blocks = append(m.Blocks, slack.NewActionBlock("more", mrkdwn.Button(ids.SearchMore, ids.More(number, after+pageSize), "Show more")))
	}
	return w.Slack.Answer(ctx, answerTo.Reply, answerTo.By, m)
}

// findMore shows another page of an earlier search, in place of the one before.
func (w *Writer) findMore(ctx context.Context, c takeover.Command) error {
	first, err := w.Reader.Command(ctx, c.Search)
	if errors.Is(err, takeover.ErrNotFound) || (err == nil && (first.Verb != takeover.Search || first.By != c.By)) {
		c.Reply.Replace = false
		return w.Slack.Answer(ctx, c.Reply, c.By, mrkdwn.TextMessage(render.Refusal(takeover.Refusal{Kind: takeover.RefusedNoCommand})))
	}
	if err != nil {
		return err
	}
	return w.find(ctx, c.Search, first, c)
}

// newestOf finds the newest hit of the same line; hits are newest first.
func newestOf(hits []takeover.Conversation) func(takeover.Conversation) takeover.Conversation {
	return func(c takeover.Conversation) takeover.Conversation {
		for _, h := range hits {
			if h.Provider == c.Provider && h.EndUser.Key() == c.EndUser.Key() && h.Agent.Key() == c.Agent.Key() {
				return h
			}
		}
		return c
	}
}

// results is one page of hits, newest first.
func (w *Writer) results(ctx context.Context, q takeover.Query, page []takeover.Conversation, lines []takeover.Line, after int, found takeover.Found) slackapi.Message {
	total := len(found.Conversations)
	count := mrkdwn.Count(total, "conversation")
	switch several := len(w.Providers) > 1; {
	case found.More && (several || total == 1):
		count += " and perhaps older ones"
	case found.More:
		count = fmt.Sprintf("The newest %d conversations", total)
	}
	head := fmt.Sprintf("%s for %s, newest first. Shown: %d to %d.", count, shownQuery(q), after+1, after+len(page))
	first := fmt.Sprintf("The first: %s, %s, %s.", hitTime(page[0]), hitState(lines[0], page[0], w.Now()), mrkdwn.Escape(hitWho(q, page[0])))
	m := slackapi.Message{Text: head + " " + first + " Press Open to see a card.", Blocks: []slack.Block{mrkdwn.Section("head", "*"+head+"*")}}
	if missing := w.unanswered(found); missing != "" {
		m.Text = missing + " " + m.Text
		m.Blocks = append(m.Blocks, mrkdwn.Section("unanswered", missing))
	}
	for i, c := range page {
		words := fmt.Sprintf("*%s* · %s%s", hitTime(c), hitState(lines[i], c, w.Now()), w.cardLink(ctx, lines[i].ID))
		if len(w.Providers) > 1 {
			words += " · " + c.Provider
		}
		m.Blocks = append(m.Blocks, render.Row(ids.ConversationBlock(i, c.ID), words, hitWho(q, c), lines[i].ID)...)
	}
	return m
}

// hitTime is the time of the last message of a conversation, as far as is known.
func hitTime(c takeover.Conversation) string {
	if at := mrkdwn.ShowableTime(time.Time(c.LastMessageAt)); !at.IsZero() {
		return mrkdwn.DateTime(at)
	}
	if at := mrkdwn.ShowableTime(time.Time(c.CreatedAt)); !at.IsZero() {
		return "begun " + mrkdwn.DateTime(at)
	}
	return "at an unknown time"
}

// hitState is who speaks in a conversation that was found.
func hitState(l takeover.Line, c takeover.Conversation, now time.Time) string {
	if l.State != takeover.StateAI && l.Covers(c.ID) {
		return render.State(l, now)
	}
	if c.Ended {
		return render.Ended(c.Status)
	}
	if c.AIDisabled {
		return "AI is off — switched off outside Slack"
	}
	return "AI is answering"
}

// hitWho names a hit, as literal text. A number that was not searched for is masked.
func hitWho(q takeover.Query, c takeover.Conversation) string {
	l, number := takeover.NewLine("", "", c, time.Time(c.CreatedAt)), ""
	if q.Field != takeover.FieldEndUser {
		number = mrkdwn.OneLine(c.EndUser.Masked(), mrkdwn.MaxName)
	}
	agent := cmp.Or(typed.AgentName(l, mrkdwn.MaxName), mrkdwn.OneLine(c.Agent.Masked(), mrkdwn.MaxName))
	return render.Joined(typed.Name(l, mrkdwn.MaxName), number, mrkdwn.ChannelName(c.Channel), "agent "+agent)
}

// shownQuery repeats what was really searched, without backticks: they would make code of what follows.
func shownQuery(q takeover.Query) string {
	q.Value = strings.ReplaceAll(q.Value, "`", "")
	switch q.Field {
	case takeover.FieldEndUser:
		return mrkdwn.Escape(typed.DisplayNumber(q.Value))
	case takeover.FieldLastDigits:
		return "numbers ending in " + mrkdwn.Escape(q.Value)
	case takeover.FieldName:
		return "the name “" + mrkdwn.Escape(q.Value) + "”"
	case takeover.FieldAnonymous:
		return "end users without a number"
	default:
		return mrkdwn.Escape(q.Label) + " " + mrkdwn.Escape(q.Value)
	}
}

// nothingFound says what was searched and what to try.
func nothingFound(providers []string, q takeover.Query) string {
	provider, has := inWords(providers), "has"
	if len(providers) > 1 {
		has = "have"
	}
	switch q.Field {
	case takeover.FieldEndUser:
		return fmt.Sprintf("%s %s no conversation with %s. %s. If the end user called from another phone, ask for that number.",
			provider, has, shownQuery(q), otherWays(q.Value))
	case takeover.FieldLastDigits, takeover.FieldName, takeover.FieldAnonymous:
		return fmt.Sprintf("None of the newest 100 conversations at %s is for %s. %s", provider, shownQuery(q), tryInstead(q))
	default:
		return fmt.Sprintf("%s %s no conversation with %s; other spellings were looked for among the newest 100. %s", provider, has, shownQuery(q), tryInstead(q))
	}
}

// tryInstead says how else to look for what was typed.
func tryInstead(q takeover.Query) string {
	typedAs := func(kind string) string {
		return "`" + strings.TrimSpace("/takeover "+kind+mrkdwn.Escape(strings.ReplaceAll(q.Value, "`", ""))) + "`"
	}
	switch {
	case q.Field == takeover.FieldAnonymous:
		return "`/takeover open` shows who waits."
	case q.Field == takeover.FieldLastDigits && len(q.Value) > 3:
		return fmt.Sprintf("Its whole number finds an older one; or try fewer digits: `/takeover %s`.", q.Value[len(q.Value)-3:])
	case q.Field == takeover.FieldLastDigits, q.Field == takeover.FieldName:
		return fmt.Sprintf("The whole phone number finds an older one; or try a unit: %s.", typedAs("unit "))
	default:
		return fmt.Sprintf("The whole phone number finds it; or try a name: %s.", typedAs("name "))
	}
}

// otherWays says how else to look for an address.
func otherWays(value string) string {
	digits := takeover.Digits(takeover.Target(value).Number())
	if digits == "" {
		user, _, _ := strings.Cut(strings.TrimPrefix(value, "sip:"), "@")
		return fmt.Sprintf("Try a name, for example `/takeover name %s`", mrkdwn.Escape(strings.ReplaceAll(user, "`", "")))
	}
	try := fmt.Sprintf("or try the last four digits: `/takeover %s`", digits[len(digits)-4:])
	if doubt := typed.Doubt(value); doubt != "" {
		return doubt + " Check it, " + try
	}
	return "Check the country code, " + try
}

// nothingAnywhere is nothingFound for the providers that answered.
func (w *Writer) nothingAnywhere(found takeover.Found, q takeover.Query) string {
	return strings.TrimSpace(w.unanswered(found) + " " + nothingFound(w.answered(found), q))
}

// answered are the providers that answered a search.
func (w *Writer) answered(found takeover.Found) []string {
	return slices.DeleteFunc(slices.Clone(w.Providers), func(name string) bool {
		return slices.ContainsFunc(found.Unanswered, func(e *takeover.ProviderError) bool { return e.Provider == name })
	})
}

// unanswered says which providers did not answer, and what that means; empty if all did.
func (w *Writer) unanswered(found takeover.Found) string {
	if len(found.Unanswered) == 0 {
		return ""
	}
	causes := make([]string, len(found.Unanswered))
	for i, e := range found.Unanswered {
		causes[i] = render.TroubleCause(e.Provider, &takeover.Trouble{Kind: e.Kind, Status: e.Status})
	}
	return fmt.Sprintf("%s: these are %s's only.", inWords(causes), inWords(w.answered(found)))
}

// cardLink is " · <link|card>" for a line with a card, else empty.
func (w *Writer) cardLink(ctx context.Context, id takeover.LineID) string {
	if link := w.cardAddress(ctx, id); link != "" {
		return fmt.Sprintf(" · <%s|card>", link)
	}
	return ""
}

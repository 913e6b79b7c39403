package slackbot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// Work works a stored command that needs the provider: it answers a search, opens a
// line, or shows more of a conversation. A provider that fails is said to the asker,
// who sits there and can press again; what Slack fails is tried again by the job.
func (b *Bot) Work(ctx context.Context, job takeover.WorkJob) error {
	return b.retryLater(ctx, fmt.Sprintf("work/%d", job.Command), b.work(ctx, job))
}

func (b *Bot) work(ctx context.Context, job takeover.WorkJob) error {
	c, err := b.deps.Reader.Command(ctx, job.Command)
	if errors.Is(err, takeover.ErrNotFound) {
		return nil // purged: nobody waits any more
	}
	if err != nil {
		return err
	}
	switch job.Verb {
	case takeover.Search:
		err = b.find(ctx, job.Command, c, c)
	case takeover.SearchMore:
		err = b.findMore(ctx, c)
	case takeover.Open, takeover.Refresh:
		err = b.open(ctx, c)
	case takeover.Earlier:
		err = b.earlier(ctx, c)
	case takeover.WholeText:
		err = b.wholeTranscript(ctx, c)
	case takeover.ShowLog:
		err = b.showLog(ctx, c)
	}
	return b.explain(ctx, c, err)
}

// explain turns what a person can understand into a private answer. The rest goes back
// to the job.
func (b *Bot) explain(ctx context.Context, c takeover.Command, err error) error {
	c.Reply.Replace = false // a list that stands stays: the page after it can be asked for again
	var sentence string
	switch pe, ok := errors.AsType[*takeover.ProviderError](err); {
	case ok:
		sentence = otherCauses(err) + providerSentence(pe, takeover.RefOf(c.Key))
		b.deps.Log.WarnContext(ctx, "told the operator", "verb", c.Verb, "ref", takeover.RefOf(c.Key), "err", err)
	case errors.Is(err, takeover.ErrNotFound):
		sentence = refusalWords(takeover.Refusal{Kind: takeover.RefusedNoLine})
	default:
		ae, isAPI := errors.AsType[*slackapi.Error](err)
		if !isAPI || ae.Class != slackapi.Permanent || slackapi.IsCode(err, tokenCodes...) {
			return err
		}
		sentence = slackSentence(ae, cmp.Or(ae.Channel, b.cfg.Channel), takeover.RefOf(c.Key))
		b.deps.Log.ErrorContext(ctx, "told the operator", "verb", c.Verb, "ref", takeover.RefOf(c.Key), "err", err)
	}
	return b.lastAnswer(ctx, c, mrkdwn.TextMessage(sentence))
}

// lastAnswer answers a command's operator in private. An answer that has no address, or
// that Slack refuses for good because the person is not there, is logged: trying again
// would not help.
func (b *Bot) lastAnswer(ctx context.Context, c takeover.Command, m slackapi.Message) error {
	if c.Reply.URL == "" && c.Reply.Channel == "" {
		return nil
	}
	err := b.slack.Answer(ctx, c.Reply, c.By, m)
	ae, isAPI := errors.AsType[*slackapi.Error](err)
	if slackapi.IsCode(err, tokenCodes...) {
		return err
	}
	if (isAPI && ae.Class == slackapi.Permanent) || errors.Is(err, slackapi.ErrReplyExpired) || errors.Is(err, slackapi.ErrReplyHost) {
		b.deps.Log.WarnContext(ctx, "private answer not delivered", "verb", c.Verb, "err", err)
		return nil
	}
	return err
}

// otherCauses says what became of the second provider and the ones after it, where a
// search failed at all of them.
func otherCauses(err error) string {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return ""
	}
	var causes strings.Builder
	for i, one := range joined.Unwrap() {
		if pe, ok := errors.AsType[*takeover.ProviderError](one); ok && i > 0 {
			causes.WriteString(troubleCause(pe.Provider, &takeover.Trouble{Kind: pe.Kind, Status: pe.Status}) + ". ")
		}
	}
	return causes.String()
}

// providerSentence says what a failed read means and what to do.
func providerSentence(e *takeover.ProviderError, ref takeover.Ref) string {
	t := &takeover.Trouble{Kind: e.Kind, Status: e.Status}
	advice := "Please try again in a moment."
	switch e.Kind {
	case takeover.NotSetUp:
		advice = "Whoever runs the bot has to set its key (`bot doctor` tells more)."
	case takeover.Unsupported:
		advice = "Try the end user's number instead."
	case takeover.KeyRefused:
		advice = "Whoever runs the bot has to check the API key (`bot doctor` tells more)."
	case takeover.Gone:
		advice = "Search the number again: there may be a newer conversation."
	case takeover.Limited:
		if e.RetryAfter > 0 {
			advice = fmt.Sprintf("Please try again in %s.", mrkdwn.Duration(e.RetryAfter))
		}
	}
	return fmt.Sprintf("%s. Nothing was changed: whoever spoke on the line still does. %s · ref %s", troubleCause(e.Provider, t), advice, ref)
}

// slackSentence says what Slack refuses for good, and who can mend it.
func slackSentence(e *slackapi.Error, channel string, ref takeover.Ref) string {
	switch e.Code {
	case "not_in_channel", "channel_not_found":
		return fmt.Sprintf("The bot is not in <#%s>, where the cards stand. Type `/invite` with the bot's name there, then try again. · ref %s", channel, ref)
	case "is_archived", "is_inactive":
		return fmt.Sprintf("<#%s>, where the cards stand, is archived. Whoever runs the bot has to name another channel. · ref %s", channel, ref)
	case "missing_scope":
		return fmt.Sprintf("The bot may not do that in Slack: a permission is missing. Whoever runs it finds which one with `bot doctor`. · ref %s", ref)
	default:
		return fmt.Sprintf("Slack refused (%s). Nothing was changed: whoever spoke on the line still does. `bot doctor` may tell why. · ref %s", mrkdwn.Escape(e.Code), ref)
	}
}

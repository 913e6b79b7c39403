package write

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/render"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// Work works a stored command that needs the provider: it answers a search, opens a line, or
// shows more of a conversation. A failure of the provider is told to the operator, who can
// press again; after a failure of Slack the job comes back.
func (w *Writer) Work(ctx context.Context, job takeover.WorkJob) error {
	return w.retryLater(ctx, fmt.Sprintf("work/%d", job.Command), w.work(ctx, job))
}

func (w *Writer) work(ctx context.Context, job takeover.WorkJob) error {
	c, err := w.Reader.Command(ctx, job.Command)
	if errors.Is(err, takeover.ErrNotFound) {
		return nil // purged: it is too old to be answered
	}
	if err != nil {
		return err
	}
	c.Line = cmp.Or(job.Line, c.Line)
	switch job.Verb {
	case takeover.TakeOver:
		err = w.tellTaken(ctx, c)
	case takeover.Search:
		err = w.find(ctx, job.Command, c, c)
	case takeover.SearchMore:
		err = w.findMore(ctx, c)
	case takeover.Open, takeover.Refresh:
		err = w.open(ctx, c, "")
	case takeover.Earlier:
		err = w.earlier(ctx, c)
	case takeover.WholeText:
		err = w.wholeTranscript(ctx, c)
	case takeover.ShowNumber:
		err = w.showNumber(ctx, c)
	case takeover.ShowMoment, takeover.ExportLog:
		err = w.askedOf(ctx, c)
	case takeover.ShowLog:
		err = w.showLog(ctx, c)
	}
	return w.explain(ctx, c, err)
}

// explain answers the operator with the failures that a person can understand. It returns the
// other ones to the job.
func (w *Writer) explain(ctx context.Context, c takeover.Command, err error) error {
	c.Reply.Replace = false // the list that is shown stays: its next page can be asked for again
	var sentence string
	line := render.Unchanged
	if c.Verb == takeover.TakeOver {
		line = render.Decided
	}
	switch pe, ok := errors.AsType[*takeover.ProviderError](err); {
	case ok:
		sentence = otherCauses(err) + render.ProviderFailure(pe, line, takeover.RefOf(c.Key))
		w.Log.WarnContext(ctx, "told the operator of a failure", "verb", c.Verb, "ref", takeover.RefOf(c.Key), "err", err)
	case errors.Is(err, takeover.ErrForeign):
		sentence = "That button is of another line, or it is too old. Search for the number again: `/takeover` and the number."
		w.Log.WarnContext(ctx, "a button names a conversation that is not known as its line's", "verb", c.Verb, "line", c.Line, "by", c.By, "ref", takeover.RefOf(c.Key))
	case errors.Is(err, takeover.ErrNotFound):
		sentence = render.Refusal(takeover.Refusal{Kind: takeover.RefusedNoLine})
	default:
		ae, isAPI := errors.AsType[*slackapi.Error](err)
		if !isAPI || ae.Class != slackapi.Permanent || slackapi.IsCode(err, tokenCodes...) {
			return err
		}
		sentence = render.SlackFailure(ae, cmp.Or(ae.Channel, w.Desks[0].Channel), line, takeover.RefOf(c.Key))
		w.Log.ErrorContext(ctx, "told the operator of a failure", "verb", c.Verb, "ref", takeover.RefOf(c.Key), "err", err)
	}
	return w.lastAnswer(ctx, c, mrkdwn.TextMessage(sentence))
}

// otherCauses says why the second provider and the further ones failed, where a search failed
// at all of them.
func otherCauses(err error) string {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return ""
	}
	var causes strings.Builder
	for i, one := range joined.Unwrap() {
		if pe, ok := errors.AsType[*takeover.ProviderError](one); ok && i > 0 {
			causes.WriteString(render.TroubleCause(pe.Provider, &takeover.Trouble{Kind: pe.Kind, Status: pe.Status}) + ". ")
		}
	}
	return causes.String()
}

package write

import (
	"context"
	"errors"
	"slices"
	"time"

	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// How long a job waits that Slack has failed; the wait doubles from the first to the most.
const (
	slackFirst = time.Second
	slackMost  = time.Minute
	// operatorFirst and operatorMost are for what a person has to mend: a channel that the
	// bot is not in, a token, a scope.
	operatorFirst = 5 * time.Second
	operatorMost  = 5 * time.Minute
)

// Refusals that end when a person mends something; nothing of ours has to change for that.
var (
	// placeCodes: the bot is invited again, or the channel is brought back.
	placeCodes = []string{"not_in_channel", "channel_not_found", "is_archived", "is_inactive"}
	// scopeCodes: the bot is given what it lacks.
	scopeCodes = []string{"missing_scope", "no_permission", "access_denied", "ekm_access_denied", "team_access_not_granted"}
	// tokenCodes: the bot is given another token. Until then nobody can be told anything.
	tokenCodes = []string{"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "http_401", "http_403"}
)

// retryLater sorts what a job ended with. An outage of Slack may last longer than all attempts
// of a job, and a job that is thrown away is never done: what a moment or a person may mend
// is asked for later, as often as it takes. The rest uses attempts up. key names the job in
// this process.
func (w *Writer) retryLater(ctx context.Context, key string, err error) error {
	ae, isAPI := errors.AsType[*slackapi.Error](err)
	_, asked := errors.AsType[*takeover.LaterError](err)
	switch {
	case err == nil:
		w.waits.forget(key)
		return nil
	case asked, errors.Is(ctx.Err(), context.Canceled):
		return err
	case !isAPI && errors.Is(err, context.DeadlineExceeded):
		return takeover.Later(w.waits.wait(key, slackFirst, slackMost), err.Error())
	case !isAPI:
		return err
	case ae.Class != slackapi.Permanent:
		w.Log.WarnContext(ctx, "Slack failed, the job comes back", "job", key, "err", err)
		return takeover.Later(w.waits.wait(key, slackFirst, slackMost), ae.Error())
	case slackapi.IsCode(err, slices.Concat(placeCodes, scopeCodes, tokenCodes)...):
		w.Log.ErrorContext(ctx, "Slack refused until somebody mends it, the job comes back", "job", key, "err", err)
		return takeover.Later(w.waits.wait(key, operatorFirst, operatorMost), ae.Error())
	}
	return err
}

// storeTime bounds the storing of what was done at Slack, even if the job has ended meanwhile.
const storeTime = 5 * time.Second

// lastAnswer answers a command's operator in private. An answer that has no address, or
// that Slack refuses for good because the person is not there, is logged: trying again
// would not help.
func (w *Writer) lastAnswer(ctx context.Context, c takeover.Command, m slackapi.Message) error {
	if c.Reply.URL == "" && c.Reply.Channel == "" {
		return nil
	}
	err := w.Slack.Answer(ctx, c.Reply, c.By, m)
	ae, isAPI := errors.AsType[*slackapi.Error](err)
	if slackapi.IsCode(err, tokenCodes...) {
		return err
	}
	if (isAPI && ae.Class == slackapi.Permanent) || errors.Is(err, slackapi.ErrReplyGone) {
		w.Log.WarnContext(ctx, "private answer not delivered", "verb", c.Verb, "err", err)
		return nil
	}
	return err
}

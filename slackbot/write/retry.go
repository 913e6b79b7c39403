package write

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"takeoverbot/slackbot/people"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// How long a job waits after a failure of Slack; the wait doubles from the first to the most.
const (
	slackFirst = time.Second
	slackMost  = time.Minute
	// operatorFirst and operatorMost are for failures that a person has to fix: a channel that
	// the bot is not in, a token, a scope.
	operatorFirst = 5 * time.Second
	operatorMost  = 5 * time.Minute
)

// Refusals that end when a person fixes something in Slack.
var (
	// placeCodes: the bot is invited again, the channel is brought back, or people leave it.
	placeCodes = []string{"not_in_channel", "channel_not_found", "is_archived", "is_inactive", people.CodeOutsiders}
	// scopeCodes: the bot is given what it lacks.
	scopeCodes = []string{"missing_scope", "no_permission", "access_denied", "ekm_access_denied", "team_access_not_granted"}
	// tokenCodes: the bot is given another token. Until then it can tell no person anything.
	tokenCodes = []string{"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "http_401", "http_403"}
)

// refusedForGood says whether Slack refused a call so that neither a retry nor a fixed setting of
// the bot would change it.
func refusedForGood(err error) bool {
	ae, isAPI := errors.AsType[*slackapi.Error](err)
	return isAPI && ae.Class == slackapi.Permanent && !slackapi.IsCode(err, slices.Concat(scopeCodes, tokenCodes)...)
}

// retryLater decides whether a failed job comes back. An outage of Slack may last longer than
// all attempts of a job: after a transient failure, or one that a person can fix, the job comes
// back later, as often as necessary. Other failures use up attempts. key names the job in this
// process.
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
		w.Log.ErrorContext(ctx, "Slack refuses until its settings are fixed, the job comes back", "job", key, "err", err)
		return takeover.Later(w.waits.wait(key, operatorFirst, operatorMost), ae.Error())
	}
	return err
}

// storeTime bounds the storing of what was done in Slack, even if the job has ended meanwhile.
const storeTime = 5 * time.Second

// lastAnswer answers a command's operator in private. An answer that Slack refuses for good
// because the person has left is logged: a retry would not help.
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

// backoff is how long each failed job waits before its next attempt, as far as this process
// knows. The zero value is ready. Safe for use by several goroutines.
type backoff struct {
	mu    sync.Mutex
	waits map[string]time.Duration
}

// wait is how long to wait after one more failure: first, then twice as long each time,
// and never more than most.
func (b *backoff) wait(key string, first, most time.Duration) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.waits == nil || len(b.waits) >= maxWaits {
		b.waits = map[string]time.Duration{}
	}
	d := min(max(first, 2*b.waits[key]), most)
	b.waits[key] = d
	return d
}

// forget starts again with the shortest wait, after a success.
func (b *backoff) forget(key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.waits, key)
}

// maxWaits bounds how many failed jobs are remembered.
const maxWaits = 10000

// markLoad says until when removals wait for Slack's limit. Until then no message is marked as
// being sent, because each such mark costs a removal: the marks that tell how it ended come first.
type markLoad struct{ until atomic.Int64 } // Unix nanoseconds

func (l *markLoad) high() bool { return time.Now().UnixNano() < l.until.Load() }

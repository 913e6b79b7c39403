package telnyx

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"takeoverbot/internal/apicall"
	"takeoverbot/takeover"
)

// opReadBack is the read after a write.
const opReadBack = "read conversation back"

var errNoEntries = errors.New("the conversation came without metadata")

// Silence stops the AI and proves it, in three calls when all goes well: read, write,
// read back. See takeover.Silencer for what it promises.
func (p *Provider) Silence(
	ctx context.Context, id takeover.ConversationID, known takeover.Snapshot, keep takeover.Keep,
) (takeover.Proof, error) {
	return p.setFlag(ctx, id, known, keep, true)
}

// Release lets the AI answer again, with the same proof. The flag is set to false, not
// removed: with a server that merges, removing would do nothing.
func (p *Provider) Release(
	ctx context.Context, id takeover.ConversationID, known takeover.Snapshot, keep takeover.Keep,
) (takeover.Proof, error) {
	return p.setFlag(ctx, id, known, keep, false)
}

// change is one attempt to set the flag.
type change struct {
	p     *Provider
	id    string
	on    bool
	was   bool
	want  Metadata // what must be there afterwards; the flag in it is the value that was read first
	trail []string // the answers in short, for the audit

	keep    takeover.Keep
	newest  time.Time // of the messages, as first read
	mayLand bool      // the answer of a write was lost

	read takeover.FlagReading // the last reading
	got  Metadata             // what was read back last; nil before the first read-back
	lost []string             // the entries of want that are missing or changed in got
}

// setFlag reads, writes, and reads again, because only the read-back tells what the write did.
func (p *Provider) setFlag(
	ctx context.Context, id takeover.ConversationID, known takeover.Snapshot, keep takeover.Keep, on bool,
) (takeover.Proof, error) {
	first, err := p.client.Get(ctx, string(id))
	if err != nil {
		return takeover.Proof{}, err // also without metadata: a write could wipe what the answer left out
	}
	ch := &change{p: p, id: string(id), on: on, keep: keep, newest: cmp.Or(first.LastMessageAt.Time, first.CreatedAt.Time),
		was: readFlag(first.Metadata[keyAIDisabled]), want: mended(first.Metadata, known)}
	ch.seen(first.Metadata)
	if len(ch.want) == 0 { // a conversation of an end user has entries: the answer left them out
		return takeover.Proof{}, p.client.api.Failure(opRead, takeover.Failing, errNoEntries)
	}
	again, err := ch.writeAndRead(ctx, ch.want)
	if again {
		ch.note("%d entries lost", len(ch.lost))
		union := maps.Clone(ch.got)
		for _, key := range ch.lost {
			union[key] = ch.want[key]
		}
		_, err = ch.writeAndRead(ctx, union)
	}
	if unkept, ok := errors.AsType[*notKept](err); ok {
		return takeover.Proof{}, unkept.error
	}
	return ch.verdict(err)
}

// notKept is that the caller may not write any more.
type notKept struct{ error }

// writeAndRead writes m with the flag, and reads back. again says that a second write can put
// lost entries back. err is the error of a call that failed.
func (ch *change) writeAndRead(ctx context.Context, m Metadata) (again bool, err error) {
	wrote := ch.write(ctx, m)
	if wrote != nil && !mayHaveLanded(wrote) {
		return false, wrote
	}
	ch.mayLand = ch.mayLand || wrote != nil
	got, err := ch.readBack(ctx)
	if err != nil {
		return false, err
	}
	ch.got, ch.lost = got, lostEntries(ch.want, got)
	return len(ch.lost) > 0 && (wrote == nil || ch.isSet()), wrote
}

// isSet reports whether the flag was read back as wanted. Both writes carry the same flag, so
// that this holds if the read-back of the second one fails.
func (ch *change) isSet() bool {
	return ch.got != nil && readFlag(ch.got[keyAIDisabled]) == ch.on
}

// verdict is the result of a change. failed is the error of the last call, if it had one: the
// cause if something is not as wanted.
func (ch *change) verdict(failed error) (takeover.Proof, error) {
	var e *takeover.ProviderError
	switch {
	case ch.isSet() && len(ch.lost) == 0:
		return ch.proof(), nil
	case ch.isSet():
		e = ch.fail(ch.p.client.api.Failure(opWrite, takeover.LostEntries, failed))
		proof := ch.proof()
		e.Proof = &proof
	case failed != nil:
		e = ch.fail(failed)
		e.FlagUnknown = e.Op == opReadBack
	default:
		e = ch.fail(ch.p.client.api.Failure(opWrite, takeover.NotKept, nil))
	}
	e.Lost = ch.lost
	return takeover.Proof{}, e
}

// proof is made only where the flag was read back as wanted.
func (ch *change) proof() takeover.Proof {
	return takeover.Proof{
		Silent: ch.on, WasSilent: ch.was, CheckedAt: ch.p.now().UTC(),
		Snapshot: ch.snapshot(), Answer: strings.Join(ch.trail, ", "), MayLand: ch.mayLand,
	}
}

// fail completes an error with what was read before the change.
func (ch *change) fail(err error) *takeover.ProviderError {
	e, ok := errors.AsType[*takeover.ProviderError](err)
	if !ok {
		e = ch.p.client.api.Failure(opWrite, takeover.Failing, err)
	}
	e.Snapshot, e.MayLand, e.Read = ch.snapshot(), ch.mayLand, ch.read
	return e
}

// snapshot is what must be there after the change.
func (ch *change) snapshot() takeover.Snapshot { return takeover.Snapshot(maps.Clone(ch.want)) }

// write puts metadata with the flag in the form that this account takes. If the server
// refuses that form it tries the other one, once, and remembers it if it was accepted.
func (ch *change) write(ctx context.Context, m Metadata) error {
	asText := ch.p.flagAsText.Load()
	err := ch.put(ctx, m, asText)
	if !refusedForm(err) {
		return err
	}
	if err = ch.put(ctx, m, !asText); err == nil {
		ch.p.flagAsText.Store(!asText)
	}
	return err
}

// put writes metadata once.
func (ch *change) put(ctx context.Context, m Metadata, asText bool) error {
	if err := ch.keep(ctx, takeover.Before{Snapshot: ch.snapshot(), NewestAt: takeover.ProviderTime(ch.newest)}); err != nil {
		return &notKept{err}
	}
	m = maps.Clone(m)
	m[keyAIDisabled] = flagValue(ch.on, asText)
	status, err := ch.p.client.Update(ctx, ch.id, m)
	switch {
	case status == 0:
		ch.note("PUT without an answer")
	case asText:
		ch.note("PUT %d as text", status)
	default:
		ch.note("PUT %d", status)
	}
	return err
}

// readBack reads the metadata as it is now. It may take up to the grace longer than ctx.
func (ch *change) readBack(ctx context.Context) (Metadata, error) {
	ctx, cancel := outliving(ctx, ch.p.grace)
	defer cancel()
	got, err := ch.p.client.Get(ctx, ch.id)
	if err != nil {
		ch.note("read back failed")
		if e, ok := errors.AsType[*takeover.ProviderError](err); ok {
			e.Op = opReadBack
		}
		return nil, err
	}
	ch.seen(got.Metadata)
	ch.note("read back %s", flagWords(got.Metadata[keyAIDisabled]))
	return got.Metadata, nil
}

// seen takes note of what the flag is now.
func (ch *change) seen(m Metadata) {
	ch.read = takeover.FlagReading{At: ch.p.now().UTC(), Silent: readFlag(m[keyAIDisabled])}
}

// note adds an answer to the trail.
func (ch *change) note(format string, args ...any) {
	ch.trail = append(ch.trail, fmt.Sprintf(format, args...))
}

// outliving is ctx with grace: it ends that much later than ctx does.
func outliving(ctx context.Context, grace time.Duration) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })
	return longer, func() { stop(); cancel() }
}

// mayHaveLanded reports whether a failed write can have taken effect all the same: it was
// sent, and the answer does not say that it was refused.
func mayHaveLanded(err error) bool {
	if lost, ok := errors.AsType[*apicall.LostCall](err); ok {
		return lost.Sent
	}
	e, ok := errors.AsType[*takeover.ProviderError](err)
	return ok && (e.Kind == takeover.Failing || e.Kind == takeover.NoAnswer)
}

// refusedForm reports whether a write was refused (422) because of the flag's form: the
// error names the flag or its type, or nothing at all.
func refusedForm(err error) bool {
	e, ok := errors.AsType[*takeover.ProviderError](err)
	if !ok || e.Status != http.StatusUnprocessableEntity {
		return false
	}
	at, ok := errors.AsType[*apicall.FieldError](err)
	return !ok || slices.ContainsFunc(at.Fields, func(f string) bool {
		return strings.HasSuffix(f, keyAIDisabled) || strings.Contains(f, keyAIDisabled+".") ||
			strings.HasSuffix(f, "metadata")
	})
}

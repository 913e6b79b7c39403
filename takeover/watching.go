package takeover

import (
	"fmt"
	"time"
)

// watch begins a watch, or ends the one there is.
func (l Line) watch(c Command) Step {
	if l.Watch.Ref == RefOf(c.Key) {
		return Step{Line: l} // the same click, delivered again
	}
	if l.Watched() && c.At.Before(l.Watch.Until) {
		e := l.endWatch("", c.At)
		e.Key, e.Who, e.Origin = c.Key, c.By, c.Origin
		return changed(l, e)
	}
	if a := l.Ability(CanWatch); !a.Yes() {
		return l.unsupported(c, a, EventWatchRefused)
	}
	l.Watch = Watch{By: c.By, Ref: RefOf(c.Key), Until: c.At.Add(WatchFor).UTC()}
	e := l.entry(c, EventWatchBegan, l.standing())
	return l.watchNow(c.At, e)
}

// watchNow has a watched line read now, and again later.
func (l Line) watchNow(now time.Time, entries ...Entry) Step {
	jitter := time.Duration(l.Watch.Ref.hash()%uint32(watchJitter/time.Millisecond)) * time.Millisecond
	l.Watch.NextAt = now.Add(WatchEvery + jitter).UTC()
	return Step{Line: l, Save: true, Draw: len(entries) > 0, Entries: entries, Follow: []FollowJob{{Line: l.ID, Conversation: l.Newest.ID}}}
}

// watchUp is the step of a watch that is due.
func (l Line) watchUp(now time.Time) Step {
	if now.Before(l.Watch.Until) {
		return l.watchNow(now)
	}
	return changed(l, l.endWatch(WatchTimeUp, now))
}

// watchEnds ends a watch of which a transcript shows that there is no more to be seen.
func (l *Line) watchEnds(id ConversationID, t Transcript, now time.Time) (e Entry, ends bool) {
	if !l.Watched() || id != l.Newest.ID {
		return Entry{}, false
	}
	switch {
	case t.State == TranscriptHidden, t.State == TranscriptUnrecognised:
		return l.endWatch(WatchUnreadable, now), true
	case t.Ended:
		e = l.endWatch(WatchEnded, now)
		e.Answer = t.Status
		return e, true
	}
	return Entry{}, false
}

// Unread is the step that follows where the provider did not let a watched line be read.
// The watch waits as long as the provider asks; where the failure will not pass by itself
// it ends.
func (l Line) Unread(err *ProviderError, now time.Time) Step {
	switch {
	case !l.Watched():
		return Step{Line: l}
	case err.Transient():
		l.Watch.NextAt = later(l.Watch.NextAt, now.Add(min(err.RetryAfter, maxRest))).UTC()
		return Step{Line: l, Save: err.RetryAfter > 0}
	}
	e := l.endWatch(WatchFailed, now)
	e.Trouble = &Trouble{Kind: err.Kind, Status: err.Status}
	return changed(l, e)
}

// endWatch ends the line's watch.
func (l *Line) endWatch(why WatchEnd, now time.Time) Entry {
	w := l.Watch
	l.Watch = Watch{}
	e := l.event(EventWatchEnded, FromBot, fmt.Sprintf("watch/%s/%s/over", l.ID, w.Ref), l.standing(), now)
	e.Ref, e.Other, e.End = w.Ref, w.By, why
	return e
}

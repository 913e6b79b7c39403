package takeover

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Step is what a transition decided: the line as it is now and what is to happen
// next. It is stored in one transaction.
type Step struct {
	Line    Line
	Save    bool // whether Line differs from what was loaded
	Entries []Entry
	Say     []Entry // entries that also become lines of the thread
	Settle  bool    // the provider's flag has to be brought into line
	Now     bool    // with Settle: without waiting for a planned attempt
	Watch   bool    // the line's new messages have to be looked for
	Draw    bool    // the card has to be drawn, even where Save is false
	Refusal *Refusal
	Direct  []Direct    // what single people are told
	Follow  []FollowJob // conversations that have to be read
	Draft   []DraftJob  // corrections of the AI to be drafted
}

// Direct is what one person is told; a later one with the same key takes its place.
type Direct struct {
	To    OperatorID
	Key   string
	Entry Entry
}

// RefOf derives the reference of a change from the key of the command that caused it,
// so that working the command again gives the same one.
func RefOf(key string) Ref {
	sum := sha256.Sum256([]byte(key))
	code := base32.NewEncoding("abcdefghjkmnpqrstuvwxyz023456789").WithPadding(base32.NoPadding).EncodeToString(sum[:])
	return Ref(code[:4])
}

// Decide applies a stored command to a line. It decides who wins; it calls nobody.
func Decide(l Line, c Command, r Rules) Step {
	if c.Verb == TakeOver {
		return l.take(c, r)
	}
	if decide, ok := decisions()[c.Verb]; ok {
		return decide(l, c)
	}
	return Step{Line: l}
}

// decisions are the transitions by the wish that asks for them; taking over is apart,
// since it needs the desk's rules.
func decisions() map[Verb]func(Line, Command) Step {
	return map[Verb]func(Line, Command) Step{
		GiveBack: Line.giveBack,
		TryAgain: Line.tryAgain,
		Watching: Line.watch,
		Extend:   Line.extend,
		Active:   Line.active,
		HandOff:  Line.handOff, HandOffAll: Line.handOff,
		Accept: Line.accept, AcceptAll: Line.acceptAny,
		Decline:  Line.decline,
		Withdraw: Line.withdraw,
		TakeFrom: Line.takeFrom,
		Fine:     Line.fine,
		Correct:  Line.correct,
		Remark:   Line.remark,
	}
}

func (l Line) take(c Command, r Rules) Step {
	switch {
	case l.Claim == c.Key:
		return Step{Line: l} // the same click, delivered again
	case (l.State == StateTaking || l.State == StateHeld) && l.Holder == c.By:
		return Step{Line: l, Draw: true, Refusal: l.refuse(RefusedYours, c)}
	case l.State == StateTaking || l.State == StateHeld:
		return Step{Line: l, Draw: true, Refusal: l.refuse(RefusedTaken, c), Entries: []Entry{l.lost(c)}}
	case !l.Ability(CanSilence).Yes():
		return l.cannot(c, l.Ability(CanSilence), DidNotTake)
	}
	before := l.describe()
	l.free()
	l.Holder, l.Claim, l.Ref = c.By, c.Key, RefOf(c.Key)
	l.ClaimedAt, l.GotAt, l.HandBack = c.At.UTC(), c.At.UTC(), HandBack{}
	l.OutsideAt, l.OffAt, l.Aftercare = time.Time{}, time.Time{}, Aftercare{}
	l.Hold.begin(r, c.At)
	l.uncheck()
	l = l.enter(StateTaking, c.At)
	return Step{Line: l, Save: true, Settle: true, Draw: true,
		Entries: []Entry{l.entry(c, DidClaim, before)},
		Follow:  []FollowJob{{Line: l.ID, Conversation: l.Current, From: c.At.Add(FirstLook).UTC()}}}
}

// lost is the audit of the click that came second.
func (l Line) lost(c Command) Entry {
	e := l.entry(c, DidNotClaim, l.describe())
	e.Other, e.Lag = l.Holder, c.At.Sub(l.gotAt())
	return e
}

// gotAt is when the present holder's click came.
func (l Line) gotAt() time.Time { return later(l.GotAt, l.ClaimedAt) }

func (l Line) giveBack(c Command) Step {
	switch {
	case l.HandBack.NoteKey == c.Key:
		return Step{Line: l}
	case l.State == StateReturning:
		return Step{Line: l, Draw: true, Refusal: l.refuse(RefusedReturning, c)}
	case l.State == StateAI:
		return Step{Line: l, Draw: true, Refusal: l.refuse(RefusedNotHeld, c), Entries: []Entry{l.entry(c, DidNotBack, l.describe())}}
	case c.AskFirst && (l.Holder != c.By || !l.WaitingSince().IsZero()):
		return Step{Line: l, Refusal: l.refuse(RefusedUnasked, c)}
	}
	before := l.describe()
	l.Ref = RefOf(c.Key)
	s := Step{Save: true, Settle: true, Draw: true}
	if l.Offered() {
		s.answer(&l, c, DidWithdraw)
	}
	l.HandBack = HandBack{By: c.By, Note: strings.TrimSpace(c.Note), NoteKey: c.Key}
	l.uncheck()
	l = l.enter(StateReturning, c.At)
	e := l.entry(c, DidHandBack, before)
	e.Other = l.Holder
	s.Line, s.Entries = l, append(s.Entries, e)
	return s
}

func (l Line) tryAgain(c Command) Step {
	if l.Trouble == nil {
		return Step{Line: l, Draw: true, Refusal: l.refuse(RefusedSettled, c)}
	}
	return Step{Line: l, Settle: true, Now: true, Draw: true, Entries: []Entry{l.entry(c, DidRetry, l.describe())}}
}

// Proven records that the provider's flag reads as the line wants. The line must be
// the one the proof was asked for: taking or returning.
func (l Line) Proven(p []Proof, now time.Time) Step {
	before := l.describe()
	oldest := now
	var answers []string
	for _, c := range l.Covered {
		if !c.CheckedAt.IsZero() && c.CheckedAt.Before(oldest) {
			oldest = c.CheckedAt
		}
	}
	gone := false
	for _, proof := range p {
		gone = gone || proof.Gone
		answers = append(answers, proof.describe())
	}
	l.CheckedAt = oldest.UTC()
	started := l.Since
	e := Entry{Key: fmt.Sprintf("%s/proven/%s", l.Ref, started.Format(time.RFC3339Nano)), Line: l.ID, At: now.UTC(), Origin: FromBot,
		Before: before, Answer: strings.Join(answers, "; "), Ref: l.Ref, Other: l.Holder, Lag: now.Sub(started)}
	if l.State == StateTaking {
		l = l.enter(StateHeld, now)
		e.Deed = DidSilence
		if l.Joining {
			e.Deed, e.Conversation = DidJoin, l.Current
		}
		if l.HeldSince.IsZero() {
			l.HeldSince = now.UTC()
		}
		l.Joining = false
	} else {
		e.Deed, e.Who, e.Waiting = DidRelease, l.HandBack.By, l.WaitingSince()
		if gone {
			e.Deed = DidFindGone
		}
		l.free()
		l.HandBack.Note = ""
		l = l.enter(StateAI, now)
		l.Aftercare = Aftercare{Since: started}
		if !e.Waiting.IsZero() {
			l.Aftercare.Waits = now.UTC()
		}
	}
	for i := range l.Covered {
		l.Covered[i].Snapshot = nil
	}
	e.After = l.describe()
	step := Step{Line: l, Save: true, Draw: true, Entries: []Entry{e}, Say: []Entry{e}}
	if len(l.Unrepaired) > 0 {
		e.Deed, e.Key, e.Lost = DidLose, e.Key+"/lost", l.Unrepaired
		step.Entries, step.Say = append(step.Entries, e), append(step.Say, e)
	}
	return step
}

// describe is the proof in the audit's words: the switch before, and what the provider
// answered.
func (p Proof) describe() string {
	switch {
	case p.Answer == "" || p.Gone:
		return p.Answer
	case p.WasSilent:
		return "AI was off, " + p.Answer
	default:
		return "AI was on, " + p.Answer
	}
}

// Failed records that the wanted state could not be proven. It is said once for each
// different trouble; next is when it is tried again.
func (l Line) Failed(err *ProviderError, now, next time.Time) Step {
	before := l.describe()
	t := &Trouble{Kind: err.Kind, Status: err.Status, Since: now.UTC(), Attempts: 1, NextAt: next.UTC(), Lost: err.Lost, FlagUnknown: err.FlagUnknown}
	old := l.Trouble
	if old != nil {
		t.Since, t.Attempts = old.Since, old.Attempts+1
	}
	l.Trouble = t
	s := Step{Line: l, Save: true, Draw: true} // the card counts the attempts and names the next one
	e := Entry{Key: fmt.Sprintf("%s/failed/%d/%s", l.Ref, t.Attempts, t.Since.Format(time.RFC3339Nano)), Line: l.ID, At: now.UTC(), Origin: FromBot, Deed: DidFail,
		Before: before, After: l.describe(), Answer: err.Answer(), Ref: l.Ref, Other: l.Holder, Trouble: t}
	if !t.Same(old) {
		s.Entries, s.Say = []Entry{e}, []Entry{e}
	}
	if !l.DeskTold && now.Sub(l.Since) >= DeskPatience {
		e.Deed, e.Key = DidWarnDesk, e.Key+"/desk"
		s.Line.DeskTold = true
		s.Entries, s.Say = append(s.Entries, e), append(s.Say, e)
	}
	return s
}

// FirstLook is how long after a takeover its conversation is read for the first time: by
// then an answer that the AI had on its way has gone out.
const FirstLook = 5 * time.Second

// uncheck forgets what was proven of the line's conversations.
func (l *Line) uncheck() {
	l.Covered = slices.Clone(l.Covered)
	for i := range l.Covered {
		l.Covered[i].CheckedAt = time.Time{}
	}
}

// DeskPatience is how long an unproven state stays between the holder and the bot
// before the desk is told.
const DeskPatience = 60 * time.Second

func (l Line) enter(s State, at time.Time) Line {
	l.State, l.Since = s, at.UTC()
	l.Trouble, l.DeskTold = nil, false
	if s == StateTaking || s == StateReturning {
		l.Unrepaired = nil
	}
	return l
}

func (l Line) refuse(kind RefusalKind, c Command) *Refusal {
	return &Refusal{Kind: kind, Line: l.ID, State: l.State, Holder: l.Holder,
		Earlier: c.At.Sub(l.gotAt()), Since: l.Since, Ref: l.Ref}
}

func (l Line) entry(c Command, deed Deed, before string) Entry {
	return Entry{Key: c.Key, Line: l.ID, At: c.At.UTC(), Who: c.By, Origin: c.Origin, Deed: deed,
		Before: before, After: l.describe(), Ref: RefOf(c.Key)}
}

// describe is the state in the audit's words.
func (l Line) describe() string {
	switch {
	case l.State == StateAI:
		return "AI is answering"
	case l.Trouble != nil:
		return fmt.Sprintf("%s by %s, not proven", l.State, l.Holder)
	case l.State == StateHeld:
		return fmt.Sprintf("held by %s, AI silent", l.Holder)
	default:
		return fmt.Sprintf("%s by %s", l.State, l.Holder)
	}
}

package talk_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"takeoverbot/takeover"
	"takeoverbot/talk"
)

// world is one line, one store, one provider and two operators.
type world struct {
	rt    *rapid.T
	now   time.Time
	line  takeover.Line
	store *memory
	far   *provider
	bot   *talk.Service
	seq   int64
	// followed is what was written into the audit.
	followed []takeover.Entry
	// look is what reading a conversation does; nil is nothing.
	look  func(ctx context.Context) error
	files *folder
	said  map[string]*utterance // by the words, which are all different
	order []string              // of the words that may leave, as written
}

// utterance is what the test knows of a message in the thread.
type utterance struct {
	source   talk.Source
	by       takeover.OperatorID
	mayLeave bool // its author held the line when it was written
	gone     bool // it was deleted or edited before it could leave
	again    int  // how often a person had it sent again
	files    []takeover.FileID
}

// folder has the files that people post; the content of each is its id.
type folder struct {
	// answer says why a file cannot be read; nil: it can.
	answer func() error
	// during is called while a file is read.
	during func()
	size   int // of each content, which then is something else; 0: as said
}

func (f *folder) PostedPicture(_ context.Context, id takeover.FileID) (talk.Picture, error) {
	if f.during != nil {
		f.during()
	}
	if f.answer != nil {
		if err := f.answer(); err != nil {
			return talk.Picture{}, err
		}
	}
	if f.size > 0 {
		return talk.Picture{Type: "image/png", Content: make([]byte, f.size)}, nil
	}
	return talk.Picture{Type: "image/png", Content: []byte(id)}, nil
}

// provider answers texts as the test has drawn.
type provider struct {
	takeover.Provider
	got []string // words, in the order in which they were really sent
	// with are the contents of the pictures of each, as a provider fetches them.
	with  [][]string
	store *memory
	// recorded is what was put into the AI's conversation.
	recorded []string
	answer   func(words string) (sent bool, receipt takeover.SendReceipt, err error)
}

func (*provider) Name() string { return "Telnyx" }

func (p *provider) Record(_ context.Context, _ takeover.ConversationID, key, text string) error {
	p.recorded = append(p.recorded, key+" "+text)
	return nil
}

func (p *provider) Send(_ context.Context, t takeover.Texted) (takeover.SendReceipt, error) {
	sent, receipt, err := p.answer(t.Text)
	if sent {
		p.got, p.with = append(p.got, t.Text), append(p.with, p.fetch(t.Media))
	}
	return receipt, err
}

// fetch gets pictures from the bot.
func (p *provider) fetch(addresses []string) (got []string) {
	for _, a := range addresses {
		token, ours := strings.CutPrefix(a, publicURL+talk.MediaPath)
		picture, ok := p.store.pictures[token]
		if !ours || !ok {
			got = append(got, "nothing")
			continue
		}
		got = append(got, string(picture.Content))
	}
	return got
}

const publicURL = "https://bot.example"

// decider is package takeover with nothing but a holder.
type decider struct{ w *world }

func (d decider) Apply(_ context.Context, tx takeover.Tx, _ int64, c takeover.Command) error {
	l := &tx.(*memoryTx).w.line
	switch {
	case c.Verb == takeover.TakeOver && !l.Taken():
		l.State, l.Takeover = takeover.StateHeld, takeover.Takeover{Holder: c.By, ClaimedAt: c.At}
	case c.Verb == takeover.GiveBack && l.Taken():
		l.State, l.Takeover = takeover.StateAI, takeover.Takeover{}
	case c.Verb == takeover.TakeFrom && l.Taken():
		l.Takeover.Holder = c.By
	}
	return nil
}

func (d decider) Follows(_ context.Context, _ takeover.Tx, step takeover.Step) error {
	d.w.followed = append(d.w.followed, step.Entries...)
	d.w.line = step.Line
	return nil
}

func (d decider) Read(ctx context.Context, _ takeover.Reading) (takeover.Line, takeover.Transcript, error) {
	if d.w.look == nil {
		return d.w.line, takeover.Transcript{}, nil
	}
	return d.w.line, takeover.Transcript{}, d.w.look(ctx)
}

func (decider) Able(l takeover.Line) takeover.Line { return l }

func newWorld(rt *rapid.T) *world {
	w := &world{rt: rt, now: time.Date(2026, 11, 22, 3, 14, 0, 0, time.UTC), said: map[string]*utterance{}, far: &provider{}}
	w.line = takeover.Line{ID: "ln_1", Provider: "Telnyx", EndUser: "+14155550137", Agent: "+13125550100", State: takeover.StateAI,
		Can: takeover.Capabilities{takeover.CanReply: {Level: takeover.LevelYes}}}
	w.store = &memory{w: w, commands: map[int64]takeover.Command{}, cursors: map[string]takeover.ProviderTime{}, pictures: map[string]talk.Picture{}}
	w.far.store, w.files = w.store, &folder{}
	bot, err := talk.New(talk.Deps{Store: w.store, Takeover: decider{w}, Providers: takeover.Providers{w.far}, Files: w.files, PublicURL: publicURL, Now: func() time.Time { return w.now },
		Wait: func(_ context.Context, d time.Duration) { w.now = w.now.Add(d) }, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		rt.Fatal(err)
	}
	w.bot = bot
	return w
}

func (w *world) apply(c takeover.Command) {
	w.seq++
	c.Line, c.At, c.Key = w.line.ID, w.now, cmpKey(c.Key, w.seq)
	w.store.commands[w.seq] = c
	err := w.store.ChangeTexts(w.rt.Context(), func(ctx context.Context, tx talk.Tx) error { return w.bot.Apply(ctx, tx, w.seq, c) })
	if err != nil {
		w.rt.Fatal(err)
	}
}

func cmpKey(key string, seq int64) string {
	if key == "" {
		return fmt.Sprint("k", seq)
	}
	return key
}

func (w *world) operator() takeover.OperatorID {
	return rapid.SampledFrom([]takeover.OperatorID{"UA", "UB"}).Draw(w.rt, "operator")
}

// picked is one of the messages so far, or "" where there is none.
func (w *world) picked() string {
	var words []string
	for s := range w.said {
		words = append(words, s)
	}
	if len(words) == 0 {
		return ""
	}
	slices.Sort(words)
	return rapid.SampledFrom(words).Draw(w.rt, "message")
}

func (w *world) speak() {
	by, words := w.operator(), fmt.Sprint("words ", w.seq+1)
	source := talk.Source{Channel: "C1", TS: fmt.Sprint("17.", w.seq+1)}
	u := &utterance{source: source, by: by, mayLeave: w.line.Taken() && w.line.Takeover.Holder == by}
	for i := range rapid.SampledFrom([]int{0, 0, 1, 2}).Draw(w.rt, "files") {
		u.files = append(u.files, takeover.FileID(fmt.Sprint("F", w.seq, "/", i)))
	}
	w.said[words] = u
	if u.mayLeave {
		w.order = append(w.order, words)
	}
	w.apply(takeover.Command{Verb: takeover.Say, By: by, Words: words, Files: u.files, Parts: 1, Message: source.TS, Reply: takeover.Reply{Channel: "C1"}})
}

// stands is the text of a message as it is stored.
func (w *world) stands(u *utterance) (talk.Text, bool) {
	for _, t := range w.store.texts {
		if t.Source == u.source {
			return t, true
		}
	}
	return talk.Text{}, false
}

func (w *world) deleteOrEdit() {
	words := w.picked()
	u := w.said[words]
	if u == nil {
		return
	}
	t, ok := w.stands(u)
	c := takeover.Command{Verb: takeover.Recall, By: u.by, Message: u.source.TS, Reply: takeover.Reply{Channel: "C1"}}
	if edited := rapid.Bool().Draw(w.rt, "edited"); edited {
		c.Verb, c.Words, c.Parts = takeover.Reword, words+"'", 1
		c.Files = u.files[:rapid.IntRange(0, len(u.files)).Draw(w.rt, "files that stay")]
		if ok && t.State == talk.Waiting {
			delete(w.said, words)
			w.said[c.Words] = &utterance{source: u.source, by: u.by, mayLeave: true, files: c.Files}
			w.order[slices.Index(w.order, words)] = c.Words
		}
	}
	if ok && t.State == talk.Waiting {
		u.gone = true
		if c.Verb == takeover.Recall {
			w.order = slices.DeleteFunc(w.order, func(s string) bool { return s == words })
		}
	}
	w.apply(c)
}

func (w *world) sendAgain() {
	words := w.picked()
	if u := w.said[words]; u != nil {
		if t, ok := w.stands(u); ok {
			if may := w.line.Taken() && w.line.Takeover.Holder == u.by; may && (t.State == talk.Unsure || t.State == talk.Failed) {
				u.again++
			}
			w.apply(takeover.Command{Verb: takeover.SayAgain, By: u.by, Text: string(t.ID)})
		}
	}
}

// send runs the job; the provider answers in any way, and the process may die in the call.
func (w *world) send() {
	w.far.answer = func(words string) (bool, takeover.SendReceipt, error) {
		receipt := takeover.SendReceipt{Message: "m/" + words, Parts: 1}
		failure := func(kind takeover.ProviderErrorKind, lands bool) error {
			return &takeover.ProviderError{Provider: "Telnyx", Op: "send", Kind: kind, MayLand: lands}
		}
		switch rapid.IntRange(0, 7).Draw(w.rt, "answer") {
		case 0:
			return false, takeover.SendReceipt{}, failure(takeover.Refused, false)
		case 1:
			return false, takeover.SendReceipt{}, failure(takeover.Limited, false)
		case 2:
			return true, takeover.SendReceipt{}, failure(takeover.NoAnswer, true)
		case 3:
			return false, takeover.SendReceipt{}, failure(takeover.NoAnswer, true)
		case 4: // the process dies before it has stored the answer
			w.store.dead = true
			return rapid.Bool().Draw(w.rt, "sent"), receipt, nil
		case 5: // a report is faster than the answer
			w.report(words, takeover.SendDelivered)
			return true, receipt, nil
		default:
			return true, receipt, nil
		}
	}
	w.files.answer = func() error {
		switch rapid.IntRange(0, 5).Draw(w.rt, "file") {
		case 0:
			return &talk.FileError{Kind: takeover.SendFileUnread}
		case 1:
			return errors.New("Slack does not answer")
		case 2: // the process dies before anything is stored as leaving
			w.store.dead = true
		}
		return nil
	}
	w.files.during = func() {
		if !w.store.dead && rapid.IntRange(0, 3).Draw(w.rt, "meanwhile") == 0 {
			w.deleteOrEdit()
		}
	}
	err := w.bot.Send(w.rt.Context(), talk.SendJob{Line: w.line.ID})
	_, later := errors.AsType[*takeover.LaterError](err)
	if err != nil && !later && !w.store.dead {
		w.rt.Fatal(err)
	}
	w.store.dead, w.files.answer, w.files.during = false, nil, nil
}

func (w *world) report(words string, outcome takeover.SendOutcome) {
	err := w.store.ChangeTexts(w.rt.Context(), func(ctx context.Context, tx talk.Tx) error {
		return w.bot.Report(ctx, tx, takeover.SendReport{Message: "m/" + words, Outcome: outcome, From: w.line.Agent, To: w.line.EndUser, Text: words})
	})
	if err != nil && !w.store.dead {
		w.rt.Fatal(err)
	}
}

func (w *world) step() {
	w.now = w.now.Add(time.Duration(rapid.IntRange(0, 4000).Draw(w.rt, "ms")) * time.Millisecond)
	switch rapid.IntRange(0, 11).Draw(w.rt, "step") {
	case 0:
		w.apply(takeover.Command{Verb: takeover.TakeOver, By: w.operator()})
	case 1:
		w.apply(takeover.Command{Verb: takeover.TakeFrom, By: w.operator()})
	case 2:
		w.apply(takeover.Command{Verb: takeover.GiveBack, By: w.operator()})
	case 3, 4, 5, 6:
		w.speak()
	case 7:
		w.deleteOrEdit()
	case 8:
		w.sendAgain()
	case 9:
		if len(w.far.got) > 0 {
			w.report(rapid.SampledFrom(w.far.got).Draw(w.rt, "of"), rapid.SampledFrom([]takeover.SendOutcome{
				takeover.SendOnTheWay, takeover.SendDelivered, takeover.SendUnconfirmed, takeover.SendFailed}).Draw(w.rt, "outcome"))
		}
	default:
		w.send()
	}
}

// check looks at what has left.
func (w *world) check() {
	times := map[string]int{}
	var first []string
	for i, words := range w.far.got {
		u := w.said[words]
		if u == nil || !u.mayLeave || u.gone {
			w.rt.Fatalf("%q has left: %+v", words, u)
		}
		if fmt.Sprint(w.far.with[i]) != fmt.Sprint(u.files) {
			w.rt.Fatalf("%q has left with %q, want %q", words, w.far.with[i], u.files)
		}
		if times[words]++; times[words] > 1+u.again {
			w.rt.Fatalf("%q has left %d times", words, times[words])
		}
		if times[words] == 1 && u.again == 0 {
			first = append(first, words)
		}
	}
	at := -1
	for _, words := range first {
		i := slices.Index(w.order, words)
		if i <= at {
			w.rt.Fatalf("%q was written before what has left before it: %q", words, w.far.got)
		}
		at = i
	}
	for _, t := range w.store.texts {
		sent := slices.Contains(w.far.got, t.Words)
		if t.State == talk.Delivered && !sent || t.State == talk.Stopped && sent && t.Again == "" {
			w.rt.Fatalf("%q is %s; sent: %t", t.Words, t.State, sent)
		}
	}
}

// TestOnlyTheHoldersWordsLeave drives a thread with random authors, edits, deletions, takeovers,
// lost answers, deaths of the process, pictures that cannot be read, and reports that are late,
// doubled, out of order, or faster than the answer: only the words of whoever held the line when they
// were written ever leave, with just their pictures, each at most once, in the order in which they
// were written, and none that was deleted in time.
func TestOnlyTheHoldersWordsLeave(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(rt)
		for range rapid.IntRange(1, 60).Draw(rt, "steps") {
			w.step()
			w.check()
		}
		w.far.answer = func(words string) (bool, takeover.SendReceipt, error) {
			return true, takeover.SendReceipt{Message: "m/" + words}, nil
		}
		for range 5 { // once all goes well, nothing is left waiting
			_ = w.bot.Send(rt.Context(), talk.SendJob{Line: w.line.ID})
			w.now = w.now.Add(time.Minute)
			w.check()
		}
		for _, text := range w.store.texts {
			if text.State.Open() {
				rt.Fatalf("%q is still %s", text.Words, text.State)
			}
		}
	})
}

// TestTakeOverAndSendTakesTheLine from its holder, and sends the words that were refused, once.
func TestTakeOverAndSendTakesTheLine(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(rt)
		w.apply(takeover.Command{Verb: takeover.TakeOver, By: "UA"})
		w.apply(takeover.Command{Verb: takeover.Say, By: "UB", Words: "I know her", Parts: 1, Message: "17.1", Reply: takeover.Reply{Channel: "C1"}})
		refused := w.seq
		if len(w.store.texts) != 0 {
			rt.Fatalf("stored: %+v", w.store.texts)
		}
		for range 2 {
			w.apply(takeover.Command{Verb: takeover.TakeAndSay, By: "UB", Of: refused})
		}
		if w.line.Takeover.Holder != "UB" || len(w.store.texts) != 1 || w.store.texts[0].Words != "I know her" {
			rt.Errorf("held by %s, stored: %+v", w.line.Takeover.Holder, w.store.texts)
		}
	})
}

package write_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"takeoverbot/internal/desktest"
	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/render"
	"takeoverbot/takeover"
)

// offerOf is the job that brings an offer to its receiver.
func offerOf(l takeover.Line) takeover.DirectJob {
	e := takeover.Entry{Key: "offer-click/" + string(l.ID), Line: l.ID, At: slacktest.Night, Who: l.Takeover.Handoff.By, Other: l.Takeover.Handoff.To, Event: takeover.EventOffered,
		Note: l.Takeover.Handoff.Note, Ref: l.Takeover.Handoff.Ref}
	return takeover.DirectJob{To: l.Takeover.Handoff.To, Key: "handoff/" + l.HandoffID(), Entry: e}
}

// answerOf is the job that changes it when it is answered.
func answerOf(l takeover.Line, event takeover.Event) takeover.DirectJob {
	job := offerOf(l)
	job.Entry = takeover.Entry{Key: "answer-click", Line: l.ID, At: slacktest.Night.Add(time.Minute), Who: l.Takeover.Handoff.To, Other: l.Takeover.Handoff.By, Event: event, Note: l.Takeover.Handoff.Note, Ref: "a3b5"}
	if event == takeover.EventWithdrawn {
		job.Entry.Who, job.Entry.Other = l.Takeover.Handoff.By, l.Takeover.Handoff.To
	}
	return job
}

func direct(d *desktest.Desk, job takeover.DirectJob) {
	d.Helper()
	for {
		err := d.Bot.Direct(d.Context(), job)
		if _, later := errors.AsType[*takeover.LaterError](err); !later {
			slacktest.Must(d.T, err)
			return
		}
	}
}

func TestAnOfferReachesItsReceiver(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, desktest.Offered())
	d.Open(desktest.LineID)
	d.Backend.Change(desktest.LineID, func(l *takeover.Line) { l.Recent = slacktest.RecentOf(desktest.Offered().Recent.Lines) })
	for range 3 {
		direct(d, offerOf(desktest.Offered()))
	}
	got := d.Directs(slacksim.Omar)
	if len(got) != 1 {
		t.Fatalf("told %q", got)
	}
	for _, want := range []string{"@Dana offers you a line", "“R. Miller, Unit 4B” · •••• 0137", ": “The plumber was called”.", "YES. Please send somebody", "[Accept] [Decline]"} {
		if !strings.Contains(got[0], want) {
			t.Errorf("%q is not in %q", want, got[0])
		}
	}
	if strings.Contains(got[0], "Accept all") {
		t.Error("there is only one to accept")
	}
	m := d.Slack.DirectMessages(slacksim.Omar)[0]
	d.Click(slacksim.Omar, m.Ref(), "handoff.accept")
	stored := d.Backend.Stored()
	if c := stored[len(stored)-1]; c.Verb != takeover.Accept || c.Line != desktest.LineID || c.Handoff != "h2x4" || c.By != slacksim.Omar || c.Reply.Channel != m.Channel {
		t.Errorf("stored %+v", c)
	}
}

// TestAnAnswerTakesTheButtonsAway, from the direct message and from the thread.
func TestAnAnswerTakesTheButtonsAway(t *testing.T) {
	t.Parallel()
	for event, words := range map[takeover.Event][2]string{
		takeover.EventAccepted:  {"You accepted what @Dana offered you: this line is yours now.", "Accepted at"},
		takeover.EventDeclined:  {"You declined what @Dana offered you", "Declined at"},
		takeover.EventWithdrawn: {"@Dana withdrew the offer to you: there is nothing to do.", "withdrew the offer to @Omar, at"},
	} {
		for _, order := range []string{"in order", "answered before it was written"} {
			t.Run(string(event)+" "+order, func(t *testing.T) {
				l := desktest.Offered()
				d := desktest.New(t, l)
				card := d.Open(desktest.LineID)
				answer := func() {
					d.Backend.Change(desktest.LineID, func(l *takeover.Line) { l.Takeover.Handoff = takeover.Handoff{} })
					direct(d, answerOf(l, event))
				}
				offer := func() {
					slacktest.Must(t, d.Bot.Say(t.Context(), takeover.SayJob{Entry: offerOf(l).Entry}))
					direct(d, offerOf(l))
				}
				if order == "in order" {
					offer()
					if thread := d.Thread(card); !strings.Contains(thread[0], "@Dana offers this line to @Omar: “The plumber was called”. Until @Omar accepts, @Dana keeps it.") || !strings.Contains(thread[0], "[Accept] [Decline]") {
						t.Errorf("the thread says %q", thread)
					}
					answer()
				} else {
					answer()
					offer()
				}
				got, thread := d.Directs(slacksim.Omar), d.Thread(card)
				if len(got) != 1 || !strings.Contains(got[0], words[0]) || strings.Contains(got[0], "[") {
					t.Errorf("told %q", got)
				}
				if len(thread) != 1 || strings.Contains(thread[0], "[Accept]") || order == "in order" && !strings.Contains(thread[0], words[1]) {
					t.Errorf("the thread says %q", thread)
				}
			})
		}
	}
}

// TestAnOfferAnsweredWhileItIsWritten: its buttons go, too.
func TestAnOfferAnsweredWhileItIsWritten(t *testing.T) {
	t.Parallel()
	l := desktest.Offered()
	d := desktest.New(t, l)
	card := d.Open(desktest.LineID)
	d.Posts.BeforePut = func(row any) error {
		if p, ok := row.(takeover.Post); ok && strings.HasPrefix(p.Key, "offer/") {
			d.Backend.Change(desktest.LineID, func(l *takeover.Line) { l.Takeover.Handoff = takeover.Handoff{} })
		}
		return nil
	}
	slacktest.Must(t, d.Bot.Say(t.Context(), takeover.SayJob{Entry: offerOf(l).Entry}))
	if thread := d.Thread(card); len(thread) != 1 || strings.Contains(thread[0], "[Accept]") || !strings.Contains(thread[0], "The offer has ended.") {
		t.Errorf("the thread says %q", thread)
	}
}

func TestTheOneWhoOfferedIsTold(t *testing.T) {
	t.Parallel()
	l := desktest.Offered()
	d := desktest.New(t, l)
	d.Open(desktest.LineID)
	job := answerOf(l, takeover.EventDeclined)
	job.To, job.Key = slacksim.Dana, job.Entry.Key+"/by"
	direct(d, job)
	if got := d.Directs(slacksim.Dana); len(got) != 1 || !strings.Contains(got[0], "@Omar declined the handoff: this line is still yours.") || !strings.Contains(got[0], "[Hand off …] [Hand back to AI]") {
		t.Errorf("told %q", got)
	}
}

func TestSeveralOffersCanBeAcceptedAtOnce(t *testing.T) {
	t.Parallel()
	second := slacktest.With(desktest.Offered(), func(l *takeover.Line) { l.ID, l.Takeover.Handoff.Ref = "ln_second", "s5c6" })
	d := desktest.New(t, desktest.Offered(), second)
	direct(d, offerOf(desktest.Offered()))
	m := d.Slack.DirectMessages(slacksim.Omar)[0]
	if text := d.Read(m); !strings.Contains(text, "[Accept all (2)]") {
		t.Fatalf("told %q", text)
	}
	d.Click(slacksim.Omar, m.Ref(), "handoff.acceptall")
	if c := d.Backend.Stored()[0]; c.Verb != takeover.AcceptAll || c.Line != "" || c.By != slacksim.Omar {
		t.Errorf("stored %+v", c)
	}
}

func TestTheHolderIsAskedDirectly(t *testing.T) {
	t.Parallel()
	l := slacktest.With(slacktest.RanOut(takeover.HoldAsked), func(l *takeover.Line) { l.Takeover.Holder = slacksim.Dana })
	d := desktest.New(t, l)
	e := takeover.Entry{Key: "ln/hold/1", Line: l.ID, At: slacktest.Night, Event: takeover.EventHolderAsked, Other: slacksim.Dana, Until: slacktest.Night.Add(5 * time.Minute), Waiting: takeover.ProviderTime(slacktest.Night), Ref: "k7f2"}
	direct(d, takeover.DirectJob{To: slacksim.Dana, Key: e.Key, Entry: e})
	m := d.Slack.DirectMessages(slacksim.Dana)[0]
	if text := d.Read(m); !strings.Contains(text, "Do you still need this line?") || !strings.Contains(text, "[+30 min] [Hand back to AI]") {
		t.Errorf("told %q", text)
	}
	d.Click(slacksim.Dana, m.Ref(), "line.extend")
	if c := d.Backend.Stored()[0]; c.Verb != takeover.Extend || c.For != 30*time.Minute || !c.More || c.Line != desktest.LineID {
		t.Errorf("stored %+v", c)
	}
	d.Click(slacksim.Dana, m.Ref(), "line.handback")
	if d.Slack.View(slacksim.Dana) == nil {
		t.Error("no box")
	}
}

// TestWhoCannotBeWrittenToDoesNotHoldTheJobUp: the job ends where Slack does not deliver to the
// person, and comes back after an outage.
func TestWhoCannotBeWrittenToDoesNotHoldTheJobUp(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"user_disabled", "cannot_dm_bot", "messages_tab_disabled"} {
		d := desktest.New(t, desktest.Offered())
		d.Slack.FailNext("conversations.open", 1, slacksim.Fault{Kind: slacksim.FaultError, Error: code})
		slacktest.Must(t, d.Bot.Direct(t.Context(), offerOf(desktest.Offered())))
		if got := d.Directs(slacksim.Omar); len(got) != 0 {
			t.Errorf("told %q", got)
		}
		thread := d.Thread(d.Card())
		if len(thread) != 1 || !strings.HasPrefix(thread[0], "Slack did not take the direct message to @Omar: only this thread says it.") {
			t.Errorf("%s: the thread says %q", code, thread)
		}
	}
	d := desktest.New(t, desktest.Offered())
	d.Slack.FailNext("chat.postMessage", 1, slacksim.Fault{Kind: slacksim.FaultUnavailable})
	if err := d.Bot.Direct(t.Context(), offerOf(desktest.Offered())); err == nil {
		t.Error("a message that did not go out counts as told")
	}
	direct(d, offerOf(desktest.Offered()))
	if got := d.Directs(slacksim.Omar); len(got) != 1 {
		t.Errorf("told %q", got)
	}
}

func TestDirectJobsAtOnceWriteOnce(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, desktest.Offered())
	var jobs sync.WaitGroup
	for range 8 {
		jobs.Go(func() {
			for {
				if _, later := errors.AsType[*takeover.LaterError](d.Bot.Direct(t.Context(), offerOf(desktest.Offered()))); !later {
					return
				}
				time.Sleep(time.Millisecond) // the queue would wait, too
			}
		})
	}
	jobs.Wait()
	if got := d.Directs(slacksim.Omar); len(got) != 1 {
		t.Errorf("told %q", got)
	}
}

// TestEveryDirectMessageIsOne: every direct message keeps to Slack's limits.
func TestEveryDirectMessageIsOne(t *testing.T) {
	t.Parallel()
	for _, event := range slacktest.ConstantsOf(t, "Event") {
		for name, line := range slacktest.Cards() {
			for _, to := range []takeover.OperatorID{slacktest.Holder, slacktest.Other} {
				t.Run(fmt.Sprint(event, " ", name, " ", to), func(t *testing.T) {
					for _, e := range []takeover.Entry{slacktest.EntryOf(takeover.Event(event)), {Event: takeover.Event(event), Ref: "k7f2", At: slacktest.Night, Note: slacktest.HostileText, Waiting: takeover.ProviderTime(slacktest.Night)}} {
						e.Line = line.ID
						if line.Offered() {
							e.Ref = line.Takeover.Handoff.Ref
						}
						d := render.Direct{Line: line, Entry: e, To: to, Offers: 3}
						seen := desktest.CheckMessage(t, d.Message())
						for _, s := range seen.Mrkdwn {
							if strings.Contains(s, "<!channel>") {
								t.Errorf("a ping in %q", s)
							}
						}
					}
				})
			}
		}
	}
}

// TestAPersonIsToldWhereSlackEditsNoMore: what is newer stands in a message below.
func TestAPersonIsToldWhereSlackEditsNoMore(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, desktest.Offered())
	direct(d, offerOf(desktest.Offered()))
	slacktest.Must(t, d.Slack.SetEditWindow(time.Nanosecond, slacksim.EditWindowClosed))
	d.Backend.Change(desktest.LineID, func(l *takeover.Line) { l.Takeover.Handoff = takeover.Handoff{} })
	for range 2 {
		direct(d, answerOf(desktest.Offered(), takeover.EventAccepted))
	}
	if got := d.Directs(slacksim.Omar); len(got) != 2 || !strings.Contains(got[1], "this line is yours now") {
		t.Errorf("told %q", got)
	}
}

// TestElevenHoldsRunOutTogether: one message for all, the end user who waits longest first, and
// each with its buttons. A line that was answered meanwhile is not in it.
func TestElevenHoldsRunOutTogether(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, desktest.HeldBy(slacksim.Dana))
	var jobs []takeover.DirectJob
	for i := range 12 {
		l := slacktest.RanOut(takeover.HoldAsked)
		l.ID = takeover.LineID(fmt.Sprintf("ln_%d", i))
		l.Newest.Name = fmt.Sprintf("Unit %dB", i)
		l.Takeover.Holder = slacksim.Dana
		l.Covered, l.Recent.WaitsSince = nil, takeover.ProviderTime{}
		if i == 7 {
			l.Recent.WaitsSince = takeover.ProviderTime(slacktest.Night.Add(-31 * time.Minute))
		}
		if i == 11 {
			l.Takeover.Hold.Step = takeover.HoldRuns
		}
		d.Backend.Lines[l.ID] = l
		e := takeover.Entry{Key: fmt.Sprint("ask", i), Line: l.ID, At: slacktest.Night, Event: takeover.EventHolderAsked, Other: slacksim.Dana, Until: slacktest.Night, Ref: "k7f2"}
		d.Backend.Entries[l.ID] = []takeover.Entry{e}
		jobs = append(jobs, takeover.DirectJob{To: slacksim.Dana, Key: "together", Entry: e})
	}
	for _, job := range jobs {
		direct(d, job)
	}
	got := d.Directs(slacksim.Dana)
	if len(got) != 1 || strings.Count(got[0], "[+30 min] [Hand back to AI]") != 11 || strings.Contains(got[0], "Unit 11B") || !strings.Contains(got[0], "these 11 lines") {
		t.Fatalf("told %d times: %q", len(got), got)
	}
	if text := d.Slack.DirectMessages(slacksim.Dana)[0].Text; !strings.HasPrefix(text, "“Unit 7B”") || !strings.Contains(text[:60], "waiting for 31 minutes") {
		t.Errorf("a lock screen shows %q", text)
	}
}

// TestAnEntryThatIsStoredLateIsToldTogether: two replicas look for holds that ran out, and the one
// with the earlier time may store its entry later.
func TestAnEntryThatIsStoredLateIsToldTogether(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, desktest.HeldBy(slacksim.Dana))
	for i, at := range []time.Duration{2 * time.Second, time.Second} {
		l := slacktest.RanOut(takeover.HoldAsked)
		l.ID = takeover.LineID(fmt.Sprintf("ln_%d", i))
		l.Takeover.Holder = slacksim.Dana
		d.Backend.Lines[l.ID] = l
		e := takeover.Entry{Key: fmt.Sprint("ask", i), Line: l.ID, At: slacktest.Night.Add(at), Event: takeover.EventHolderAsked, Other: slacksim.Dana, Until: slacktest.Night, Ref: "k7f2"}
		d.Backend.Entries[l.ID] = []takeover.Entry{e}
		direct(d, takeover.DirectJob{To: slacksim.Dana, Key: "together", Entry: e})
	}
	if got := d.Directs(slacksim.Dana); len(got) != 1 || !strings.Contains(got[0], "these 2 lines") {
		t.Errorf("told %q", got)
	}
}

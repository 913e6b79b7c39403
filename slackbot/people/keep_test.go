package people

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
)

// another is the People of another process with the same store and Slack.
func (w *workspace) another() *People {
	return New(w.client, w.given, w.known, func() time.Time { return w.now }, slog.New(slog.DiscardHandler))
}

// keeping has p kept fresh until the test ends.
func keeping(t *testing.T, p *People) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { p.Keep(ctx) })
	t.Cleanup(func() {
		cancel()
		running.Wait()
	})
	synctest.Wait()
}

func TestWhatIsKnownSurvivesARestart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := newWorkspace(t, theGroups)
		slacktest.Must(t, d.Ask(t.Context(), slacksim.Dana, slacksim.Guest))
		d.slack.FailNext(slacksim.AnyMethod, 1000, slacksim.Fault{Kind: slacksim.FaultUnavailable})
		for age, want := range map[time.Duration]Certainty{0: Fresh, 29 * 24 * time.Hour: Old, 31 * 24 * time.Hour: Unknown} {
			d.now = night.Add(age)
			next := d.another()
			ctx, cancel := context.WithCancel(t.Context())
			var running sync.WaitGroup
			running.Go(func() { next.Keep(ctx) })
			synctest.Wait()
			cancel()
			running.Wait()
			refusal, sure := next.Judge(slacksim.Dana, slacksim.TeamID, Responder)
			if refusal != "" || sure == Unknown != (want == Unknown) || want == Fresh && sure != Fresh {
				t.Errorf("after %s: certainty %d, want %d; refused with %q", age, sure, want, refusal)
			}
			if refusal, _ := next.Judge(slacksim.Guest, slacksim.TeamID, Reader); want > Unknown && refusal == "" {
				t.Errorf("after %s: a guest is admitted", age)
			}
		}
	})
}

func TestReplicasShareWhatSlackSaid(t *testing.T) {
	t.Parallel()
	d := newWorkspace(t, theGroups)
	slacktest.Must(t, d.Ask(t.Context(), slacksim.Dana))
	d.slack.ForgetCalls()
	other := d.another()
	slacktest.Must(t, other.Ask(t.Context(), slacksim.Dana))
	if _, sure := other.Judge(slacksim.Dana, slacksim.TeamID, Responder); sure != Fresh || d.times("users.info")+d.times("usergroups.users.list") > 0 {
		t.Errorf("certainty %d after %d calls", sure, len(d.slack.Calls()))
	}
}

// TestPeopleWhoActStayFresh: what is known of them is renewed before a click needs it, and of
// those who do nothing for an hour it is not.
func TestPeopleWhoActStayFresh(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := newWorkspace(t, theGroups)
		d.People.now, d.persons.now, d.groups.now, d.self.now = time.Now, time.Now, time.Now, time.Now
		slacktest.Must(t, d.Ask(t.Context(), slacksim.Dana))
		keeping(t, d.People)
		for range 20 {
			if _, sure := d.Judge(slacksim.Dana, slacksim.TeamID, Responder); sure != Fresh {
				t.Fatalf("certainty %d", sure)
			}
			time.Sleep(20 * time.Second)
		}
		d.slack.AddGroup(slacksim.Group{ID: slacksim.TechniciansGroup, Users: []string{slacksim.Omar}})
		time.Sleep(time.Minute)
		if refusal, sure := d.Judge(slacksim.Dana, slacksim.TeamID, Responder); refusal == "" || sure != Fresh {
			t.Errorf("a minute after Dana left the group: %q, certainty %d", refusal, sure)
		}
		time.Sleep(2 * time.Hour)
		d.slack.ForgetCalls()
		time.Sleep(5 * time.Minute)
		if n := d.times("users.info"); n != 0 {
			t.Errorf("%d calls about people who do nothing", n)
		}
	})
}

// TestAChangeCountsAtOnce: where Slack tells of it by an event.
func TestAChangeCountsAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := newWorkspace(t, theGroups)
		slacktest.Must(t, d.Ask(t.Context(), slacksim.Dana))
		keeping(t, d.People)
		d.slack.AddGroup(slacksim.Group{ID: slacksim.TechniciansGroup, Users: []string{slacksim.Omar}})
		d.Changed(slacksim.TechniciansGroup)
		synctest.Wait()
		if refusal, sure := d.Judge(slacksim.Dana, slacksim.TeamID, Responder); refusal == "" || sure != Fresh {
			t.Errorf("who left the group: %q, certainty %d", refusal, sure)
		}
		d.slack.AddUser(slacksim.User{ID: slacksim.Dana, Name: "dana", Deleted: true})
		d.Changed(slacksim.Dana)
		synctest.Wait()
		if refusal, _ := d.Judge(slacksim.Dana, slacksim.TeamID, Reader); refusal == "" {
			t.Error("a deactivated person is admitted")
		}
		d.slack.ForgetCalls()
		d.Changed("U0NOBODY")
		d.Changed("S0OTHER")
		synctest.Wait()
		if n := len(d.slack.Calls()); n > 0 {
			t.Errorf("%d calls about a person and a group that matter to nothing here", n)
		}
	})
}

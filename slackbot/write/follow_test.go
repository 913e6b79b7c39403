package write_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"takeoverbot/internal/desktest"
	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/takeover"
)

// follow runs the job of the line's current conversation until it does not come back.
func follow(d *desktest.Desk, conv takeover.ConversationID) {
	d.Helper()
	for {
		err := d.Bot.Follow(d.Context(), takeover.FollowJob{Line: desktest.LineID, Conversation: conv})
		if _, later := errors.AsType[*takeover.LaterError](err); !later {
			slacktest.Must(d.T, err)
			return
		}
	}
}

func TestFollowSaysWhoWrote(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		state   takeover.State
		turns   string // after the first two
		head    string
		mention bool
	}{
		"the end user":    {takeover.StateHeld, "u", "@Dana, “R. Miller, Unit 4B” wrote.", true},
		"five in one":     {takeover.StateHeld, "uuuuu", "@Dana, “R. Miller, Unit 4B” wrote 5 messages.", true},
		"both":            {takeover.StateHeld, "aou", "@Dana, the AI spoke although you have this line. 3 new messages since the last time, oldest first. From the AI, an operator and the end user.", true},
		"the AI":          {takeover.StateHeld, "a", "@Dana, the AI spoke although you have this line.", true},
		"an operator":     {takeover.StateHeld, "o", "1 new message since the last time, from an operator.", false},
		"after hand-back": {takeover.StateAI, "ua", "2 new messages since the last time, oldest first. From the end user and the AI.", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := desktest.New(t, slacktest.With(slacktest.LineIn(tc.state), func(l *takeover.Line) {
				if l.Takeover.Holder == "" {
					return
				}
				// The bot's clock is an hour ahead of the provider's.
				l.Takeover.Holder, l.Takeover.ClaimedAt = slacksim.Dana, slacktest.Night.Add(time.Hour)
				l.Covered[0].Before = desktest.Dialogue("ua")[1].At
			}))
			d.Backend.Said[desktest.ConversationID] = desktest.Dialogue("ua")
			card := d.Open(desktest.LineID)
			d.Backend.Said[desktest.ConversationID] = desktest.Dialogue("ua" + tc.turns)
			follow(d, "")
			follow(d, desktest.ConversationID) // the second job posts nothing
			thread := d.Thread(card)
			if got := desktest.WordsIn(thread); !slices.Equal(got, desktest.FromTo(1, 2+len(tc.turns))) || len(thread) != 2 {
				t.Fatalf("%v in %q", got, thread)
			}
			if !strings.HasPrefix(thread[1], tc.head) {
				t.Errorf("the head says %q", thread[1])
			}
			raw := d.Slack.Thread(card.Channel, card.TS)[1]
			if screen := "<@" + slacksim.Dana + ">, “R. Miller, Unit 4B” wrote: “word 003”"; tc.turns == "u" && raw.Text != screen {
				t.Errorf("a lock screen shows %q", raw.Text)
			}
			if calls := strings.Contains(string(raw.Blocks), "@"+slacksim.Dana); calls != tc.mention {
				t.Errorf("the holder is called: %v", calls)
			}
		})
	}
}

// TestALockScreenHasTheWords, who wrote them, and how long that end user has been waiting.
func TestALockScreenHasTheWords(t *testing.T) {
	t.Parallel()
	const who, waits = "“R. Miller, Unit 4B” · •••• 0137", ", waiting for 3 minutes"
	for name, tc := range map[string]struct {
		state  takeover.State
		before string // what the first post shows, three minutes earlier
		turns  string
		text   string
	}{
		"a first post":    {takeover.StateAI, "ua", "", who + ". Until an operator takes over, nothing written in this thread reaches the end user. All there is: 2 messages, oldest first."},
		"the end user":    {takeover.StateHeld, "ua", "u", "<@U0DANA>, “R. Miller, Unit 4B” wrote: “word 003”"},
		"one more":        {takeover.StateHeld, "uau", "u", "<@U0DANA>, “R. Miller, Unit 4B”" + waits + ", wrote: “word 004”"},
		"the AI":          {takeover.StateHeld, "uau", "a", who + waits + ". <@U0DANA>, the AI spoke although you have this line: “word 004”"},
		"two":             {takeover.StateHeld, "ua", "uo", "<@U0DANA>, " + who + ". End user: word 003 · Operator: word 004"},
		"a note":          {takeover.StateAI, "ua", "n", who + ". <@U0DANA> gave this note to the AI at the hand-back: “word 003”"},
		"after hand-back": {takeover.StateAI, "ua", "ua", who + ". End user: word 003 · AI: word 004"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := desktest.Dialogue(tc.before + tc.turns)
			for i := range tc.before {
				all[i].At = takeover.ProviderTime(slacktest.Night.Add(-3*time.Minute + time.Duration(i)*time.Millisecond))
			}
			d := desktest.New(t, slacktest.With(slacktest.LineIn(tc.state), func(l *takeover.Line) {
				l.HandBack.By = slacksim.Dana
				if l.Taken() {
					l.Takeover.Holder, l.Covered[0].Before = slacksim.Dana, all[1].At
				}
			}))
			d.Backend.Said[desktest.ConversationID] = all[:len(tc.before)]
			card := d.Open(desktest.LineID)
			d.Backend.Said[desktest.ConversationID] = all
			follow(d, "")
			thread := d.Slack.Thread(card.Channel, card.TS)
			if got := thread[len(thread)-1].Text; got != tc.text {
				t.Errorf("%q, want %q", got, tc.text)
			}
		})
	}
}

// TestFollowNamesTheConversation that joined a takeover.
func TestFollowNamesTheConversation(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.With(slacktest.LineIn(takeover.StateHeld), func(l *takeover.Line) { l.Takeover.Holder = slacksim.Dana }))
	d.Backend.Said[desktest.ConversationID] = desktest.Dialogue("ua")
	card := d.Open(desktest.LineID)
	d.Backend.Change(desktest.LineID, func(l *takeover.Line) {
		l.Newest.ID, l.Takeover.JoinedAt = "new", slacktest.Night
		l.Covered = append([]takeover.Covered{{ID: "new"}}, l.Covered...)
	})
	d.Backend.Said["new"] = desktest.Dialogue("uauu")[2:]
	follow(d, "new")
	d.Backend.Said["new"] = desktest.Dialogue("uauuu")[2:]
	follow(d, "new")
	thread := d.Thread(card)
	if len(thread) != 3 || !strings.Contains(thread[1], "A new conversation of this line.") || !strings.Contains(thread[2], "wrote in the new conversation.") {
		t.Errorf("%q", thread)
	}
}

func TestFollowReadsFurtherBack(t *testing.T) {
	t.Parallel()
	for name, more := range map[string]int{"a page": 60, "all": 230} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := desktest.New(t, slacktest.LineIn(takeover.StateHeld))
			d.Backend.Said[desktest.ConversationID] = desktest.Spoken(5)
			card := d.Open(desktest.LineID)
			d.Backend.Said[desktest.ConversationID] = spokenFrom(5 + more)
			follow(d, "")
			if got := desktest.WordsIn(d.Thread(card)); !slices.Equal(got, desktest.FromTo(1, 5+more)) {
				t.Errorf("the thread shows %v", got)
			}
		})
	}
}

// spokenFrom is spoken with times that do not change when more is said.
func spokenFrom(n int) []takeover.Message {
	all := desktest.Spoken(n)
	for i := range all {
		all[i].At = takeover.ProviderTime(slacktest.Night.Add(time.Duration(i) * time.Second))
	}
	return all
}

// TestFollowAfterTheLastShownIsGone: the provider has forgotten it; what is later is new.
func TestFollowAfterTheLastShownIsGone(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.LineIn(takeover.StateHeld))
	d.Backend.Said[desktest.ConversationID] = spokenFrom(10)
	card := d.Open(desktest.LineID)
	d.Backend.Said[desktest.ConversationID] = spokenFrom(13)[10:]
	d.Backend.Said[desktest.ConversationID] = append(spokenFrom(8)[4:], d.Backend.Said[desktest.ConversationID]...)
	follow(d, "")
	if got := desktest.WordsIn(d.Thread(card)); !slices.Equal(got, desktest.FromTo(1, 13)) {
		t.Errorf("the thread shows %v", got)
	}
}

// TestFollowShowsWhatIsLate: once, and it says so.
func TestFollowShowsWhatIsLate(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		begin   int   // so many are there when the card is opened
		visible []int // of what is said after that, at the first reading; all are at the second
		all     int
		want    []int // the order in the thread
		head    string
	}{
		"one":                {3, []int{4, 6}, 6, []int{1, 2, 3, 4, 6, 5}, "1 new message since the last time, from the end user. It is late: Telnyx shows only now what was written before messages above."},
		"with a new one":     {3, []int{5}, 6, []int{1, 2, 3, 5, 4, 6}, "2 new messages since the last time, oldest first. From the AI. The first one is late: "},
		"two":                {3, []int{6}, 6, []int{1, 2, 3, 6, 4, 5}, "2 new messages since the last time, oldest first. From the AI and the end user. They are late: "},
		"two of three":       {3, []int{6}, 7, []int{1, 2, 3, 6, 4, 5, 7}, "3 new messages since the last time, oldest first. From the AI and the end user. The first 2 are late: "},
		"below earlier ones": {25, []int{26, 28}, 28, append(desktest.FromTo(6, 26), 28, 27), "1 new message since the last time, from the end user. It is late: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := desktest.New(t, slacktest.LineIn(takeover.StateAI))
			d.Backend.Said[desktest.ConversationID] = spokenFrom(tc.begin)
			card := d.Open(desktest.LineID)
			all := spokenFrom(tc.all)
			some := slices.Clone(all[:tc.begin])
			for _, n := range tc.visible {
				some = append(some, all[n-1])
			}
			for _, said := range [][]takeover.Message{some, all, all} {
				d.Backend.Said[desktest.ConversationID] = said
				follow(d, "")
			}
			thread := d.Thread(card)
			if got := desktest.WordsIn(thread); !slices.Equal(got, tc.want) || len(thread) != 3 {
				t.Fatalf("the thread shows %v, want %v", got, tc.want)
			}
			if !strings.HasPrefix(thread[2], tc.head) {
				t.Errorf("the head says %q", thread[2])
			}
		})
	}
}

// TestFollowForgetsTheOldest: what is remembered is bounded, and nothing comes twice all the same.
func TestFollowForgetsTheOldest(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.LineIn(takeover.StateAI))
	d.Backend.Said[desktest.ConversationID] = spokenFrom(5)
	card := d.Open(desktest.LineID)
	for _, n := range []int{300, 460, 470, 600} {
		d.Backend.Said[desktest.ConversationID] = spokenFrom(n)
		follow(d, "")
	}
	if got := desktest.WordsIn(d.Thread(card)); !slices.Equal(got, desktest.FromTo(1, 600)) {
		t.Errorf("the thread shows %v", got)
	}
	if s, _, _ := d.Posts.Shown(t.Context(), desktest.LineID, desktest.ConversationID); len(s.Keys) != takeover.ShownMost || s.Whole {
		t.Errorf("%d keys are stored, whole: %t", len(s.Keys), s.Whole)
	}
}

func TestFollowPutsUpALostCard(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.LineIn(takeover.StateHeld))
	lost := d.PutUp(d.Backend.Lines[desktest.LineID])
	deleteCard(d, lost)
	d.Backend.Said[desktest.ConversationID] = spokenFrom(3)
	follow(d, "")
	card := d.Card()
	if got := desktest.WordsIn(d.Thread(card)); card.TS == lost.TS || !slices.Equal(got, desktest.FromTo(1, 3)) {
		t.Errorf("the thread of the new card shows %v", got)
	}
}

func TestFollowWaitsForTheProvider(t *testing.T) {
	t.Parallel()
	fails := func(kind takeover.ProviderErrorKind, after time.Duration) error {
		return &takeover.ProviderError{Provider: "Telnyx", Kind: kind, RetryAfter: after}
	}
	d := desktest.New(t, slacktest.LineIn(takeover.StateHeld))
	job := takeover.FollowJob{Line: desktest.LineID}
	for i, want := range []time.Duration{1, 2, 4, 8, 16, 30, 30} {
		d.Backend.Fails = fails(takeover.Failing, 0)
		later, ok := errors.AsType[*takeover.LaterError](d.Bot.Follow(t.Context(), job))
		if !ok || later.After != want*time.Second {
			t.Fatalf("failure %d: %v", i, later)
		}
	}
	d.Backend.Fails = fails(takeover.Limited, time.Minute)
	if later, ok := errors.AsType[*takeover.LaterError](d.Bot.Follow(t.Context(), job)); !ok || later.After != time.Minute {
		t.Errorf("asked to wait a minute: %v", later)
	}
	d.Backend.Fails = nil
	slacktest.Must(t, d.Bot.Follow(t.Context(), job))
	d.Backend.Fails = fails(takeover.NoAnswer, 0)
	if later, ok := errors.AsType[*takeover.LaterError](d.Bot.Follow(t.Context(), job)); !ok || later.After != time.Second {
		t.Errorf("after a success: %v", later)
	}
	d.Backend.Fails = fails(takeover.Gone, 0)
	slacktest.Must(t, d.Bot.Follow(t.Context(), job))
	d.Backend.Fails = fails(takeover.Failing, 0)
	d.Backend.Change(desktest.LineID, func(l *takeover.Line) { *l = slacktest.LineIn(takeover.StateAI) })
	slacktest.Must(t, d.Bot.Follow(t.Context(), job)) // it is not attended
	slacktest.Must(t, d.Bot.Follow(t.Context(), takeover.FollowJob{Line: "ln_unknown"}))
	d.Backend.Fails = takeover.Later(5*time.Second, "it is to be read later")
	if later, ok := errors.AsType[*takeover.LaterError](d.Bot.Follow(t.Context(), job)); !ok || later.After != 5*time.Second {
		t.Errorf("not yet: %v", later)
	}
}

// TestFollowersAndReadersAtOnce: jobs of one line that run together keep the order.
func TestFollowersAndReadersAtOnce(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.LineIn(takeover.StateHeld))
	d.Backend.Said[desktest.ConversationID] = spokenFrom(1)
	card := d.Open(desktest.LineID)
	var jobs sync.WaitGroup
	for n := 2; n <= 30; n++ {
		d.Backend.Mu.Lock()
		d.Backend.Said[desktest.ConversationID] = spokenFrom(n)
		d.Backend.Mu.Unlock()
		jobs.Go(func() {
			if n%3 == 0 {
				openQuietly(d, fmt.Sprint("again/", n))
			} else {
				follow(d, "")
			}
		})
	}
	jobs.Wait()
	follow(d, "")
	if got := desktest.WordsIn(d.Thread(card)); !slices.Equal(got, desktest.FromTo(1, 30)) {
		t.Errorf("the thread shows %v", got)
	}
}

// openQuietly works an opening as its job does, until it does not come back.
func openQuietly(d *desktest.Desk, key string) {
	d.Helper()
	c := takeover.Command{Key: key, Verb: takeover.Open, By: slacksim.Dana, Line: desktest.LineID, Reply: takeover.Reply{Channel: slacksim.DeskChannel}}
	for {
		err := d.Bot.Open(d.Context(), c)
		if _, later := errors.AsType[*takeover.LaterError](err); !later {
			if err != nil {
				d.Error(err)
			}
			return
		}
	}
}

// TestABurstIsOnePost: what the end user writes within ten seconds is added to one post, until an
// operator has written, another participant has, or the time has passed.
func TestABurstIsOnePost(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		between func(d *desktest.Desk) // after the third text
		turns   string                 // the fourth
		posts   []string               // how the posts begin, after the first
	}{
		"five texts": {func(*desktest.Desk) {}, "uu", []string{"@Dana, “R. Miller, Unit 4B” wrote 5 messages."}},
		"an operator has written": {func(d *desktest.Desk) {
			d.Backend.Mu.Lock()
			defer d.Backend.Mu.Unlock()
			d.Backend.Entries[desktest.LineID] = append(d.Backend.Entries[desktest.LineID],
				takeover.Entry{Line: desktest.LineID, Event: takeover.EventTexted, At: time.Now()})
		}, "u", []string{"@Dana, “R. Miller, Unit 4B” wrote 3 messages", "@Dana, “R. Miller, Unit 4B” wrote."}},
		"the AI as well": {func(*desktest.Desk) {}, "au", []string{"@Dana, “R. Miller, Unit 4B” wrote 3 messages", "@Dana, the AI spoke"}},
		"later": {func(d *desktest.Desk) {
			s, _, err := d.Posts.Shown(d.Context(), desktest.LineID, desktest.ConversationID)
			s.Burst.Since = s.Burst.Since.Add(-time.Minute)
			slacktest.Must(d.T, errors.Join(err, d.Posts.PutShown(d.Context(), s)))
		}, "u", []string{"@Dana, “R. Miller, Unit 4B” wrote 3 messages", "@Dana, “R. Miller, Unit 4B” wrote."}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := desktest.New(t, slacktest.With(slacktest.LineIn(takeover.StateHeld), func(l *takeover.Line) {
				l.Takeover.Holder = slacksim.Dana
				l.Covered[0].Before = desktest.Dialogue("ua")[1].At
			}))
			d.Backend.Said[desktest.ConversationID] = desktest.Dialogue("ua")
			card := d.Open(desktest.LineID)
			for _, turns := range []string{"u", "uu", "uuu"} {
				d.Backend.Said[desktest.ConversationID] = desktest.Dialogue("ua" + turns)
				follow(d, desktest.ConversationID)
			}
			tt.between(d)
			d.Backend.Said[desktest.ConversationID] = desktest.Dialogue("uauuu" + tt.turns)
			follow(d, desktest.ConversationID)
			follow(d, desktest.ConversationID)
			thread := d.Thread(card)
			if got := desktest.WordsIn(thread); !slices.Equal(got, desktest.FromTo(1, 5+len(tt.turns))) || len(thread) != 1+len(tt.posts) {
				t.Fatalf("%v in %q", got, thread)
			}
			for i, head := range tt.posts {
				if !strings.HasPrefix(thread[i+1], head) {
					t.Errorf("post %d says %q, want %q", i, thread[i+1], head)
				}
			}
		})
	}
}

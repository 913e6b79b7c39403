package slackbot_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/desktest"
	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/render"
	"takeoverbot/takeover"
)

// TestTheWholeLogCanBeRead: the newest entries come first, and the button brings those before them,
// down to the first one, each once.
func TestTheWholeLogCanBeRead(t *testing.T) {
	t.Parallel()
	const entries = 2*render.LogLimit + 7
	l := slacktest.LineIn(takeover.StateAI)
	d := desktest.New(t, l)
	for i := range entries {
		e := slacktest.EntryOf(takeover.EventUnproven)
		e.At, e.Ref = slacktest.Night.Add(time.Duration(i)*time.Minute), takeover.Ref(fmt.Sprintf("r%03d", i))
		d.Backend.Entries[l.ID] = append(d.Backend.Entries[l.ID], e)
	}
	d.Backend.Found = takeover.Found{Conversations: []takeover.Conversation{{ID: l.Newest.ID, Provider: l.Provider, EndUser: l.EndUser, Agent: l.Agent}}}
	d.Ask(slacksim.Dana, "log unit 4B")
	d.WorkLast()
	var read strings.Builder
	for range 4 {
		answer, text := d.Private(slacksim.Dana)
		read.WriteString(text)
		if !strings.Contains(text, "[Earlier entries]") {
			break
		}
		d.Click(slacksim.Dana, answer.Ref(), ids.LogMore)
		d.WorkLast()
	}
	for i := range entries {
		if n := strings.Count(read.String(), fmt.Sprintf("ref r%03d", i)); n != 1 {
			t.Errorf("entry %d is shown %d times", i, n)
		}
	}
}

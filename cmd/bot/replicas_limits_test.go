package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/telnyxsim"
	"takeoverbot/takeover"
)

// TestReplicasKeepSlacksLimits: two bots on one PostgreSQL open many lines in one channel, take
// them over and hand them back, all at once. Slack refuses no call, which the end of every test
// checks, and the pace is that of one bot. BURST is how many lines; the usual test has few.
func TestReplicasKeepSlacksLimits(t *testing.T) {
	t.Parallel()
	lines, err := strconv.Atoi(cmp.Or(os.Getenv("BURST"), "8"))
	if err != nil {
		t.Fatal(err)
	}
	s := startSystem(t, options{database: databases.Postgres(t), replicas: 2, timeout: replicaTimeout + time.Duration(lines)*5*time.Second})
	front := newBalancer(s, rand.New(rand.NewPCG(1, 2)))
	t.Cleanup(front.Close)
	s.slack.SetBotURL(front.URL)
	var convs []telnyxsim.Conversation
	number := func(i int) string { return fmt.Sprintf("+1202555%04d", 100+i) }
	for i := range lines {
		at := time.Now().Add(-time.Hour).UTC().Truncate(time.Second)
		c := telnyxsim.Conversation{ID: fmt.Sprintf("be0c0000-0000-4000-8000-%012d", i+1), CreatedAt: at, LastMessageAt: at, Metadata: telnyxsim.Metadata{},
			Messages: []telnyxsim.Message{{Role: telnyxsim.RoleUser, Text: "is anybody there?", CreatedAt: at, SentAt: at}}}
		for name, value := range map[string]string{telnyxsim.KeyEndUserTarget: number(i), telnyxsim.KeyAgentTarget: telnyxsim.SeedAgent, telnyxsim.KeyChannel: "sms_chat"} {
			c.Metadata[name] = json.RawMessage(strconv.Quote(value))
		}
		convs = append(convs, c)
	}
	s.telnyx.Load(convs)
	calls := func(method string) (n int) {
		for _, c := range s.slack.Calls() {
			if c.Method == method {
				n++
			}
		}
		return n
	}
	began := time.Now()
	report := func(what string) {
		t.Logf("%s after %s: %d posts, %d updates", what, time.Since(began).Round(100*time.Millisecond), calls("chat.postMessage"), calls("chat.update"))
	}
	for i := range lines {
		s.acknowledged(s.slack.SlashCommand(s.Context(), slacksim.Dana, slacksim.DeskChannel, "/takeover", number(i)))
	}
	says := func(words string) (n int) {
		for _, m := range s.cardsNow() {
			if strings.Contains(s.slack.PlainText(m, nil), words) {
				n++
			}
		}
		return n
	}
	s.eventually("all lines are open", func() bool { return len(s.cardsNow()) == lines && s.idle() })
	report("all are open")
	press := func(action string) {
		for _, m := range s.cardsNow() {
			s.acknowledged(s.slack.Click(s.Context(), slacksim.Dana, m.Ref(), action))
			if box := s.slack.View(slacksim.Dana); box != nil {
				s.acknowledged(s.slack.Submit(s.Context(), slacksim.Dana, box.ID, map[string]string{"note": ""}))
			}
		}
	}
	press("line.take")
	s.eventually("all cards say silent", func() bool { return says("AI is silent") == lines })
	report("all are silent")
	press("line.handback")
	s.eventually("the AI answers on all lines", func() bool { return s.events(takeover.EventReleased) == lines })
	report("the AI answers on all lines")
	s.eventually("no card says silent", func() bool { return says("AI is silent") == 0 })
	report("no card says silent")
}

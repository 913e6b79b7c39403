package telnyx_test

import (
	"context"
	"testing"
	"time"

	"takeoverbot/internal/providertest"
	"takeoverbot/internal/telnyxsim"
	"takeoverbot/takeover"
	"takeoverbot/telnyx"
)

// TestProvider is what Telnyx shares with every provider.
func TestProvider(t *testing.T) {
	t.Parallel()
	providertest.Run(t, func(t *testing.T, timeout time.Duration) providertest.Fixture {
		t.Helper()
		sim := telnyxsim.New(telnyxsim.Options{APIKey: simKey})
		t.Cleanup(func() { _ = sim.Close() })
		base, err := sim.Start(context.Background(), "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		client, err := telnyx.New(telnyx.Config{BaseURL: base, Key: simKey, Timeout: timeout})
		if err != nil {
			t.Fatal(err)
		}
		return providertest.Fixture{
			Provider: telnyx.NewProvider(client, time.Now), Secret: simKey,
			ID:    func(n int) takeover.ConversationID { return takeover.ConversationID(telnyxsim.SeedID(n)) },
			Put:   func(list ...providertest.Conversation) { putIn(sim, list) },
			Calls: func() int { return len(sim.Calls()) },
			Reached: func() (words []string) {
				for _, text := range sim.SentTexts() {
					if text.Reached {
						words = append(words, text.Text)
					}
				}
				return words
			},
			Fail: func(f providertest.Failure) {
				fail := telnyxsim.Failure{Status: f.Status, Seconds: f.RetryAfter}
				switch {
				case f.Hang && f.After:
					fail.How = telnyxsim.FailHangAfter
				case f.Hang:
					fail.How = telnyxsim.FailHang
				case f.Drop && f.After:
					fail.How = telnyxsim.FailDropAfter
				case f.Drop:
					fail.How = telnyxsim.FailDrop
				case f.RetryAfter > 0:
					fail.Hint = telnyxsim.HintRetryAfter
				}
				if err := sim.Inject(fail); err != nil {
					t.Fatal(err)
				}
			},
		}
	})
}

func putIn(sim *telnyxsim.Sim, list []providertest.Conversation) {
	for _, p := range list {
		c := telnyxsim.Conversation{ID: telnyxsim.SeedID(p.N), CreatedAt: p.At, LastMessageAt: p.At, Metadata: telnyxsim.Metadata{}}
		channel := p.Channel
		if channel == "" {
			channel = "sms_chat"
		}
		for key, value := range map[string]string{telnyxsim.KeyEndUserTarget: p.EndUser, telnyxsim.KeyAgentTarget: telnyxsim.SeedAgent, telnyxsim.KeyChannel: channel} {
			c.Metadata[key] = []byte(`"` + value + `"`)
		}
		for i, m := range p.Messages {
			c.Messages = append(c.Messages, telnyxsim.Message{Role: m.Role, Text: m.Text, CreatedAt: p.At.Add(time.Duration(i) * time.Second)})
		}
		sim.Load([]telnyxsim.Conversation{c})
	}
}

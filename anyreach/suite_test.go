package anyreach_test

import (
	"context"
	"testing"
	"time"

	"takeoverbot/anyreach"
	"takeoverbot/internal/anyreachsim"
	"takeoverbot/internal/providertest"
	"takeoverbot/takeover"
)

const simKey = "ak_0199.of-the-simulator"

// simulated is a provider of a simulator.
type simulated struct {
	*anyreachsim.Sim
	*anyreach.Provider
	client *anyreach.Client
	base   string
}

func newSimulated(t *testing.T, f anyreachsim.Faults, timeout time.Duration) simulated {
	t.Helper()
	sim := anyreachsim.New(anyreachsim.Options{Key: simKey})
	t.Cleanup(func() { _ = sim.Close() })
	base, err := sim.Start(context.Background(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	sim.SetFaults(f)
	client, err := anyreach.New(anyreach.Config{BaseURL: base, Key: simKey, Timeout: timeout}, "")
	if err != nil {
		t.Fatal(err)
	}
	return simulated{sim, anyreach.NewProvider(client), client, base}
}

// TestProvider is what Anyreach shares with every provider, whatever it leaves open.
func TestProvider(t *testing.T) {
	t.Parallel()
	for name, faults := range map[string]anyreachsim.Faults{
		"as documented":      {},
		"cursor included":    {CursorInclusive: true},
		"filters ignored":    {IgnoreFilters: true},
		"bare list":          {Shape: anyreachsim.ShapeList},
		"turns":              {Shape: anyreachsim.ShapeTurns},
		"nested":             {Shape: anyreachsim.ShapeNested},
		"JSON in a string":   {Shape: anyreachsim.ShapeText},
		"fields not taken":   {Refuse: []string{"fields"}},
		"vague about it":     {Refuse: []string{"fields"}, RefuseVaguely: true},
		"errors as one text": {ErrorText: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			providertest.Run(t, func(t *testing.T, timeout time.Duration) providertest.Fixture {
				s := newSimulated(t, faults, timeout)
				return providertest.Fixture{
					Provider: s.Provider, Secret: simKey,
					ID:    func(n int) takeover.ConversationID { return takeover.ConversationID(anyreachsim.SeedID(n)) },
					Put:   func(list ...providertest.Conversation) { putIn(s.Sim, list) },
					Calls: func() int { return len(s.Calls()) },
					Fail: func(f providertest.Failure) {
						fail := anyreachsim.Failure{Status: f.Status, RetryAfter: f.RetryAfter}
						if f.Hang {
							fail.How = anyreachsim.FailHang
						}
						if f.Drop {
							fail.How = anyreachsim.FailDrop
						}
						with := faults
						with.Fail = []anyreachsim.Failure{fail}
						s.SetFaults(with)
					},
				}
			})
		})
	}
}

func putIn(sim *anyreachsim.Sim, list []providertest.Conversation) {
	for _, p := range list {
		c := anyreachsim.Conversation{ID: anyreachsim.SeedID(p.N), UserID: p.EndUser, Channel: p.Channel, Status: p.Status, Direction: "inbound",
			AgentID: "agent_night", AgentName: "Night desk", AgentNumber: anyreachsim.SeedAgent, CreatedAt: p.At}
		if c.Channel == "" {
			c.Channel = "telephone"
		}
		if c.Status == "" {
			c.Status = "in_progress"
		}
		for _, m := range p.Messages {
			c.Items = append(c.Items, anyreachsim.Item{Type: "message", Role: m.Role, Content: m.Text})
		}
		sim.Load([]anyreachsim.Conversation{c})
	}
}

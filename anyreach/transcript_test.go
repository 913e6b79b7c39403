package anyreach_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"takeoverbot/anyreach"
	"takeoverbot/internal/anyreachsim"
	"takeoverbot/takeover"
)

func TestTheFourStatesOfATranscript(t *testing.T) {
	t.Parallel()
	seed := func(n int) takeover.ConversationID { return takeover.ConversationID(anyreachsim.SeedID(n)) }
	for name, tc := range map[string]struct {
		faults anyreachsim.Faults
		scopes []string
		id     takeover.ConversationID
		state  takeover.TranscriptState
		why    string // part of the words
	}{
		"parsed":           {anyreachsim.Faults{}, nil, seed(1), takeover.TranscriptRead, ""},
		"hidden":           {anyreachsim.Faults{}, []string{anyreachsim.ScopeRead}, seed(1), takeover.TranscriptHidden, "hidden by permission (scope conversations:read_sensitive)"},
		"manage hides too": {anyreachsim.Faults{}, []string{anyreachsim.ScopeManage}, seed(1), takeover.TranscriptHidden, "hidden by permission"},
		"null":             {anyreachsim.Faults{NullSensitive: true}, []string{anyreachsim.ScopeRead}, seed(1), takeover.TranscriptNotStored, "not stored any message of this conversation yet"},
		"not stored yet":   {anyreachsim.Faults{}, nil, seed(8), takeover.TranscriptNotStored, "yet"},
		"unrecognised":     {anyreachsim.Faults{Shape: anyreachsim.ShapeUnknown}, nil, seed(1), takeover.TranscriptUnrecognised, "a shape that this bot does not know"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSimulated(t, tc.faults, 0)
			s.Load(anyreachsim.Seeds(time.Now()))
			if tc.scopes != nil {
				s.SetScopes(tc.scopes...)
			}
			tr, err := s.Transcript(t.Context(), tc.id, 20)
			if err != nil || tr.State != tc.state || !strings.Contains(tr.Why, tc.why) {
				t.Fatalf("state %q: %q, %v", tr.State, tr.Why, err)
			}
			if (tr.State == takeover.TranscriptRead) != (len(tr.Messages) > 0) || strings.Contains(strings.ToLower(tr.Why), "no messages") && tr.State == takeover.TranscriptHidden {
				t.Errorf("%d messages, %q", len(tr.Messages), tr.Why)
			}
		})
	}
}

func TestToolsAreToldApart(t *testing.T) {
	t.Parallel()
	s := newSimulated(t, anyreachsim.Faults{}, 0)
	s.Load(anyreachsim.Seeds(time.Now()))
	tr, err := s.Transcript(t.Context(), takeover.ConversationID(anyreachsim.SeedID(1)), 0)
	if err != nil {
		t.Fatal(err)
	}
	var roles []takeover.Role
	for _, m := range tr.Messages {
		roles = append(roles, m.Role)
	}
	want := []takeover.Role{takeover.RoleAssistant, takeover.RoleEndUser, takeover.RoleAssistant, takeover.RoleTool, takeover.RoleAssistant, takeover.RoleEndUser}
	if !slices.Equal(roles, want) || tr.Messages[2].ToolCalls[0].Name != "lookup_unit" || tr.Messages[3].Text != `{"unit":"7C"}` || tr.Messages[1].At.IsZero() {
		t.Errorf("%+v", tr.Messages)
	}
}

func TestWhatEnds(t *testing.T) {
	t.Parallel()
	for status, over := range map[string]bool{"token_created": false, "triggered": false, "ringing": false, "in_progress": false,
		"completed": true, "failed": true, "cancelled": true, "transferred": true, "unanswered": true, "paused_by_aliens": false} {
		s := newSimulated(t, anyreachsim.Faults{}, 0)
		s.Load([]anyreachsim.Conversation{{ID: "c", UserID: someone, Channel: "telephone", Status: status, CreatedAt: then}})
		tr, err := s.Transcript(t.Context(), "c", 0)
		if err != nil || tr.Ended != over || tr.Status != status {
			t.Errorf("%s: %+v, %v", status, tr, err)
		}
		can := s.Can(takeover.Conversation{Channel: takeover.ChannelCall, Status: tr.Status, Ended: tr.Ended})
		if can.Of(takeover.CanWatch).Yes() == over || can.Of(takeover.CanSilence).Yes() {
			t.Errorf("%s: %+v", status, can)
		}
	}
}

func TestCapabilitiesFollowWhatWasSeen(t *testing.T) {
	t.Parallel()
	s := newSimulated(t, anyreachsim.Faults{}, 0)
	s.Load(anyreachsim.Seeds(time.Now()))
	open := takeover.Conversation{Channel: takeover.ChannelCall, Status: "in_progress"}
	level := func() takeover.Level { return s.Can(open).Of(takeover.CanRead).Level }
	if level() != takeover.LevelUnknown {
		t.Errorf("before anything was read: %s", level())
	}
	if _, err := s.Find(t.Context(), takeover.Query{Field: takeover.FieldEndUser, Value: anyreachsim.SeedEndUser, Limit: 5}); err != nil || level() != takeover.LevelYes {
		t.Errorf("after a search: %s, %v", level(), err)
	}
	s.SetScopes(anyreachsim.ScopeRead)
	if _, err := s.Transcript(t.Context(), takeover.ConversationID(anyreachsim.SeedID(1)), 5); err != nil || level() != takeover.LevelSetUp {
		t.Errorf("after the scope went: %s, %v", level(), err)
	}
	if a := s.Can(open).Of(takeover.CanTransfer); a.Level != takeover.LevelSetUp {
		t.Errorf("transfer of a call: %+v", a)
	}
}

func TestCredentials(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		key, org string
		good     bool
	}{
		"organization key":        {"ak_1.x", "", true},
		"personal token":          {"pat_1", "org_1", true},
		"of another organization": {"pat_1", "org_2", false},
		"neither kind":            {"KEY123", "", false},
	} {
		sim := anyreachsim.New(anyreachsim.Options{Org: "org_1"})
		base, err := sim.Start(t.Context(), "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		c, err := anyreach.New(anyreach.Config{BaseURL: base, Key: tc.key}, tc.org)
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Probe(t.Context())
		pe, _ := errors.AsType[*takeover.ProviderError](err)
		if (err == nil) != tc.good || err != nil && pe.Kind != takeover.KeyRefused {
			t.Errorf("%s: %v", name, err)
		}
		_ = sim.Close()
	}
	if _, err := anyreach.New(anyreach.Config{Key: "pat_1"}, "a b"); err == nil || strings.Contains(err.Error(), "pat_1") {
		t.Errorf("%v", err)
	}
}

func TestProbe(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		faults anyreachsim.Faults
		scopes []string
		sees   anyreach.Visibility
		told   int
	}{
		"all":         {anyreachsim.Faults{}, []string{anyreachsim.ScopeRead, anyreachsim.ScopeSensitive}, anyreach.Visible, 2},
		"wrapped":     {anyreachsim.Faults{ScopesWrapped: true}, []string{anyreachsim.ScopeRead, anyreachsim.ScopeSensitive}, anyreach.Visible, 2},
		"reduced":     {anyreachsim.Faults{}, []string{anyreachsim.ScopeRead}, anyreach.Withheld, 1},
		"may not ask": {anyreachsim.Faults{ScopesRefused: true}, []string{anyreachsim.ScopeRead}, anyreach.Withheld, 0},
	} {
		s := newSimulated(t, tc.faults, 0)
		s.Load(anyreachsim.Seeds(time.Now()))
		s.SetScopes(tc.scopes...)
		p, err := s.client.Probe(t.Context())
		if err != nil || !p.Any || p.Sees != tc.sees || len(p.Scopes) != tc.told || (p.ScopesErr != nil) != (tc.told == 0) {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
	}
}

// Another conversation's words are nobody's business, whatever the server sends.
func TestAnAnswerAboutAnotherConversation(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"id":"other","status":"in_progress","conversation":{"items":[{"role":"user","content":"secret"}]}}`))
	}))
	defer srv.Close()
	c, err := anyreach.New(anyreach.Config{BaseURL: srv.URL, Key: simKey}, "")
	if err != nil {
		t.Fatal(err)
	}
	tr, err := anyreach.NewProvider(c).Transcript(t.Context(), "mine", 0)
	if err == nil || len(tr.Messages) > 0 || strings.Contains(err.Error(), "secret") {
		t.Errorf("%+v, %v", tr, err)
	}
}

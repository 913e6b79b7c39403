package anyreachsim

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

// rig is a simulator with the seeds, whose clock stands still, behind a real server.
type rig struct {
	*Sim
	t    *testing.T
	base string
	now  time.Time
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{t: t, now: time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC)}
	r.Sim = New(Options{Now: func() time.Time { return r.now }})
	t.Cleanup(func() { _ = r.Close() })
	var err error
	if r.base, err = r.Start(t.Context(), "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	r.Load(Seeds(r.now))
	return r
}

// get reads a path below /core/conversations into out.
func (r *rig) get(path string, out any) *http.Response {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodGet, r.base+"/core/conversations"+path, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer ak_1")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		r.t.Fatal(err)
	}
	return resp
}

// row is a conversation as it is shown.
type row struct {
	ID           string    `json:"id"`
	UpdatedAt    time.Time `json:"updated_at"`
	Conversation struct {
		Items []struct{ Content []string }
	}
}

// last is the newest item that GET shows.
func (c row) last() string {
	return strings.Join(c.Conversation.Items[len(c.Conversation.Items)-1].Content, " ")
}

func TestAMaximumOfRows(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.SetFaults(Faults{MaxRows: 2})
	for query, want := range map[string]int{"?limit=100": 2, "": 2, "?limit=1": 1} {
		var rows []row
		if r.get(query, &rows); len(rows) != want {
			t.Errorf("%q: %d rows", query, len(rows))
		}
	}
}

func TestTheClockOfAnyreachDiffers(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.SetFaults(Faults{ClockAhead: -15 * time.Second})
	if err := r.Say(SeedID(1), "user", "hello"); err != nil {
		t.Fatal(err)
	}
	var c row
	resp := r.get("/"+SeedID(1), &c)
	if theirs := r.now.Add(-15 * time.Second); !c.UpdatedAt.Equal(theirs) || resp.Header.Get("Date") != theirs.Format(http.TimeFormat) {
		t.Errorf("updated %s, Date %s", c.UpdatedAt, resp.Header.Get("Date"))
	}
}

func TestConversationsAndItemsComeLate(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	var before []row
	r.get("", &before)
	r.SetFaults(Faults{ConversationsLate: 5 * time.Second, ItemsLate: 5 * time.Second})
	fresh := Seeds(r.now)[0]
	fresh.ID, fresh.CreatedAt = "conv_new", r.now
	r.Load([]Conversation{fresh})
	if err := r.Say(SeedID(1), "user", "late words"); err != nil {
		t.Fatal(err)
	}
	said := r.now
	r.SetFaults(Faults{})
	for _, visible := range []bool{false, true} {
		var rows []row
		var old, late row
		r.get("", &rows)
		r.get("/"+SeedID(1), &old)
		resp := r.get("/conv_new", &late)
		if (len(rows) == len(before)+1) != visible || (resp.StatusCode == http.StatusOK) != visible {
			t.Errorf("visible should be %t: %d rows, GET %d", visible, len(rows), resp.StatusCode)
		}
		if (old.last() == "late words") != visible || old.UpdatedAt.Equal(said) != visible {
			t.Errorf("visible should be %t: last %q, updated %s", visible, old.last(), old.UpdatedAt)
		}
		r.now = r.now.Add(5 * time.Second)
	}
}

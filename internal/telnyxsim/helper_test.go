package telnyxsim

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"
)

const testKey = "KEY-for-tests"

// rig is a simulator behind a real server, and a client of it that never follows, retries or reuses.
type rig struct {
	*Sim
	t    *testing.T
	base string
	http *http.Client
}

func newRig(t *testing.T, o Options, convs ...Conversation) *rig {
	t.Helper()
	o.APIKey = testKey
	s := New(o)
	base, err := s.Start(context.Background(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	t.Cleanup(func() {
		client.CloseIdleConnections()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	s.Load(convs)
	return &rig{s, t, base, client}
}

// answer is what came back over the wire; status 0 is no answer.
type answer struct {
	status int
	body   string
	header http.Header
	err    error
}

// send sends exactly this path and query, with a JSON body if there is one. Headers are name, value in turn.
func (r *rig) send(ctx context.Context, method, pathAndQuery, body string, headers ...string) answer {
	req, err := http.NewRequestWithContext(ctx, method, r.base, strings.NewReader(body))
	if err != nil {
		return answer{err: err}
	}
	path, query, _ := strings.Cut(pathAndQuery, "?")
	req.URL.Opaque = "//" + req.URL.Host + "/v2" + path // as it is, nothing escaped or cleaned
	req.URL.RawQuery = query
	req.Header.Set("Authorization", "Bearer "+testKey)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := r.http.Do(req)
	if err != nil {
		return answer{err: err}
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, string(raw), resp.Header, err}
}

// do is send where an answer has to come.
func (r *rig) do(method, pathAndQuery, body string, headers ...string) answer {
	r.t.Helper()
	a := r.send(context.Background(), method, pathAndQuery, body, headers...)
	if a.err != nil {
		r.t.Fatalf("%s %s: %v", method, pathAndQuery, a.err)
	}
	return a
}

func (r *rig) faults(f Faults) {
	r.t.Helper()
	if err := r.SetFaults(f); err != nil {
		r.t.Fatal(err)
	}
}

func (a answer) into(t *testing.T, out any) {
	t.Helper()
	if err := json.Unmarshal([]byte(a.body), out); err != nil {
		t.Fatalf("status %d, body %.200q: %v", a.status, a.body, err)
	}
}

// ids are the ids of a list's answer, in order.
func (a answer) ids(t *testing.T) []string {
	t.Helper()
	var out struct {
		Data []struct{ ID string }
	}
	a.into(t, &out)
	ids := make([]string, 0, len(out.Data))
	for _, row := range out.Data {
		ids = append(ids, row.ID)
	}
	return ids
}

// conv is a small conversation of a line, n minutes old.
func conv(n int, endUser string, more ...string) Conversation {
	at := noonUTC.Add(-time.Duration(n) * time.Minute)
	s := begin("conv", endUser, SeedAgent, at)
	s.c.ID = SeedID(9000 + n)
	for i := 0; i+1 < len(more); i += 2 {
		s.raw(more[i], more[i+1])
	}
	return s.c
}

func clock() time.Time { return noonUTC }

func metadataOf(t *testing.T, a answer) Metadata {
	t.Helper()
	var out struct {
		Data struct{ Metadata Metadata }
	}
	a.into(t, &out)
	return out.Data.Metadata
}

// sameJSON compares two texts as JSON values, numbers by their digits.
func sameJSON(t *testing.T, a, b []byte) bool {
	t.Helper()
	var va, vb any
	for raw, v := range map[*[]byte]*any{&a: &va, &b: &vb} {
		dec := json.NewDecoder(bytes.NewReader(*raw))
		dec.UseNumber()
		if err := dec.Decode(v); err != nil {
			t.Fatalf("%q is no JSON: %v", *raw, err)
		}
	}
	return reflect.DeepEqual(va, vb)
}

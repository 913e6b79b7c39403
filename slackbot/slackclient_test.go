package slackbot

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"takeoverbot/internal/slacksim"
	"takeoverbot/takeover"
)

// testToken is what no error, log line or response URL may contain.
const testToken = "xoxb-secret-of-the-test"

// unpaced lets every call pass, for tests that are not about limits.
func unpaced() *pacer {
	p := newPacer()
	p.limitOf = func(limitKey) limit { return limit{every: time.Nanosecond, burst: 1000} }
	return p
}

// newSim starts a simulated Slack and a client of it. In the end the simulator must not
// have anything to complain about.
func newSim(t *testing.T) (*slacksim.Sim, *client, *memoryPosts) {
	t.Helper()
	sim := slacksim.New(slacksim.Options{BotToken: testToken, SigningSecret: "s", NoRateLimits: true})
	if _, err := sim.Start(t.Context(), "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sim.Close)
	t.Cleanup(func() {
		for _, v := range sim.Violations() {
			t.Error("violation:", v)
		}
	})
	posts := newMemoryPosts()
	return sim, newClient(clientConfig{Token: testToken, APIURL: sim.APIURL(), Posts: posts, Pacer: unpaced()}), posts
}

// newFake is a client of a Slack that answers with handle, paced as in production.
func newFake(t *testing.T, handle http.HandlerFunc) (*client, *memoryPosts) {
	t.Helper()
	server := httptest.NewServer(handle)
	t.Cleanup(server.Close)
	posts := newMemoryPosts()
	return newClient(clientConfig{Token: testToken, APIURL: server.URL + "/", Posts: posts}), posts
}

// errKilled stands for the end of the process.
var errKilled = errors.New("killed")

// memoryPosts is a Posts whose process can be killed between two steps.
type memoryPosts struct {
	mu     sync.Mutex
	rows   map[string]takeover.Post
	put    map[string]time.Time // when each row was put
	now    func() time.Time
	leases map[string]bool
	// beforePut may fail the writing of a row, as a crash just before it would.
	beforePut func(takeover.Post) error
}

func newMemoryPosts() *memoryPosts {
	return &memoryPosts{rows: map[string]takeover.Post{}, put: map[string]time.Time{}, leases: map[string]bool{}, now: time.Now}
}

func (m *memoryPosts) Post(_ context.Context, key string) (takeover.Post, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p, ok := m.rows[key]
	return p, ok, nil
}

func (m *memoryPosts) PutPost(ctx context.Context, p takeover.Post) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.beforePut != nil {
		if err := m.beforePut(p); err != nil {
			return err
		}
	}
	p.Drawn = max(p.Drawn, m.rows[p.Key].Drawn) // never goes back, as in the store
	m.rows[p.Key], m.put[p.Key] = p, m.now()
	return ctx.Err()
}

func (m *memoryPosts) CardAt(_ context.Context, channel, ts string) (takeover.LineID, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for key, p := range m.rows {
		if id, isCard := strings.CutPrefix(key, "card/"); isCard && p.Channel == channel && p.TS == ts {
			return takeover.LineID(id), true, nil
		}
	}
	return "", false, nil
}

func (m *memoryPosts) PostsUnder(_ context.Context, prefix string, since time.Time, limit int) ([]takeover.Post, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var posts []takeover.Post
	for key, p := range m.rows {
		if strings.HasPrefix(key, prefix) && !m.put[key].Before(since) {
			posts = append(posts, p)
		}
	}
	slices.SortFunc(posts, func(a, b takeover.Post) int {
		return cmp.Or(m.put[b.Key].Compare(m.put[a.Key]), strings.Compare(a.Key, b.Key))
	})
	return posts[:min(len(posts), limit)], nil
}

func (m *memoryPosts) DropPost(_ context.Context, key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.rows, key)
	return nil
}

func (m *memoryPosts) Lease(_ context.Context, key string, _ time.Duration) (func(), bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.leases[key] {
		return nil, false, nil
	}
	m.leases[key] = true
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		delete(m.leases, key)
	}, true, nil
}

// leased says whether somebody has the lease.
func (m *memoryPosts) leased(key string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.leases[key]
}

// endLeases ends all leases, as time does.
func (m *memoryPosts) endLeases() {
	m.mu.Lock()
	defer m.mu.Unlock()
	clear(m.leases)
}

// killBeforePlace fails the writing of the row that says where a message stands.
func (m *memoryPosts) killBeforePlace() {
	m.beforePut = func(p takeover.Post) error {
		if p.TS != "" {
			return errKilled
		}
		return nil
	}
}

// asAPIError fails the test unless err is an *apiError, and looks for secrets in it.
func asAPIError(t *testing.T, err error) *apiError {
	t.Helper()
	e, ok := errors.AsType[*apiError](err)
	if !ok {
		t.Fatalf("got %v (%T), want an *apiError", err, err)
	}
	for _, secret := range []string{testToken, "127.0.0.1", "/response/", "hush"} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("the error %q contains %q", err, secret)
		}
	}
	return e
}

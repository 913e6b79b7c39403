package telnyxsim

import (
	"bytes"
	"cmp"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

const (
	// reportAfter is how long after a text was accepted its first webhook is sent.
	reportAfter = 20 * time.Millisecond
	// A webhook that is not answered with 2xx in hookTime is sent again, hookTries times in all and hookAgain apart.
	hookTime  = 2 * time.Second
	hookTries = 3
	hookAgain = 100 * time.Millisecond
)

// Delivery is one attempt to deliver a webhook.
type Delivery struct {
	ID      string // of the event
	Type    string // such as message.sent
	Message string // id of the text
	Attempt int
	Status  int // of the answer; 0 is none
}

// event is a webhook that is to be sent.
type event struct {
	id, kind, message string
	url               string // "" is nowhere
	data              map[string]any
	late              time.Duration
	doubled           bool
}

// hooks sends webhooks, one after another.
type hooks struct {
	key    ed25519.PrivateKey
	client *http.Client

	mu        sync.Mutex // guards what follows
	url       string     // of the messaging profile
	queue     []event
	running   bool
	delivered []Delivery
}

func newHooks(url string) *hooks {
	seed := make([]byte, ed25519.SeedSize)
	rand.Read(seed) // never fails since Go 1.24
	return &hooks{key: ed25519.NewKeyFromSeed(seed), url: url, client: &http.Client{
		Timeout:       hookTime,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// PublicKey is the key that checks the webhooks, in base64 as Telnyx's portal shows it.
func (s *Sim) PublicKey() string {
	return base64.StdEncoding.EncodeToString(s.hooks.key[ed25519.SeedSize:])
}

// SetWebhookURL changes Options.WebhookURL, as a change of the messaging profile does.
func (s *Sim) SetWebhookURL(url string) {
	s.hooks.mu.Lock()
	defer s.hooks.mu.Unlock()
	s.hooks.url = url
}

// Deliveries returns every attempt to deliver a webhook, in order.
func (s *Sim) Deliveries() []Delivery {
	s.hooks.mu.Lock()
	defer s.hooks.mu.Unlock()
	return slices.Clone(s.hooks.delivered)
}

// event is a webhook of now. s.mu must be held.
func (s *Sim) event(kind, url string, text map[string]any) event {
	s.hooks.mu.Lock()
	defer s.hooks.mu.Unlock()
	e := event{id: newUUID(), kind: kind, url: cmp.Or(url, s.hooks.url), late: ms(s.faults.WebhooksLateMS), doubled: s.faults.WebhooksDoubled}
	e.message, _ = text["id"].(string)
	if s.faults.WebhooksOff {
		e.url = ""
	}
	e.data = map[string]any{"record_type": "event", "event_type": kind, "id": e.id, "occurred_at": s.now(), "payload": text}
	return e
}

// hook sends a webhook behind those that wait to be sent, once it is due.
func (s *Sim) hook(e event) {
	if e.late > 0 {
		s.server.Go(func() {
			if s.server.Pause(s.server.Context(), e.late) {
				s.enqueue(e)
			}
		})
		return
	}
	s.enqueue(e)
}

func (s *Sim) enqueue(e event) {
	h := s.hooks
	h.mu.Lock()
	defer h.mu.Unlock()
	h.queue = append(h.queue, e)
	if !h.running {
		h.running = true
		s.server.Go(s.sendQueue)
	}
}

// sendQueue sends what waits until nothing does.
func (s *Sim) sendQueue() {
	h := s.hooks
	for {
		h.mu.Lock()
		if len(h.queue) == 0 || s.server.Context().Err() != nil {
			h.running = false
			h.mu.Unlock()
			return
		}
		e := h.queue[0]
		h.queue = h.queue[1:]
		h.mu.Unlock()
		s.deliver(e)
	}
}

// deliver sends a webhook now, and again if that fails.
func (s *Sim) deliver(e event) {
	times := 1
	if e.doubled {
		times = 2
	}
	for range times {
		for attempt := 1; attempt <= hookTries && e.url != ""; attempt++ {
			status := s.hooks.post(s.server.Context(), e, attempt)
			s.changed()
			if status/100 == 2 {
				break
			}
			if !s.server.Pause(s.server.Context(), hookAgain) {
				return
			}
		}
	}
}

// post makes one attempt, and returns the status of the answer; 0 is none.
func (h *hooks) post(ctx context.Context, e event, attempt int) (status int) {
	body, err := marshal(map[string]any{"data": e.data, "meta": map[string]any{"attempt": attempt, "delivered_to": e.url}})
	if err != nil {
		return 0
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.url, bytes.NewReader(body))
	if err != nil {
		return 0
	}
	// By the real time, as signatures are checked, whatever clock is turned.
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Telnyx-Timestamp", stamp)
	req.Header.Set("Telnyx-Signature-Ed25519", base64.StdEncoding.EncodeToString(ed25519.Sign(h.key, []byte(stamp+"|"+string(body)))))
	if resp, err := h.client.Do(req); err == nil {
		status = resp.StatusCode
		_ = resp.Body.Close()
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.delivered = append(h.delivered, Delivery{e.id, e.kind, e.message, attempt, status})
	return status
}

package telnyxsim

import (
	"cmp"
	"encoding/json"
	"net/url"
	"slices"
	"time"
	"unicode/utf8"
)

// Statuses of a text. The last five are final.
const (
	StatusQueued        = "queued"
	StatusSent          = "sent"
	StatusDelivered     = "delivered"
	StatusUnconfirmed   = "delivery_unconfirmed"
	StatusFailed        = "delivery_failed"
	StatusSendingFailed = "sending_failed"
	StatusExpired       = "expired"
)

// SentText is a text that came by POST /messages and was accepted.
type SentText struct {
	ID       string
	From, To string
	Text     string
	Media    []Media
	Parts    int
	At       time.Time // when it was accepted
	Status   string
	Code     string // why it did not arrive, once that is known
	// Reached says that the end user's phone shows it, whatever becomes of the reports.
	Reached bool

	encoding, kind string
	fate, why      string // the status that it will have, and the code
	url            string // where its webhooks go; "" is the profile's address
}

// Media is a picture or another file of a text.
type Media struct {
	URL  string `json:"url"`
	Type string `json:"content_type"`
	Size int    `json:"size"` // bytes
	// Content is what was fetched of a text that came by POST /messages; nil for any other.
	Content []byte `json:"-"`
}

// pair is an end user and the number that they text with.
type pair struct{ endUser, agent string }

// SentTexts returns what was accepted by POST /messages, in that order.
func (s *Sim) SentTexts() []SentText {
	s.lock()
	defer s.mu.Unlock()
	out := make([]SentText, len(s.texts))
	for i, t := range s.texts {
		out[i] = *t
	}
	return out
}

// Reached returns the texts of SentTexts that the phone of an end user shows.
func (s *Sim) Reached(endUser string) []SentText {
	return slices.DeleteFunc(s.SentTexts(), func(t SentText) bool { return t.To != endUser || !t.Reached })
}

// OptedOut reports whether an end user wrote STOP to a number, and no START since.
func (s *Sim) OptedOut(endUser, agent string) bool {
	s.lock()
	defer s.mu.Unlock()
	return s.stopped[pair{endUser, agent}]
}

// sendText answers POST /messages. It is not replayable: the same request sends the same words again.
func (s *Sim) sendText(r *request) response {
	t, refused := r.text()
	if refused != nil {
		return *refused
	}
	s.lock()
	if refused := s.mayText(t); refused != nil {
		s.mu.Unlock()
		return *refused
	}
	s.accept(t)
	answer := ok(wrapped{Data: t.wire()})
	early := s.faults.WebhooksEarly
	s.changed()
	s.mu.Unlock()
	if early {
		s.report(t, s.deliver)
	} else {
		s.server.Go(func() {
			if s.server.Pause(s.server.Context(), reportAfter) { // as a rule the answer is there first
				s.report(t, s.hook)
			}
		})
	}
	return answer
}

// text reads the body of POST /messages and checks what needs no account. Unknown fields do not matter.
func (r *request) text() (*SentText, *response) {
	var in struct {
		From, To, Text, Type string
		Media                []string `json:"media_urls"`
		Webhook              string   `json:"webhook_url"`
	}
	if !r.json || !utf8.Valid(r.body) || json.Unmarshal(r.body, &in) != nil {
		a := codeError("10015", "The request body is not an object with fields of the right types.")
		return nil, &a
	}
	t := &SentText{From: in.From, To: in.To, Text: in.Text, kind: in.Type, url: in.Webhook}
	t.Parts, t.encoding = parts(in.Text)
	for _, address := range in.Media {
		t.Media = append(t.Media, Media{URL: address})
	}
	switch {
	case t.kind == "" && len(t.Media) > 0:
		t.kind = "MMS"
	case t.kind == "":
		t.kind = "SMS"
	}
	code, detail := t.wrong()
	if code == "" {
		code, detail = t.wrongContent()
	}
	if code != "" {
		a := codeError(code, detail)
		return nil, &a
	}
	return t, nil
}

// wrong is the code of what is wrong with the type or the ends of a text; "" is nothing.
func (t *SentText) wrong() (code, detail string) {
	switch {
	case t.kind != "SMS" && t.kind != "MMS":
		return "40301", "The type must be SMS or MMS."
	case !e164.MatchString(t.To):
		return "40310", "The 'to' address must be a phone number in +E.164 format."
	case !e164.MatchString(t.From):
		return "10016", "The 'from' address must be a phone number in +E.164 format."
	}
	return "", ""
}

// wrongContent is the code of what is wrong with the words and the media of a text; "" is nothing.
func (t *SentText) wrongContent() (code, detail string) {
	switch {
	case t.Text == "" && len(t.Media) == 0:
		return "40316", "The message has neither text nor media."
	case t.kind == "SMS" && len(t.Media) > 0:
		return "40304", "An SMS has no media."
	case len(t.Media) > 10:
		return "40317", "A message has at most 10 media."
	case slices.ContainsFunc(t.Media, func(m Media) bool { return !isURL(m.URL) }):
		return "40317", "A media URL is none."
	case t.kind == "SMS" && t.Parts > maxParts:
		return "40302", "The message has more than 10 parts."
	}
	return "", ""
}

func isURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http")
}

// mayText refuses what the account and the end user do not allow. s.mu must be held.
func (s *Sim) mayText(t *SentText) *response {
	ours := false
	for _, c := range s.convs {
		ours = ours || c.Agent() == t.From
	}
	var a response
	switch {
	case !ours:
		a = codeError("40305", "The 'from' address "+t.From+" is not on this messaging profile.")
	case s.stopped[pair{t.To, t.From}]:
		a = codeError("40300", "Messages cannot be sent from "+t.From+" to "+t.To+" due to an existing block rule.")
	default:
		return nil
	}
	return &a
}

// accept stores a text that is going to be sent. s.mu must be held.
func (s *Sim) accept(t *SentText) {
	t.ID, t.At, t.Status = newUUID(), s.now(), StatusQueued
	t.fate, t.why = cmp.Or(s.faults.Finally, StatusDelivered), s.faults.FinalCode
	if t.arrives() {
		t.why = ""
	}
	t.Reached = t.arrives() && len(t.Media) == 0 // else once it was fetched
	s.texts = append(s.texts, t)
	if s.faults.AppendTexts {
		s.add(s.lineConversation(t.To, t.From), Message{Role: RoleAssistant, Text: t.Text, byAPI: true, delivered: true})
	}
}

// arrives reports whether a text is going to be on the phone.
func (t *SentText) arrives() bool {
	return t.fate == StatusDelivered || t.fate == StatusUnconfirmed
}

type wireEnd struct {
	Number   string `json:"phone_number"`
	Status   string `json:"status,omitempty"`
	Carrier  string `json:"carrier"`
	LineType string `json:"line_type"`
}

type wireCode struct {
	Code  string `json:"code"`
	Title string `json:"title"`
}

// wire is the text as answers and webhooks show it.
func (t *SentText) wire() map[string]any {
	errs := []wireCode{}
	if t.Code != "" {
		errs = append(errs, wireCode{t.Code, textCodes[t.Code].title})
	}
	media := t.Media
	if media == nil {
		media = []Media{}
	}
	return map[string]any{"record_type": "message", "id": t.ID, "direction": "outbound", "type": t.kind,
		"from": wireEnd{Number: t.From}, "to": []wireEnd{{Number: t.To, Status: t.Status}}, "cc": []wireEnd{}, "text": t.Text,
		"media": media, "parts": t.Parts, "encoding": t.encoding, "cost": nil, "errors": errs, "received_at": t.At,
		"sent_at": nil, "completed_at": nil, "valid_until": nil, "tags": []string{}, "webhook_url": nil}
}

// report lets a text go through its statuses and sends a webhook for each by deliver.
func (s *Sim) report(t *SentText, deliver func(event)) {
	s.fetch(t)
	s.lock()
	after, swapped := ms(s.faults.FinalMS), s.faults.WebhooksSwapped
	var events []event
	if t.fate != StatusSendingFailed { // else there is nothing to say before the end
		t.Status = StatusSent
		events = append(events, s.event("message.sent", t.url, t.wire()))
		s.changed()
	}
	s.mu.Unlock()
	if !swapped {
		for _, e := range events {
			deliver(e)
		}
		events = nil
	}
	if !s.server.Pause(s.server.Context(), after) {
		return
	}
	s.lock()
	t.Status, t.Code = t.fate, t.why
	final := s.event("message.finalized", t.url, t.wire())
	s.changed()
	s.mu.Unlock()
	for _, e := range append([]event{final}, events...) {
		deliver(e)
	}
}

// received takes note of what an end user wrote, and sends a webhook for it. s.mu must be held.
func (s *Sim) received(endUser, agent, text string, media []Media) {
	payload := map[string]any{"record_type": "message", "id": newUUID(), "direction": "inbound", "type": "SMS",
		"from": wireEnd{Number: endUser}, "to": []wireEnd{{Number: agent, Status: "webhook_delivered"}}, "cc": []wireEnd{},
		"text": text, "media": media, "received_at": s.now(), "errors": []wireCode{}}
	if len(media) > 0 {
		payload["type"] = "MMS"
	} else {
		payload["media"] = []Media{}
	}
	if how := autoresponse(text); how != "" {
		payload["autoresponse_type"] = how
		s.stopped[pair{endUser, agent}] = how == "STOP"
	}
	s.hook(s.event("message.received", "", payload))
}

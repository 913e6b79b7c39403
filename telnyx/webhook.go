package telnyx

import (
	"encoding/json"
	"errors"
	"time"

	"takeoverbot/internal/apicall"
	"takeoverbot/takeover"
)

// Webhook is what Telnyx tells of a text. Without a Report and Inbound it is about something that
// this bot has no use for.
type Webhook struct {
	// ID is the event's: it stays the same when the event is sent again.
	ID string
	At time.Time // when it happened. UTC; zero where it does not say
	// Report is what became of a text that was sent.
	Report *takeover.SendReport
	// Inbound is what an end user wrote: one text, for each number that it was sent to.
	Inbound []takeover.Inbound
}

var errNoText = errors.New("the event names no text")

// webhook is an event on the wire (webhook_api_version 2).
type webhook struct {
	Data struct {
		ID         apicall.LooseString `json:"id"`
		EventType  string              `json:"event_type"`
		OccurredAt apicall.Timestamp   `json:"occurred_at"`
		Payload    textPayload         `json:"payload"`
	} `json:"data"`
}

// textPayload is a text on the wire, sent or received. Any field may be empty.
type textPayload struct {
	ID         apicall.LooseString `json:"id"`
	Direction  string              `json:"direction"`
	From       textEnd             `json:"from"`
	To         []textEnd           `json:"to"`
	Text       apicall.LooseString `json:"text"`
	Media      []textMedia         `json:"media"`
	ReceivedAt apicall.Timestamp   `json:"received_at"`
	Errors     json.RawMessage     `json:"errors"`
	Reply      string              `json:"autoresponse_type"`
}

type textEnd struct {
	Number apicall.LooseString `json:"phone_number"`
	Status string              `json:"status"`
}

type textMedia struct {
	URL  string  `json:"url"`
	Type string  `json:"content_type"`
	Size float64 `json:"size"`
}

// DecodeWebhook reads the body of a webhook whose signature was checked. An event of another kind
// is empty. An error means that it is no JSON, or says that it is about a text and names none.
func DecodeWebhook(body []byte) (Webhook, error) {
	var wire webhook
	if err := apicall.Decode(body, &wire); err != nil {
		return Webhook{}, err
	}
	data, text := wire.Data, wire.Data.Payload
	w := Webhook{ID: string(data.ID), At: data.OccurredAt.Time}
	inbound := data.EventType == "message.received"
	if !inbound && data.EventType != "message.sent" && data.EventType != "message.finalized" {
		return w, nil
	}
	switch {
	case text.ID == "" || len(text.To) == 0:
		return Webhook{}, errNoText
	case inbound:
		w.Inbound = text.inbound(data.OccurredAt)
	case text.Direction != "inbound":
		report := text.report(data.EventType == "message.finalized")
		w.Report = &report
	}
	return w, nil
}

// inbound is what an end user wrote, for each number that it was sent to.
func (p textPayload) inbound(occurred apicall.Timestamp) (all []takeover.Inbound) {
	one := takeover.Inbound{ID: string(p.ID), From: takeover.Target(p.From.Number), Text: string(p.Text),
		At: takeover.ProviderTime(p.ReceivedAt.Time), OptOut: p.optOut()}
	if one.At.IsZero() {
		one.At = takeover.ProviderTime(occurred.Time)
	}
	for _, m := range p.Media {
		media := takeover.Media{URL: m.URL, Type: m.Type}
		if m.Size > 0 && m.Size < 1<<53 {
			media.Size = int64(m.Size)
		}
		one.Media = append(one.Media, media)
	}
	for _, to := range p.To {
		one.To = takeover.Target(to.Number)
		all = append(all, one)
	}
	return all
}

// optOut is how Telnyx has understood a text about being texted; where it does not say, what its
// words mean.
func (p textPayload) optOut() takeover.OptOut {
	switch p.Reply {
	case "STOP", "OPT_OUT":
		return takeover.OptedOut
	case "START", "OPT_IN":
		return takeover.OptedIn
	}
	return takeover.OptOutOf(string(p.Text))
}

// report is what became of a text that was sent; final says that nothing more is to be expected.
func (p textPayload) report(final bool) takeover.SendReport {
	to := p.To[0]
	r := takeover.SendReport{Message: string(p.ID), From: takeover.Target(p.From.Number), To: takeover.Target(to.Number),
		Text: string(p.Text), Outcome: takeover.SendOnTheWay}
	switch to.Status {
	case "delivered":
		r.Outcome = takeover.SendDelivered
	case "delivery_unconfirmed":
		r.Outcome = takeover.SendUnconfirmed
	case "delivery_failed", "sending_failed", "expired":
		r.Outcome = takeover.SendFailed
		code, detail := apicall.FirstError(p.Errors)
		r.Failure = &takeover.SendFailure{Kind: failureOf(code), Code: code, Detail: detail}
		if to.Status == "expired" && r.Failure.Kind == takeover.SendUnknown {
			r.Failure.Kind = takeover.SendLater
		}
	case "queued", "sending", "sent":
	default: // a word of tomorrow: nothing says that it arrived
		if final {
			r.Outcome = takeover.SendUnconfirmed
		}
	}
	return r
}

package socket

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

	"takeoverbot/slackbot/listen"
)

// The types of messages that Slack sends.
const (
	typeHello       = "hello"
	typeDisconnect  = "disconnect"
	typeCommand     = "slash_commands"
	typeInteraction = "interactive"
	typeEvent       = "events_api"
)

// maxAck is the size of the largest acknowledgement, in bytes. Slack drops larger ones without a
// word: 20 kB were found to be too many.
const maxAck = 20_000

// message is anything that Slack sends. Source: Slack's documentation of Socket Mode.
type message struct {
	Type   string `json:"type"`
	Reason string `json:"reason"` // of disconnect
	// NumConnections is how many connections the app has, of hello.
	NumConnections int `json:"num_connections"`

	// Of the types that have to be acknowledged:
	EnvelopeID      string          `json:"envelope_id"`
	Payload         json.RawMessage `json:"payload"`
	AcceptsResponse bool            `json:"accepts_response_payload"`
}

// body is what Slack would have sent over HTTP.
func (m message) body() ([]byte, error) {
	switch m.Type {
	case typeEvent:
		return m.Payload, nil
	case typeInteraction:
		return []byte(url.Values{"payload": {string(m.Payload)}}.Encode()), nil
	case typeCommand:
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(m.Payload, &fields); err != nil {
			return nil, fmt.Errorf("%w: decode the command: %w", listen.ErrUnreadable, err)
		}
		form := url.Values{}
		for name, raw := range fields {
			text := string(raw)
			_ = json.Unmarshal(raw, &text) // a number or a boolean stays as it is written
			form.Set(name, text)
		}
		return []byte(form.Encode()), nil
	}
	return nil, fmt.Errorf("%w: type %.40q", listen.ErrUnreadable, m.Type)
}

// responseURL is the address at which a command is answered later; empty if there is none.
func (m message) responseURL() string {
	var fields struct {
		ResponseURL string `json:"response_url"`
	}
	_ = json.Unmarshal(m.Payload, &fields) // body has read it, or there is none
	return fields.ResponseURL
}

// acknowledgement tells Slack that an envelope was taken.
type acknowledgement struct {
	EnvelopeID string          `json:"envelope_id"`
	Payload    json.RawMessage `json:"payload,omitempty"`
}

var errAnswerTooLarge = errors.New("the answer is too large for an acknowledgement")

// ack is the acknowledgement of m with what HTTP would have answered. Where that is too large for
// Socket Mode, the acknowledgement is without it and the error is errAnswerTooLarge.
func (m message) ack(answer []byte) ([]byte, error) {
	bare := acknowledgement{EnvelopeID: m.EnvelopeID}
	full := bare
	if m.AcceptsResponse && len(answer) > 0 {
		full.Payload = answer
	}
	raw, err := json.Marshal(full)
	if err != nil {
		return nil, fmt.Errorf("encode the acknowledgement: %w", err)
	}
	if len(raw) < maxAck {
		return raw, nil
	}
	raw, err = json.Marshal(bare)
	return raw, errors.Join(errAnswerTooLarge, err)
}

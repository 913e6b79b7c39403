package telnyx

import (
	"context"
	"errors"
	"net/http"
	"regexp"

	"takeoverbot/internal/apicall"
	"takeoverbot/takeover"
)

const opSend = "send text"

// Send sends a text by POST /messages: one call, which has no key that would make it repeatable.
// A text to or from anything but a phone number is refused without a call.
func (p *Provider) Send(ctx context.Context, t takeover.Texted) (takeover.SendReceipt, error) {
	switch {
	case !textable(t.To):
		return takeover.SendReceipt{}, p.noNumber(takeover.SendNotTextable)
	case !textable(t.From):
		return takeover.SendReceipt{}, p.noNumber(takeover.SendNumber)
	}
	var receipt takeover.SendReceipt
	body := map[string]any{"from": string(t.From), "to": string(t.To), "text": t.Text, "type": "SMS"}
	if len(t.Media) > 0 {
		body["type"], body["media_urls"] = "MMS", t.Media
	}
	_, err := p.client.api.Do(ctx, apicall.Call{Op: opSend, Method: http.MethodPost, Path: "/messages", Body: body,
		Read: func(body []byte) (err error) { receipt, err = readReceipt(body); return err }})
	if err != nil {
		return takeover.SendReceipt{}, whyNotSent(err)
	}
	return receipt, nil
}

// noNumber refuses a text that has no phone number at one end.
func (p *Provider) noNumber(kind takeover.SendFailureKind) error {
	e := p.client.api.Failure(opSend, takeover.Refused, errors.New("a target is no phone number"))
	e.Send = &takeover.SendFailure{Kind: kind}
	return e
}

// e164 is a phone number as Telnyx takes it for a text.
var e164 = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)

// textable reports whether a text can go to, or come from, a target.
func textable(t takeover.Target) bool { return e164.MatchString(string(t)) }

// readReceipt reads the answer to a text that was taken. Without an id, no later report could be
// told to be of this text.
func readReceipt(body []byte) (takeover.SendReceipt, error) {
	var answer struct {
		Data struct {
			ID    apicall.LooseString `json:"id"`
			Parts int                 `json:"parts"`
			At    apicall.Timestamp   `json:"received_at"`
		} `json:"data"`
	}
	err := apicall.Decode(body, &answer)
	if err == nil && answer.Data.ID == "" {
		err = apicall.ErrNotJSON
	}
	return takeover.SendReceipt{Message: string(answer.Data.ID), Parts: max(answer.Data.Parts, 0), At: takeover.ProviderTime(answer.Data.At.Time)}, err
}

// whyNotSent says of a failed call whether the text may have been sent, and else why not.
func whyNotSent(err error) error {
	e, ok := errors.AsType[*takeover.ProviderError](err)
	if !ok {
		return err
	}
	if e.MayLand = mayHaveLanded(err); e.MayLand {
		return e
	}
	e.Send = &takeover.SendFailure{Kind: failureOf(e.Code), Code: e.Code, Detail: e.Detail}
	switch {
	case e.Send.Kind != takeover.SendUnknown:
	case e.Kind == takeover.KeyRefused, e.Status == http.StatusPaymentRequired:
		e.Send.Kind = takeover.SendAccount
	case e.Transient():
		e.Send.Kind = takeover.SendLater
	}
	return e
}

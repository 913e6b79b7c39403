package slackbot

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/typed"
	"takeoverbot/takeover"
)

func TestFindThisNumber(t *testing.T) {
	tests := []struct {
		name, text string
		value      string // what is searched; empty: nothing is
		told       string
	}{
		{"one number", "please call +1 (415) 555-0137 back, unit 4B", "+14155550137", ""},
		{"the same number twice", "415-555-0137 or +1 415 555 0137", "+14155550137", ""},
		{"a number among others", "ticket 20261122-7 of 03:14: 415.555.0137", "+14155550137", ""},
		{"a SIP address", "sip:lobby@example.com rang", "sip:lobby@example.com", ""},
		{"a person's e-mail is none", "write to dana@example.com", "", "There is no phone number in that message."},
		{"no number", "who is on call?", "", "There is no phone number in that message."},
		{"several", "415 555 0137 and 415 555 0199", "", "There are 2 phone numbers"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := newDesk(t)
			d.slack.SetBotMember(slacksim.OtherChannel, false)
			m, _ := d.slack.Say(t.Context(), slacksim.Omar, slacksim.OtherChannel, "", tt.text)
			got := d.fine(d.slack.MessageShortcut(t.Context(), slacksim.Dana, slacksim.OtherChannel, m.TS, "find_number"))
			stored := d.house.stored()
			if tt.value == "" {
				if len(stored) > 0 {
					t.Errorf("stored %+v", stored)
				}
				if _, text := d.private(slacksim.Dana); !strings.Contains(text, tt.told) {
					t.Errorf("told %q, want %q", text, tt.told)
				}
				return
			}
			if len(stored) != 1 || stored[0].Query != (takeover.Query{Field: takeover.FieldEndUser, Value: tt.value}) || stored[0].Reply.URL == "" {
				t.Fatalf("stored %+v, want a search for %s", stored, tt.value)
			}
			d.fine(d.slack.Redeliver(t.Context(), got, false))
			if len(d.house.stored()) != 1 {
				t.Error("delivered again it is stored again")
			}
			d.workLast()
			if _, text := d.private(slacksim.Dana); !strings.Contains(text, "no conversation with") {
				t.Errorf("answered with %q", text)
			}
		})
	}
}

// TestPickANumber: with several numbers in a message each has a button, at most five, and
// a button's value is no number.
func TestPickANumber(t *testing.T) {
	d := newDesk(t)
	var text strings.Builder
	for i := range 7 {
		fmt.Fprintf(&text, "+1 415 555 01%d, ", 30+i)
	}
	m, _ := d.slack.Say(t.Context(), slacksim.Omar, slacksim.DeskChannel, "", text.String())
	d.fine(d.slack.MessageShortcut(t.Context(), slacksim.Dana, slacksim.DeskChannel, m.TS, "find_number"))
	list, _ := d.private(slacksim.Dana)
	seen := slacktest.LookAt(list.Blocks, 50)
	if len(seen.Faults) > 0 || seen.Buttons != maxFound {
		t.Errorf("%d buttons, faults %q", seen.Buttons, seen.Faults)
	}
	d.click(slacksim.Dana, list.Ref(), ids.FindOne, slacksim.Pick{Value: "2"})
	stored := d.house.stored()
	if want := typed.AddressesIn(text.String(), "US")[2].Value; len(stored) != 1 || stored[0].Query.Value != want {
		t.Errorf("stored %+v, want a search for %s", stored, want)
	}
}

// TestFindInBlocks: what another app shows in blocks and attachments is read too, and a
// new kind of block is no obstacle.
func TestFindInBlocks(t *testing.T) {
	for name, message := range map[string]string{
		"blocks":         `{"text":"","blocks":[{"type":"section","text":{"type":"mrkdwn","text":"call <tel:+14155550137|them>"}}]}`,
		"fields":         `{"text":"alert","blocks":[{"type":"section","fields":[{"type":"mrkdwn","text":"*Number*\n(415) 555-0137"}]}]}`,
		"rich text":      `{"blocks":[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"415 555 0137"}]}]}]}`,
		"a link":         `{"blocks":[{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"Call"},"url":"tel:+14155550137"}]}]}`,
		"attachments":    `{"text":null,"attachments":[{"fallback":"x","fields":[{"title":"Caller","value":"+1 415 555 0137","short":true}]}]}`,
		"brand new":      `{"blocks":[{"type":"brand_new","elements":{"a":[null,3]},"text":{"type":"brand_new","text":"+14155550137"}}]}`,
		"odd everything": `{"text":7,"blocks":"none","attachments":{"text":"415-555-0137"}}`,
	} {
		payload := `{"type":"message_action","callback_id":"find_number","user":{"id":"U0DANA"},"message":` + message + `}`
		if got := typed.AddressesIn(messageText(payload), "US"); len(got) != 1 || got[0].Value != "+14155550137" {
			t.Errorf("%s: found %v in %q", name, got, messageText(payload))
		}
	}
}

// TestShortcutOfAStranger learns nothing.
func TestShortcutOfAStranger(t *testing.T) {
	for _, user := range []string{slacksim.Guest, slacksim.Outside} {
		d := newDesk(t)
		m, _ := d.slack.Say(t.Context(), slacksim.Omar, slacksim.DeskChannel, "", "+1 415 555 0137")
		d.fine(d.slack.MessageShortcut(t.Context(), user, slacksim.DeskChannel, m.TS, "find_number"))
		if _, text := d.private(user); !strings.Contains(text, "Ask ") || len(d.house.stored()) > 0 {
			t.Errorf("%s: told %q, stored %+v", user, text, d.house.stored())
		}
	}
	b, h := offline()
	a, err := b.Dispatch(t.Context(), payloadBody(`{"type":"message_action","callback_id":"another","user":{"id":"U0DANA"},"message":{"text":"+14155550137"}}`))
	if err != nil || a.Kind != "unknown shortcut" || len(h.stored()) > 0 {
		t.Errorf("another shortcut: %+v, %v", a, err)
	}
}

func FuzzMessageText(f *testing.F) {
	f.Add(`{"text":"+14155550137","blocks":[{"text":{"text":"a"}}]}`)
	f.Add(`{"blocks":[[[{"elements":[{"text":"&amp;amp;amp;"}]}]]]}`)
	f.Add(`null`)
	f.Fuzz(func(t *testing.T, message string) {
		if !json.Valid([]byte(message)) {
			return
		}
		began := time.Now()
		found := typed.AddressesIn(messageText(`{"message":`+message+`}`), "US")
		for _, one := range found {
			if one.Value == "" || one.Display == "" {
				t.Errorf("found %+v", one)
			}
		}
		if len(found) > 1 {
			checkMessage(t, whichNumber(found))
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("it took %s", took)
		}
	})
}

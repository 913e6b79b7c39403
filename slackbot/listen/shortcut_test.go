package listen_test

import (
	"fmt"
	"strings"
	"testing"

	"takeoverbot/internal/desktest"
	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/typed"
	"takeoverbot/takeover"
)

func TestFindThisNumber(t *testing.T) {
	t.Parallel()
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
			t.Parallel()
			d := desktest.New(t)
			d.Slack.SetBotMember(slacksim.OtherChannel, false)
			m, _ := d.Slack.Say(t.Context(), slacksim.Omar, slacksim.OtherChannel, "", tt.text)
			got := d.Fine(d.Slack.MessageShortcut(t.Context(), slacksim.Dana, slacksim.OtherChannel, m.TS, "find_number"))
			stored := d.Backend.Stored()
			if tt.value == "" {
				if len(stored) > 0 {
					t.Errorf("stored %+v", stored)
				}
				if _, text := d.Private(slacksim.Dana); !strings.Contains(text, tt.told) {
					t.Errorf("told %q, want %q", text, tt.told)
				}
				return
			}
			if len(stored) != 1 || stored[0].Query != (takeover.Query{Field: takeover.FieldEndUser, Value: tt.value}) || stored[0].Reply.URL == "" {
				t.Fatalf("stored %+v, want a search for %s", stored, tt.value)
			}
			d.Fine(d.Slack.Redeliver(t.Context(), got, false))
			if len(d.Backend.Stored()) != 1 {
				t.Error("delivered again it is stored again")
			}
			d.WorkLast()
			if _, text := d.Private(slacksim.Dana); !strings.Contains(text, "no conversation with") {
				t.Errorf("answered with %q", text)
			}
		})
	}
}

// TestPickANumber: with several numbers in a message each has a button, at most five, and
// a button's value is no number.
func TestPickANumber(t *testing.T) {
	t.Parallel()
	d := desktest.New(t)
	var text strings.Builder
	for i := range 7 {
		fmt.Fprintf(&text, "+1 415 555 01%d, ", 30+i)
	}
	m, _ := d.Slack.Say(t.Context(), slacksim.Omar, slacksim.DeskChannel, "", text.String())
	d.Fine(d.Slack.MessageShortcut(t.Context(), slacksim.Dana, slacksim.DeskChannel, m.TS, "find_number"))
	list, _ := d.Private(slacksim.Dana)
	seen := slacktest.LookAt(list.Blocks, 50)
	if len(seen.Faults) > 0 || seen.Buttons != 5 {
		t.Errorf("%d buttons, faults %q", seen.Buttons, seen.Faults)
	}
	d.Click(slacksim.Dana, list.Ref(), ids.FindOne, slacksim.Pick{Value: "2"})
	stored := d.Backend.Stored()
	if want := typed.AddressesIn(text.String(), "US")[2].Value; len(stored) != 1 || stored[0].Query.Value != want {
		t.Errorf("stored %+v, want a search for %s", stored, want)
	}
}

// TestShortcutOfAStranger learns nothing.
func TestShortcutOfAStranger(t *testing.T) {
	t.Parallel()
	for _, user := range []string{slacksim.Guest, slacksim.Outside} {
		d := desktest.New(t)
		m, _ := d.Slack.Say(t.Context(), slacksim.Omar, slacksim.DeskChannel, "", "+1 415 555 0137")
		d.Fine(d.Slack.MessageShortcut(t.Context(), user, slacksim.DeskChannel, m.TS, "find_number"))
		if _, text := d.Private(user); !strings.Contains(text, "Ask ") || len(d.Backend.Stored()) > 0 {
			t.Errorf("%s: told %q, stored %+v", user, text, d.Backend.Stored())
		}
	}
	b, h := desktest.Offline()
	a, err := b.Dispatch(t.Context(), payloadBody(`{"type":"message_action","callback_id":"another","user":{"id":"U0DANA"},"message":{"text":"+14155550137"}}`))
	if err != nil || a.Kind != "unknown shortcut" || len(h.Stored()) > 0 {
		t.Errorf("another shortcut: %+v, %v", a, err)
	}
}

package telnyx

import (
	"fmt"
	"testing"
	"time"

	"takeoverbot/internal/apicall"
	"takeoverbot/takeover"
)

// Mistake 37: one shape of the answer assumed.
func TestBothShapesOfOneConversation(t *testing.T) {
	t.Parallel()
	inner := `{"id":"` + convA + `","metadata":{"a":1}}`
	for name, body := range map[string]string{"plain": inner, "wrapped": `{"data":` + inner + `}`} {
		c, err := decodeOne([]byte(body))
		if err != nil || c.ID != convA || string(c.Metadata["a"]) != "1" {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
	}
	for _, body := range []string{``, `null`, `[]`, `{}`, `{"data":null}`, `{"data":{"id":7}}`, `{"data":{"id":"x"}}`,
		`{"data":{"id":"` + convA + `","metadata":"text"}}`, `{"data":{"id":"` + convA + `","metadata":[]}}`} {
		if c, err := decodeOne([]byte(body)); err == nil {
			t.Errorf("%s was read as %+v", body, c)
		}
	}
}

func TestConversationFieldsAreTolerated(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		json string
		want string
	}{
		"nulls":        {`"name":null,"created_at":null,"last_message_at":null,"metadata":null`, ` 0001 0001 nil`},
		"absent":       {`"x":1`, ` 0001 0001 nil`},
		"odd types":    {`"name":5,"created_at":7,"last_message_at":{},"metadata":{}`, ` 0001 0001 map`},
		"empty":        {`"name":"","created_at":"","last_message_at":"","metadata":{}`, ` 0001 0001 map`},
		"no time":      {`"name":"n","created_at":"yesterday","last_message_at":"2026-11-20T10:00:00+01:00"`, `n 0001 2026 nil`},
		"without zone": {`"created_at":"2026-11-20T10:00:00.123456","last_message_at":"2026-11-20 10:00:00+00:00"`, ` 2026 2026 nil`},
	} {
		c, err := decodeOne([]byte(`{"id":"` + convA + `",` + tc.json + `}`))
		kind := "map"
		if c.Metadata == nil {
			kind = "nil"
		}
		got := fmt.Sprintf("%s %04d %04d %s", c.Name, c.CreatedAt.Time.Year(), c.LastMessageAt.Time.Year(), kind)
		if err != nil || got != tc.want {
			t.Errorf("%s: %q, %v, want %q", name, got, err, tc.want)
		}
	}
}

func TestTimesAreUTCAndKeepTheirText(t *testing.T) {
	t.Parallel()
	ts := apicall.ParseTimestamp([]byte(`"2026-11-20T10:00:00.123456+01:00"`))
	want := time.Date(2026, 11, 20, 9, 0, 0, 123456000, time.UTC)
	if !ts.Time.Equal(want) || ts.Time.Location() != time.UTC || ts.Text != "2026-11-20T10:00:00.123456+01:00" {
		t.Errorf("%v %q", ts.Time, ts.Text)
	}
}

func TestChannels(t *testing.T) {
	t.Parallel()
	for metadata, want := range map[string]takeover.Channel{
		`{"telnyx_conversation_channel":"sms_chat"}`:                                     takeover.ChannelText,
		`{"telnyx_conversation_channel":"sms"}`:                                          takeover.ChannelText,
		`{"telnyx_conversation_channel":"phone_call"}`:                                   takeover.ChannelCall,
		`{"telnyx_conversation_channel":"web_call"}`:                                     takeover.ChannelCall,
		`{"telnyx_conversation_channel":"websocket_call"}`:                               takeover.ChannelCall,
		`{"telnyx_conversation_channel":"voice"}`:                                        takeover.ChannelCall,
		`{"telnyx_conversation_channel":"web_chat"}`:                                     takeover.ChannelWeb,
		`{"telnyx_conversation_channel":"rcs"}`:                                          takeover.ChannelOther,
		`{"telnyx_conversation_channel":"rcs","call_control_id":"v3:a"}`:                 takeover.ChannelCall,
		`{"telnyx_conversation_channel":7,"call_control_id":"v3:a"}`:                     takeover.ChannelCall,
		`{"telnyx_agent_target":"+13125550100","telnyx_end_user_target":"+13125550199"}`: takeover.ChannelOther,
		`{}`: takeover.ChannelOther,
	} {
		c, err := decodeOne([]byte(`{"id":"` + convA + `","metadata":` + metadata + `}`))
		if got := c.domain().Channel; err != nil || got != want {
			t.Errorf("%s: %q, %v, want %q", metadata, got, err, want)
		}
	}
}

func TestEndUserIsNoName(t *testing.T) {
	t.Parallel()
	c, err := decodeOne([]byte(`{"id":"` + convA + `","name":"Night desk","metadata":{"name":"+13125550199",
		"customer_name":"sip:desk@pbx.example","telnyx_end_user_target":"+13125550199","telnyx_agent_target":"desk@PBX.example"}}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := c.domain().Name; got != "Night desk" {
		t.Errorf("name %q", got)
	}
}

func TestSameTarget(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		a, b string
		want bool
	}{
		{"+13125550199", "+13125550199", true},
		{"+13125550199", "13125550199", false},
		{"+13125550199", "+1312555019", false},
		{"sip:tech@PBX.example", "sip:tech@pbx.example", true},
		{"tech@pbx.example", "SIP:tech@pbx.example", true},
		{"sip:Tech@pbx.example", "sip:tech@pbx.example", false},
		{"sip:tech@pbx.example:5060", "sip:tech@pbx.example", false},
		{"sip:+13125550199@pbx.example", "+13125550199", false},
		{"sip:pbx.example", "sip:PBX.example", true},
		{"sip:", "SIP:", false},
		{"sip:tech@pbx.example;transport=tls", "tech@PBX.example", true},
		{"\"The lobby\" <sip:tech:secret@pbx.example?subject=x>", "sips:tech@pbx.example", true},
		{"", "", false},
		{"abc", "ABC", false},
	} {
		if got := sameTarget(tc.a, tc.b); got != tc.want {
			t.Errorf("sameTarget(%q, %q) = %t", tc.a, tc.b, got)
		}
	}
}

package listen

import (
	"encoding/json"
	"testing"
	"time"

	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/typed"
)

// TestFindInBlocks: text in blocks and attachments of other apps is read, too, and a
// new kind of block is no obstacle.
func TestFindInBlocks(t *testing.T) {
	t.Parallel()
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
			m := whichNumber(found)
			slacktest.CheckMessage(t, m.Text, m.Blocks)
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("it took %s", took)
		}
	})
}

package slacktest

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/slack-go/slack"
)

// ShownJSON is a message as it is sent, indented for the reader of a golden file.
func ShownJSON(t testing.TB, text string, blocks []slack.Block) []byte {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(struct {
		Text   string `json:"text"`
		Blocks any    `json:"blocks"`
	}{text, blocks}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

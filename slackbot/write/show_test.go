package write

import (
	"testing"

	"takeoverbot/takeover"
)

func TestOpenHeads(t *testing.T) {
	t.Parallel()
	tools := []takeover.Message{
		{Role: takeover.RoleEndUser, Text: "water!"}, {Role: takeover.RoleAssistant, ToolCalls: []takeover.ToolCall{{Name: "order"}}},
		{Role: takeover.RoleTool, Text: "{}"}, {Role: takeover.RoleAssistant, Text: "ordered"},
	}
	tests := []struct {
		t     takeover.Transcript
		shown int
		want  string
	}{
		{takeover.Transcript{Messages: make([]takeover.Message, 1), Complete: true}, 1, "All there is: 1 message, oldest first."},
		{takeover.Transcript{Messages: make([]takeover.Message, 7), Complete: true, Total: 7}, 7, "All there is: 7 messages, oldest first."},
		{takeover.Transcript{Messages: make([]takeover.Message, 20), Total: 300}, 20, "The last 20 messages of 300, oldest first."},
		{takeover.Transcript{Messages: make([]takeover.Message, 20)}, 20, "The last 20 messages, oldest first; there are earlier ones."},
		{takeover.Transcript{Messages: tools, Complete: true, Total: 4}, 4, "All there is: 3 messages, oldest first."},
		{takeover.Transcript{Messages: tools, Total: 300}, 4, "The last 4 messages of 300, oldest first (on 3 lines: what tools did between two texts is one)."},
	}
	for _, tt := range tests {
		if got := newestHead(tt.t.Messages[len(tt.t.Messages)-tt.shown:], tt.t); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

package write

import (
	"testing"

	"takeoverbot/takeover"
)

func TestOpenHeads(t *testing.T) {
	t.Parallel()
	tests := []struct {
		t    takeover.Transcript
		n    int
		want string
	}{
		{takeover.Transcript{Messages: make([]takeover.Message, 1), Complete: true}, 1, "All there is: 1 message, oldest first."},
		{takeover.Transcript{Messages: make([]takeover.Message, 7), Complete: true, Total: 7}, 7, "All there is: 7 messages, oldest first."},
		{takeover.Transcript{Messages: make([]takeover.Message, 20), Total: 300}, 20, "The last 20 messages of 300, oldest first."},
		{takeover.Transcript{Messages: make([]takeover.Message, 20)}, 20, "The last 20 messages, oldest first; there are earlier ones."},
	}
	for _, tt := range tests {
		if got := newestHead(tt.n, tt.t); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

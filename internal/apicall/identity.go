package apicall

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"

	"takeoverbot/takeover"
)

// Identity is a digest of a message's parts and of the tools that it called. It recognises a
// message without an id when the message is read again.
func Identity(called []takeover.ToolCall, parts ...string) string {
	for _, c := range called {
		parts = append(parts, c.Name, c.Arguments)
	}
	h := sha256.New()
	for _, part := range parts {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// Keys makes the keys of a transcript's messages.
type Keys map[string]int

// Next is the key of the next message with an identity: exact repeats are counted, so that
// every message has another key.
func (k Keys) Next(identity string) string {
	k[identity]++
	return identity + "-" + strconv.Itoa(k[identity])
}

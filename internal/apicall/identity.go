package apicall

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
)

// Identity is what a message without an id of its own is recognised by when it is read
// again: a digest of its parts.
func Identity(parts ...string) string {
	h := sha256.New()
	for _, part := range parts {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// Keys makes the keys of a transcript's messages.
type Keys map[string]int

// Next is the key of the next message with an identity: exact repeats are counted, so that
// each message has a key of its own.
func (k Keys) Next(identity string) string {
	k[identity]++
	return identity + "-" + strconv.Itoa(k[identity])
}

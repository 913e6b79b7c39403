package main

import (
	"bytes"
	"fmt"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"

	"takeoverbot/internal/slacksim"
)

// template is a request as the simulated Slack makes it, with what is different in each
// one: the trigger id (for a box: the id of the view) and the address for the answer.
// Whatever was clicked a second time by Slack's rules is a new click to the bot.
type template struct {
	body   []byte
	unique string // occurs in body; each minted request has its own
	answer string // the address, as it occurs in body; empty: none
}

// mint makes requests of a template, signed now. Answers go to sink, which counts them.
type mint struct {
	secret, host, sink string
	serial             atomic.Int64
}

func newMint(host string, w *simulators) *mint {
	return &mint{secret: slackSecret, host: host, sink: w.answerURL + "/answers"}
}

// request is one whole HTTP/1.1 request, ready to be written to a connection.
func (m *mint) request(t template) []byte {
	return m.wire(m.body(t), time.Now())
}

// batch makes n requests.
func (m *mint) batch(t template, n int) [][]byte {
	out := make([][]byte, n)
	for i := range out {
		out[i] = m.request(t)
	}
	return out
}

func (m *mint) body(t template) []byte {
	id := strconv.FormatInt(m.serial.Add(1), 10)
	body := bytes.ReplaceAll(t.body, []byte(t.unique), []byte("bench"+id))
	if t.answer != "" {
		body = bytes.ReplaceAll(body, []byte(t.answer), []byte(url.QueryEscape(m.sink+"/"+id)))
	}
	return body
}

func (m *mint) wire(body []byte, at time.Time) []byte {
	signature, timestamp := slacksim.Sign(m.secret, at, body)
	var b bytes.Buffer
	fmt.Fprintf(&b, "POST /slack/interactions HTTP/1.1\r\nHost: %s\r\nContent-Type: application/x-www-form-urlencoded\r\n"+
		"X-Slack-Signature: %s\r\nX-Slack-Request-Timestamp: %s\r\nContent-Length: %d\r\n\r\n", m.host, signature, timestamp, len(body))
	b.Write(body)
	return b.Bytes()
}

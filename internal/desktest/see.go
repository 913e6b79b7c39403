package desktest

import (
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/listen"
	"takeoverbot/slackbot/slackapi"
)

// Directs are a person's direct messages as the person reads them.
func (d *Desk) Directs(user string) []string {
	var texts []string
	for _, m := range d.Slack.DirectMessages(user) {
		texts = append(texts, d.Read(m))
	}
	return texts
}

// Card is the newest message of the desk's channel.
func (d *Desk) Card() slacksim.Message {
	d.Helper()
	all := d.Slack.Messages(slacksim.DeskChannel)
	if len(all) == 0 {
		d.Fatal("there is no card in the channel")
	}
	return all[len(all)-1]
}

// Read is a message as a person reads it.
func (d *Desk) Read(m slacksim.Message) string { return d.Slack.PlainText(m, time.UTC) }

// Thread is the card's thread as a person reads it.
func (d *Desk) Thread(card slacksim.Message) []string {
	var texts []string
	for _, m := range d.Slack.Thread(card.Channel, card.TS) {
		texts = append(texts, d.Read(m))
	}
	return texts
}

// Private is the newest private message of a person, as the person reads it.
func (d *Desk) Private(user string) (slacksim.Private, string) {
	d.Helper()
	all := d.Slack.Private(user)
	if len(all) == 0 {
		d.Fatalf("%s was told nothing", user)
	}
	last := all[len(all)-1]
	return last, d.Slack.PlainPrivate(last, time.UTC)
}

// Times counts the calls of a method.
func (d *Desk) Times(method string) int {
	n := 0
	for _, c := range d.Slack.Calls() {
		if c.Method == method {
			n++
		}
	}
	return n
}

// CheckMessage holds a message to Slack's limits and to what the product promises of all of
// them.
func CheckMessage(t testing.TB, m slackapi.Message) *slacktest.Looked {
	t.Helper()
	return slacktest.CheckMessage(t, m.Text, m.Blocks)
}

// CheckPrivate holds the private answer in an acknowledgement to the same, and returns its
// text.
func CheckPrivate(t testing.TB, a listen.Answer) (text string, seen *slacktest.Looked) {
	t.Helper()
	return slacktest.CheckPrivate(t, a.ContentType, a.Body)
}

// Told wants a person to have one private message, in the thread, with a part in it, or
// none at all.
func (d *Desk) Told(user, part, thread string) {
	d.Helper()
	all := d.Slack.Private(user)
	if part == "" {
		if len(all) > 0 {
			d.Errorf("%s was told %q", user, d.Slack.PlainPrivate(all[0], time.UTC))
		}
		return
	}
	if len(all) != 1 || all[0].ThreadTS != thread {
		d.Fatalf("%d private messages, want 1 in the thread: %+v", len(all), all)
	}
	if text := d.Slack.PlainPrivate(all[0], time.UTC); !strings.Contains(text, part) && !strings.Contains(all[0].Text, part) {
		d.Errorf("told %q, want %q in it", text, part)
	}
}

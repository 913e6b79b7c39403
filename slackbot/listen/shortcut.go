package listen

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/people"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/slackbot/typed"
	"takeoverbot/takeover"
)

// buttonRoom is how many characters the label of a button may have.
const buttonRoom = 75

// maxFound is how many numbers of one message are offered.
const maxFound = 5

// shortcut is the task of a shortcut in a message's menu: the same search as by the
// command, also inside a thread.
func (ln *Listener) shortcut(in interaction) task {
	if in.CallbackID != ids.FindNumber {
		return noTask("unknown shortcut")
	}
	return ln.stored(in, people.Reader, func(ctx context.Context) (Answer, error) { return ln.findInMessage(ctx, in) })
}

// findInMessage searches for the number that a message has in it.
func (ln *Listener) findInMessage(ctx context.Context, in interaction) (Answer, error) {
	text := messageText(in.payload)
	found := typed.AddressesIn(text, ln.Region)
	switch len(found) {
	case 0:
		if digits := typed.LastDigitsIn(text); digits != "" {
			return ln.searchQuery(ctx, in, takeover.Query{Field: takeover.FieldLastDigits, Value: digits})
		}
		ln.answerLater(ctx, in, fmt.Sprintf("There is no phone number in that message. Type `%s` and the number, for example `%s %s`, or its last digits.", ids.RootCommand, ids.RootCommand, typed.ExampleNumber))
		return Answer{Kind: ids.FindNumber}, nil
	case 1:
		return ln.searchFor(ctx, in, found[0].Value)
	}
	ln.tellLater(ctx, in, whichNumber(found))
	return Answer{Kind: ids.FindNumber}, nil
}

// findOne searches for the number that was picked among several. The bot wrote the button's
// label, and reads it like typed text.
func (ln *Listener) findOne(ctx context.Context, in interaction) (Answer, error) {
	found := typed.AddressesIn(in.Actions[0].label(), ln.Region)
	if len(found) != 1 {
		return Answer{Kind: "unknown action"}, nil
	}
	return ln.searchFor(ctx, in, found[0].Value)
}

// searchFor stores a search whose answer goes where the interaction came from.
func (ln *Listener) searchFor(ctx context.Context, in interaction, value string) (Answer, error) {
	return ln.searchQuery(ctx, in, takeover.Query{Field: takeover.FieldEndUser, Value: value})
}

func (ln *Listener) searchQuery(ctx context.Context, in interaction, q takeover.Query) (Answer, error) {
	c := in.command(takeover.Search, ln.Now())
	c.Query = q
	return ln.store(ctx, ids.FindNumber, c)
}

// whichNumber asks which of several numbers is meant.
func whichNumber(found []typed.Address) slackapi.Message {
	head := fmt.Sprintf("There are %d phone numbers in that message: which one do you mean?", len(found))
	if len(found) > maxFound {
		head = fmt.Sprintf("There are %d phone numbers in that message, these are the first %d: which one do you mean?", len(found), maxFound)
	}
	m := slackapi.Message{Text: head, Blocks: []slack.Block{mrkdwn.Section("which", head)}}
	for i, t := range found[:min(len(found), maxFound)] {
		// A block each: within one, ids of actions are unique, and all of these do the same.
		one := mrkdwn.Button(ids.FindOne, fmt.Sprint(i), slackapi.Cut(t.Display, buttonRoom))
		m.Blocks = append(m.Blocks, slack.NewActionBlock(fmt.Sprintf("which.%d", i), one))
	}
	return m
}

// maxWords bounds how much of a message is looked through, in bytes.
const maxWords = 16 << 10

// messageText is all text in the message of a shortcut, a line for each part: the message's own,
// and that of blocks and attachments of other apps. It is decoded apart from clicks, so that a
// new kind of block cannot make a click unreadable.
func messageText(payload string) string {
	var in struct {
		Message map[string]any `json:"message"`
	}
	if json.Unmarshal([]byte(payload), &in) != nil {
		return ""
	}
	var words strings.Builder
	for _, part := range []string{"text", "blocks", "attachments", "files"} {
		collect(&words, part, in.Message[part])
	}
	return words.String()
}

// wordKeys are the JSON names of text in a message.
func wordKeys() []string {
	return []string{"text", "url", "fallback", "pretext", "title", "value", "plain_text", "preview"}
}

// collect writes the words of a part of a message, in order.
func collect(words *strings.Builder, key string, part any) {
	if words.Len() > maxWords {
		return
	}
	switch v := part.(type) {
	case string:
		if slices.Contains(wordKeys(), key) {
			words.WriteString(v + "\n")
		}
	case []any:
		for _, one := range v {
			collect(words, key, one)
		}
	case map[string]any:
		for _, name := range wordKeys() {
			collect(words, name, v[name])
		}
		for _, name := range []string{"elements", "fields", "blocks", "rows", "accessory", "label", "alt_text"} {
			collect(words, name, v[name])
		}
	}
}

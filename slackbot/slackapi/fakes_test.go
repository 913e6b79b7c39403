package slackapi

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/takeover"
)

// newSim starts a simulated Slack and a client of it. In the end the simulator must not
// have anything to complain about.
func newSim(t *testing.T) (*slacksim.Sim, *Client, *slacktest.Posts) {
	t.Helper()
	sim := slacksim.New(slacksim.Options{BotToken: slacktest.Token, SigningSecret: "s", NoRateLimits: true})
	if _, err := sim.Start(t.Context(), "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sim.Close)
	t.Cleanup(func() {
		for _, v := range sim.Violations() {
			t.Error("violation:", v)
		}
	})
	posts := slacktest.NewPosts()
	return sim, New(Config{Token: slacktest.Token, APIURL: sim.APIURL(), Posts: posts, Pacer: Unpaced()}), posts
}

// newFake is a client of a Slack that answers with handle, paced as in production.
func newFake(t *testing.T, handle http.HandlerFunc) (*Client, *slacktest.Posts) {
	t.Helper()
	server := httptest.NewServer(handle)
	t.Cleanup(server.Close)
	posts := slacktest.NewPosts()
	return New(Config{Token: slacktest.Token, APIURL: server.URL + "/", Posts: posts}), posts
}

// sentence is a message of one sentence.
func sentence(s string) Message {
	return Message{Text: s, Blocks: []slack.Block{slack.NewSectionBlock(slack.NewTextBlockObject(slack.MarkdownType, s, false, true), nil, nil)}}
}

// once posts a message of the channel itself unless it stands already.
func (c *Client) once(ctx context.Context, key, channel string, m Message) (takeover.Post, error) {
	return c.PostOnce(ctx, Urgent, key, Place{Channel: channel}, m)
}

// asAPIError fails the test unless err is an *Error, and looks for secrets in it.
func asAPIError(t *testing.T, err error) *Error {
	t.Helper()
	e, ok := errors.AsType[*Error](err)
	if !ok {
		t.Fatalf("got %v (%T), want an *Error", err, err)
	}
	for _, secret := range []string{slacktest.Token, "127.0.0.1", "/response/", "hush"} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("the error %q contains %q", err, secret)
		}
	}
	return e
}

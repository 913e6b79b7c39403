package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/telnyxsim"
)

// Secrets of the simulated outside.
const (
	worldToken  = "xoxb-bench"
	worldSecret = "bench-signing-secret"
	worldKey    = "KEY-bench"
)

// world is the outside of one bot, on loopback and within this process: a simulated
// Slack and a simulated Telnyx, each behind a tap, and a sink for private answers.
type world struct {
	slack  *slacksim.Sim
	telnyx *telnyxsim.Sim

	slackCalls  *tap
	telnyxCalls *tap
	answers     *tap // of minted requests: the bot's private answers to them

	slackURL, telnyxURL, answerURL string
	captureURL                     string
	captured                       chan []byte
	servers                        []*http.Server
	serving                        sync.WaitGroup
}

// newWorld starts the simulators. limits switches Slack's rate limits on: they are off
// where they would measure Slack instead of the bot.
func newWorld(limits bool) (*world, error) {
	w := &world{captured: make(chan []byte, 1)}
	w.slack = slacksim.New(slacksim.Options{SigningSecret: worldSecret, BotToken: worldToken, NoRateLimits: !limits})
	w.telnyx = telnyxsim.New(telnyxsim.Options{APIKey: worldKey})
	w.slackCalls = newTap(w.slack.Handler(), slackName)
	w.telnyxCalls = newTap(w.telnyx.Handler(), telnyxName)
	w.answers = newTap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") }), pathName)
	for _, s := range []struct {
		url     *string
		handler http.Handler
	}{{&w.slackURL, w.slackCalls}, {&w.telnyxURL, w.telnyxCalls}, {&w.answerURL, w.answers}, {&w.captureURL, http.HandlerFunc(w.capture)}} {
		if err := w.serve(s.url, s.handler); err != nil {
			return nil, errors.Join(err, w.close())
		}
	}
	w.slack.SetBaseURL(w.slackURL)
	w.telnyx.Load(telnyxsim.Seeds(time.Now()))
	return w, nil
}

func (w *world) serve(address *string, handler http.Handler) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen on loopback: %w", err)
	}
	*address = "http://" + l.Addr().String()
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	w.servers = append(w.servers, server)
	w.serving.Go(func() { _ = server.Serve(l) }) // ends with close
	return nil
}

func (w *world) close() error {
	var errs []error
	for _, s := range w.servers {
		errs = append(errs, s.Close())
	}
	w.serving.Wait()
	w.slack.Close()
	return errors.Join(append(errs, w.telnyx.Close())...)
}

// capture takes what Slack would send to the bot, so that it can be used as a template.
func (w *world) capture(_ http.ResponseWriter, r *http.Request) {
	if body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, 1<<20)); err == nil {
		w.captured <- body
	}
}

// record has Slack send act to nobody and returns its body as a template.
func (w *world) record(botURL string, act func() slacksim.Delivery) (template, error) {
	w.slack.SetBotURL(w.captureURL)
	defer w.slack.SetBotURL(botURL)
	if d := act(); !d.OK() {
		return template{}, fmt.Errorf("record a request: %w (HTTP %d)", d.Err, d.Status)
	} else {
		return template{body: <-w.captured, unique: d.TriggerID, answer: escapedURL(d.ResponseURL)}, nil
	}
}

// env is the bot's whole environment.
func (w *world) env(addr, database string) []string {
	return []string{
		"SLACK_BOT_TOKEN=" + worldToken, "SLACK_SIGNING_SECRET=" + worldSecret, "SLACK_API_URL=" + w.slackURL + "/api/",
		"SLACK_CHANNEL_ID=" + slacksim.DeskChannel, "TELNYX_API_KEY=" + worldKey, "TELNYX_BASE_URL=" + w.telnyxURL + "/v2",
		"DATABASE_URL=" + database, "LISTEN_ADDR=" + addr,
	}
}

// What the taps call what they see.
const (
	telnyxList     = "list"
	telnyxChanges  = "changes" // the list that the watch over held lines asks for
	telnyxRead     = "read"
	telnyxWrite    = "write"
	telnyxMessages = "messages"
	telnyxNote     = "note"

	slackPost   = "chat.postMessage"
	slackUpdate = "chat.update"
	slackUpload = "files.completeUploadExternal"
	slackAnswer = "response_url"
)

// telnyxName says what a call of Telnyx's API is.
func telnyxName(r *http.Request) string {
	switch path := strings.TrimSuffix(r.URL.Path, "/"); {
	case strings.HasSuffix(path, "/ai/conversations") && r.URL.Query().Has("last_message_at"):
		return telnyxChanges
	case strings.HasSuffix(path, "/ai/conversations"):
		return telnyxList
	case strings.HasSuffix(path, "/messages"):
		return telnyxMessages
	case strings.HasSuffix(path, "/message"):
		return telnyxNote
	case r.Method == http.MethodPut:
		return telnyxWrite
	default:
		return telnyxRead
	}
}

// slackName is the Web API's method, or what else it is.
func slackName(r *http.Request) string {
	switch {
	case strings.HasPrefix(r.URL.Path, "/api/"):
		return strings.TrimPrefix(r.URL.Path, "/api/")
	case strings.HasPrefix(r.URL.Path, "/response/"):
		return slackAnswer
	default:
		return "upload"
	}
}

func pathName(r *http.Request) string { return r.URL.Path }

// card waits until the desk's channel shows a card with such words, and returns it.
func (w *world) card(ctx context.Context, words string) (slacksim.Message, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var found slacksim.Message
	err := w.slack.WaitFor(ctx, func(*slacksim.Snapshot) bool {
		for _, m := range w.slack.Messages(slacksim.DeskChannel) {
			if strings.Contains(w.slack.PlainText(m, time.UTC), words) {
				found = m
				return true
			}
		}
		return false
	})
	if err != nil {
		return found, fmt.Errorf("wait for a card that says %q: %w", words, err)
	}
	return found, nil
}

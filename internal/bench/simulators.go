package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"takeoverbot/internal/simserver"
	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/telnyxsim"
)

// Secrets of the simulated services.
const (
	slackToken  = "xoxb-bench"
	slackSecret = "bench-signing-secret"
	telnyxKey   = "KEY-bench"
)

// simulators are the services around one bot, on loopback and within this process: a
// simulated Slack and a simulated Telnyx, each behind a tap, and a sink for private answers.
type simulators struct {
	slack  *slacksim.Sim
	telnyx *telnyxsim.Sim

	slackCalls  *tap
	telnyxCalls *tap
	answers     *tap // of minted requests: the bot's private answers to them

	slackURL, telnyxURL, answerURL string
	captureURL                     string
	captured                       chan []byte
	servers                        []*simserver.Server
}

// newSimulators starts them. limits switches Slack's rate limits on: they are off where
// they would measure Slack instead of the bot.
func newSimulators(limits bool) *simulators {
	return newSimulatorsOf(slacksim.Options{NoRateLimits: !limits})
}

// newSimulatorsOf starts them, with a Slack of such limits.
func newSimulatorsOf(slack slacksim.Options) *simulators {
	w := &simulators{captured: make(chan []byte, 1)}
	slack.SigningSecret, slack.BotToken = slackSecret, slackToken
	w.slack = slacksim.New(slack)
	w.telnyx = telnyxsim.New(telnyxsim.Options{APIKey: telnyxKey})
	w.slackCalls = newTap(w.slack.Handler(), slackName)
	w.telnyxCalls = newTap(w.telnyx.Handler(), telnyxName)
	w.answers = newTap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") }), pathName)
	w.slackURL, w.telnyxURL, w.answerURL = w.serve(w.slackCalls), w.serve(w.telnyxCalls), w.serve(w.answers)
	w.captureURL = w.serve(http.HandlerFunc(w.capture))
	w.slack.SetBaseURL(w.slackURL)
	w.telnyx.Load(telnyxsim.Seeds(time.Now()))
	return w
}

// serve returns the address of a handler, which is served until close.
func (w *simulators) serve(handler http.Handler) string {
	server := simserver.New("outside")
	w.servers = append(w.servers, server)
	return value(server.Start(context.Background(), "127.0.0.1:0", handler))("listen on loopback")
}

func (w *simulators) close() error {
	var errs []error
	for _, s := range w.servers {
		errs = append(errs, s.Close())
	}
	w.slack.Close()
	return errors.Join(append(errs, w.telnyx.Close())...)
}

// capture takes what Slack would send to the bot, so that it can be used as a template.
func (w *simulators) capture(_ http.ResponseWriter, r *http.Request) {
	if body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, 1<<20)); err == nil {
		w.captured <- body
	}
}

// record has Slack send act to the capturing server and returns its body as a template.
func (w *simulators) record(botURL string, act func() slacksim.Delivery) template {
	w.slack.SetBotURL(w.captureURL)
	defer w.slack.SetBotURL(botURL)
	d := act()
	taken(d, "record a request")
	return template{body: <-w.captured, unique: d.TriggerID, answer: escapedURL(d.ResponseURL)}
}

// env is the bot's whole environment.
func (w *simulators) env(addr, database string) []string {
	return []string{
		"SLACK_BOT_TOKEN=" + slackToken, "SLACK_SIGNING_SECRET=" + slackSecret, "SLACK_API_URL=" + w.slackURL + "/api/",
		"SLACK_CHANNEL_ID=" + slacksim.DeskChannel, "TELNYX_API_KEY=" + telnyxKey, "TELNYX_BASE_URL=" + w.telnyxURL + "/v2", "TELNYX_PUBLIC_KEY=" + w.telnyx.PublicKey(),
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
	telnyxSend     = "send"

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
	case strings.HasSuffix(path, "/v2/messages"):
		return telnyxSend
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
func (w *simulators) card(ctx context.Context, words string) (found slacksim.Message) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := w.slack.WaitFor(ctx, func(*slacksim.Snapshot) bool {
		for _, m := range w.slack.Messages(slacksim.DeskChannel) {
			if strings.Contains(w.slack.PlainText(m, time.UTC), words) {
				found = m
				return true
			}
		}
		return false
	})
	must(err, "wait for a card that says %q", words)
	return found
}

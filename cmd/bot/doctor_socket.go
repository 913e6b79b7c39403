package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"regexp"
	"strconv"

	"takeoverbot/slackbot"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/slackbot/socket"
)

// appTokenFindings say whether Socket Mode connections can be opened with the app-level token, and whether
// it is of the bot's app. None is opened: Slack would send it clicks.
func appTokenFindings(ctx context.Context, cfg Config) []slackbot.Finding {
	f := slackbot.Finding{What: "Slack accepts the app-level token for Socket Mode", Not: "Socket Mode cannot be used", OK: true}
	client := slackapi.New(slackapi.Config{AppToken: cfg.SlackAppToken, APIURL: cfg.SlackAPIURL, HTTP: outside()})
	if _, err := client.OpenSocket(ctx); err != nil {
		f.OK, f.Fix, f.Note = false, socket.TroubleOf(err).Words(), err.Error()
		return []slackbot.Finding{f}
	}
	return append([]slackbot.Finding{f}, slackbot.CheckOneApp(ctx, cfg.slack(nil), outside())...)
}

var (
	openSockets   = regexp.MustCompile(`^takeover_slack_socket_connections ([0-9]+)$`)
	socketTrouble = regexp.MustCompile(`^takeover_slack_socket_trouble\{why="([a-z_]+)"\} 1$`)
)

// connectedFinding is about the Socket Mode connections of a running bot, by its metrics; err is why it could
// not be asked.
func connectedFinding(metrics []byte, err error) slackbot.Finding {
	f := slackbot.Finding{What: "whether the bot is connected by Socket Mode is not known", OK: true, Note: "no running bot answers at LISTEN_ADDR or METRICS_ADDR"}
	if err != nil {
		return f
	}
	open, trouble := -1, socket.None
	for lines := bufio.NewScanner(bytes.NewReader(metrics)); lines.Scan(); {
		if found := openSockets.FindStringSubmatch(lines.Text()); found != nil {
			open, _ = strconv.Atoi(found[1])
		}
		if found := socketTrouble.FindStringSubmatch(lines.Text()); found != nil {
			trouble = socket.Trouble(found[1])
		}
	}
	switch {
	case open > 0:
		f.What, f.Note = "the running bot is connected by Socket Mode", fmt.Sprintf("%d connections", open)
		if trouble != socket.None {
			f.Warn, f.Note = true, f.Note+"; a further one cannot be opened: "+trouble.Words()
		}
	case trouble != socket.None:
		f.OK, f.Not, f.Fix, f.Note = false, "the running bot has no Socket Mode connection", trouble.Words(), ""
	case open == 0:
		f.Warn, f.Note = true, "it has no connection at the moment, and is opening one"
	}
	return f
}

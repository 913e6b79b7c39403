package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"takeoverbot/internal/db"
	"takeoverbot/slackbot"
	"takeoverbot/store"
)

// doctorTime bounds the whole examination.
const doctorTime = 40 * time.Second

var errUnwell = errors.New("something is to be fixed, see above")

// printFindings prints a line for each finding, and says whether nothing is to be fixed.
func printFindings(out io.Writer, findings []slackbot.Finding) (well bool, err error) {
	well = true
	for _, f := range findings {
		line := "ok    " + f.What
		if f.Warn {
			line = "NOTE  " + f.What
		}
		if !f.OK {
			well, line = false, "FIX   "+f.Not+" — "+f.Fix
		}
		if f.Note != "" {
			line += " (" + f.Note + ")"
		}
		if _, err := fmt.Fprintln(out, line); err != nil {
			return false, err
		}
	}
	return well, nil
}

// doctor tries every setting and prints a line for each: ok, or how to fix it.
func doctor(ctx context.Context, args []string, out io.Writer) error {
	var env string
	if err := flags("doctor", args, out, func(set *flag.FlagSet) { envFlag(set, &env) }); err != nil {
		return err
	}
	cfg, err := loadConfig(env)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, doctorTime)
	defer cancel()
	findings, providers := slackbot.Check(ctx, cfg.slack(nil), outside()), checkProviders(ctx, cfg)
	for _, x := range providers {
		findings = append(findings, x.findings...)
	}
	findings = append(findings, checkStore(ctx, cfg))
	findings = append(findings, checkTransports(ctx, cfg)...)
	sizes, aside, err := kept(ctx, cfg)
	if err == nil { // else the database's finding says why
		findings = append(findings, asideFinding(aside))
	}
	well, err := printFindings(out, findings)
	if err != nil {
		return err
	}
	for _, x := range providers {
		if x.provider == nil {
			continue
		}
		if err := capabilityTable(out, x.provider, x.channels); err != nil {
			return err
		}
	}
	if len(sizes) > 0 {
		if err := sizeTable(out, sizes); err != nil {
			return err
		}
	}
	if !well {
		return errUnwell
	}
	return nil
}

// checkStore inspects the database. It creates and changes nothing.
func checkStore(ctx context.Context, cfg Config) slackbot.Finding {
	f := slackbot.Finding{What: "the database can be written and is up to date", Not: "the database cannot be used", OK: true}
	found, err := db.Inspect(ctx, cfg.DatabaseURL, store.Migrations())
	switch {
	case errors.Is(err, db.ErrInUse):
		f.Note = "in use by a running bot"
	case err != nil:
		f.OK, f.Fix, f.Note = false, "check DATABASE_URL: the folder must be writable, or PostgreSQL must accept the connection and let the bot create tables", err.Error()
	case found.Missing:
		f.What, f.Note = "the database can be written", "will be created at the first start"
	case found.Behind > 0:
		f.What, f.Note = "the database can be written", fmt.Sprintf("%d migrations are to be applied: `bot migrate` or the next start does it", found.Behind)
	}
	return f
}

// secretFinding says whether the signing secret has the form that Slack's have.
func secretFinding(secret string) slackbot.Finding {
	f := slackbot.Finding{What: "the signing secret has the usual form", Not: "SLACK_SIGNING_SECRET has not the usual form", OK: matches(secret, "^[0-9a-f]{32}$"),
		Note: "whether it is the right one shows with the first request of Slack"}
	if !f.OK {
		f.Note, f.Fix = "", "copy the Signing Secret from the app's page Basic Information: 32 digits and letters from a to f"
	}
	return f
}

// checkTransports says whether requests can come: Slack's over HTTP, Socket Mode or both, as it is set, and
// Telnyx's webhooks.
func checkTransports(ctx context.Context, cfg Config) []slackbot.Finding {
	var findings []slackbot.Finding
	metrics, err := runningMetrics(ctx, cmp.Or(cfg.MetricsAddr, cfg.ListenAddr))
	if cfg.SlackSigningSecret != "" {
		findings = append(findings, secretFinding(cfg.SlackSigningSecret), acceptedFinding(slackSigner(), bytes.NewReader(metrics), err))
	}
	if cfg.SlackAppToken != "" {
		findings = append(append(findings, appTokenFindings(ctx, cfg)...), connectedFinding(metrics, err))
	}
	if cfg.hasTelnyx() && cfg.TelnyxPublicKey != "" {
		findings = append(findings, acceptedFinding(telnyxSigner(), bytes.NewReader(metrics), err))
	}
	if cfg.hasTelnyx() && cfg.PublicURL == "" {
		findings = append(findings, slackbot.Finding{What: "pictures that operators post do not reach end users", OK: true, Warn: true,
			Note: "PUBLIC_URL is not set: it is the bot's own https address, at which Telnyx fetches them"})
	}
	return findings
}

// runningMetrics asks the bot that runs here for its metrics; err says why it could not be asked.
func runningMetrics(ctx context.Context, address string) (metrics []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/metrics", nil)
	if err != nil {
		return nil, err
	}
	resp, err := outside().Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	return io.ReadAll(io.LimitReader(resp.Body, 4<<20))
}

var countedRequests = regexp.MustCompile(`^(takeover_[a-z_]+)\{signature="([a-z_]+)"\} ([0-9.e+]+)$`)

// signedRequests are the requests that a running bot has counted by their signatures; running is false
// where these are no metrics of a bot.
func signedRequests(metrics io.Reader, name string) (n map[string]int, running bool) {
	n = map[string]int{}
	for lines := bufio.NewScanner(metrics); lines.Scan(); {
		running = running || strings.HasPrefix(lines.Text(), "takeover_")
		if found := countedRequests.FindStringSubmatch(lines.Text()); found != nil && found[1] == name {
			count, _ := strconv.ParseFloat(found[3], 64)
			n[found[2]] = int(count)
		}
	}
	return n, running
}

// acceptedFinding is about the signed requests of a sender that a running bot has counted, by its metrics;
// err is why it could not be asked.
func acceptedFinding(from signer, metrics io.Reader, err error) slackbot.Finding {
	f := slackbot.Finding{What: "whether " + from.requests + " are accepted is not known", Not: "the running bot accepts none of " + from.requests, OK: true}
	n, running := map[string]int{}, false
	if err == nil {
		n, running = signedRequests(metrics, from.metric)
	}
	refused := fmt.Sprintf("%d refused", n[signatureWrong]+n[signatureAtWrong])
	switch {
	case !running:
		f.Note = "no running bot answers at LISTEN_ADDR or METRICS_ADDR"
	case n[signatureRight] > 0:
		f.What, f.Note = "the running bot accepts "+from.requests, fmt.Sprintf("%d accepted, %s", n[signatureRight], refused)
	case n[signatureWrong] > 0:
		f.OK, f.Fix, f.Note = false, from.wrong, refused
	case n[signatureAtWrong] > 0:
		f.OK, f.Fix, f.Note = false, from.wrongTime, refused
	default:
		f.Note = from.noneYet
	}
	return f
}

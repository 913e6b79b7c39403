package main

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"takeoverbot/slackbot/listen"
)

// TestRefusedSignaturesAreSaidOnce, after some and not after the first, and again only where requests
// were accepted in between.
func TestRefusedSignaturesAreSaidOnce(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		errs []error
		said int
	}{
		"one":                    {[]error{listen.ErrWrongSignature}, 0},
		"some":                   {repeat(listen.ErrWrongSignature, 3), 1},
		"many":                   {repeat(listen.ErrWrongSignature, 30), 1},
		"between accepted ones":  {[]error{listen.ErrWrongSignature, listen.ErrWrongSignature, nil, listen.ErrWrongSignature, nil}, 0},
		"again after a good one": {append(append(repeat(listen.ErrWrongSignature, 4), nil), repeat(listen.ErrWrongSignature, 4)...), 2},
		"at a wrong time":        {repeat(listen.ErrWrongTime, 4), 1},
		"not signed at all":      {repeat(listen.ErrUnverified, 9), 0},
	} {
		var log bytes.Buffer
		m := newMetrics()
		s := signatures{signer: slackSigner(), count: m.signed, log: slog.New(slog.NewTextHandler(&log, nil))}
		for _, err := range tt.errs {
			s.checked(err)
		}
		if n := strings.Count(log.String(), "level=ERROR"); n != tt.said {
			t.Errorf("%s: said %d times, want %d:\n%s", name, n, tt.said, &log)
		}
	}
}

func repeat(err error, n int) []error {
	all := make([]error, n)
	for i := range all {
		all[i] = err
	}
	return all
}

// TestAWrongSigningSecret: the bot refuses everything, says in its log, in a metric and by the doctor
// what that means, and answers Slack's check of the certificate all the same.
func TestAWrongSigningSecret(t *testing.T) {
	t.Parallel()
	s := newSystem(t, options{})
	s.bot().env = append(s.bot().env, "SLACK_SIGNING_SECRET=00000000000000000000000000000000")
	s.bot().start(t)
	for range refusedOften {
		if status, _ := s.send(request{body: typed("+1 415 555 0137")}); status != http.StatusUnauthorized {
			t.Errorf("answered %d", status)
		}
	}
	if _, metrics := s.get("/metrics"); !strings.Contains(metrics, `takeover_slack_requests_total{signature="wrong"} 3`) {
		t.Error("the refused requests are not counted")
	}
	s.eventually("the log says what it means", func() bool { return strings.Contains(s.log.String(), "SLACK_SIGNING_SECRET is not this app's") })
	code, out, _ := runBot(t, append(s.bot().env, "LISTEN_ADDR="+s.bot().addr), "doctor")
	if code != exitFailed || !strings.Contains(out, "FIX   the running bot accepts none of Slack's requests — SLACK_SIGNING_SECRET is not this app's") {
		t.Errorf("the doctor exits with %d:\n%s", code, out)
	}
	if status, body := s.send(request{body: "ssl_check=1&token=x", secret: "-"}); status != http.StatusOK || body != "" {
		t.Errorf("the certificate's check: %d %q", status, body)
	}
}

// TestPeerStatus reads what a running bot counts, and nothing from another program.
func TestPeerStatus(t *testing.T) {
	t.Parallel()
	const head = "# TYPE takeover_slack_requests_total counter\n"
	for name, tt := range map[string]struct {
		metrics string
		ok      bool
		note    string
	}{
		"no request yet":         {"takeover_inbox_waiting 0\n", true, "none has come yet"},
		"all well":               {"takeover_inbox_waiting 0\n" + head + `takeover_slack_requests_total{signature="right"} 7` + "\n", true, "7 accepted"},
		"some were not Slack's":  {"takeover_inbox_waiting 0\n" + head + `takeover_slack_requests_total{signature="right"} 7` + "\n" + `takeover_slack_requests_total{signature="wrong"} 2` + "\n", true, "2 refused"},
		"none is right":          {"takeover_inbox_waiting 0\n" + head + `takeover_slack_requests_total{signature="wrong"} 1` + "\n", false, ""},
		"all at the wrong time":  {"takeover_inbox_waiting 0\n" + head + `takeover_slack_requests_total{signature="wrong_time"} 4` + "\n", false, ""},
		"unsigned ones are none": {"takeover_inbox_waiting 0\n" + head + `takeover_slack_requests_total{signature="none"} 4` + "\n", true, "none has come yet"},
		"another program":        {"go_goroutines 7\n", true, "no running bot"},
	} {
		f := acceptedFinding(slackSigner(), strings.NewReader(tt.metrics), nil)
		if f.OK != tt.ok || !strings.Contains(f.Note, tt.note) || f.OK != (f.Fix == "") {
			t.Errorf("%s: %+v", name, f)
		}
	}
	for name, tt := range map[string]struct {
		counted string // by signature
		ok      bool
		says    string
	}{
		"no webhook yet":  {"", true, "none has come yet"},
		"all well":        {`{signature="right"} 7`, true, "7 accepted"},
		"of another key":  {`{signature="wrong"} 1`, false, "TELNYX_PUBLIC_KEY is not this account's"},
		"another time":    {`{signature="wrong_time"} 1`, false, "the clock of this machine"},
		"from a stranger": {`{signature="none"} 1`, true, "none has come yet"},
	} {
		f := acceptedFinding(telnyxSigner(), strings.NewReader(head+"takeover_telnyx_webhooks_total"+tt.counted+"\ntakeover_inbox_waiting 0\n"), nil)
		if f.OK != tt.ok || !strings.Contains(f.Note+f.Fix, tt.says) || f.OK != (f.Fix == "") {
			t.Errorf("%s: %+v", name, f)
		}
	}
	if f := acceptedFinding(telnyxSigner(), nil, errors.New("refused")); !f.OK || !strings.Contains(f.Note, "no running bot") {
		t.Errorf("%+v", f)
	}
	if f := acceptedFinding(slackSigner(), nil, errors.New("refused")); !f.OK || !strings.Contains(f.Note, "no running bot") {
		t.Errorf("%+v", f)
	}
}

package slackapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/takeover"
)

func TestOnlySlackIsAnswered(t *testing.T) {
	t.Parallel()
	const hooks = "https://hooks.slack.com/commands/T1/1/a"
	for address, want := range map[string][2]bool{ // with Slack's API, with one on loopback
		hooks:                                    {true, true},
		"https://demo.slack.com/commands/T1/1/a": {true, true},
		"https://hooks.slack-gov.com/actions/T1/1/a":   {true, true},
		"https://HOOKS.Slack.com:443/actions/T1":       {true, true},
		"http://hooks.slack.com/commands/T1/1/a":       {},
		"https://hooks.slack.com:8443/commands":        {},
		"https://slack.com.evil.example/commands":      {},
		"https://evilslack.com/commands":               {},
		"https://hooks.slack.com@evil.example/":        {},
		"https://u:p@hooks.slack.com/":                 {},
		"https://evil.example/#.slack.com":             {},
		"https://evil.example\\.slack.com/":            {},
		"https:hooks.slack.com":                        {},
		"file:///etc/passwd":                           {},
		"":                                             {},
		"http://169.254.169.254/latest":                {},
		"http://10.0.0.1:80/":                          {},
		"http://127.0.0.1:9/response/a":                {false, true},
		"http://localhost:9/response/a":                {false, true},
		"http://[::1]:9/response/a":                    {false, true},
		"https://127.8.9.1/response/a":                 {false, true},
		"http://[::ffff:127.0.0.1]:9/":                 {false, true},
		"ftp://127.0.0.1/":                             {},
		"http://localhost.evil.example/":               {},
		"http://127.0.0.1.evil.example/":               {},
		"http://0.0.0.0:9/":                            {},
		"https://hooks.slack.com.:443/trailing/dot":    {},
		"https://xn--slack-abc.com/.slack.com/actions": {},
	} {
		for i, base := range []string{"", "http://127.0.0.1:1234/api/"} {
			if got := New(Config{APIURL: base}).slackReply(address); got != want[i] {
				t.Errorf("%q with API %q: %v", address, base, got)
			}
		}
	}
}

// ask types a command in the simulated Slack and returns where its answer goes.
func ask(t *testing.T, sim *slacksim.Sim) takeover.Reply {
	t.Helper()
	d := sim.SlashCommand(t.Context(), slacksim.Dana, slacksim.DeskChannel, "/takeover", "x")
	if d.ResponseURL == "" {
		t.Fatalf("no response URL: %+v", d)
	}
	return takeover.Reply{URL: d.ResponseURL, Channel: slacksim.DeskChannel}
}

// newBotSim is newSim with a bot that acknowledges everything.
func newBotSim(t *testing.T) (*slacksim.Sim, *Client) {
	sim, c, _ := newSim(t)
	ack, _ := newFake(t, func(http.ResponseWriter, *http.Request) {})
	sim.SetBotURL(strings.TrimSuffix(ack.cfg.APIURL, "/"))
	return sim, c
}

// TestAnAnswerComesWhereWasPressed: in the thread, since an address for an answer leads to the channel.
// Where the bot may not write there, the address has to do.
func TestAnAnswerComesWhereWasPressed(t *testing.T) {
	t.Parallel()
	sim, c := newBotSim(t)
	to := ask(t, sim)
	card, err := c.post(t.Context(), Urgent, "card", Place{Channel: slacksim.DeskChannel}, sentence("a card"))
	slacktest.Must(t, err)
	to.Thread = card.TS
	slacktest.Must(t, c.Answer(t.Context(), to, slacksim.Dana, sentence("in the thread")))
	to.Channel = "CNONE"
	slacktest.Must(t, c.Answer(t.Context(), to, slacksim.Dana, sentence("by the address")))
	var answers []string
	for _, p := range sim.Private(slacksim.Dana) {
		answers = append(answers, p.Source+" "+p.ThreadTS+" "+p.Text)
	}
	if want := []string{methodEphemeral + " " + card.TS + " in the thread", "response_url  by the address"}; !slices.Equal(answers, want) {
		t.Errorf("%q, want %q", answers, want)
	}
}

func TestSixthAnswerGoesAnotherWay(t *testing.T) {
	t.Parallel()
	sim, c := newBotSim(t)
	to := ask(t, sim)
	for i := range 6 {
		slacktest.Must(t, c.Answer(t.Context(), to, slacksim.Dana, sentence(fmt.Sprint("answer ", i))))
	}
	var sources []string
	for _, p := range sim.Private(slacksim.Dana) {
		sources = append(sources, p.Source)
	}
	want := append(slices.Repeat([]string{"response_url"}, 5), methodEphemeral)
	if !slices.Equal(sources, want) {
		t.Errorf("got %v", sources)
	}
	if err := c.respond(t.Context(), to.URL, false, sentence("x")); !errors.Is(err, ErrReplyGone) {
		t.Errorf("seventh: %v", err)
	}
	for _, v := range sim.Violations() { // the sixth use is the test's own
		if !strings.Contains(v, "more than 5 times") {
			t.Error(v)
		}
	}
	sim.ForgetViolations()
}

func TestAnswerWithoutAnAddressIsPrivate(t *testing.T) {
	t.Parallel()
	sim, c := newBotSim(t)
	slacktest.Must(t, c.Answer(t.Context(), takeover.Reply{Channel: slacksim.DeskChannel}, slacksim.Dana, sentence("psst")))
	slacktest.Must(t, c.Answer(t.Context(), takeover.Reply{URL: "https://evil.example/", Channel: slacksim.DeskChannel}, slacksim.Dana, sentence("psst")))
	if got := sim.Private(slacksim.Dana); len(got) != 2 || got[1].Source != methodEphemeral {
		t.Errorf("got %+v", got)
	}
}

func TestAnswerBodyIsSmallAndInert(t *testing.T) {
	t.Parallel()
	var body string
	c, _ := newFake(t, func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		body = string(raw)
		if r.Header.Get("Authorization") != "" || strings.Contains(body, slacktest.Token) {
			t.Error("the token was sent")
		}
		fmt.Fprint(w, "ok")
	})
	slacktest.Must(t, c.respond(t.Context(), c.cfg.APIURL+"response/hush", true, sentence("hello")))
	var got map[string]any
	slacktest.Must(t, json.Unmarshal([]byte(body), &got))
	keys := make([]string, 0, len(got))
	for k := range got {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	if want := []string{"blocks", "replace_original", "response_type", "text", "unfurl_links", "unfurl_media"}; !slices.Equal(keys, want) {
		t.Errorf("fields %v", keys)
	}
	if got["response_type"] != "ephemeral" || got["replace_original"] != true || got["unfurl_links"] != false || got["unfurl_media"] != false {
		t.Errorf("got %v", got)
	}
}

func TestAnswerFailures(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		status  int
		body    string
		expired bool
		class   Class
	}{
		"404":           {404, `{"ok":false,"error":"hush"}`, true, ""},
		"410":           {410, "", true, ""},
		"used up":       {200, `{"ok":false,"error":"used_url"}`, true, ""},
		"expired":       {200, `{"ok":false,"error":"expired_url"}`, true, ""},
		"503":           {503, "<html>hush", false, Retry},
		"bad blocks":    {400, `{"ok":false,"error":"invalid_blocks"}`, false, Permanent},
		"refused":       {200, `{"ok":false,"error":"invalid_payload"}`, false, Permanent},
		"limited":       {429, "", false, Limited},
		"ok as text":    {200, "ok", false, ""},
		"ok as JSON":    {200, `{"ok":true}`, false, ""},
		"ok as nothing": {200, "", false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c, _ := newFake(t, func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(tc.status)
				_, _ = io.WriteString(w, tc.body)
			})
			err := c.respond(t.Context(), c.cfg.APIURL+"response/hush", false, sentence("hush"))
			switch {
			case tc.expired:
				if !errors.Is(err, ErrReplyGone) {
					t.Errorf("got %v", err)
				}
			case tc.class == Limited:
				slacktest.WantLater(t, err, unsaidWait)
			case tc.class == "":
				slacktest.Must(t, err)
			default:
				if e := asAPIError(t, err); e.Class != tc.class {
					t.Errorf("got %v", e)
				}
			}
		})
	}
	t.Run("dropped", func(t *testing.T) {
		c, _ := newFake(t, func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			slacktest.Must(t, err)
			slacktest.Must(t, conn.Close())
		})
		err := c.respond(t.Context(), c.cfg.APIURL+"response/hush", false, sentence("hush"))
		if e := asAPIError(t, err); e.Class != Ambiguous {
			t.Errorf("got %v", e)
		}
		var withAddress *url.Error
		if errors.As(err, &withAddress) {
			t.Error("the address can be had from the error")
		}
	})
}

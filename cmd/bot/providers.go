package main

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"time"

	"takeoverbot/anyreach"
	"takeoverbot/slackbot"
	"takeoverbot/takeover"
	"takeoverbot/telnyx"
)

// observer returns, for a provider, the function that is told about its calls.
type observer func(provider string) func(op string, status int, took time.Duration)

// newProviders makes the providers that are configured, in the order in which they are
// shown. now is the time of their checks.
func newProviders(cfg Config, now func() time.Time, log *slog.Logger, observe observer) (takeover.Providers, error) {
	var on takeover.Providers
	if cfg.hasTelnyx() {
		client, err := newTelnyx(cfg, log, observe)
		if err != nil {
			return nil, err
		}
		on = append(on, telnyx.NewProvider(client, now))
	}
	if cfg.hasAnyreach() {
		client, err := newAnyreach(cfg, log, observe)
		if err != nil {
			return nil, err
		}
		on = append(on, anyreach.NewProvider(client))
	}
	return on, nil
}

func newTelnyx(cfg Config, log *slog.Logger, observe observer) (*telnyx.Client, error) {
	return telnyx.New(telnyx.Config{BaseURL: cfg.TelnyxURL, Key: cfg.TelnyxKey, HTTP: outside(), Log: log, Observe: observe("telnyx")})
}

func newAnyreach(cfg Config, log *slog.Logger, observe observer) (*anyreach.Client, error) {
	return anyreach.New(anyreach.Config{BaseURL: cfg.AnyreachURL, Key: cfg.AnyreachKey, HTTP: outside(), Log: log, Observe: observe("anyreach")}, cfg.AnyreachOrg)
}

// unobserved is the observer that ignores calls.
func unobserved(string) func(string, int, time.Duration) { return nil }

// examined is what the doctor learned about one provider.
type examined struct {
	findings []slackbot.Finding
	provider takeover.Provider // nil if it could not be made
	channels []takeover.Channel
}

// checkProviders tries every provider that is configured.
func checkProviders(ctx context.Context, cfg Config) []examined {
	var all []examined
	if cfg.hasTelnyx() {
		all = append(all, checkTelnyx(ctx, cfg))
	}
	if cfg.hasAnyreach() {
		all = append(all, checkAnyreach(ctx, cfg))
	}
	return all
}

func checkTelnyx(ctx context.Context, cfg Config) examined {
	f := slackbot.Finding{What: "Telnyx answers and accepts the key", OK: true}
	client, err := newTelnyx(cfg, slog.New(slog.DiscardHandler), unobserved)
	if err != nil {
		return examined{findings: []slackbot.Finding{providerFinding(f, err, "check TELNYX_API_KEY and TELNYX_BASE_URL", "")}}
	}
	err = client.Check(ctx)
	f = providerFinding(f, err, "check TELNYX_BASE_URL and that this machine reaches it",
		"put a valid key with access to AI conversations into TELNYX_API_KEY (portal: API Keys)")
	return examined{[]slackbot.Finding{f}, telnyx.NewProvider(client, time.Now), []takeover.Channel{takeover.ChannelText, takeover.ChannelCall, takeover.ChannelWeb}}
}

// checkAnyreach tries the credential: which scopes it reports, whether it may list, and
// whether a conversation comes with its transcript.
func checkAnyreach(ctx context.Context, cfg Config) examined {
	f := slackbot.Finding{What: "Anyreach answers and accepts the key", OK: true}
	client, err := newAnyreach(cfg, slog.New(slog.DiscardHandler), unobserved)
	if err != nil {
		return examined{findings: []slackbot.Finding{providerFinding(f, err, "check ANYREACH_API_KEY, ANYREACH_ORG and ANYREACH_BASE_URL", "")}}
	}
	probe, err := client.Probe(ctx)
	f = providerFinding(f, err, "check ANYREACH_BASE_URL and that this machine reaches it",
		"put a valid key with the scope conversations:read into ANYREACH_API_KEY (and, for a pat_ token, its organization into ANYREACH_ORG)")
	x := examined{[]slackbot.Finding{f, scopesFinding(probe)}, anyreach.NewProvider(client),
		[]takeover.Channel{takeover.ChannelCall, takeover.ChannelWeb, takeover.ChannelText, takeover.ChannelEmail}}
	if err == nil {
		x.findings = append(x.findings, sensitiveFinding(probe))
	}
	return x
}

func providerFinding(f slackbot.Finding, err error, unreachable, refused string) slackbot.Finding {
	if err == nil {
		return f
	}
	f.OK, f.Fix = false, unreachable
	if pe, ok := errors.AsType[*takeover.ProviderError](err); ok {
		f.Note = pe.Error()
		if pe.Kind == takeover.KeyRefused {
			f.Fix = refused
		}
	}
	return f
}

// scopesFinding tells what the key may do. A key that does not tell its scopes is no fault.
func scopesFinding(p anyreach.Probe) slackbot.Finding {
	f := slackbot.Finding{What: "Anyreach tells what the key may do", OK: true, Note: strings.Join(p.Scopes, ", ")}
	switch {
	case p.ScopesErr != nil:
		f.What, f.Note = "Anyreach does not tell what the key may do; what matters was tried", p.ScopesErr.Error()
	case !slices.Contains(p.Scopes, anyreach.ScopeSensitive):
		f.OK, f.Fix = false, "transcripts stay hidden: an Anyreach admin has to issue a key with the scope "+anyreach.ScopeSensitive
	}
	return f
}

func sensitiveFinding(p anyreach.Probe) slackbot.Finding {
	f := slackbot.Finding{What: "Anyreach shows transcripts to this key", OK: true}
	switch {
	case !p.Any:
		f.What, f.Note = "whether Anyreach shows transcripts to this key is not known", "there is no conversation to try it with"
	case p.Sees == anyreach.Withheld:
		f.OK, f.Fix = false, "an Anyreach admin has to issue a key with the scope "+anyreach.ScopeSensitive
		f.Note = "tried with one conversation"
	default:
		f.Note = "tried with one conversation"
	}
	return f
}

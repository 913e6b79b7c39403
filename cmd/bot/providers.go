package main

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"time"

	"takeoverbot/anyreach"
	"takeoverbot/internal/apicall"
	"takeoverbot/slackbot"
	"takeoverbot/takeover"
	"takeoverbot/telnyx"
)

// newProviders makes the providers that are configured, in the order in which they are
// shown. now is the time of their checks.
func newProviders(cfg Config, now func() time.Time, log *slog.Logger, m *metrics) (takeover.Providers, error) {
	calls := func(provider string) apicall.Config {
		return apicall.Config{Log: log, Now: now, Observe: m.provider(provider), Clock: m.clock(provider),
			LeftOut: func(rows int) { m.badRows.WithLabelValues(provider).Add(float64(rows)) }}
	}
	var on takeover.Providers
	if cfg.hasTelnyx() {
		client, err := newTelnyx(cfg, calls("telnyx"))
		if err != nil {
			return nil, err
		}
		on = append(on, telnyx.NewProvider(client, now))
	}
	if cfg.hasAnyreach() {
		client, err := newAnyreach(cfg, calls("anyreach"))
		if err != nil {
			return nil, err
		}
		on = append(on, anyreach.NewProvider(client))
	}
	return on, nil
}

func newTelnyx(cfg Config, calls apicall.Config) (*telnyx.Client, error) {
	calls.BaseURL, calls.Key, calls.HTTP = cfg.TelnyxURL, cfg.TelnyxKey, outside()
	return telnyx.New(calls)
}

func newAnyreach(cfg Config, calls apicall.Config) (*anyreach.Client, error) {
	calls.BaseURL, calls.Key, calls.HTTP = cfg.AnyreachURL, cfg.AnyreachKey, outside()
	return anyreach.New(calls, cfg.AnyreachOrg)
}

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
	f := slackbot.Finding{What: "Telnyx answers and accepts the key", Not: "Telnyx does not answer as expected", OK: true}
	var clock offsets
	client, err := newTelnyx(cfg, apicall.Config{Clock: clock.measured})
	if err != nil {
		return examined{findings: []slackbot.Finding{providerFinding(f, err, "check TELNYX_API_KEY and TELNYX_BASE_URL", "")}}
	}
	account, err := client.Check(ctx)
	f = providerFinding(f, err, "check TELNYX_BASE_URL and that this machine reaches it",
		"put a valid key with access to AI conversations into TELNYX_API_KEY (portal: API Keys)")
	findings := []slackbot.Finding{f}
	if err == nil {
		findings = append(findings, accountFinding(account))
	}
	findings = append(findings, clock.finding("Telnyx")...)
	if cfg.TelnyxPublicKey == "" {
		findings = append(findings, slackbot.Finding{What: noPublicKey, OK: true, Warn: true})
	}
	return examined{findings, telnyx.NewProvider(client, time.Now), []takeover.Channel{takeover.ChannelText, takeover.ChannelCall, takeover.ChannelWeb}}
}

// accountFinding lets an operator notice that a key is of another account than their assistant's: Telnyx
// accepts it, and nobody's conversation is found.
func accountFinding(a telnyx.Account) slackbot.Finding {
	f := slackbot.Finding{What: "the key's Telnyx account has conversations with AI assistants", OK: true}
	switch {
	case a.Empty:
		f.What, f.Warn = "the key's Telnyx account has no conversation with an AI assistant", true
		f.Note = "if people have texted or called your assistant, the key is of another account"
	case !a.Newest.IsZero():
		f.Note = "newest message: " + a.Newest.Format("2006-01-02 15:04 UTC")
	}
	return f
}

// checkAnyreach tries the credential: which scopes it reports, whether it may list, and
// whether a conversation comes with its transcript.
func checkAnyreach(ctx context.Context, cfg Config) examined {
	f := slackbot.Finding{What: "Anyreach answers and accepts the key", Not: "Anyreach does not answer as expected", OK: true}
	var clock offsets
	client, err := newAnyreach(cfg, apicall.Config{Clock: clock.measured})
	if err != nil {
		return examined{findings: []slackbot.Finding{providerFinding(f, err, "check ANYREACH_API_KEY, ANYREACH_ORG and ANYREACH_BASE_URL", "")}}
	}
	probe, err := client.Probe(ctx)
	f = providerFinding(f, err, "check ANYREACH_BASE_URL and that this machine reaches it",
		"put a valid key with the scope conversations:read into ANYREACH_API_KEY (and, for a pat_ token, its organization into ANYREACH_ORG)")
	x := examined{append([]slackbot.Finding{f, scopesFinding(probe)}, clock.finding("Anyreach")...), anyreach.NewProvider(client),
		[]takeover.Channel{takeover.ChannelCall, takeover.ChannelWeb, takeover.ChannelText, takeover.ChannelEmail}}
	if err == nil {
		x.findings = append(x.findings, sensitiveFinding(probe))
	}
	return x
}

// offsets are how far a provider's clock is ahead of this machine's, by each of its answers.
type offsets []time.Duration

func (o *offsets) measured(ahead time.Duration) { *o = append(*o, ahead) }

// finding is about the answer that differs least: a slow one makes the provider's clock look
// behind. Without any answer nothing is found.
func (o offsets) finding(provider string) []slackbot.Finding {
	if len(o) == 0 {
		return nil
	}
	least := slices.MinFunc(o, func(a, b time.Duration) int { return cmp.Compare(a.Abs(), b.Abs()) })
	return []slackbot.Finding{slackbot.ClockFinding(provider, least)}
}

func providerFinding(f slackbot.Finding, err error, unreachable, refused string) slackbot.Finding {
	if err == nil {
		return f
	}
	f.OK, f.Fix = false, unreachable
	if pe, ok := errors.AsType[*takeover.ProviderError](err); ok {
		f.Note = pe.Error()
		if pe.Kind == takeover.KeyRefused {
			f.Not, f.Fix = pe.Provider+" refuses the key", refused
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
		f.Not, f.OK, f.Fix = "the Anyreach key may not see transcripts", false, "an Anyreach admin has to issue a key with the scope "+anyreach.ScopeSensitive
	}
	return f
}

func sensitiveFinding(p anyreach.Probe) slackbot.Finding {
	f := slackbot.Finding{What: "Anyreach shows transcripts to this key", OK: true}
	switch {
	case !p.Any:
		f.What, f.Note = "whether Anyreach shows transcripts to this key is not known", "there is no conversation to try it with"
	case p.Sees == anyreach.Withheld:
		f.Not, f.OK, f.Fix = "Anyreach hides transcripts from this key", false, "an Anyreach admin has to issue a key with the scope "+anyreach.ScopeSensitive
		f.Note = "tried with one conversation"
	default:
		f.Note = "tried with one conversation"
	}
	return f
}

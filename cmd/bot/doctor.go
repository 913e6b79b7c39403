package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"takeoverbot/internal/db"
	"takeoverbot/slackbot"
	"takeoverbot/store"
)

// doctorTime bounds the whole examination.
const doctorTime = 40 * time.Second

var errUnwell = errors.New("something is to be fixed, see above")

// doctor tries every setting and prints a line for each: ok, or how to fix it.
func doctor(ctx context.Context, args []string, out io.Writer) error {
	if err := flags("doctor", args, out, nil); err != nil {
		return err
	}
	cfg, err := loadConfig()
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
	well := true
	for _, f := range findings {
		line := "ok    " + f.What
		if !f.OK {
			well, line = false, "FIX   "+f.What+" — "+f.Fix
		}
		if f.Note != "" {
			line += " (" + f.Note + ")"
		}
		if _, err := fmt.Fprintln(out, line); err != nil {
			return err
		}
	}
	for _, x := range providers {
		if x.provider == nil {
			continue
		}
		if err := capabilityTable(out, x.provider, x.channels); err != nil {
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
	f := slackbot.Finding{What: "the database can be written and is up to date", OK: true}
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

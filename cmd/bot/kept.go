package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"takeoverbot/internal/db"
	"takeoverbot/slackbot"
	"takeoverbot/store"
)

// kept is what the database holds, as far as it could be read.
func kept(ctx context.Context, cfg Config) (sizes []store.Size, aside []store.Aside, err error) {
	database, err := db.OpenReader(ctx, cfg.DatabaseURL)
	if err != nil {
		return nil, nil, fmt.Errorf("open DATABASE_URL: %w", err)
	}
	defer func() { _ = database.Close() }()
	st := store.New(database, nil, time.Now, "doctor")
	if sizes, err = st.Sizes(ctx); err != nil {
		return nil, nil, err
	}
	aside, err = st.AllAside(ctx)
	return sizes, aside, err
}

// asideFinding is about the commands that failed for good.
func asideFinding(aside []store.Aside) slackbot.Finding {
	f := slackbot.Finding{What: "no command was put aside", OK: true}
	if len(aside) > 0 {
		f.OK, f.Not = false, fmt.Sprintf("commands that failed so often that the bot has put them aside: %d", len(aside))
		f.Fix = `look for "command failed" in the log, remove the cause, and try them again with ` + "`bot retry`"
	}
	return f
}

// sizeTable prints what the database holds.
func sizeTable(out io.Writer, sizes []store.Size) error {
	tw := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	_, _ = fmt.Fprint(tw, "\nWhat the database holds\tnumber\toldest (UTC)\n")
	for _, size := range sizes {
		_, _ = fmt.Fprintf(tw, "  %s\t%d\t%s\n", size.What, size.Rows, dated(size.Oldest))
	}
	return tw.Flush()
}

// dated is a time for the operator; a dash where there is none.
func dated(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.UTC().Format(time.DateTime)
}

// retry has commands that were put aside be tried again, and prints them.
func retry(ctx context.Context, args []string, out io.Writer) error {
	var list bool
	var env string
	var only int64
	err := flags("retry", args, out, func(set *flag.FlagSet) {
		envFlag(set, &env)
		set.BoolVar(&list, "list", false, "only print them")
		set.Int64Var(&only, "command", 0, "only the command with this `number`")
	})
	if err != nil {
		return err
	}
	cfg, err := loadDatabaseConfig(env)
	if err != nil {
		return err
	}
	if list {
		_, aside, err := kept(ctx, cfg)
		if err != nil {
			return err
		}
		return printAside(out, aside, only)
	}
	database, _, err := openDatabase(ctx, cfg)
	if errors.Is(err, db.ErrInUse) {
		return fmt.Errorf("%w: stop the bot, run `bot retry`, and start it again", err)
	}
	if err != nil {
		return err
	}
	defer func() { _ = database.Close() }()
	st := store.New(database, nil, time.Now, "retry")
	aside, err := st.AllAside(ctx)
	if err != nil {
		return err
	}
	for _, a := range aside {
		if only != 0 && a.Seq != only {
			continue
		}
		if err := st.Retry(ctx, a.Seq); err != nil {
			return err
		}
	}
	return printAside(out, aside, only)
}

// printAside prints commands that were put aside: all, or only one.
func printAside(out io.Writer, aside []store.Aside, only int64) error {
	n := 0
	for _, a := range aside {
		if only != 0 && a.Seq != only {
			continue
		}
		n++
		if _, err := fmt.Fprintf(out, "command %d: %s, received %s\n", a.Seq, cmp.Or(string(a.Verb), "not readable"), dated(a.Received)); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(out, "commands put aside: %d\n", n)
	return err
}

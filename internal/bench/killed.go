package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"takeoverbot/internal/slacksim"
)

const (
	killedLines = 50 // are taken over at once
	killedTimes = 12
	killedMost  = 70 * time.Second
	// killedPace is how long a bot lives before it is killed.
	killedPace = 2500 * time.Millisecond
)

// killed measures how soon the cards of many takeovers that begin at once are true, with the bot
// killed again and again meanwhile. Slack's limits are on: it takes about one update of a card a
// second.
func killed(ctx context.Context, s *setup) []row {
	lines := s.scaled(killedLines, 10)
	w := newSimulatorsOf(slacksim.Options{PostBurst: killedLines}) // a burst for the cards that stand at the start
	s.started = append(s.started, resource{end: w.close})
	w.telnyx.Load(burst(lines))
	card := s.sims.card(ctx, saysAgain)
	copyDatabase(s.prepared(dbFree), s.prepared("killed"))
	cards := value(freeLines(ctx, w, s.prepared("killed"), lines, card))("prepare %d lines", lines)
	dir := s.folder()
	copyDatabase(s.prepared("killed"), dir+"/bot.db")
	w.slack.SetBotURL("http://" + s.addr)
	run := func() *process {
		p := s.launch(ctx, dir, w.env(s.addr, dir+"/bot.db"), s.binary, "serve")
		p.ready(ctx)
		return p
	}
	p := run()
	ctx, cancel := context.WithTimeout(ctx, 3*killedMost)
	defer cancel()
	began := time.Now()
	var clicks sync.WaitGroup
	errs := make([]error, lines)
	for i, m := range cards {
		clicks.Go(func() {
			if d := w.slack.Click(ctx, slacksim.Dana, m, "line.take"); !d.OK() {
				errs[i] = fmt.Errorf("HTTP %d: %w", d.Status, d.Err)
			}
		})
	}
	clicks.Wait()
	must(errors.Join(errs...), "take over")
	done := make(chan error, 1)
	go func() {
		done <- w.slack.WaitFor(ctx, func(*slacksim.Snapshot) bool { return w.silentCards() >= lines })
	}()
	var err error
	took := time.Duration(0)
	kills := 0
	for waiting := true; waiting; {
		select {
		case err = <-done:
			took, waiting = time.Since(began), false
		case <-time.After(killedPace):
			if kills < s.scaled(killedTimes, 2) {
				p.kill()
				kills++
				p = run()
			}
		}
	}
	must(err, "wait for the cards: %d of %d say that the AI is silent", w.silentCards(), lines)
	p.kill()
	updates, refused := 0, 0
	for _, c := range w.slackCalls.all() {
		if c.Name == slackUpdate {
			updates++
			if c.Status == http.StatusTooManyRequests {
				refused++
			}
		}
	}
	return []row{
		{name: fmt.Sprintf("%d takeovers at once, the bot killed %d times: all cards true after", lines, kills), bot: fmt.Sprintf("%.1f s", took.Seconds()),
			target: fmt.Sprintf("≤ %.0f s", killedMost.Seconds()), met: took <= killedMost},
		{name: "… updates of cards, and 429 of Slack among them", bot: fmt.Sprintf("%d, %d", updates, refused)},
	}
}

// silentCards is how many cards of the desk's channel say that the AI is silent.
func (w *simulators) silentCards() (n int) {
	for _, m := range w.slack.Messages(slacksim.DeskChannel) {
		if strings.Contains(w.slack.PlainText(m, time.UTC), saysSilent) {
			n++
		}
	}
	return n
}

// freeLines makes n lines of the AI's in a database that a bot has left behind, as copies of the one
// in it, and their cards in the simulated Slack, as copies of that line's. To open them one by one
// would take longer than all the rest.
func freeLines(ctx context.Context, w *simulators, path string, n int, card slacksim.Message) (refs []slacksim.Ref, err error) {
	q := url.Values{"_txlock": {"immediate"}, "_pragma": {"journal_mode(WAL)"}}
	db := sql.OpenDB(connector{"file:" + path + "?" + q.Encode()})
	defer func() { err = errors.Join(err, db.Close()) }()
	var id string
	if err := db.QueryRowContext(ctx, "SELECT id FROM lines LIMIT 1").Scan(&id); err != nil {
		return nil, fmt.Errorf("find the line: %w", err)
	}
	// The clicks of another simulated Slack have the same trigger ids.
	for _, empty := range []string{"DELETE FROM river_job", "DELETE FROM inbox"} {
		if _, err := db.ExecContext(ctx, empty); err != nil {
			return nil, fmt.Errorf("%s: %w", empty, err)
		}
	}
	for i, conv := range burst(n) {
		line := fmt.Sprintf("ln_free%04d", i)
		ts, err := w.putUp(ctx, card, id, line)
		if err != nil {
			return nil, fmt.Errorf("put up a card: %w", err)
		}
		refs = append(refs, slacksim.Message{Channel: slacksim.DeskChannel, TS: ts}.Ref())
		_, err = db.ExecContext(ctx, `INSERT INTO lines (id, version, provider, end_user, agent, state, since, due, attended, compared, compare_at, body)
			SELECT $1, version, provider, $2, agent, 'ai', since, 0, 0, 0, 0, json_remove(json_set(body, '$.EndUser', $2, '$.Newest.ID', $3,
				'$.Covered', json_array(json_object('ID', $3))), '$.Aftercare', '$.HandBack', '$.Takeover') FROM lines WHERE id = $4`,
			line, burstEndUser(i), conv.ID, id)
		if err == nil {
			_, err = db.ExecContext(ctx, "INSERT INTO cards (line, channel, ts, drawn) SELECT $1, $2, $3, version FROM lines WHERE id = $1", line, slacksim.DeskChannel, ts)
		}
		if err != nil {
			return nil, fmt.Errorf("copy the line: %w", err)
		}
	}
	for _, query := range []string{"DELETE FROM cards WHERE line = $1", "DELETE FROM lines WHERE id = $1"} {
		if _, err := db.ExecContext(ctx, query, id); err != nil {
			return nil, fmt.Errorf("forget the line itself: %w", err)
		}
	}
	return refs, nil
}

// putUp posts a copy of a card for another line, as the bot, and returns the message's id.
func (w *simulators) putUp(ctx context.Context, card slacksim.Message, line, other string) (ts string, err error) {
	form := url.Values{"channel": {slacksim.DeskChannel}, "text": {card.Text}, "blocks": {strings.ReplaceAll(string(card.Blocks), line, other)}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.slackURL+"/api/chat.postMessage", strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Authorization", "Bearer "+slackToken)
	resp, err := (&http.Client{Timeout: patience}).Do(req)
	if err != nil {
		return "", err
	}
	raw, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		return "", err
	}
	var posted struct {
		OK    bool
		Error string
		TS    string
	}
	if err := json.Unmarshal(raw, &posted); err != nil || !posted.OK {
		return "", fmt.Errorf("chat.postMessage: %w%s", err, posted.Error)
	}
	return posted.TS, nil
}

package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"takeoverbot/internal/db"
	"takeoverbot/takeover"
	"takeoverbot/talk"
)

const textColumns = "SELECT texts.seq, texts.body FROM texts "

// Text returns a text; ok is false if there is none.
func (r reader) Text(ctx context.Context, id talk.ID) (t talk.Text, ok bool, err error) {
	return r.text(ctx, "WHERE id = $1", string(id))
}

// NextText returns the first of the line's texts that are open (talk.First, talk.State.Open); ok is
// false if there is none.
func (r reader) NextText(ctx context.Context, line takeover.LineID) (t talk.Text, ok bool, err error) {
	open, err := collect(ctx, r.q, "list open texts", oneText, textColumns+"WHERE line = $1 AND state IN ('waiting', 'leaving') ORDER BY seq", string(line))
	if err != nil {
		return t, false, err
	}
	t, ok = talk.First(open)
	return t, ok, nil
}

// TextAt returns the text that was written in a message; ok is false if there is none.
func (r reader) TextAt(ctx context.Context, source talk.Source) (t talk.Text, ok bool, err error) {
	if source.TS == "" {
		return t, false, nil
	}
	return r.text(ctx, "WHERE source = $1 ORDER BY seq LIMIT 1", sourceKey(source))
}

// TextOf is as in talk.Tx.
func (r reader) TextOf(ctx context.Context, report takeover.SendReport) (t talk.Text, ok bool, err error) {
	t, ok, err = r.text(ctx, "WHERE message = $1 AND message <> '' ORDER BY seq LIMIT 1", report.Message)
	if err != nil || ok {
		return t, ok, err
	}
	lost, err := collect(ctx, r.q, "list texts without a receipt", oneText, textColumns+`
		JOIN lines ON lines.id = texts.line WHERE lines.end_user = $1 AND lines.agent = $2
		AND texts.state IN ('leaving', 'unsure') ORDER BY texts.seq`, string(report.To), string(report.From))
	for _, t := range lost {
		if t.Words == report.Text {
			return t, true, err
		}
	}
	return talk.Text{}, false, err
}

func (r reader) text(ctx context.Context, where string, args ...any) (t talk.Text, ok bool, err error) {
	found, err := collect(ctx, r.q, "read a text", oneText, textColumns+where, args...)
	if err != nil || len(found) == 0 {
		return t, false, err
	}
	return found[0], true, nil
}

func oneText(row db.Row) (t talk.Text, err error) {
	var seq int64
	var body string
	if err := row.Scan(&seq, &body); err != nil {
		return t, fmt.Errorf("read a text: %w", err)
	}
	if err := json.Unmarshal([]byte(body), &t); err != nil {
		return t, fmt.Errorf("decode a text: %w", err)
	}
	t.Seq = seq
	return t, nil
}

// PutText stores a text, as a new one or in the place of the one with its id.
func (t *storeTx) PutText(ctx context.Context, text talk.Text) error {
	text.Seq = 0 // a column of its own
	body, err := json.Marshal(text)
	if err != nil {
		return fmt.Errorf("encode a text: %w", err)
	}
	_, err = t.tx.Exec(ctx, `INSERT INTO texts (id, line, source, state, message, changed_at, body)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (id) DO UPDATE SET state = excluded.state, message = excluded.message,
		changed_at = excluded.changed_at, body = excluded.body`,
		string(text.ID), string(text.Line), sourceKey(text.Source), string(text.State), text.Message, millis(t.store.now()), string(body))
	if err != nil {
		return fmt.Errorf("store a text: %w", err)
	}
	return nil
}

func sourceKey(s talk.Source) string {
	if s.TS == "" {
		return ""
	}
	return s.Channel + "/" + s.TS
}

// Park keeps a report of a text whose receipt is not stored yet.
func (t *storeTx) Park(ctx context.Context, r takeover.SendReport) error {
	body, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("encode a report: %w", err)
	}
	_, err = t.tx.Exec(ctx, "INSERT INTO reports (message, changed_at, body) VALUES ($1, $2, $3)", r.Message, millis(t.store.now()), string(body))
	if err != nil {
		return fmt.Errorf("park a report: %w", err)
	}
	return nil
}

// Parked returns the reports of a text that were parked, in their order, and forgets them.
func (t *storeTx) Parked(ctx context.Context, message string) ([]takeover.SendReport, error) {
	reports, err := collect(ctx, t.q, "read parked reports", func(row db.Row) (r takeover.SendReport, err error) {
		var body string
		if err := row.Scan(&body); err != nil {
			return r, err
		}
		return r, json.Unmarshal([]byte(body), &r)
	}, "SELECT body FROM reports WHERE message = $1 ORDER BY seq", message)
	if err != nil || len(reports) == 0 {
		return nil, err
	}
	_, err = t.tx.Exec(ctx, "DELETE FROM reports WHERE message = $1", message)
	return reports, err
}

// ChangeTexts is Change with what package talk needs.
func (s *Store) ChangeTexts(ctx context.Context, fn func(ctx context.Context, tx talk.Tx) error) error {
	return s.change(ctx, fn)
}

// stateReceived is the state of what an end user wrote, among the texts of the line.
const stateReceived = "received"

// PutReceived is as in talk.Tx.
func (t *storeTx) PutReceived(ctx context.Context, line takeover.LineID, text takeover.LineText) error {
	body, err := json.Marshal(text)
	if err != nil {
		return fmt.Errorf("encode what was received: %w", err)
	}
	_, err = t.tx.Exec(ctx, `INSERT INTO texts (id, line, source, state, message, changed_at, body)
		VALUES ($1, $2, '', $3, '', $4, $5) ON CONFLICT (id) DO NOTHING`,
		text.Key, string(line), stateReceived, millis(t.store.now()), string(body))
	if err != nil {
		return fmt.Errorf("store what was received: %w", err)
	}
	return nil
}

// lineTexts is how many texts of a line Texts returns at most.
const lineTexts = 200

// Texts is as in takeover.Store: what was received, and what has left or may have.
func (r reader) Texts(ctx context.Context, line takeover.LineID) ([]takeover.LineText, error) {
	texts, err := collect(ctx, r.q, "list the texts of a line", oneLineText,
		`SELECT state, body FROM texts WHERE line = $1 AND state NOT IN ('waiting', 'stopped') ORDER BY seq DESC LIMIT $2`, string(line), lineTexts)
	slices.Reverse(texts)
	return texts, err
}

func oneLineText(row db.Row) (t takeover.LineText, err error) {
	var state, body string
	if err := row.Scan(&state, &body); err != nil {
		return t, fmt.Errorf("read a text: %w", err)
	}
	if state == stateReceived {
		err = json.Unmarshal([]byte(body), &t)
	} else {
		var sent talk.Text
		err = json.Unmarshal([]byte(body), &sent)
		t = takeover.LineText{Key: string(sent.ID), By: takeover.RoleOperator, Text: sent.Words, At: sent.TakenAt, In: sent.Conversation}
		if t.At.IsZero() {
			t.At = takeover.ProviderTime(sent.LeftAt)
		}
	}
	if err != nil {
		return t, fmt.Errorf("decode a text: %w", err)
	}
	return t, nil
}

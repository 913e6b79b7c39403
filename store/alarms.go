package store

import (
	"context"

	"takeoverbot/internal/db"
	"takeoverbot/takeover"
)

// Alarms returns the alarms of a line.
func (s *Store) Alarms(ctx context.Context, line takeover.LineID) ([]takeover.Alarm, error) {
	return collect(ctx, s.q, "list alarms", func(row db.Row) (takeover.Alarm, error) {
		a := takeover.Alarm{Line: line}
		err := row.Scan((*string)(&a.Event), &a.Channel, &a.TS, (*string)(&a.Holder))
		return a, err
	}, "SELECT event, channel, ts, holder FROM alarms WHERE line = $1 ORDER BY event", string(line))
}

// PutAlarm stores an alarm in place of the line's last one of this kind.
func (s *Store) PutAlarm(ctx context.Context, a takeover.Alarm) error {
	return s.write(ctx, "store an alarm", `INSERT INTO alarms (line, event, channel, ts, holder) 
		VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (line, event) DO UPDATE SET channel = excluded.channel, ts = excluded.ts, holder = excluded.holder`,
		string(a.Line), string(a.Event), a.Channel, a.TS, string(a.Holder))
}

// DropAlarm forgets an alarm whose cause has ended, unless a newer one has taken its place.
func (s *Store) DropAlarm(ctx context.Context, a takeover.Alarm) error {
	return s.write(ctx, "forget an alarm", "DELETE FROM alarms WHERE line = $1 AND event = $2 AND ts = $3",
		string(a.Line), string(a.Event), a.TS)
}

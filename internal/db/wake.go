package db

import (
	"context"
	"fmt"
	"sync"

	"github.com/riverqueue/river/riverdriver"
)

// River's SQLite driver sends notifications through a table that it polls 20 times a
// second: a job starts 30 ms after its commit on average, and an idle bot never sleeps.
// Only one process may open the file, so a notification can go from the commit directly to
// the listener.

// bus carries notifications from commits to listeners.
type bus struct {
	mu        sync.Mutex
	listeners map[*busListener]bool
}

func newBus() *bus { return &bus{listeners: map[*busListener]bool{}} }

// notify sends notifications to the listeners, instead of through the table of River's
// executor.
func (b *bus) notify(ctx context.Context, river riverdriver.Executor, p *riverdriver.NotifyManyParams) error {
	if without == levelWake {
		return river.NotifyMany(ctx, p)
	}
	b.publish(p.Topic, p.Payload)
	return nil
}

// publish sends to every listener. One whose buffer is full gets nothing: a job is then late
// but not lost, because the producers also poll once a second.
func (b *bus) publish(topic string, payloads []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for l := range b.listeners {
		for _, payload := range payloads {
			select {
			case l.buffer <- &riverdriver.Notification{Topic: topic, Payload: payload}:
			default:
			}
		}
	}
}

// insertTopic is where River's producers listen for new jobs; on PostgreSQL the schema
// stands before it.
const insertTopic = "river_insert"

// Wake makes the workers of the queues fetch jobs once the transaction is committed. River
// notifies them too, but not of a second insert within its cooldown, even if the first one
// was rolled back: that job would wait for the next poll, up to a second later. On SQLite
// they are woken at once, and wait for the connection that this transaction has.
func (t *Tx) Wake(ctx context.Context, queues ...string) error {
	payloads := make([]string, len(queues))
	for i, queue := range queues {
		payloads[i] = fmt.Sprintf(`{"queue": %q}`, queue)
	}
	if t.db.Kind == Postgres {
		const notify = "SELECT pg_notify(current_schema() || '.' || $1, unnest($2::text[]))"
		if _, err := t.Exec(ctx, notify, insertTopic, payloads); err != nil {
			return fmt.Errorf("wake the workers: %w", err)
		}
		return nil
	}
	t.db.bus.publish(insertTopic, payloads)
	return nil
}

// busListener is one subscriber. It receives every topic: River ignores those that it did
// not ask for.
type busListener struct {
	bus    *bus
	buffer chan *riverdriver.Notification
}

func newBusListener(b *bus) *busListener {
	return &busListener{bus: b, buffer: make(chan *riverdriver.Notification, 256)}
}

// Connect subscribes.
func (l *busListener) Connect(context.Context) error {
	l.bus.mu.Lock()
	defer l.bus.mu.Unlock()
	l.bus.listeners[l] = true
	return nil
}

// Close unsubscribes.
func (l *busListener) Close(context.Context) error {
	l.bus.mu.Lock()
	defer l.bus.mu.Unlock()
	delete(l.bus.listeners, l)
	return nil
}

// Listen does nothing: every topic is received.
func (l *busListener) Listen(context.Context, string) error { return nil }

// Unlisten does nothing.
func (l *busListener) Unlisten(context.Context, string) error { return nil }

// Ping always succeeds: there is no connection to lose.
func (l *busListener) Ping(context.Context) error { return nil }

// Schema is empty: SQLite has none.
func (l *busListener) Schema() string { return "" }

// SetAfterConnectExec does nothing: there is nothing to execute on.
func (l *busListener) SetAfterConnectExec(string) {}

// WaitForNotification blocks until a notification, or ctx ends.
func (l *busListener) WaitForNotification(ctx context.Context) (*riverdriver.Notification, error) {
	select {
	case n := <-l.buffer:
		return n, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

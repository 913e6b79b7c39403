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

func (b *bus) publish(p *riverdriver.NotifyManyParams) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for l := range b.listeners {
		for _, payload := range p.Payload {
			l.offer(&riverdriver.Notification{Topic: p.Topic, Payload: payload})
		}
	}
}

// notify sends notifications with send, instead of through the table of River's executor.
func notify(
	ctx context.Context, river riverdriver.Executor, p *riverdriver.NotifyManyParams,
	send func(*riverdriver.NotifyManyParams),
) error {
	if without == levelWake {
		return river.NotifyMany(ctx, p)
	}
	send(p)
	return nil
}

// insertTopic is where River's producers listen for new jobs; on PostgreSQL the schema
// stands before it.
const insertTopic = "river_insert"

// Wake makes the workers of the queues fetch jobs once the transaction is committed. River
// notifies them too, but not of a second insert within its cooldown, even if the first one
// was rolled back: that job would wait for the next poll, up to a second later.
func (t *Tx) Wake(ctx context.Context, queues ...string) error {
	payloads := make([]string, len(queues))
	for i, queue := range queues {
		payloads[i] = fmt.Sprintf(`{"queue": %q}`, queue)
	}
	if t.pg != nil {
		const notify = "SELECT pg_notify(current_schema() || '.' || $1, unnest($2::text[]))"
		if _, err := t.pg.Exec(ctx, notify, insertTopic, payloads); err != nil {
			return fmt.Errorf("wake the workers: %w", err)
		}
		return nil
	}
	if t.bus == nil {
		return nil // a transaction of River, which publishes by itself
	}
	t.AfterCommit(func() {
		t.bus.publish(&riverdriver.NotifyManyParams{Topic: insertTopic, Payload: payloads})
	})
	return nil
}

// busListener is one subscriber. A full buffer drops the notification. The job is then late
// but not lost, because the producers also poll once a second.
type busListener struct {
	bus    *bus
	buffer chan *riverdriver.Notification

	mu     sync.Mutex
	topics map[string]bool
}

func newBusListener(b *bus) *busListener {
	return &busListener{bus: b, buffer: make(chan *riverdriver.Notification, 256), topics: map[string]bool{}}
}

func (l *busListener) offer(n *riverdriver.Notification) {
	l.mu.Lock()
	wanted := l.topics[n.Topic]
	l.mu.Unlock()
	if !wanted {
		return
	}
	select {
	case l.buffer <- n:
	default:
	}
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

// Listen adds a topic.
func (l *busListener) Listen(_ context.Context, topic string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.topics[topic] = true
	return nil
}

// Unlisten removes a topic.
func (l *busListener) Unlisten(_ context.Context, topic string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.topics, topic)
	return nil
}

// Ping always succeeds: there is no connection to lose.
func (l *busListener) Ping(context.Context) error { return nil }

// Schema is empty: SQLite has none.
func (l *busListener) Schema() string { return "" }

// SetAfterConnectExec does nothing: there is nothing to execute on.
func (l *busListener) SetAfterConnectExec(string) {}

// WaitForNotification blocks until a notification of a wanted topic, or ctx ends.
func (l *busListener) WaitForNotification(ctx context.Context) (*riverdriver.Notification, error) {
	select {
	case n := <-l.buffer:
		return n, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// callerTx is a transaction of ours that River inserts into. Its notifications are published
// when we commit.
type callerTx struct {
	riverdriver.ExecutorTx
	tx  *Tx
	bus *bus
}

func (t *callerTx) NotifyMany(ctx context.Context, p *riverdriver.NotifyManyParams) error {
	return notify(ctx, t.ExecutorTx, p, func(p *riverdriver.NotifyManyParams) {
		t.tx.AfterCommit(func() { t.bus.publish(p) })
	})
}

package db

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
)

// TestWriteQueue: writers follow in the order in which they came, after an urgent one that
// came last.
func TestWriteQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		queue := newWriteQueue()
		var order []string // written by the one whose turn it is
		take := func(name string, turn func(context.Context) (func(), error)) {
			done, err := turn(t.Context())
			if err != nil {
				t.Error(err)
				return
			}
			defer done()
			order = append(order, name)
		}
		done, err := queue.acquire(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"a", "b", "c"} {
			go take(name, queue.acquire)
			synctest.Wait()
		}
		go take("first", queue.acquireUrgent)
		synctest.Wait()
		if len(order) > 0 {
			t.Fatalf("%v wrote beside the one whose turn it is", order)
		}
		done()
		synctest.Wait()
		if want := []string{"first", "a", "b", "c"}; !slices.Equal(order, want) {
			t.Errorf("order %v, want %v", order, want)
		}
	})
}

// TestWriteQueueOfEndedContext: a writer that gives up leaves the queue, and the ones behind
// it go on.
func TestWriteQueueOfEndedContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		queue := newWriteQueue()
		done, err := queue.acquireUrgent(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		gaveUp := make(chan error, 2)
		for _, turn := range []func(context.Context) (func(), error){queue.acquireUrgent, queue.acquire} {
			go func() {
				_, err := turn(ctx)
				gaveUp <- err
			}()
		}
		synctest.Wait()
		wrote := false
		go func() {
			done, err := queue.acquire(t.Context())
			if err != nil {
				t.Error(err)
				return
			}
			wrote = true
			done()
		}()
		synctest.Wait()
		cancel()
		for range 2 {
			if err := <-gaveUp; !errors.Is(err, context.Canceled) {
				t.Errorf("error %v, want the context's", err)
			}
		}
		done()
		synctest.Wait()
		if !wrote {
			t.Error("the writer behind them is stuck")
		}
		if queue.writing || len(queue.urgent)+len(queue.normal) > 0 {
			t.Errorf("%+v is left", queue)
		}
	})
}

// TestWriteQueueAtTheSameMoment: turns come and contexts end at once, and no turn is lost.
func TestWriteQueueAtTheSameMoment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		queue := newWriteQueue()
		for range 200 {
			done, err := queue.acquire(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			go func() {
				if done, err := queue.acquireUrgent(ctx); err == nil {
					done()
				}
			}()
			synctest.Wait()
			go cancel()
			go done()
			synctest.Wait()
			if queue.writing {
				t.Fatal("a turn was lost")
			}
		}
	})
}

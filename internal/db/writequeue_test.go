package db

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
)

// TestTurns has one write, three wait, and one more who is to be first: whoever waits
// comes in the order of coming, but not before it.
func TestTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turns := newTurns()
		var order []string // written by whoever has the turn
		take := func(name string, turn func(context.Context) (func(), error)) {
			done, err := turn(t.Context())
			if err != nil {
				t.Error(err)
				return
			}
			defer done()
			order = append(order, name)
		}
		done, err := turns.after(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"a", "b", "c"} {
			go take(name, turns.after)
			synctest.Wait()
		}
		go take("first", turns.first)
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

// TestTurnsOfEndedContext: who gives up leaves the line, and nobody behind is stuck.
func TestTurnsOfEndedContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turns := newTurns()
		done, err := turns.first(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		gaveUp := make(chan error, 2)
		for _, turn := range []func(context.Context) (func(), error){turns.first, turns.after} {
			go func() {
				_, err := turn(ctx)
				gaveUp <- err
			}()
		}
		synctest.Wait()
		wrote := false
		go func() {
			done, err := turns.after(t.Context())
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
			t.Error("whoever stood behind them is stuck")
		}
		if turns.writing || len(turns.urgent)+len(turns.unhurried) > 0 {
			t.Errorf("%+v is left", turns)
		}
	})
}

// TestTurnsAtTheSameMoment: turns come and contexts end at once, and none is lost.
func TestTurnsAtTheSameMoment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turns := newTurns()
		for range 200 {
			done, err := turns.after(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			go func() {
				if done, err := turns.first(ctx); err == nil {
					done()
				}
			}()
			synctest.Wait()
			go cancel()
			go done()
			synctest.Wait()
			if turns.writing {
				t.Fatal("a turn was lost")
			}
		}
	})
}

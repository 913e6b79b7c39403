package db

import (
	"slices"
	"testing"
	"testing/synctest"
)

// TestTurns has one write, three wait, and one more who is to be first: whoever waits
// may come in any order, but not before it.
func TestTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turns := newTurns()
		var order []string // written by whoever has the turn
		done := turns.after()
		for range 3 {
			go func() {
				done := turns.after()
				defer done()
				order = append(order, "after")
			}()
		}
		synctest.Wait()
		go func() {
			done := turns.first()
			defer done()
			order = append(order, "first")
		}()
		synctest.Wait()
		if len(order) > 0 {
			t.Fatalf("%v wrote beside the one whose turn it is", order)
		}
		done()
		synctest.Wait()
		if want := []string{"first", "after", "after", "after"}; !slices.Equal(order, want) {
			t.Errorf("order %v, want %v", order, want)
		}
	})
}

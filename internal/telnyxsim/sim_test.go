package telnyxsim

import "testing"

func TestCloseWithoutStart(t *testing.T) {
	if err := New(Options{}).Close(); err != nil {
		t.Fatal(err)
	}
}

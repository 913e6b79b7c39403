package slacksim

import "testing"

func TestSeedIsThere(t *testing.T) {
	s := New(Options{})
	snap := s.Snapshot(Dana, nil)
	if len(snap.Channels) != 2 || snap.Zone != "America/Los_Angeles" {
		t.Fatalf("Dana sees %d channels in zone %s", len(snap.Channels), snap.Zone)
	}
	if n := len(s.Snapshot(Guest, nil).Channels); n != 1 {
		t.Fatalf("a single-channel guest sees %d channels", n)
	}
}

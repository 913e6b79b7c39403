package handlers

import (
	"testing"
	"time"
)

func TestRoom(t *testing.T) {
	stopped := map[string]int{}
	at := func(name, remote string, ago time.Duration) *sender {
		return &sender{from: addressOf(remote), since: time.Now().Add(-ago), stop: func() { stopped[name]++ }}
	}
	const minute = time.Minute
	r := newRoom(10, 6)
	slow, other, fast := at("slow", "192.0.2.1:1", minute), at("other", "192.0.2.2:1", minute/2), at("fast", "192.0.2.1:2", 0)
	if !r.take(slow, 5) || !r.take(other, 5) || len(stopped) > 0 {
		t.Fatal("there was room")
	}
	if !r.take(fast, 4) || stopped["slow"] != 1 || !slow.dropped.Load() {
		t.Fatalf("stopped %v, want the slow one of this address", stopped)
	}
	r.leave(slow)
	if r.held != 9 {
		t.Errorf("%d held", r.held)
	}
	if r.take(fast, 3) || stopped["fast"] > 0 || len(stopped) != 1 {
		t.Errorf("stopped %v, and one address holds more than its share", stopped)
	}
	if !r.take(fast, 2) || stopped["other"] != 1 {
		t.Errorf("stopped %v, want the slow one of another address, since the room is full", stopped)
	}
	r.leave(other)
	r.arrived(fast)
	late := at("late", "192.0.2.1:3", minute)
	if !r.take(late, 4) {
		t.Error("a body that has arrived still counts for its address")
	}
	if r.take(at("later", "192.0.2.3:1", 0), 5) && stopped["late"] != 1 {
		t.Errorf("stopped %v", stopped)
	}
	if stopped["fast"] > 0 {
		t.Error("a request that is being worked was stopped")
	}
	if r.take(at("last", "192.0.2.4:1", 0), 6) {
		t.Error("there is no room, and nobody is slow")
	}
}

// TestTheSlowestGivesWay: a slow sender gets no room at the cost of a faster one.
func TestTheSlowestGivesWay(t *testing.T) {
	r := newRoom(10, 10)
	oldest := &sender{since: time.Now().Add(-time.Minute), stop: func() {}}
	newer := &sender{since: time.Now().Add(-time.Second), stop: func() {}}
	if !r.take(oldest, 4) || !r.take(newer, 6) {
		t.Fatal("there was room")
	}
	if r.take(oldest, 1) || newer.dropped.Load() {
		t.Error("the oldest got the place of a newer one")
	}
}

func TestAddresses(t *testing.T) {
	for remote, want := range map[string]string{
		"192.0.2.1:1": "192.0.2.1/32", "[::ffff:192.0.2.1]:1": "192.0.2.1/32",
		"[2001:db8:1:2:3::4]:1": "2001:db8:1:2::/64", "[fe80::1%eth0]:1": "fe80::/64", "@": "invalid Prefix", "": "invalid Prefix",
	} {
		if got := addressOf(remote).String(); got != want {
			t.Errorf("%q: %s, want %s", remote, got, want)
		}
	}
}

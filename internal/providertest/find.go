package providertest

import (
	"slices"
	"testing"
	"time"

	"takeoverbot/takeover"
)

func query(limit int) takeover.Query {
	return takeover.Query{Field: takeover.FieldEndUser, Value: endUser, Limit: limit}
}

// many are n conversations of the end user, a minute apart, oldest first.
func many(n int) []Conversation {
	list := make([]Conversation, n)
	for i := range list {
		list[i] = Conversation{N: i + 1, EndUser: endUser, At: begin().Add(time.Duration(i) * time.Minute)}
	}
	return list
}

func find(t *testing.T, w Fixture, q takeover.Query) takeover.Found {
	t.Helper()
	found, err := w.Provider.Find(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range found.Conversations {
		if i > 0 && c.LastMessageAt.After(found.Conversations[i-1].LastMessageAt) {
			t.Errorf("number %d is newer than the one before it", i)
		}
	}
	return found
}

func ids(found takeover.Found) []takeover.ConversationID {
	list := make([]takeover.ConversationID, len(found.Conversations))
	for i, c := range found.Conversations {
		list[i] = c.ID
	}
	return list
}

func newestFirst(t *testing.T, start Start) {
	w := start(t, calm)
	w.Put(many(120)...)
	found := find(t, w, query(50))
	if len(found.Conversations) != 50 || !found.More || found.Conversations[0].ID != w.ID(120) || found.Conversations[49].ID != w.ID(71) {
		t.Errorf("%d found, more %t", len(found.Conversations), found.More)
	}
}

func everything(t *testing.T, start Start) {
	w := start(t, calm)
	w.Put(many(60)...)
	if found := find(t, w, query(100)); len(found.Conversations) != 60 || found.More {
		t.Errorf("%d found, more %t", len(found.Conversations), found.More)
	}
}

func ties(t *testing.T, start Start) {
	w := start(t, calm)
	list := many(30)
	for i := range list {
		list[i].At = begin()
	}
	w.Put(list...)
	got := ids(find(t, w, query(100)))
	slices.Sort(got)
	if len(got) != 30 || len(slices.Compact(got)) != 30 {
		t.Errorf("%d found", len(got))
	}
}

func noStranger(t *testing.T, start Start) {
	w := start(t, calm)
	for i, other := range []string{endUser + "9", "+1" + endUser[1:], "+914155550142", "+14155550143", "someone " + endUser, "", endUser[:8]} {
		w.Put(Conversation{N: 10 + i, EndUser: other, At: begin()})
	}
	if found := find(t, w, query(50)); len(found.Conversations) != 0 {
		t.Errorf("strangers: %v", ids(found))
	}
	w.Put(many(1)...)
	if found := find(t, w, query(50)); len(found.Conversations) != 1 || found.Conversations[0].EndUser != endUser {
		t.Errorf("found %v", ids(found))
	}
}

func lastDigits(t *testing.T, start Start) {
	w := start(t, calm)
	w.Put(Conversation{N: 1, EndUser: endUser, At: begin()}, Conversation{N: 2, EndUser: "+10142555017", At: begin()}, Conversation{N: 3, EndUser: "guest 0142", At: begin()})
	found := find(t, w, takeover.Query{Field: takeover.FieldLastDigits, Value: "0142", Limit: 100})
	if got := ids(found); len(got) != 1 || got[0] != w.ID(1) {
		t.Errorf("found %v", got)
	}
}

func nothingToLookFor(t *testing.T, start Start) {
	w := start(t, calm)
	w.Put(many(2)...)
	for _, q := range []takeover.Query{
		{Field: takeover.FieldEndUser, Limit: 5}, {Field: takeover.FieldEndUser, Value: " \t", Limit: 5},
		{Field: takeover.FieldLastDigits, Value: "%_*", Limit: 5}, {Field: takeover.FieldName, Limit: 5},
		{Field: takeover.FieldLabel, Label: "unit", Limit: 5}, {Field: "shoe size", Value: "44", Limit: 5},
	} {
		if found, err := w.Provider.Find(t.Context(), q); err == nil || len(found.Conversations) > 0 {
			t.Errorf("%+v: %v, %v", q.Field, ids(found), err)
		}
	}
	if n := w.Calls(); n != 0 {
		t.Errorf("%d calls", n)
	}
}

package slackbot

import (
	"reflect"
	"testing"
)

// TestTheHalvesStayApart: the Listener cannot wait for a provider, and the Writer cannot store
// commands, because neither has what it would need.
func TestTheHalvesStayApart(t *testing.T) {
	for _, tt := range []struct{ deps, not reflect.Type }{
		{reflect.TypeFor[ListenerDeps](), reflect.TypeFor[Service]()},
		{reflect.TypeFor[WriterDeps](), reflect.TypeFor[Inbox]()},
	} {
		for i := range tt.deps.NumField() {
			field := tt.deps.Field(i)
			for m := range tt.not.NumMethod() {
				if _, has := field.Type.MethodByName(tt.not.Method(m).Name); has {
					t.Errorf("%s.%s has the method %s of %s", tt.deps.Name(), field.Name, tt.not.Method(m).Name, tt.not.Name())
				}
			}
		}
	}
}

// TestAHalfIsNotMadeWithoutItsParts: each missing part is an error, not a panic at night.
func TestAHalfIsNotMadeWithoutItsParts(t *testing.T) {
	d := newDesk(t)
	listener, writer := d.bot.Listener.deps, d.bot.Writer.deps
	for i := range reflect.TypeOf(listener).NumField() {
		without := listener
		reflect.ValueOf(&without).Elem().Field(i).SetZero()
		if _, err := NewListener(ListenerConfig{}, without); err == nil {
			t.Errorf("a Listener without %s", reflect.TypeOf(listener).Field(i).Name)
		}
	}
	for i := range reflect.TypeOf(writer).NumField() {
		without := writer
		reflect.ValueOf(&without).Elem().Field(i).SetZero()
		if _, err := NewWriter(WriterConfig{}, without); err == nil {
			t.Errorf("a Writer without %s", reflect.TypeOf(writer).Field(i).Name)
		}
	}
}

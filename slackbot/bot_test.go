package slackbot_test

import (
	"reflect"
	"slices"
	"testing"

	"takeoverbot/internal/desktest"
	"takeoverbot/slackbot/listen"
	"takeoverbot/slackbot/write"
)

// TestTheHalvesStayApart: the Listener cannot wait for a provider, and the Writer cannot store
// commands, because neither has what it would need.
func TestTheHalvesStayApart(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ deps, not reflect.Type }{
		{reflect.TypeFor[listen.Deps](), reflect.TypeFor[write.Service]()},
		{reflect.TypeFor[write.Deps](), reflect.TypeFor[listen.Inbox]()},
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

// TestAHalfIsNotMadeWithoutItsParts: each missing part is an error at the start, not a panic later.
func TestAHalfIsNotMadeWithoutItsParts(t *testing.T) {
	t.Parallel()
	d := desktest.New(t)
	mayBeEmpty := []string{"SigningSecret", "Region", "Placeholders", "Providers", "SendsPictures"}
	for i := range reflect.TypeFor[listen.Deps]().NumField() {
		without := d.Bot.Listener.Deps
		reflect.ValueOf(&without).Elem().Field(i).SetZero()
		field := reflect.TypeOf(without).Field(i).Name
		if _, err := listen.New(without); (err == nil) != slices.Contains(mayBeEmpty, field) {
			t.Errorf("a Listener without %s: %v", field, err)
		}
	}
	for i := range reflect.TypeFor[write.Deps]().NumField() {
		without := d.Bot.Writer.Deps
		reflect.ValueOf(&without).Elem().Field(i).SetZero()
		field := reflect.TypeOf(without).Field(i).Name
		if _, err := write.New(without); (err == nil) != slices.Contains(mayBeEmpty, field) {
			t.Errorf("a Writer without %s: %v", field, err)
		}
	}
}

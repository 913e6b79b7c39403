package main

import (
	"encoding/json"
	"strconv"
	"strings"

	"takeoverbot/internal/slacksim"
)

// button is a button on a screen.
type button struct {
	ref    slacksim.Ref
	action string // as it stands there: a menu's own id for an option
}

// look waits for the button that a click means.
func (s *system) findButton(neg bool, args []string) (at button, pick slacksim.Pick) {
	plain, set := settings(args)
	nth := 1
	if len(plain) > 2 {
		var err error
		if nth, err = strconv.Atoi(plain[2]); err != nil {
			s.Fatalf("which one is %q?", plain[2])
		}
	}
	found := false
	s.expect(neg, "a button "+plain[1], func() bool {
		for _, place := range s.visibleTo(s.person(plain[0]), set["in"], set["for"]) {
			if action, p, ok := nthButton(place.blocks, plain[1], nth); ok {
				at, pick, found = button{place.ref, action}, p, true
				return true
			}
		}
		return false
	}, s.screen)
	if !neg && !found {
		s.Fatalf("no button %s", plain[1])
	}
	return at, pick
}

// place is a message with blocks, or a Home tab, that a person sees.
type place struct {
	ref    slacksim.Ref
	blocks json.RawMessage
	plain  string
}

// places are what a person sees, the likeliest first. kind narrows them to cards,
// threads, private or direct messages or the Home tab, about to those that show the text.
func (s *system) visibleTo(user, kind, about string) []place {
	var cards, threads, private, direct, home []place
	for _, m := range s.cardsNow() {
		cards = append([]place{{m.Ref(), m.Blocks, s.slack.PlainText(m, nil)}}, cards...)
		for _, r := range s.slack.Thread(slacksim.DeskChannel, m.TS) {
			threads = append([]place{{r.Ref(), r.Blocks, s.slack.PlainText(r, nil)}}, threads...)
		}
	}
	for _, p := range s.slack.Private(user) {
		private = append([]place{{p.Ref(), p.Blocks, s.slack.PlainPrivate(p, nil)}}, private...)
	}
	for _, m := range s.slack.DirectMessages(user) {
		direct = append([]place{{m.Ref(), m.Blocks, s.slack.PlainText(m, nil)}}, direct...)
	}
	if v := s.slack.Home(user); v != nil {
		home = append(home, place{v.Ref(), v.Blocks, s.slack.PlainView(*v, nil)})
	}
	var seen []place
	for _, some := range []struct {
		kind   string
		places []place
	}{{"card", cards}, {"thread", threads}, {"private", private}, {"direct", direct}, {"home", home}} {
		for _, p := range some.places {
			if (kind == "" || kind == some.kind) && strings.Contains(p.plain, about) {
				seen = append(seen, p)
			}
		}
	}
	return seen
}

// nthButton finds an element of the action, or a menu's option for it.
func nthButton(blocks json.RawMessage, action string, nth int) (string, slacksim.Pick, bool) {
	var decoded []struct {
		ID        string    `json:"block_id"`
		Elements  []element `json:"elements"`
		Accessory *element  `json:"accessory"`
	}
	_ = json.Unmarshal(blocks, &decoded) // other kinds of elements have none of our fields
	for _, b := range decoded {
		if b.Accessory != nil {
			b.Elements = append(b.Elements, *b.Accessory)
		}
		for _, e := range b.Elements {
			value, is := e.means(action)
			if !is {
				continue
			}
			if nth--; nth == 0 {
				return e.Action, slacksim.Pick{BlockID: b.ID, Value: value}, true
			}
		}
	}
	return "", slacksim.Pick{}, false
}

// element is what is needed of a button or an overflow menu.
type element struct {
	Action  string `json:"action_id"`
	Value   string `json:"value"`
	Options []struct {
		Value string `json:"value"`
	} `json:"options"`
}

func (e element) means(action string) (value string, is bool) {
	if e.Action == action {
		return e.Value, true
	}
	for _, o := range e.Options {
		if strings.HasPrefix(o.Value, action+" ") {
			return o.Value, true
		}
	}
	return "", false
}

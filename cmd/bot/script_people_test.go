package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"takeoverbot/internal/slacksim"
)

// peopleWords are what people do in Slack. Each fails if Slack would not let them, or
// if the bot does not acknowledge.
func peopleWords() map[string]storyWord {
	return map[string]storyWord{
		"slash":     wordSlash,
		"click":     wordClick,
		"both":      wordBoth,
		"crowd":     wordCrowd,
		"submit":    wordSubmit,
		"photo":     wordPhoto,
		"old-click": wordOldClick,
		"redeliver": wordRedeliver,
		"typing":    wordTyping,
		"say":       wordSay,
	}
}

// slash WHO TEXT…: types /takeover TEXT into the desk's channel.
func wordSlash(s *script, neg bool, args []string) {
	s.once(neg)
	s.need(args, 1, "slash WHO TEXT…")
	s.took(s.w.slack.SlashCommand(s.w.Context(), s.person(args[0]), slacksim.DeskChannel, "/takeover", strings.Join(args[1:], " ")))
}

// took remembers a delivery and ends the story if the bot did not acknowledge it.
func (s *script) took(d slacksim.Delivery) {
	s.w.last = d
	if !d.OK() {
		s.Fatalf("not acknowledged: status %d %s", d.Status, d.Problem)
	}
}

// click WHO ACTION [N] [in=card|thread|private|direct|home] [for=DIGITS]: presses the
// newest button of that action that the person sees (the N-th of its message), also where
// it is an option of the ⋯ menu. Without in= cards are looked at first, then threads,
// private and direct messages, and the Home tab.
func wordClick(s *script, neg bool, args []string) {
	for {
		at, pick := s.look(neg, args)
		if neg {
			return
		}
		d := s.w.slack.Click(s.w.Context(), s.person(args[0]), at.ref, at.action, pick)
		if !errors.Is(d.Err, slacksim.ErrNotThere) {
			s.took(d)
			return
		}
		// The card was drawn anew between the look and the press: look again, as a
		// finger would. look is bounded in time.
	}
}

// spot is a button on somebody's screen.
type spot struct {
	ref    slacksim.Ref
	action string // as it stands there: a menu's own id for an option
}

// look waits for the button that a click means.
func (s *script) look(neg bool, args []string) (at spot, pick slacksim.Pick) {
	plain, set := settings(args)
	s.need(plain, 2, "click WHO ACTION [N] [in=…] [for=…]")
	nth := 1
	if len(plain) > 2 {
		var err error
		if nth, err = strconv.Atoi(plain[2]); err != nil {
			s.Fatalf("which one is %q?", plain[2])
		}
	}
	found := false
	s.check(neg, "a button "+plain[1], func() bool {
		for _, place := range s.w.places(s.person(plain[0]), set["in"], set["for"]) {
			if action, p, ok := nthButton(place.blocks, plain[1], nth); ok {
				at, pick, found = spot{place.ref, action}, p, true
				return true
			}
		}
		return false
	}, s.w.screen)
	if !neg && !found {
		s.Fatalf("no button %s", plain[1])
	}
	return at, pick
}

// place is a message with blocks that somebody sees.
type place struct {
	ref    slacksim.Ref
	blocks json.RawMessage
	plain  string
}

// places are what a person sees, the likeliest first. kind narrows them to cards,
// threads, private or direct messages or the Home tab, about to those that show the text.
func (w *world) places(user, kind, about string) []place {
	var cards, threads, private, direct, home []place
	for _, m := range w.cardsNow() {
		cards = append([]place{{m.Ref(), m.Blocks, w.slack.PlainText(m, nil)}}, cards...)
		for _, r := range w.slack.Thread(slacksim.DeskChannel, m.TS) {
			threads = append([]place{{r.Ref(), r.Blocks, w.slack.PlainText(r, nil)}}, threads...)
		}
	}
	for _, p := range w.slack.Private(user) {
		private = append([]place{{p.Ref(), p.Blocks, w.slack.PlainPrivate(p, nil)}}, private...)
	}
	for _, m := range w.slack.DirectMessages(user) {
		direct = append([]place{{m.Ref(), m.Blocks, w.slack.PlainText(m, nil)}}, direct...)
	}
	if v := w.slack.Home(user); v != nil {
		home = append(home, place{v.Ref(), v.Blocks, w.slack.PlainView(*v, nil)})
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

// both WHO OTHER ACTION: two people press at the same moment.
func wordBoth(s *script, neg bool, args []string) {
	s.once(neg)
	s.need(args, 3, "both WHO OTHER ACTION")
	s.together(args[:2], args[2])
}

// crowd N ACTION: N new colleagues press at the same moment.
func wordCrowd(s *script, neg bool, args []string) {
	s.once(neg)
	s.need(args, 2, "crowd N ACTION")
	n, err := strconv.Atoi(args[0])
	s.Check(err)
	at, pick := s.look(false, []string{"dana", args[1]})
	s.press(s.w.colleagues(n), at, pick)
}

// together has the people press the same button at once.
func (s *script) together(names []string, action string) {
	at, pick := s.look(false, []string{names[0], action})
	var users []string
	for _, name := range names {
		users = append(users, s.person(name))
	}
	s.press(users, at, pick)
}

func (s *script) press(users []string, at spot, pick slacksim.Pick) {
	for _, d := range s.pressAt(users, s.w.messageAt(at.ref), at.action, pick) {
		s.took(d)
	}
}

// pressAt has people press at the same moment. They press on a copy: the screen of the
// second one may change while the first one presses.
func (s *script) pressAt(users []string, message slacksim.Message, action string, pick slacksim.Pick) []slacksim.Delivery {
	deliveries := make([]slacksim.Delivery, len(users))
	var clicking sync.WaitGroup
	for i, user := range users {
		clicking.Go(func() { deliveries[i] = s.w.slack.ClickStale(s.w.Context(), user, message, action, pick) })
	}
	clicking.Wait()
	return deliveries
}

// colleagues adds n full members to the workspace.
func (w *world) colleagues(n int) []string {
	users := make([]string, n)
	for i := range users {
		users[i] = fmt.Sprintf("U0COLLEAGUE%02d", i+1)
		w.slack.AddUser(slacksim.User{ID: users[i], Name: fmt.Sprintf("colleague%02d", i+1), DisplayName: fmt.Sprintf("Colleague %02d", i+1), TZ: "Europe/Berlin"})
	}
	return users
}

// submit WHO [note=TEXT] [to=WHO] [for=MINUTES]: fills the open box in and presses its
// button.
func wordSubmit(s *script, neg bool, args []string) {
	s.once(neg)
	s.need(args, 1, "submit WHO [note=…]")
	user := s.person(args[0])
	s.check(false, "an open box", func() bool { return s.w.slack.View(user) != nil }, s.w.screen)
	_, values := settings(args[1:])
	if to, picked := values["to"]; picked {
		values["to"] = s.person(to)
	}
	s.took(s.w.slack.Submit(s.w.Context(), user, s.w.slack.View(user).ID, values))
}

// photo: keeps the newest card as it is now, for old-click.
func wordPhoto(s *script, neg bool, _ []string) {
	s.once(neg)
	cards := s.w.cardsNow()
	if len(cards) == 0 {
		s.Fatalf("there is no card")
	}
	s.w.photo = cards[len(cards)-1]
}

// old-click WHO ACTION: presses a button of the card as it was at the photo.
func wordOldClick(s *script, neg bool, args []string) {
	s.once(neg)
	s.need(args, 2, "old-click WHO ACTION")
	action, pick, ok := nthButton(s.w.photo.Blocks, args[1], 1)
	if !ok {
		s.Fatalf("the photo has no button %s", args[1])
	}
	s.took(s.w.slack.ClickStale(s.w.Context(), s.person(args[0]), s.w.photo, action, pick))
}

// redeliver [new-id]: Slack sends the last request again, signed anew; an event also
// with an id of its own.
func wordRedeliver(s *script, neg bool, args []string) {
	s.once(neg)
	last := s.w.last
	if d := s.w.slack.Redeliver(s.w.Context(), last, len(args) > 0); !d.OK() {
		s.Fatalf("not acknowledged: status %d %s", d.Status, d.Problem)
	}
}

// typing phones|plain|usual: how Slack rewrites what people type from now on.
func wordTyping(s *script, neg bool, args []string) {
	s.once(neg)
	s.need(args, 1, "typing phones|plain|usual")
	s.w.slack.SetTyping(slacksim.Typing{Phones: args[0] == "phones", Plain: args[0] == "plain"})
}

// say WHO TEXT [for=DIGITS] [in=channel]: writes into the thread of the newest card that
// shows the digits, or into the channel itself.
func wordSay(s *script, neg bool, args []string) {
	s.once(neg)
	s.need(args, 2, "say WHO TEXT [for=DIGITS] [in=channel]")
	_, set := settings(args[2:])
	s.writeIn(s.person(args[0]), set["for"], args[1], set["in"] == "channel")
}

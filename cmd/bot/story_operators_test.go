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

// operatorCommands are what people do in Slack. Each fails if Slack would not let them, or
// if the bot does not acknowledge.
func operatorCommands() map[string]storyCommand {
	return map[string]storyCommand{
		"slash":     {usage: "WHO [TEXT…]", do: cmdSlash},
		"click":     {usage: "WHO ACTION [N] [in=card|thread|private|direct|home] [for=DIGITS]", check: cmdClick},
		"both":      {usage: "WHO OTHER ACTION", do: cmdBoth},
		"crowd":     {usage: "N ACTION", do: cmdCrowd},
		"submit":    {usage: "WHO [note=TEXT] [to=WHO] [for=MINUTES]", do: cmdSubmit},
		"photo":     {do: cmdPhoto},
		"old-click": {usage: "WHO ACTION", do: cmdOldClick},
		"redeliver": {usage: "[new-id]", do: cmdRedeliver},
		"typing":    {usage: "phones|plain|usual", do: cmdTyping},
		"say":       {usage: "WHO TEXT [for=DIGITS] [in=channel]", do: cmdSay},
	}
}

// slash WHO TEXT…: types /takeover TEXT into the desk's channel.
func cmdSlash(s *system, args []string) {
	s.took(s.slack.SlashCommand(s.Context(), s.person(args[0]), slacksim.DeskChannel, "/takeover", strings.Join(args[1:], " ")))
}

// took remembers a delivery and ends the story if the bot did not acknowledge it.
func (s *system) took(d slacksim.Delivery) {
	s.last = d
	if !d.OK() {
		s.Fatalf("not acknowledged: status %d %s", d.Status, d.Problem)
	}
}

// click WHO ACTION [N] [in=card|thread|private|direct|home] [for=DIGITS]: presses the
// newest button of that action that the person sees (the N-th of its message), also where
// it is an option of the ⋯ menu. Without in= cards are looked at first, then threads,
// private and direct messages, and the Home tab.
func cmdClick(s *system, neg bool, args []string) {
	for {
		at, pick := s.look(neg, args)
		if neg {
			return
		}
		d := s.slack.Click(s.Context(), s.person(args[0]), at.ref, at.action, pick)
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
func (s *system) look(neg bool, args []string) (at spot, pick slacksim.Pick) {
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
		for _, place := range s.places(s.person(plain[0]), set["in"], set["for"]) {
			if action, p, ok := nthButton(place.blocks, plain[1], nth); ok {
				at, pick, found = spot{place.ref, action}, p, true
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

// place is a message with blocks that somebody sees.
type place struct {
	ref    slacksim.Ref
	blocks json.RawMessage
	plain  string
}

// places are what a person sees, the likeliest first. kind narrows them to cards,
// threads, private or direct messages or the Home tab, about to those that show the text.
func (s *system) places(user, kind, about string) []place {
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

// both WHO OTHER ACTION: two people press at the same moment.
func cmdBoth(s *system, args []string) {
	s.together(args[:2], args[2])
}

// crowd N ACTION: N new colleagues press at the same moment.
func cmdCrowd(s *system, args []string) {
	n, err := strconv.Atoi(args[0])
	s.check(err)
	at, pick := s.look(false, []string{"dana", args[1]})
	s.press(s.colleagues(n), at, pick)
}

// together has the people press the same button at once.
func (s *system) together(names []string, action string) {
	at, pick := s.look(false, []string{names[0], action})
	var users []string
	for _, name := range names {
		users = append(users, s.person(name))
	}
	s.press(users, at, pick)
}

func (s *system) press(users []string, at spot, pick slacksim.Pick) {
	for _, d := range s.pressAt(users, s.messageAt(at.ref), at.action, pick) {
		s.took(d)
	}
}

// pressAt has people press at the same moment. They press on a copy: the screen of the
// second one may change while the first one presses.
func (s *system) pressAt(users []string, message slacksim.Message, action string, pick slacksim.Pick) []slacksim.Delivery {
	deliveries := make([]slacksim.Delivery, len(users))
	var clicking sync.WaitGroup
	for i, user := range users {
		clicking.Go(func() { deliveries[i] = s.slack.ClickStale(s.Context(), user, message, action, pick) })
	}
	clicking.Wait()
	return deliveries
}

// colleagues adds n full members to the workspace.
func (s *system) colleagues(n int) []string {
	users := make([]string, n)
	for i := range users {
		users[i] = fmt.Sprintf("U0COLLEAGUE%02d", i+1)
		s.slack.AddUser(slacksim.User{ID: users[i], Name: fmt.Sprintf("colleague%02d", i+1), DisplayName: fmt.Sprintf("Colleague %02d", i+1), TZ: "Europe/Berlin"})
	}
	return users
}

// submit WHO [note=TEXT] [to=WHO] [for=MINUTES]: fills the open box in and presses its
// button.
func cmdSubmit(s *system, args []string) {
	user := s.person(args[0])
	s.expect(false, "an open box", func() bool { return s.slack.View(user) != nil }, s.screen)
	_, values := settings(args[1:])
	if to, picked := values["to"]; picked {
		values["to"] = s.person(to)
	}
	s.took(s.slack.Submit(s.Context(), user, s.slack.View(user).ID, values))
}

// photo: keeps the newest card as it is now, for old-click.
func cmdPhoto(s *system, _ []string) {
	cards := s.cardsNow()
	if len(cards) == 0 {
		s.Fatalf("there is no card")
	}
	s.photo = cards[len(cards)-1]
}

// old-click WHO ACTION: presses a button of the card as it was at the photo.
func cmdOldClick(s *system, args []string) {
	action, pick, ok := nthButton(s.photo.Blocks, args[1], 1)
	if !ok {
		s.Fatalf("the photo has no button %s", args[1])
	}
	s.took(s.slack.ClickStale(s.Context(), s.person(args[0]), s.photo, action, pick))
}

// redeliver [new-id]: Slack sends the last request again, signed anew; an event also
// with an id of its own.
func cmdRedeliver(s *system, args []string) {
	last := s.last
	if d := s.slack.Redeliver(s.Context(), last, len(args) > 0); !d.OK() {
		s.Fatalf("not acknowledged: status %d %s", d.Status, d.Problem)
	}
}

// typing phones|plain|usual: how Slack rewrites what people type from now on.
func cmdTyping(s *system, args []string) {
	s.slack.SetTyping(slacksim.Typing{Phones: args[0] == "phones", Plain: args[0] == "plain"})
}

// say WHO TEXT [for=DIGITS] [in=channel]: writes into the thread of the newest card that
// shows the digits, or into the channel itself.
func cmdSay(s *system, args []string) {
	_, set := settings(args[2:])
	s.writeIn(s.person(args[0]), set["for"], args[1], set["in"] == "channel")
}

// person is the id of the person that a story names.
func (s *system) person(name string) string {
	ids := map[string]string{"dana": slacksim.Dana, "omar": slacksim.Omar, "lena": slacksim.Lena, "guest": slacksim.Guest, "outsider": slacksim.Outside}
	id, ok := ids[name]
	if !ok {
		s.Fatalf("there is no %q in the workspace", name)
	}
	return id
}

// settings splits the arguments of the form name=value from the others.
func settings(args []string) (plain []string, set map[string]string) {
	set = map[string]string{}
	for _, a := range args {
		if name, value, ok := strings.Cut(a, "="); ok && name != "" && !strings.ContainsAny(name, " :<*") {
			set[name] = value
		} else {
			plain = append(plain, a)
		}
	}
	return plain, set
}

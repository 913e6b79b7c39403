package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"takeoverbot/internal/slacksim"
)

// operatorCommands are what people do in Slack. Each fails if Slack would not let them, or
// if the bot does not acknowledge.
func operatorCommands() map[string]storyCommand {
	return map[string]storyCommand{
		"slash":            {usage: "WHO [TEXT…]", do: cmdSlash},
		"click":            {usage: "WHO ACTION [N] [in=card|thread|private|direct|home] [for=DIGITS]", check: cmdClick},
		"open-home":        {usage: "WHO", do: cmdOpenHome},
		"shortcut":         {usage: "WHO TEXT", do: cmdShortcut},
		"group":            {usage: "NAME WHO [WHO…]", do: cmdGroup},
		"both":             {usage: "WHO OTHER ACTION", do: cmdBoth},
		"press-all":        {usage: "N ACTION", do: cmdPressAll},
		"submit":           {usage: "WHO [note=TEXT] [to=WHO] [for=MINUTES]", do: cmdSubmit},
		"remember-card":    {do: cmdRememberCard},
		"click-remembered": {usage: "WHO ACTION", do: cmdClickRemembered},
		"redeliver":        {usage: "[new-id]", do: cmdRedeliver},
		"typing":           {usage: "phones|plain|usual", do: cmdTyping},
		"say":              {usage: "WHO TEXT [for=DIGITS] [in=channel] [times=N]", do: cmdSay},
		"posted":           {usage: "WHO bot|workflow|forwarded TEXT", do: cmdPosted},
		"post":             {usage: "WHO FILE TEXT", do: cmdPost},
		"unpost":           {usage: "WHO TEXT", do: cmdUnpost},
		"edit":             {usage: "WHO TEXT NEW", do: cmdEdit},
		"unsay":            {usage: "WHO TEXT", do: cmdUnsay},
	}
}

// slash WHO TEXT…: types /takeover TEXT into the desk's channel.
func cmdSlash(s *system, args []string) {
	s.acknowledged(s.slack.SlashCommand(s.Context(), s.person(args[0]), slacksim.DeskChannel, "/takeover", strings.Join(args[1:], " ")))
}

// took remembers a delivery and ends the story if the bot did not acknowledge it.
func (s *system) acknowledged(d slacksim.Delivery) {
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
		at, pick := s.findButton(neg, args)
		if neg {
			return
		}
		d := s.slack.Click(s.Context(), s.person(args[0]), at.ref, at.action, pick)
		if !errors.Is(d.Err, slacksim.ErrNotThere) {
			s.acknowledged(d)
			return
		}
		// The card was drawn anew between the look and the press: look again, as a
		// finger would. look is bounded in time.
	}
}

// both WHO OTHER ACTION: two people press at the same moment.
func cmdBoth(s *system, args []string) {
	s.together(args[:2], args[2])
}

// press-all N ACTION: N new colleagues press at the same moment.
func cmdPressAll(s *system, args []string) {
	n, err := strconv.Atoi(args[0])
	s.check(err)
	at, pick := s.findButton(false, []string{"dana", args[1]})
	s.press(s.colleagues(n), at, pick)
}

// together has the people press the same button at once.
func (s *system) together(names []string, action string) {
	at, pick := s.findButton(false, []string{names[0], action})
	var users []string
	for _, name := range names {
		users = append(users, s.person(name))
	}
	s.press(users, at, pick)
}

func (s *system) press(users []string, at button, pick slacksim.Pick) {
	for _, d := range s.pressAt(users, s.messageAt(at.ref), at.action, pick) {
		s.acknowledged(d)
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

// submit WHO [note=TEXT] [to=WHO] [for=MINUTES]: fills the open modal in and presses its
// button.
func cmdSubmit(s *system, args []string) {
	user := s.person(args[0])
	s.expect(false, "an open modal", func() bool { return s.slack.View(user) != nil }, s.screen)
	_, values := settings(args[1:])
	if to, picked := values["to"]; picked {
		values["to"] = s.person(to)
	}
	s.acknowledged(s.slack.Submit(s.Context(), user, s.slack.View(user).ID, values))
}

// remember-card: keeps the newest card as it is now, for click-remembered.
func cmdRememberCard(s *system, _ []string) {
	cards := s.cardsNow()
	if len(cards) == 0 {
		s.Fatalf("there is no card")
	}
	s.remembered = cards[len(cards)-1]
}

// click-remembered WHO ACTION: presses a button of the card as it was when it was remembered.
func cmdClickRemembered(s *system, args []string) {
	action, pick, ok := nthButton(s.remembered.Blocks, args[1], 1)
	if !ok {
		s.Fatalf("the remembered card has no button %s", args[1])
	}
	s.acknowledged(s.slack.ClickStale(s.Context(), s.person(args[0]), s.remembered, action, pick))
}

// redeliver [new-id]: Slack sends the last request again, signed anew; an event also
// with a new id.
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

// say WHO TEXT [for=DIGITS] [in=channel] [times=N]: writes into the thread of the newest card that
// shows the digits, or into the channel itself; the text N times in one message.
func cmdSay(s *system, args []string) {
	_, set := settings(args[2:])
	times, err := strconv.Atoi(cmp.Or(set["times"], "1"))
	s.check(err)
	s.writeIn(s.person(args[0]), set["for"], strings.Repeat(args[1], times), set["in"] == "channel")
}

// posted WHO bot|workflow|forwarded TEXT: Slack sends the event of a message in the thread of the newest
// card that another app or a workflow posts in the person's name, or that the person forwards.
func cmdPosted(s *system, args []string) {
	cards := s.cardsNow()
	if len(cards) == 0 {
		s.Fatalf("there is no card")
	}
	card := cards[len(cards)-1]
	e := map[string]any{"type": "message", "channel": card.Channel, "user": s.person(args[0]), "text": args[2], "thread_ts": card.TS,
		"ts": fmt.Sprintf("%d.000999", s.clock.now().Unix())}
	switch args[1] {
	case "bot":
		e["bot_id"] = "B0OTHER"
	case "workflow":
		e["bot_id"], e["workflow_id"], e["subtype"] = "B0FLOW", "Wf0", "bot_message"
	case "forwarded":
		e["text"], e["attachments"] = "", []any{map[string]any{"is_share": true, "is_msg_unfurl": true, "text": args[2], "id": 1}}
	default:
		s.Fatalf("who posts it?")
	}
	raw, err := json.Marshal(e)
	s.check(err)
	s.acknowledged(s.slack.Event(s.Context(), raw))
}

// files are what post can post, by their names.
func files() map[string][]byte {
	return map[string][]byte{
		"door.png": pixel, "film.mp4": film, "film.png": film, "page.png": []byte("<!DOCTYPE html><title>Sign in</title>"),
		"large.png": append(bytes.Clone(pixel), make([]byte, 1_200_000)...),
	}
}

// post WHO FILE TEXT: posts a file with a text in the thread of the newest card; film.png is no picture,
// whatever its name says.
func cmdPost(s *system, args []string) {
	file := slacksim.File{Name: args[1], Content: files()[args[1]]}
	cards := s.cardsNow()
	_, d := s.slack.SayWith(context.WithoutCancel(s.Context()), s.person(args[0]), slacksim.DeskChannel, cards[len(cards)-1].TS, args[2], file)
	s.acknowledged(d)
}

// unpost WHO TEXT: deletes the files of the person's newest message that has the text in it.
func cmdUnpost(s *system, args []string) {
	m := s.wrote(s.person(args[0]), args[1])
	s.acknowledged(s.slack.DeleteFiles(s.Context(), m.User, m.Channel, m.TS))
}

// edit WHO TEXT NEW: changes the person's newest message that has the text in it.
func cmdEdit(s *system, args []string) {
	user := s.person(args[0])
	m := s.wrote(user, args[1])
	s.acknowledged(s.slack.Edit(s.Context(), user, m.Channel, m.TS, args[2]))
}

// unsay WHO TEXT: deletes the person's newest message that has the text in it.
func cmdUnsay(s *system, args []string) {
	user := s.person(args[0])
	m := s.wrote(user, args[1])
	s.acknowledged(s.slack.Delete(s.Context(), user, m.Channel, m.TS))
}

// wrote is the person's newest message that has the text in it.
func (s *system) wrote(user, text string) slacksim.Message {
	for _, m := range slices.Backward(s.everything()) {
		if m.User == user && strings.Contains(s.slack.PlainText(m, nil), text) {
			return m
		}
	}
	s.Fatalf("nobody wrote that:\n%s", s.screen())
	return slacksim.Message{}
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

// open-home WHO: opens the app's Home tab.
func cmdOpenHome(s *system, args []string) {
	s.acknowledged(s.slack.OpenHome(s.Context(), s.person(args[0])))
}

// shortcut WHO TEXT: uses "Find this number" on the newest message that shows the text,
// in the desk's channel or in a thread there.
func cmdShortcut(s *system, args []string) {
	for _, m := range slices.Backward(s.everything()) {
		if strings.Contains(s.slack.PlainText(m, nil), args[1]) {
			s.acknowledged(s.slack.MessageShortcut(s.Context(), s.person(args[0]), m.Channel, m.TS, "find_number"))
			return
		}
	}
	s.Fatalf("no message shows that:\n%s", s.screen())
}

// everything are the messages of the desk's channel and of all threads there.
func (s *system) everything() []slacksim.Message {
	var all []slacksim.Message
	for _, m := range s.slack.Messages(slacksim.DeskChannel) {
		all = append(append(all, m), s.slack.Thread(slacksim.DeskChannel, m.TS)...)
	}
	return all
}

// groupIDs are the ids of the user groups that stories name.
func groupIDs() map[string]string {
	return map[string]string{"technicians": slacksim.TechniciansGroup, "leads": slacksim.LeadsGroup}
}

// group NAME WHO…: these and no others are in the group from now on.
func cmdGroup(s *system, args []string) {
	var users []string
	for _, name := range args[1:] {
		users = append(users, s.person(name))
	}
	deliveries, err := s.slack.SetGroupUsers(s.Context(), groupIDs()[args[0]], users...)
	s.check(err)
	for _, d := range deliveries {
		s.acknowledged(d)
	}
}

// writeIn writes below the newest card that shows the text, or into the channel.
func (s *system) writeIn(user, about, text string, channel bool) {
	thread := ""
	if !channel {
		for _, m := range s.cardsNow() {
			if strings.Contains(s.slack.PlainText(m, nil), about) {
				thread = m.TS
			}
		}
		if thread == "" {
			s.Fatalf("there is no such card:\n%s", readable(s.cardTexts()))
		}
	}
	_, d := s.slack.Say(context.WithoutCancel(s.Context()), user, slacksim.DeskChannel, thread, text)
	s.acknowledged(d)
}

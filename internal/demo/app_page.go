package demo

import (
	"errors"
	"net/http"

	"takeoverbot/internal/slacksim"
)

// homeTab stands for the app's Home where the id of a channel is wanted.
const homeTab = "home"

// direct is one person's direct messages with the bot, as an entry of the rail.
type direct struct {
	User    string `json:"user"`
	Name    string `json:"name"`
	Channel string `json:"channel"`
	Count   int    `json:"count"`
}

// directs lists whom the bot may write to, with how much it has: what reaches a phone at
// night must be seen without knowing where to look.
func (d *Demo) directs(all []slacksim.User) []direct {
	var out []direct
	for _, p := range people(all) {
		if p.member {
			out = append(out, direct{User: p.ID, Name: p.Name, Channel: d.slack.DirectChannel(p.ID), Count: len(d.botWrote(p.ID))})
		}
	}
	return out
}

// home is the app's Home of one person.
type home struct {
	View string          `json:"view"`
	Rev  string          `json:"rev"`
	Body []slacksim.Node `json:"body"`
}

// home draws what the bot has published; nil before it has published anything.
func (e easel) home(v *slacksim.View) *home {
	if v == nil {
		return nil
	}
	h := &home{View: v.ID, Body: e.slack.DrawView(*v, e.zone)}
	h.Rev = revision(h)
	return h
}

// doHome opens the app's Home, which tells the bot.
func (d *Demo) doHome(r *http.Request, in input) error {
	return openProblem(d.slack.OpenHome(lasting(r), in.User))
}

// doMessages opens the app's direct messages.
func (d *Demo) doMessages(r *http.Request, in input) error {
	return openProblem(d.slack.OpenMessages(lasting(r), in.User))
}

// openProblem: Slack shows no sign that an app missed an event.
func openProblem(delivery slacksim.Delivery) error {
	if errors.Is(delivery.Err, slacksim.ErrNotThere) {
		return errors.New("this person has no such tab")
	}
	return nil
}

// doShortcut uses the one shortcut from the menu of a message.
func (d *Demo) doShortcut(r *http.Request, in input) error {
	delivery := d.slack.MessageShortcut(lasting(r), in.User, in.Channel, in.TS, shortcutFind)
	if errors.Is(delivery.Err, slacksim.ErrNotThere) {
		return errors.New("the shortcut is not there for this message or this person")
	}
	return clickProblem(delivery)
}

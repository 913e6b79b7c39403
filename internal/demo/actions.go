package demo

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"takeoverbot/internal/slacksim"
)

// input is the body of every POST; each action reads its own part.
type input struct {
	User    string            `json:"user"`
	Channel string            `json:"channel"`
	Thread  string            `json:"thread"`
	TS      string            `json:"ts"`
	View    string            `json:"view"`
	Action  string            `json:"action"`
	Block   string            `json:"block"`
	Value   string            `json:"value"`
	Values  map[string]string `json:"values"`
	Text    string            `json:"text"`
	Line    string            `json:"line"`
	Name    string            `json:"name"`
	On      bool              `json:"on"`
	Step    int               `json:"step"`
	Minutes int               `json:"minutes"`
}

// startPatience bounds how long a start of the bot may take.
const startPatience = 20 * time.Second

// actions are what the page can ask for. Their errors are sentences for the person.
func (d *Demo) actions() map[string]func(*http.Request, input) error {
	return map[string]func(*http.Request, input) error{
		"say":    d.doSay,
		"edit":   d.doEdit,
		"post":   d.doPost,
		"delete": d.doDelete,
		"click":  d.doClick,
		"submit": d.doSubmit,
		"close":  d.doClose,
		"text":   d.doText,
		"switch": d.doSwitch,
		"normal": func(*http.Request, input) error { return d.nights.clear() },
		"kill":   func(*http.Request, input) error { return d.bot.Kill() },
		"start":  d.doStart,
		"tour":   d.doTour,

		"clock":    d.doClock,
		"happen":   d.doHappen,
		"home":     d.doHome,
		"messages": d.doMessages,
		"shortcut": d.doShortcut,
		"scene":    d.doScene,
	}
}

// lasting is a context for what goes on even if the page is closed meanwhile.
func lasting(r *http.Request) context.Context { return context.WithoutCancel(r.Context()) }

// doSay sends what was typed: a command where it begins with one slash, else a message.
func (d *Demo) doSay(r *http.Request, in input) error {
	typed := strings.TrimSpace(in.Text)
	if typed == "" {
		return nil
	}
	if !strings.HasPrefix(in.Text, "/") || strings.HasPrefix(in.Text, "//") {
		_, delivery := d.slack.Say(lasting(r), in.User, in.Channel, in.Thread, typed)
		if errors.Is(delivery.Err, slacksim.ErrNotThere) {
			return fmt.Errorf("the message was not sent: %w", delivery.Err)
		}
		return nil // Slack shows no sign that an app missed an event
	}
	word, rest, _ := strings.Cut(typed, " ")
	switch {
	case in.Thread != "":
		return fmt.Errorf("%s is not supported in threads, sorry", word)
	case word != command:
		return fmt.Errorf("%s is not a valid command. Here it is %s, for example %s help", word, command, command)
	}
	return commandProblem(word, d.slack.SlashCommand(lasting(r), in.User, in.Channel, word, rest))
}

// doEdit changes what a person wrote.
func (d *Demo) doEdit(r *http.Request, in input) error {
	if strings.TrimSpace(in.Text) == "" {
		return errors.New("a message cannot become empty: delete it instead")
	}
	return ownWordsProblem(d.slack.Edit(lasting(r), in.User, in.Channel, in.TS, in.Text))
}

// doDelete removes what a person wrote.
func (d *Demo) doDelete(r *http.Request, in input) error {
	return ownWordsProblem(d.slack.Delete(lasting(r), in.User, in.Channel, in.TS))
}

// ownWordsProblem: Slack shows no sign that an app missed an event.
func ownWordsProblem(delivery slacksim.Delivery) error {
	if errors.Is(delivery.Err, slacksim.ErrNotThere) {
		return errors.New("that message is not there any more, or another person wrote it")
	}
	return nil
}

// commandProblem is what Slack tells the person when an app did not take a command.
func commandProblem(word string, delivery slacksim.Delivery) error {
	switch {
	case delivery.OK():
		return nil
	case errors.Is(delivery.Err, slacksim.ErrTimeout):
		return fmt.Errorf("%s failed with the error “operation_timeout”", word)
	case errors.Is(delivery.Err, slacksim.ErrNotThere):
		return delivery.Err
	case delivery.Err != nil:
		return fmt.Errorf("%s failed with the error “dispatch_failed”: the bot does not answer", word)
	}
	return fmt.Errorf("%s failed with the error “dispatch_failed” (HTTP %d)", word, delivery.Status)
}

// clickProblem is the warning that Slack shows beside a button.
func clickProblem(delivery slacksim.Delivery) error {
	switch {
	case delivery.OK(), delivery.Err == nil && delivery.Status == 0: // the click sent nothing to the bot
		return nil
	case errors.Is(delivery.Err, slacksim.ErrNotThere):
		return errors.New("that button has just changed, please look again")
	case delivery.Err != nil:
		return errors.New("this app is not responding: the click did not reach it, please press again")
	}
	return fmt.Errorf("this app is not responding (HTTP %d): please press again", delivery.Status)
}

func (d *Demo) doClick(r *http.Request, in input) error {
	at := slacksim.Ref{Channel: in.Channel, TS: in.TS, View: in.View}
	pick := slacksim.Pick{BlockID: in.Block, Value: in.Value}
	if in.Action == actionTake && d.nights.take(secondClick) {
		return d.clickTogether(lasting(r), in.User, at, in.Action, pick)
	}
	return clickProblem(d.slack.ClickShown(lasting(r), in.User, at, in.Action, pick))
}

// clickTogether lets another technician press in the same moment.
func (d *Demo) clickTogether(ctx context.Context, user string, at slacksim.Ref, action string, pick slacksim.Pick) error {
	other := slacksim.Omar
	if user == slacksim.Omar {
		other = slacksim.Dana
	}
	var mine slacksim.Delivery
	together(
		func() { mine = d.slack.ClickShown(ctx, user, at, action, pick) },
		func() { d.slack.ClickShown(ctx, other, at, action, pick) },
	)
	return clickProblem(mine)
}

// together calls both at the same moment and waits for both.
func together(calls ...func()) {
	ready := make(chan struct{})
	var all sync.WaitGroup
	for _, call := range calls {
		all.Go(func() {
			<-ready
			call()
		})
	}
	close(ready)
	all.Wait()
}

func (d *Demo) doSubmit(r *http.Request, in input) error {
	delivery := d.slack.Submit(lasting(r), in.User, in.View, in.Values)
	if errors.Is(delivery.Err, slacksim.ErrInvalid) {
		return nil // the box says it under its inputs
	}
	return clickProblem(delivery)
}

func (d *Demo) doClose(r *http.Request, in input) error {
	return clickProblem(d.slack.CloseView(lasting(r), in.User, false))
}

func (d *Demo) doText(r *http.Request, in input) error {
	l := d.line(in.Line)
	if strings.TrimSpace(in.Text) == "" || l.Key != in.Line || !l.CanText {
		return nil
	}
	d.telnyx.Text(lasting(r), l.EndUser, l.Agent, in.Text)
	return nil
}

func (d *Demo) doSwitch(_ *http.Request, in input) error { return d.nights.set(in.Name, in.On) }

func (d *Demo) doStart(r *http.Request, _ input) error {
	ctx, cancel := context.WithTimeout(lasting(r), startPatience)
	defer cancel()
	if err := d.bot.Start(ctx); err != nil {
		return fmt.Errorf("the bot did not start: %w", err)
	}
	return nil
}

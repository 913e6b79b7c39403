package write_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/desktest"
	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// TestTheChannelSaysWhoReadsIt: once for as many people, and not where all are full members.
func TestTheChannelSaysWhoReadsIt(t *testing.T) {
	t.Parallel()
	d := desktest.New(t)
	for range 2 {
		slacktest.Must(t, d.Bot.TellOutsiders(t.Context()))
	}
	said := d.Slack.Messages(slacksim.DeskChannel)
	if len(said) != 1 || !strings.HasPrefix(said[0].Text, "In this channel: 1 guest and 1 person of another organisation. They can read every card") {
		t.Fatalf("the channel says %+v", said)
	}
	full := desktest.New(t)
	full.Config.Desks[0].Channel = "C0FULL"
	full.Slack.AddChannel(slacksim.Channel{ID: "C0FULL", Name: "full", Members: []string{slacksim.BotUserID, slacksim.Dana, slacksim.Omar}})
	b := desktest.NewBot(full.Config, full.Deps())
	slacktest.Must(t, b.TellOutsiders(t.Context()))
	if said := full.Slack.Messages("C0FULL"); len(said) > 0 {
		t.Errorf("a channel of full members says %+v", said)
	}
}

// TestNothingIsPostedBeforeOutsiders where the desk is set so: the person who asked is told, and the
// card comes when they have left.
func TestNothingIsPostedBeforeOutsiders(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.LineIn(takeover.StateAI))
	d.Config.Desks[0].MembersOnly = true
	b := desktest.NewBot(d.Config, d.Deps())
	at := slackapi.Place{Channel: slacksim.DeskChannel}
	_, err := b.Writer.Slack.PostOnce(t.Context(), slackapi.Urgent, "card/x", at, slackapi.Message{Text: "secret"})
	if !slackapi.IsCode(err, "outsiders_in_channel") {
		t.Errorf("posted: %v", err)
	}
	slacktest.Must(t, b.TellOutsiders(t.Context()))
	if said := d.Slack.Messages(slacksim.DeskChannel); len(said) > 0 {
		t.Errorf("the channel says %+v", said)
	}
	if _, err := b.Writer.Slack.PostOnce(t.Context(), slackapi.Urgent, "direct", slackapi.Place{Channel: d.Slack.DirectChannel(slacksim.Dana)}, slackapi.Message{Text: "for Dana"}); err != nil {
		t.Errorf("a direct message: %v", err)
	}
	for name, channel := range map[string]string{"full members": "C0FULL", "with a guest": "C0GUEST"} {
		members := []string{slacksim.BotUserID, slacksim.Dana}
		if channel == "C0GUEST" {
			members = append(members, slacksim.Guest)
		}
		d.Slack.AddChannel(slacksim.Channel{ID: channel, Name: strings.ToLower(channel), Members: members})
		d.Config.Desks = takeover.Desks{{Channel: channel, MembersOnly: true}}
		_, err := desktest.NewBot(d.Config, d.Deps()).Writer.Slack.PostOnce(t.Context(), slackapi.Urgent, "card/"+channel, slackapi.Place{Channel: channel}, slackapi.Message{Text: "x"})
		if refused := err != nil; refused != (channel == "C0GUEST") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestTheDoctorSaysWhoReadsTheChannel, and that it is to be fixed where nothing is posted therefore.
func TestTheDoctorSaysWhoReadsTheChannel(t *testing.T) {
	t.Parallel()
	for name, only := range map[string]bool{"told": false, "refused": true} {
		d := desktest.New(t)
		d.Config.Desks[0].MembersOnly = only
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		found := false
		for _, f := range slackbot.Check(ctx, d.Config, nil) {
			if said := f.What + f.Not; strings.Contains(said, "in the desk's channel: 1 guest and 1 person of another organisation") {
				found = true
				if f.OK == only || f.Warn == only {
					t.Errorf("%s: %+v", name, f)
				}
			}
		}
		if !found {
			t.Errorf("%s: the doctor does not say so", name)
		}
	}
}

package people

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// CodeOutsiders is the code of a refusal of ours: people who may not see conversations are in the
// channel, and its desk is set to post nothing there meanwhile.
const CodeOutsiders = "outsiders_in_channel"

// outsidersFresh is how long it is trusted who is in a channel.
const outsidersFresh = 5 * time.Minute

// Outsiders are how many people of a channel may neither see nor act by the bot's rules. Slack shows
// them every message of the channel all the same.
type Outsiders struct {
	Guests  int
	Foreign int // of other organisations
}

// Any reports whether there is one.
func (o Outsiders) Any() bool { return o.Guests+o.Foreign > 0 }

// String is "1 guest and 2 people of other organisations".
func (o Outsiders) String() string {
	var parts []string
	if o.Guests > 0 {
		parts = append(parts, mrkdwn.Count(o.Guests, "guest"))
	}
	switch {
	case o.Foreign == 1:
		parts = append(parts, "1 person of another organisation")
	case o.Foreign > 1:
		parts = append(parts, fmt.Sprintf("%d people of other organisations", o.Foreign))
	}
	return strings.Join(parts, " and ")
}

// rooms is what is known of channels. Safe for use by several goroutines.
type rooms struct {
	mu    sync.Mutex // held while Slack is asked: one caller asks for all
	known map[string]answer[Outsiders]
}

// Outsiders are those in a channel, as of the last minutes. It asks Slack for each member that is
// not known, as fast as Slack allows, until ctx ends.
func (p *People) Outsiders(ctx context.Context, channel string) (Outsiders, error) {
	p.rooms.mu.Lock()
	defer p.rooms.mu.Unlock()
	if known := p.rooms.known[channel]; p.now().Before(known.until) {
		return known.value, nil
	}
	members, err := p.client.ChannelMembers(ctx, channel)
	if err != nil {
		return Outsiders{}, err
	}
	var found Outsiders
	for _, id := range members {
		who, err := p.patiently(ctx, id)
		switch {
		case err != nil:
			return Outsiders{}, err
		case who.Foreign:
			found.Foreign++
		case who.Guest:
			found.Guests++
		}
	}
	if p.rooms.known == nil {
		p.rooms.known = map[string]answer[Outsiders]{}
	}
	p.rooms.known[channel] = answer[Outsiders]{found, p.now(), p.now().Add(outsidersFresh)}
	return found, nil
}

// patiently is who a person is, and waits where Slack's limit makes it wait.
func (p *People) patiently(ctx context.Context, id string) (person, error) {
	for {
		who, err := p.persons.get(ctx, id, homeTrust)
		later, asked := errors.AsType[*takeover.LaterError](err)
		if !asked {
			return who, err
		}
		select {
		case <-ctx.Done():
			return who, err
		case <-time.After(later.After):
		}
	}
}

// MembersOnly returns an error while people who may not see conversations are in a channel, or while
// Slack does not tell.
func (p *People) MembersOnly(ctx context.Context, channel string) error {
	found, err := p.Outsiders(ctx, channel)
	if err == nil && found.Any() {
		err = &slackapi.Error{Method: "chat.postMessage", Code: CodeOutsiders, Class: slackapi.Permanent}
	}
	return err
}

package slacksim

import (
	"context"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strings"
)

// SlashCommand types a command such as "/takeover" with a text into a channel.
// Threads have no slash commands in Slack, so there is no thread here.
func (s *Sim) SlashCommand(ctx context.Context, user, channel, command, text string) Delivery {
	s.mu.Lock()
	u, ch, err := s.present(user, channel)
	if err == nil {
		err = s.declared(command, "command", func(a *App) []string { return a.Commands })
	}
	if err != nil {
		s.mu.Unlock()
		return failed("command", err)
	}
	responseURL := s.newHook("commands", user, channel, "", false)
	trigger := s.newTrigger(user, false)
	form := url.Values{
		"token": {"deprecated"}, "team_id": {TeamID}, "team_domain": {teamDomain}, "api_app_id": {AppID},
		"channel_id": {channel}, "channel_name": {commandChannelName(ch)}, "user_id": {user}, "user_name": {u.Name},
		"command": {command}, "text": {s.commandText(text)}, "is_enterprise_install": {"false"},
		"response_url": {responseURL}, "trigger_id": {trigger},
	}
	h := s.hooks[strings.TrimPrefix(responseURL, s.baseURL)]
	s.mu.Unlock()
	d := s.send(ctx, &request{kind: "command", path: s.path("/slack/commands"), contentType: formType,
		body: []byte(form.Encode()), triggerID: trigger, responseURL: responseURL})
	if d.OK() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.applyCommandAck(&d, h, strings.TrimSpace(command+" "+text))
	}
	return d
}

func commandChannelName(c *Channel) string {
	switch {
	case c.IM:
		return "directmessage"
	case c.Private:
		return "privategroup"
	}
	return c.Name
}

// present finds a person and a channel that the person can look at.
func (s *Sim) present(user, channel string) (*User, *Channel, error) {
	u, c := s.users[user], s.channels[channel]
	switch {
	case u == nil || u.Deleted:
		return nil, nil, fmt.Errorf("%w: no person %q", ErrNotThere, user)
	case c == nil:
		return nil, nil, fmt.Errorf("%w: no channel %q", ErrNotThere, channel)
	case !c.has(user) && (c.Private || u.IsRestricted || u.Foreign()):
		return nil, nil, fmt.Errorf("%w: %s does not see channel %q", ErrNotThere, user, channel)
	}
	return u, c, nil
}

// applyCommandAck shows what the body of the ack says.
func (s *Sim) applyCommandAck(d *Delivery, h *hook, typed string) {
	if strings.TrimSpace(d.Body) == "" {
		return
	}
	b := answerBody{Text: d.Body}
	if isJSON(d.ContentType) {
		b = answerBody{}
		if err := json.Unmarshal([]byte(d.Body), &b); err != nil {
			s.violate("ack: the answer to a command is not the JSON it says it is")
			return
		}
	}
	b.DeleteOriginal, b.ReplaceOriginal, b.ThreadTS = false, false, ""
	if b.ResponseType == "in_channel" {
		s.store(&Message{Channel: h.channel, User: h.user, Text: escapeEntities(typed)})
	}
	ts, err := s.applyAnswer("command_ack", h, b)
	if err != nil {
		s.violate("ack: the answer to a command was refused: %v", err)
		return
	}
	if p := s.findPrivate(h.channel, ts); p != nil {
		shown := *p
		d.Private = &shown
	}
}

func isJSON(contentType string) bool {
	kind, _, _ := mime.ParseMediaType(contentType)
	return kind == "application/json"
}

// VerifyURL sends the challenge with which Slack checks a new events URL. It
// fails unless the bot answers with the challenge.
func (s *Sim) VerifyURL(ctx context.Context) error {
	s.mu.Lock()
	challenge := s.nextID("challenge")
	s.mu.Unlock()
	d := s.send(ctx, &request{kind: "url_verification", path: s.path("/slack/events"), contentType: "application/json",
		body: encode(map[string]any{"token": "deprecated", "type": "url_verification", "challenge": challenge})})
	var asJSON struct{ Challenge string }
	switch {
	case d.Err != nil:
		return fmt.Errorf("verify events url: %w", d.Err)
	case d.Status != http.StatusOK:
		return fmt.Errorf("verify events url: HTTP %d", d.Status)
	case strings.TrimSpace(d.Body) == challenge, d.Body == "challenge="+challenge:
		return nil
	case isJSON(d.ContentType) && json.Unmarshal([]byte(d.Body), &asJSON) == nil && asJSON.Challenge == challenge:
		return nil
	}
	return fmt.Errorf("verify events url: the challenge did not come back")
}

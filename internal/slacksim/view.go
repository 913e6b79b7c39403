package slacksim

import (
	"encoding/json"
	"fmt"
)

// View is a modal or a Home tab, as Slack keeps it.
type View struct {
	ID              string          `json:"id"`
	TeamID          string          `json:"team_id"`
	Type            string          `json:"type"` // "modal" or "home"
	Title           json.RawMessage `json:"title,omitempty"`
	Submit          json.RawMessage `json:"submit,omitempty"`
	Close           json.RawMessage `json:"close,omitempty"`
	Blocks          json.RawMessage `json:"blocks"`
	PrivateMetadata string          `json:"private_metadata"`
	CallbackID      string          `json:"callback_id"`
	ExternalID      string          `json:"external_id"`
	State           State           `json:"state"`
	Hash            string          `json:"hash"`
	RootViewID      string          `json:"root_view_id"`
	PreviousViewID  string          `json:"previous_view_id,omitempty"`
	ClearOnClose    bool            `json:"clear_on_close"`
	NotifyOnClose   bool            `json:"notify_on_close"`
	SubmitDisabled  bool            `json:"submit_disabled,omitempty"`
	AppID           string          `json:"app_id"`
	BotID           string          `json:"bot_id"`
	AppTeamID       string          `json:"app_installed_team_id"`

	// Errors are shown under the inputs, by block_id; under "" stands a
	// failure of the whole submit. They are never sent to the bot.
	Errors map[string]string `json:"errors,omitempty"`
	// Plain is filled in snapshots only.
	Plain string `json:"plain,omitempty"`
}

// State is what people have filled in so far: block_id, action_id, value.
type State struct {
	Values stateValues `json:"values"`
}

type stateValues map[string]map[string]map[string]any

// maxStack is how many modals lie on each other at most.
const maxStack = 3

func (s *Sim) newHash() string { return fmt.Sprintf("%d.%s", s.now().Unix(), s.nextID("h")) }

// adopt makes a checked view one of Slack's.
func (s *Sim) adopt(v *View) *View {
	v.ID, v.TeamID, v.Hash = s.nextID("V"), TeamID, s.newHash()
	v.AppID, v.BotID, v.AppTeamID = AppID, BotID, TeamID
	v.RootViewID, v.Errors, v.Plain = v.ID, nil, ""
	return v
}

// replace puts new content into an open view; what was filled in stays where
// block and action are the same.
func (s *Sim) replace(old, fresh *View) {
	for block, actions := range fresh.State.Values {
		for action, v := range actions {
			if kept, ok := old.State.Values[block][action]; ok && kept["type"] == v["type"] {
				actions[action] = kept
			}
		}
	}
	id, root, previous := old.ID, old.RootViewID, old.PreviousViewID
	*old = *s.adopt(fresh)
	old.ID, old.RootViewID, old.PreviousViewID = id, root, previous
}

// top is the modal a person looks at, or nil.
func (s *Sim) top(user string) *View {
	if stack := s.stacks[user]; len(stack) > 0 {
		return stack[len(stack)-1]
	}
	return nil
}

// push lays a modal on the person's stack.
func (s *Sim) push(user string, v *View) {
	s.adopt(v)
	if under := s.top(user); under != nil {
		v.RootViewID, v.PreviousViewID = under.RootViewID, under.ID
	}
	s.stacks[user] = append(s.stacks[user], v)
}

func (s *Sim) pop(user string) {
	if stack := s.stacks[user]; len(stack) > 0 {
		s.stacks[user] = stack[:len(stack)-1]
	}
}

// openAt finds an open modal, whosever it is.
func (s *Sim) openAt(matches func(*View) bool) *View {
	for _, stack := range s.stacks {
		for _, v := range stack {
			if matches(v) {
				return v
			}
		}
	}
	return nil
}

// wireView is the view as Slack sends it.
func wireView(v *View) View {
	c := v.clone()
	c.Errors, c.Plain = nil, ""
	return c
}

func (v *View) clone() View {
	c := *v
	c.State.Values = v.State.Values.clone()
	c.Errors = map[string]string{}
	for k, e := range v.Errors {
		c.Errors[k] = e
	}
	return c
}

func (values stateValues) clone() stateValues {
	c := stateValues{}
	for block, actions := range values {
		c[block] = map[string]map[string]any{}
		for action, v := range actions {
			c[block][action] = v // a value is replaced, never changed
		}
	}
	return c
}

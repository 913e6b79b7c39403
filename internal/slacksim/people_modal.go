package slacksim

import (
	"context"
	"encoding/json"
	"fmt"
)

// Submit fills the inputs of the modal in front (by block_id) and presses its
// submit button. Inputs that are not named keep what they hold. A required
// input left empty, or a value Slack would not take, is refused like in Slack,
// before anything is sent: Err is ErrInvalid. The bot's response_action is
// applied.
func (s *Sim) Submit(ctx context.Context, user, viewID string, values map[string]string) Delivery {
	const kind = "view_submission"
	s.mu.Lock()
	v, err := s.frontModal(user, viewID)
	if err == nil {
		err = s.fillIn(v, values)
	}
	if err != nil {
		s.mu.Unlock()
		return failed(kind, err)
	}
	p := s.payload(kind, user)
	p["view"], p["response_urls"] = wireView(v), s.selectedHooks(user, v)
	p["trigger_id"] = s.newTrigger(user, true)
	q := s.interaction(p)
	s.mu.Unlock()

	d := s.send(ctx, q)
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.changed()
	if !d.OK() {
		v.Errors = map[string]string{"": "We had some trouble connecting. Try again?"}
		return d
	}
	v.Errors = nil
	if err := s.applyResponseAction(user, v, d); err != nil {
		s.violate("ack: view_submission: %v", err)
		v.Errors = map[string]string{"": "We had some trouble connecting. Try again?"}
	}
	return d
}

func (s *Sim) frontModal(user, viewID string) (*View, error) {
	v := s.top(user)
	switch {
	case v == nil || v.ID != viewID:
		return nil, fmt.Errorf("%w: modal %s is not in front of %s", ErrNotThere, viewID, user)
	case v.Submit == nil:
		return nil, fmt.Errorf("%w: modal %s has no submit button", ErrNotThere, viewID)
	case v.SubmitDisabled:
		return nil, fmt.Errorf("%w: the submit button of modal %s is disabled", ErrNotThere, viewID)
	}
	return v, nil
}

// fillIn takes the values over all at once, or none of them.
func (s *Sim) fillIn(v *View, values map[string]string) error {
	filled, seen := v.State.Values.clone(), map[string]bool{}
	errs := map[string]string{}
	for _, block := range decodeBlocks(v.Blocks) {
		if block["type"] != "input" {
			continue
		}
		name, _ := block["block_id"].(string)
		e := elementsOf(block)[0]
		if entered, given := values[name]; given {
			seen[name] = true
			value, err := s.choose(e, entered)
			if err != nil {
				errs[name] = err.Error()
				continue
			}
			filled.set(block, e, value)
		}
		action, _ := e["action_id"].(string)
		if block["optional"] != true && isEmpty(filled[name][action]) {
			errs[name] = "Please complete this required field."
		}
	}
	for name := range values {
		if !seen[name] {
			return fmt.Errorf("%w: no input in block %q", ErrNotThere, name)
		}
	}
	if len(errs) > 0 {
		v.Errors = errs
		s.changed()
		return fmt.Errorf("%w: %v", ErrInvalid, errs)
	}
	v.State.Values = filled
	return nil
}

// selectedHooks are the response URLs of inputs with response_url_enabled.
func (s *Sim) selectedHooks(user string, v *View) []any {
	hooks := []any{}
	for _, block := range decodeBlocks(v.Blocks) {
		for _, e := range elementsOf(block) {
			b, _ := block["block_id"].(string)
			a, _ := e["action_id"].(string)
			channel, _ := v.State.Values[b][a]["selected_conversation"].(string)
			if e["response_url_enabled"] == true && channel != "" {
				hooks = append(hooks, map[string]any{"block_id": b, "action_id": a, "channel_id": channel,
					"response_url": s.newHook("app", user, channel, "", false)})
			}
		}
	}
	return hooks
}

// applyResponseAction does what the body of the ack asks for.
func (s *Sim) applyResponseAction(user string, v *View, d Delivery) error {
	if d.Body == "" {
		if s.top(user) == v {
			s.pop(user)
		}
		return nil
	}
	if !isJSON(d.ContentType) {
		return fmt.Errorf("body is %q, not JSON", d.ContentType)
	}
	var b struct {
		Action string            `json:"response_action"`
		Errors map[string]string `json:"errors"`
		View   json.RawMessage   `json:"view"`
	}
	if err := json.Unmarshal([]byte(d.Body), &b); err != nil {
		return fmt.Errorf("read body: %w", err)
	}
	switch b.Action {
	case "clear":
		s.stacks[user] = nil
		return nil
	case "errors":
		return s.showErrors(v, b.Errors)
	case "update", "push":
		return s.respondWithView(user, v, b.Action, b.View)
	}
	return fmt.Errorf("unknown response_action %q", b.Action)
}

func (s *Sim) showErrors(v *View, errs map[string]string) error {
	inputs := map[string]bool{}
	for _, block := range decodeBlocks(v.Blocks) {
		name, _ := block["block_id"].(string)
		inputs[name] = block["type"] == "input"
	}
	if len(errs) == 0 {
		return fmt.Errorf("response_action errors without errors")
	}
	for name := range errs {
		if !inputs[name] {
			return fmt.Errorf("errors name %q, which is not an input block", name)
		}
	}
	v.Errors = errs
	return nil
}

func (s *Sim) respondWithView(user string, v *View, action string, raw json.RawMessage) error {
	fresh, err := s.readView("response_action", string(raw), "modal")
	if err != nil {
		return err
	}
	if action == "update" {
		s.replace(v, fresh)
		return nil
	}
	if len(s.stacks[user]) >= maxStack {
		return refuse("push_limit_reached")
	}
	s.push(user, fresh)
	return nil
}

// CloseView closes the modal in front, or the whole stack with all. The bot
// hears of it only where the view asked for notify_on_close; otherwise the
// delivery is empty, with no status and no error.
func (s *Sim) CloseView(ctx context.Context, user string, all bool) Delivery {
	const kind = "view_closed"
	s.mu.Lock()
	v := s.top(user)
	if v == nil {
		s.mu.Unlock()
		return failed(kind, fmt.Errorf("%w: %s has no modal open", ErrNotThere, user))
	}
	if all || v.ClearOnClose {
		s.stacks[user] = nil
	} else {
		s.pop(user)
	}
	s.changed()
	if !v.NotifyOnClose {
		s.mu.Unlock()
		return Delivery{Kind: kind}
	}
	p := s.payload(kind, user)
	p["view"], p["is_cleared"] = wireView(v), all
	q := s.interaction(p)
	s.mu.Unlock()
	return s.sendInteraction(ctx, q)
}

package slacksim

import (
	"context"
	"fmt"
)

// SubmitForm is Submit with the inputs named by their action_id: an option's
// value for static_select and radio_buttons, a user id for users_select, the
// words for plain_text_input; "" clears. An action_id that is in no input
// block, or in two of them, is ErrNotThere.
func (s *Sim) SubmitForm(ctx context.Context, user, viewID string, byAction map[string]string) Delivery {
	s.mu.Lock()
	values, err := s.byBlock(user, viewID, byAction)
	s.mu.Unlock()
	if err != nil {
		return failed("view_submission", err)
	}
	return s.Submit(ctx, user, viewID, values)
}

// byBlock renames what was entered from action_id to block_id.
func (s *Sim) byBlock(user, viewID string, byAction map[string]string) (map[string]string, error) {
	v, err := s.frontModal(user, viewID)
	if err != nil {
		return nil, err
	}
	values, found := map[string]string{}, map[string]bool{}
	for _, block := range decodeBlocks(v.Blocks) {
		if block["type"] != "input" {
			continue
		}
		action, _ := elementsOf(block)[0]["action_id"].(string)
		entered, given := byAction[action]
		if given && found[action] {
			return nil, fmt.Errorf("%w: two inputs with the action %q", ErrNotThere, action)
		}
		if name, _ := block["block_id"].(string); given {
			values[name], found[action] = entered, true
		}
	}
	for _, action := range sortedKeys(byAction) {
		if !found[action] {
			return nil, fmt.Errorf("%w: no input with the action %q", ErrNotThere, action)
		}
	}
	return values, nil
}

package telnyxsim

import (
	"maps"
	"slices"
	"time"
)

// pendingReply is an answer that the assistant is generating.
type pendingReply struct {
	// silenced gets one value when the assistant is silenced meanwhile: how long after that the answer goes out all the
	// same, 0 for never.
	silenced chan time.Duration
}

// think starts to generate an answer, unless one is being generated already: that one will see the newest texts too.
// s.mu must be held.
func (s *Sim) think(c *Conversation) {
	if s.faults.LateReply {
		s.held[c.ID] = true
		return
	}
	if s.opts.ReplyDelay <= 0 {
		s.speak(c)
		return
	}
	if s.pending[c.ID] != nil {
		return
	}
	p := &pendingReply{silenced: make(chan time.Duration, 1)}
	s.pending[c.ID] = p
	s.server.Go(func() { s.generate(c.ID, p) })
}

// generate waits for the answer to be ready and lets it out.
func (s *Sim) generate(id string, p *pendingReply) {
	if !s.wait(s.opts.ReplyDelay, p) {
		return
	}
	s.lock()
	if s.pending[id] == p {
		delete(s.pending, id)
		s.speakIn(id)
		s.mu.Unlock()
		return
	}
	s.mu.Unlock()
	late := <-p.silenced // sent before the entry was taken away
	if late > 0 && s.wait(late, nil) {
		s.lock()
		defer s.mu.Unlock()
		s.speakIn(id)
	}
}

// wait reports false when the simulator closes before d has passed; silencing ends the wait early.
func (s *Sim) wait(d time.Duration, p *pendingReply) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	var silenced chan time.Duration
	if p != nil {
		silenced = p.silenced
	}
	select {
	case <-t.C:
		return true
	case late := <-silenced:
		silenced <- late // for generate, which has to look under the lock anyway
		return true
	case <-s.server.Context().Done():
		return false
	}
}

// silence takes away the answer that is being generated in a conversation; lateMS over 0 lets it out that many
// milliseconds from now. s.mu must be held.
func (s *Sim) silence(id string, lateMS int) {
	if p := s.pending[id]; p != nil {
		delete(s.pending, id)
		p.silenced <- ms(lateMS)
	}
}

// ReleaseReplies lets all answers out that the switch late_reply holds back, and returns in how many conversations the
// assistant spoke. Each of them sees all that was written meanwhile.
func (s *Sim) ReleaseReplies() int {
	s.lock()
	defer s.mu.Unlock()
	n := 0
	for _, id := range slices.Sorted(maps.Keys(s.held)) {
		if s.convs[id] != nil {
			s.speakIn(id)
			n++
		}
	}
	clear(s.held)
	return n
}

func (s *Sim) speakIn(id string) {
	if c := s.convs[id]; c != nil {
		s.speak(c)
	}
}

// speak lets the assistant answer now: with a tool call and its result where it uses one. It returns the words.
// s.mu must be held.
func (s *Sim) speak(c *Conversation) string {
	turn := compose(c)
	if turn.tool != "" {
		s.useTool(c, turn)
	}
	s.add(c, Message{Role: RoleAssistant, Text: turn.text, delivered: true})
	s.changed()
	return turn.text
}

// useTool adds the call, its result, and the tool's name to called_tools, as Telnyx does.
func (s *Sim) useTool(c *Conversation, t turn) {
	call := ToolCall{ID: "call_" + c.ID[:8] + "_" + t.reference, Type: "function", Function: ToolFunction{t.tool, t.arguments}}
	s.add(c, Message{Role: RoleAssistant, NullText: true, ToolCalls: []ToolCall{call}})
	s.add(c, Message{Role: RoleTool, Text: t.result})
	next := c.Metadata.Clone()
	next.set(KeyCalledTools, append(next.strings(KeyCalledTools), t.tool))
	s.store(c, next, s.clock.Now())
}

package slacksim

import (
	"fmt"
	"slices"
	"time"
)

// Errors with which chat.update can refuse a message for good.
const (
	EditWindowClosed  = "edit_window_closed"
	CantUpdateMessage = "cant_update_message"
	MessageNotFound   = "message_not_found"
)

// editWindow is how long a message can be changed; the zero value is for ever.
type editWindow struct {
	age  time.Duration
	code string
}

// SetEditWindow lets chat.update answer code (one of EditWindowClosed,
// CantUpdateMessage and MessageNotFound) for a message that is older than age, by
// the clock that SetNow and Advance turn. Until then, and for what else is done
// with the message, nothing changes. Age 0 ends it, as ClearFaults does.
func (s *Sim) SetEditWindow(age time.Duration, code string) error {
	if age < 0 || age > 0 && !slices.Contains([]string{EditWindowClosed, CantUpdateMessage, MessageNotFound}, code) {
		return fmt.Errorf("edit window: %s with the error %q", age, code)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.window = editWindow{age, code}
	return nil
}

// closed tells whether m cannot be changed any more.
func (w editWindow) closed(m *Message, now time.Time) bool {
	return w.age > 0 && now.Sub(m.posted()) > w.age
}

// posted is when the message was posted, which its id says.
func (m *Message) posted() time.Time {
	var seconds, micros int64
	_, _ = fmt.Sscanf(m.TS, "%d.%06d", &seconds, &micros) // newTS wrote it
	return time.Unix(seconds, micros*1000)
}

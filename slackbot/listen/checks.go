package listen

import (
	"sync"

	"takeoverbot/takeover"
)

// checks are the people about whom Slack is being asked. Safe for use by several goroutines.
type checks struct {
	mu      sync.Mutex
	running map[takeover.OperatorID]bool // true: another command came meanwhile
}

func newChecks() checks { return checks{running: map[takeover.OperatorID]bool{}} }

// begin reports whether the caller is to check the commands of a person. If another caller does
// so already, that one does it once more.
func (c *checks) begin(by takeover.OperatorID) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, running := c.running[by]
	c.running[by] = running
	return !running
}

// again reports whether the commands of a person are to be checked once more.
func (c *checks) again(by takeover.OperatorID) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running[by] {
		c.running[by] = false
		return true
	}
	delete(c.running, by)
	return false
}

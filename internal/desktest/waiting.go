package desktest

import (
	"context"
	"slices"
	"time"

	"takeoverbot/takeover"
)

// Wake does nothing: a Backend applies no commands.
func (h *Backend) Wake() {}

// Awaited lists nobody: the desk checks commands right after their request only.
func (h *Backend) Awaited(context.Context, int) ([]takeover.OperatorID, error) { return nil, nil }

// Awaiting lists the commands of a person that wait to be checked.
func (h *Backend) Awaiting(_ context.Context, by takeover.OperatorID) ([]takeover.Pending, error) {
	h.Mu.Lock()
	defer h.Mu.Unlock()
	var all []takeover.Pending
	for i, c := range h.Commands {
		if c.By == by && c.Unchecked {
			all = append(all, takeover.Pending{Seq: int64(i + 1), Command: c})
		}
	}
	return all, nil
}

// Checked keeps the command as it is now, and has a refusal told, as the domain does.
func (h *Backend) Checked(ctx context.Context, p takeover.Pending) error {
	h.Mu.Lock()
	h.Commands[p.Seq-1] = p.Command
	h.Mu.Unlock()
	if p.Command.Refused == "" {
		return nil
	}
	return h.tellRefused(ctx, p)
}

func (h *Backend) tellRefused(ctx context.Context, p takeover.Pending) error {
	if h.Tell == nil {
		return nil
	}
	return h.Tell(ctx, takeover.TellJob{Command: p.Seq, Refusal: takeover.Refusal{Kind: takeover.RefusedRole, Why: p.Command.Refused}})
}

// CheckLater has the operator told what the command waits for.
func (h *Backend) CheckLater(ctx context.Context, seq int64, _ time.Duration) error {
	if h.Tell == nil {
		return nil
	}
	return h.Tell(ctx, takeover.TellJob{Command: seq, Refusal: takeover.Refusal{Kind: takeover.RefusedUnknown}})
}

// Stored lists the commands that may take effect, once they were checked.
func (h *Backend) Stored() []takeover.Command {
	if h.Checks != nil {
		h.Checks()
	}
	h.Mu.Lock()
	defer h.Mu.Unlock()
	return slices.DeleteFunc(slices.Clone(h.Commands), func(c takeover.Command) bool { return c.Unchecked || c.Refused != "" })
}

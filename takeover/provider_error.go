package takeover

import (
	"errors"
	"fmt"
	"strings"
)

// Error says what was being done and why it failed, without any personal data.
func (e *ProviderError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s: %s", strings.ToLower(e.Provider), e.Op, e.Kind)
	if e.Status != 0 {
		fmt.Fprintf(&b, " (%d)", e.Status)
	}
	if e.Code != "" {
		fmt.Fprintf(&b, " code %s", e.Code)
	}
	if len(e.Lost) > 0 {
		fmt.Fprintf(&b, " %d entries", len(e.Lost))
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	return b.String()
}

// isGone says whether err is that the provider does not know the conversation.
func isGone(err error) bool {
	pe, ok := errors.AsType[*ProviderError](err)
	return ok && pe.Kind == Gone
}

// noWrite reports whether the provider refused to write anything: nothing has changed, nor will.
func (e *ProviderError) noWrite() bool {
	switch e.Kind {
	case KeyRefused, Gone, Refused, Limited, Unsupported, NotSetUp:
		return !e.MayLand && !e.FlagUnknown && len(e.Lost) == 0
	default:
		return false
	}
}

// Unwrap returns the cause.
func (e *ProviderError) Unwrap() error { return e.Err }

// Answer is the failure in short words for the audit.
func (e *ProviderError) Answer() string {
	if e.Status != 0 {
		return fmt.Sprintf("%s: %s (%d)", e.Op, e.Kind, e.Status)
	}
	return fmt.Sprintf("%s: %s", e.Op, e.Kind)
}

// Transient reports whether the failure may pass by itself.
func (e *ProviderError) Transient() bool {
	return e.Kind == Limited || e.Kind == Failing || e.Kind == NoAnswer
}

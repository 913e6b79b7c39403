package render

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/typed"
	"takeoverbot/takeover"
)

// Export is what the files of an export have. Its lines have their whole audit.
type Export struct {
	Made  time.Time
	By    takeover.OperatorID
	Lines []History
	// Plain is a text of Slack as people read it, with Names for mentions.
	Plain func(string) string
	Names map[takeover.OperatorID]string
}

// exportedLine is a line in the JSON file. The audit is as the bot stores it: times are UTC, Lag is
// in nanoseconds, and Who, Other and Holder are ids of Slack, which People names.
type exportedLine struct {
	Line     takeover.LineID
	Provider string
	EndUser  string // masked
	Agent    string // masked
	Name     string `json:",omitempty"`
	Desk     string `json:",omitempty"`
	State    takeover.State
	Audit    []takeover.Entry
}

// JSON is the export for programs. The lines' own numbers are masked in it, as in the log.
func (x Export) JSON() ([]byte, error) {
	lines := make([]exportedLine, len(x.Lines))
	for i, h := range x.Lines {
		l, mask := h.Line, typed.MaskOf(h.Line)
		audit := make([]takeover.Entry, len(h.Entries))
		for j, e := range h.Entries {
			e.Note, e.Answer = mask.In(e.Note), mask.In(e.Answer)
			audit[j] = e
		}
		lines[i] = exportedLine{l.ID, l.Provider, l.EndUser.Masked(), l.Agent.Masked(), mask.In(l.Newest.Name), l.Desk, l.State, audit}
	}
	body, err := json.MarshalIndent(struct {
		Made   time.Time
		By     takeover.OperatorID
		People map[takeover.OperatorID]string
		Lines  []exportedLine
	}{x.Made.UTC(), x.By, x.Names, lines}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode the export: %w", err)
	}
	return body, nil
}

// Text is the export for people, a row for each entry, the oldest first, with times in UTC.
func (x Export) Text() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "Log of %s, made %s. Times are UTC, numbers are masked.\n", mrkdwn.Count(len(x.Lines), "line"), x.Made.UTC().Format(exportTime))
	for _, h := range x.Lines {
		fmt.Fprintf(&b, "\n%s · agent %s · line %s\nNow: %s\n", Who(h.Line), mrkdwn.OneLine(h.Agent.Masked(), mrkdwn.MaxName), h.ID, x.Plain(State(h.Line, x.Made)))
		for _, e := range h.Entries {
			fmt.Fprintf(&b, "%s %s\n", e.At.UTC().Format(exportTime), strings.ReplaceAll(x.Plain(entryWords(h.Line, e)), "\n", " "))
		}
	}
	return []byte(b.String())
}

// exportTime is how times are written, in UTC.
const exportTime = "2006-01-02 15:04:05Z"

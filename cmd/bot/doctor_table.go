package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"takeoverbot/takeover"
)

// exampleNumber is a number that can be texted. The table is about lines where both sides have one: without,
// it would say that nobody can be written to.
const exampleNumber takeover.Target = "+14155550137"

// capabilityTable prints what a provider can do in each channel, as far as the credential
// was tried, and below the table why it cannot do the rest, or what is to be known of what it can.
func capabilityTable(out io.Writer, p takeover.Provider, channels []takeover.Channel) error {
	by := make([]takeover.Capabilities, len(channels))
	tw := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	_, _ = fmt.Fprintf(tw, "\nWhat %s can do where both sides have a phone number", p.Name())
	for i, channel := range channels {
		by[i] = p.Can(takeover.Conversation{Channel: channel, EndUser: exampleNumber, Agent: exampleNumber})
		_, _ = fmt.Fprintf(tw, "\t%s", channel)
	}
	var notes []string
	number := map[string]int{}
	for _, what := range takeover.AllCapabilities() {
		_, _ = fmt.Fprintf(tw, "\n  %s", what)
		for i := range channels {
			a := by[i].Of(what)
			cell := string(a.Level)
			if a.Yes() && a.Reason != "" {
				cell += ", but"
			}
			if a.Reason != "" {
				if number[a.Reason] == 0 {
					notes = append(notes, a.Reason)
					number[a.Reason] = len(notes)
				}
				cell += fmt.Sprintf(" (%d)", number[a.Reason])
			}
			_, _ = fmt.Fprintf(tw, "\t%s", cell)
		}
	}
	_, _ = fmt.Fprintln(tw)
	if err := tw.Flush(); err != nil {
		return err
	}
	for i, note := range notes {
		if _, err := fmt.Fprintf(out, "  (%d) %s\n", i+1, note); err != nil {
			return err
		}
	}
	return nil
}

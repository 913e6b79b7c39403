// Package telnyx speaks to Telnyx AI Assistants: a client of the conversations API
// and, on top of it, a takeover.Provider.
//
// Client makes exactly the call it is asked for: one HTTP attempt, bounded in time and
// size, no retries, no redirects. Every failure is a *takeover.ProviderError whose text
// holds no key, no number and nothing anybody said.
//
// Three things about the API shape most of the code:
//
//   - Filters it does not know are ignored, not refused. So List compares every row
//     with the wish again and drops strangers.
//   - Whether an update replaces the metadata or merges into it is documented nowhere.
//     So the whole metadata is written back from the server's own bytes (Metadata), and
//     read again.
//   - Messages have neither ids nor a promised order. So History finds the order out
//     and makes keys.
//
// It knows nothing of Slack, of operators or of who may take over.
package telnyx

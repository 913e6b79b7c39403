// Package telnyx speaks to Telnyx: a client of the conversations API of its AI Assistants and,
// on top of it, a takeover.Provider that also sends texts to end users; and what its webhooks
// about texts say.
//
// Client makes exactly the call it is asked for: one HTTP attempt, bounded in time and
// size, no retries, no redirects. Every failure is a *takeover.ProviderError whose text
// holds no key, no number and no message.
//
// Three things about the API shape most of the code:
//
//   - It ignores filters that it does not know. So List compares every row with the
//     filters again and drops other end users' rows.
//   - Whether an update replaces the metadata or merges into it is documented nowhere.
//     So the whole metadata is written back from the server's own bytes (Metadata), and
//     read again.
//   - Messages have neither ids nor a promised order. So Provider.Transcript finds out
//     the order and makes keys (history.go).
//
// Start with provider.go, then silence.go, which sets the flag and proves it; client.go and
// conversations.go make the calls. send.go sends texts, codes.go says what a refusal means, and
// verify.go and webhook.go read what Telnyx reports of them. The package knows nothing of Slack, of operators or of
// who may take over.
package telnyx

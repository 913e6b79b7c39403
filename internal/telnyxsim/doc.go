// Package telnyxsim stands for Telnyx in the demo, in acceptance tests and in the benchmark: the conversations and the
// messaging part of its HTTP API with its webhooks, the end user's phone and the AI assistant that answers it.
//
// It is strict where a client could make a mistake that shows only in production: a raw '+' in a query
// is a space, an unknown filter is ignored and returns strangers, metadata is kept as raw JSON and comes back as it was
// stored, a PUT replaces. Faults switches failures on: slow, refusing, forgetting, losing answers.
//
// It deliberately imports nothing of the product and no Telnyx SDK, so that a mistake in the product's own encoding
// cannot agree with itself. What Telnyx leaves undocumented is a switch here, or the least convenient choice.
//
// It does not know Slack, takeovers or operators.
package telnyxsim

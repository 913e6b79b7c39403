// Package slacksim is a strict, stateful stand-in for Slack, spoken to over
// real HTTP on loopback.
//
// It has two sides. To a bot it is the Web API (under /api/), the response URLs
// and the upload URLs: it checks tokens, scopes, block limits, trigger ids and
// rate limits, and answers like Slack where Slack's answer is documented. To
// tests, benchmarks and the demo page it is the people of a workspace: they type
// commands, click what is on the screen now, submit modals and talk in
// threads, and each of these becomes a signed request to the bot, or an envelope on one of its
// Socket Mode connections.
//
// Where Slack is lenient about something that later hurts (a missing fallback
// text, a mention that pings everybody, an unfurled link) the simulator either
// refuses it or writes a violation down, which tests assert to be empty.
//
// It knows nothing of the program it is used with: no type, constant or
// function is shared, and signatures are computed here, so that a mistake in
// the bot's own signing, escaping or parsing cannot agree with itself.
//
// Not simulated: Enterprise organisations, attachments, external
// and multi selects, workflows.
package slacksim

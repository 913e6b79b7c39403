// Package slacktest is what the tests of slackbot and its packages share: Posts in memory,
// a Slack that is only an http.RoundTripper, and two checks. For a Slack that behaves, see
// internal/slacksim.
package slacktest

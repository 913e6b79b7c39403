// Package mrkdwn makes text that is safe in Slack.
//
// Start with visible.go: StripHidden removes characters that are invisible but change how the
// rest is read, and Escape makes a text safe inside mrkdwn, which is Slack's markup. text.go
// has the words for times, durations, people and channels; blocks.go has the blocks and
// elements that messages consist of.
package mrkdwn

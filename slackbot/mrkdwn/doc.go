// Package mrkdwn makes text that is safe in Slack, whoever wrote it.
//
// Start with visible.go: StripHidden removes what is invisible but changes how the rest is
// read, Escape makes a text safe inside mrkdwn (Slack's markup). text.go has the words
// for times, durations, people and channels, blocks.go the blocks and elements that messages
// are built of.
package mrkdwn

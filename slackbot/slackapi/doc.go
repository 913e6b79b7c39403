// Package slackapi calls Slack's Web API within Slack's limits, and posts each message once.
//
// Read client.go first: a Client makes one call when its turn has come, and turns every
// failure into an *Error with a Class that tells the caller what to do (error.go).
// limits.go has Slack's limits, pacer.go the queue in which calls wait for them.
//
// A message must not be posted twice, even when the process dies or an answer is lost.
// poster.go (messages) and upload.go (files) therefore store a key before they call Slack and
// the place of the message after it. In between they ask Slack whether it is there:
// find_posted.go. respond.go sends private answers, methods.go has the other methods of
// the Web API that the bot uses, skew.go compares the clocks.
//
// The package knows nothing of lines, cards or modals; of the domain it uses the types of
// stored posts and of errors that ask to come back later.
package slackapi

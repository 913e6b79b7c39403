// Package slackapi calls Slack's Web API within Slack's limits, and posts each message once.
//
// Start with client.go: a Client makes one call when its turn has come, and turns every
// failure into an *Error with a Class that tells the caller what to do (error.go).
// limits.go has Slack's limits, pacer.go the queue in which calls wait for them. message.go
// posts, updates and deletes messages.
//
// A message must not be posted twice, even if the process dies or an answer is lost.
// poster.go (messages) and upload.go (files) therefore store a key before they call Slack, and
// the place of the message after it. An attempt that finds a key without a place
// first looks for the message in Slack: find_posted.go.
//
// respond.go sends private answers, methods.go calls the other methods of the Web API that the
// bot uses, and retry.go repeats calls after transient failures.
//
// The package does not know lines, cards or modals. Of the domain it uses the types of stored
// posts, of addresses for answers, and of errors that ask to come back later.
package slackapi

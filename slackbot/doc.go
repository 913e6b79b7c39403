// Package slackbot connects the two halves of the Slack side, and checks Slack's settings for
// bot doctor (check.go).
//
// Package listen handles requests up to their acknowledgement: clicks, typed words, submitted
// modals, events. It stores commands and never calls a provider.
//
// Package write works the jobs: it draws cards, writes into threads, answers operators and
// keeps App Homes up to date. It shows what is stored, and stores no command.
//
// The two halves do not import each other. Both use the packages below: render (what people
// see), ids (what comes back from buttons and modals), people (who may do what), slackapi
// (calls of Slack), typed, transcript, mrkdwn and phone (what an end user's phone shows).
package slackbot

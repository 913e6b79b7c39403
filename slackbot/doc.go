// Package slackbot speaks Slack, in two halves that bot.go wires.
//
// The Listener (listener.go) works requests up to their acknowledgement: clicks, typed words,
// submitted modals, events. request.go is its only door: Parse tells a request's kind apart
// by its body, and Handle finds out what it asks for, compares the person's role with what
// that needs, has the Inbox store a takeover.Command, and only then answers. It never waits
// for a provider. A second transport is a second caller of Parse and Handle.
//
// The Writer (writer.go) works jobs: it draws cards (draw.go), writes into threads (say.go,
// show.go), tells people (tell.go, direct.go), answers searches (work.go) and keeps App Homes
// (home_keep.go). It shows what is stored, and stores no command.
//
// Its one surprising thing: interactions are decoded with small structs (payload.go), because
// slack-go refuses a whole payload for one unknown element.
package slackbot

// Package listen handles the requests that Slack sends, up to their acknowledgement.
//
// request.go is the entrance: Parse reads the kind of a request from its body, and Handle
// finds out what the request asks for, compares the person's role with what that needs, has
// the Inbox store a takeover.Command, and only then answers. It never waits for a provider.
// check.go asks Slack later for what was not known of the person.
// HTTP (package handlers) is one caller of Parse and Handle, Socket Mode (package socket) the other.
//
// Each kind of request has its files: interaction.go (buttons), modal_table.go (modals),
// shortcut.go (the shortcut of messages), words.go (/takeover), thread_words.go (!words), talk.go
// (what reaches the end user of the rest) and events.go (messages and opened Homes).
//
// Interactions are decoded with small structs (payload.go), because slack-go refuses a whole
// payload for one unknown element.
package listen

// Package socket brings Slack's requests over Socket Mode: over connections (web sockets) that the bot opens, so
// that it needs no address that Slack can reach. It is a second caller of package listen, beside
// handlers.
//
// socket.go keeps two connections open and replaces them, connection.go is one connection with
// its watchdog, envelope.go is what travels on it, and trouble.go says in words why there is none.
//
// The client is written here and not slack-go's, because that one closes a connection before it
// opens the next, does not tell link_disabled apart, and decodes a payload before it can be
// acknowledged.
//
// Source: Slack's documentation of Socket Mode, and what its own clients do where that is silent.
package socket

// Package desktest is a desk for tests: the whole Slack side of the bot on real HTTP, between a
// simulated Slack and a Backend that stands for the domain and the store.
//
// A test of package listen, write or slackbot uses it from an external test package
// (listen_test), as this package imports all three.
package desktest

// Package handlers is the HTTP surface: routes, limits, the check of signatures, health
// and metrics. It holds no rules: it passes verified bodies to package listen, and those of
// Telnyx to package telnyx, and turns errors into statuses.
//
// Requests over Socket Mode come another way: package slackbot/socket.
//
// Read routes.go first, which shows the whole surface, then body.go, the way of a request of
// Slack or Telnyx.
package handlers

// Package handlers is the HTTP surface: routes, limits, the check of signatures, health
// and metrics. It holds no rules: it passes verified bodies to package listen and turns
// errors into statuses.
//
// Read routes.go first, which shows the whole surface, then slack.go, the way of a request
// of Slack.
package handlers

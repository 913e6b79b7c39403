// Package handlers is the HTTP surface: routes, limits, the check of signatures, health
// and metrics. It holds no rules: it hands verified bodies on and turns errors into
// statuses. routes.go shows the whole surface.
package handlers

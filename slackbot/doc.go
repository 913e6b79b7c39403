// Package slackbot speaks Slack: clicks, words and submitted boxes in; cards, threads,
// boxes and private answers out. It knows no router and no provider.
//
// dispatch.go is the only door in: it tells a request's kind apart by its body, turns
// it into a takeover.Command, has that stored, and only then answers. Everything that
// is shown is drawn from the stored state by a job (draw.go, say.go, direct.go, work.go),
// never patched. slackapi makes the calls.
//
// Its one surprising thing: interactions are decoded with small structs of its own
// (payload.go), because slack-go refuses a whole payload for one unknown element.
package slackbot

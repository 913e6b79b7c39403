package listen

import (
	"context"

	"takeoverbot/slackbot/typed"
	"takeoverbot/takeover"
)

// search stores what is asked for; a job answers.
func (ln *Listener) search(ctx context.Context, a asked) (Answer, error) {
	query, _, err := typed.ParseQuery(a.Text, ln.Region)
	if err != nil {
		return ln.badInput("find", err)
	}
	c := a.command(takeover.Search, "")
	c.Query = query
	return ln.store(ctx, "find", c)
}

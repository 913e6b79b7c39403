package listen

import (
	"context"
	"fmt"

	"takeoverbot/slackbot/typed"
	"takeoverbot/takeover"
)

// search stores what is asked for; a job answers.
func (ln *Listener) search(ctx context.Context, a asked) (Answer, error) {
	query, _, err := typed.ParseQuery(a.Text, ln.Region)
	if err != nil {
		return ln.badInput("find", err)
	}
	err = ln.put(ctx, takeover.Command{
		Key: a.key, Verb: takeover.Search, By: takeover.OperatorID(a.UserID), Origin: takeover.FromWord, At: a.at,
		Query: query, Reply: takeover.Reply{URL: a.ResponseURL, Channel: a.ChannelID},
	})
	if err != nil {
		return Answer{}, fmt.Errorf("store the search: %w", err)
	}
	return Answer{Kind: "find"}, nil
}

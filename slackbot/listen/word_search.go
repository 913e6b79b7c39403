package listen

import (
	"context"
	"strings"
	"unicode"

	"takeoverbot/slackbot/typed"
	"takeoverbot/takeover"
)

// search stores what is asked for; a job answers.
func (ln *Listener) search(ctx context.Context, a asked) (Answer, error) {
	query, _, err := ln.query(a.Text)
	if err != nil {
		return ln.badInput("find", err)
	}
	c := a.command(takeover.Search, "")
	c.Query = query
	return ln.store(ctx, "find", c)
}

// query reads what a person typed to look for; see typed.ParseQuery. A word that providers write where they
// do not know the end user's number looks for all such end users.
func (ln *Listener) query(text string) (q takeover.Query, shown string, err error) {
	if strings.ContainsFunc(text, unicode.IsLetter) && ln.Placeholders.Has(takeover.Target(text)) {
		return takeover.Query{Field: takeover.FieldAnonymous, Value: "anonymous"}, "an end user without a number", nil
	}
	return typed.ParseQuery(text, ln.Region)
}

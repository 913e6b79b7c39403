package slackbot

import (
	"context"
	"fmt"
	"strconv"

	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/people"
	"takeoverbot/slackbot/render"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// homeOpened works the opening of somebody's Home: from now on it is kept up to date.
func (ln *Listener) homeOpened(ctx context.Context, in innerEvent) (Answer, error) {
	if in.Tab != "home" {
		return Answer{Kind: in.Type}, nil
	}
	if refusal := ln.people.May(ctx, in.User, in.team, people.Reader); refusal != "" {
		ln.refuseHome(ctx, in.User, refusal)
		return Answer{Kind: "refused"}, nil
	}
	return Answer{Kind: in.Type}, ln.keepHome(ctx, in.User, 0)
}

// turnHome shows another page of a Home.
func (ln *Listener) turnHome(ctx context.Context, in interaction, value string) (Answer, error) {
	page, err := strconv.Atoi(value)
	if err != nil || page < 0 {
		return Answer{Kind: "unknown action"}, nil
	}
	if refusal := ln.people.May(ctx, in.User.ID, in.teamID(), people.Reader); refusal != "" {
		ln.refuseHome(ctx, in.User.ID, refusal)
		return Answer{Kind: "refused"}, nil
	}
	return Answer{Kind: ids.HomePage}, ln.keepHome(ctx, in.User.ID, page)
}

// keepHome has a Home kept up to date, beginning at once.
func (ln *Listener) keepHome(ctx context.Context, user string, page int) error {
	ctx, cancel := outlive(ctx)
	defer cancel()
	if err := ln.deps.Shown.OpenHome(ctx, takeover.OperatorID(user), page); err != nil {
		return fmt.Errorf("remember an opened Home: %w", err)
	}
	ln.deps.HomeOpened(user)
	return nil
}

// refuseHome shows somebody who may not see anything how to get access.
func (ln *Listener) refuseHome(ctx context.Context, user, refusal string) {
	ctx = context.WithoutCancel(ctx)
	ln.deps.Background(func() {
		err := slackapi.TryFor(ctx, func(ctx context.Context) error { return ln.slack.PublishHome(ctx, user, render.ClosedHome(refusal)) })
		if err != nil {
			ln.deps.Log.WarnContext(ctx, "Home not refused", "operator", user, "err", err)
		}
	})
}

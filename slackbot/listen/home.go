package listen

import (
	"context"
	"fmt"
	"strconv"

	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/people"
	"takeoverbot/slackbot/render"
	"takeoverbot/takeover"
)

// homeOpened is the task of an opened Home: it is kept up to date from then on.
func (ln *Listener) homeOpened(in innerEvent) task {
	if in.Tab != "home" {
		return noTask(in.Type)
	}
	return ln.homeTask(in.User, in.team, in.Type, 0)
}

// turnHome is the task of the buttons that show another page of a Home.
func (ln *Listener) turnHome(in interaction, value string) task {
	page, err := strconv.Atoi(value)
	if err != nil || page < 0 {
		return noTask("unknown action")
	}
	return ln.homeTask(in.User.ID, in.teamID(), ids.HomePage, page)
}

func (ln *Listener) homeTask(user, team, kind string, page int) task {
	return task{user: user, team: team, needs: people.Reader, stores: true,
		run: func(ctx context.Context) (Answer, error) { return Answer{Kind: kind}, ln.keepHome(ctx, user, page) },
		refuse: func(ctx context.Context, refusal string) (Answer, error) {
			ln.afterAck(ctx, "closed Home", user, func(ctx context.Context) error {
				return ln.Slack.PublishHome(ctx, user, render.ClosedHome(refusal))
			})
			return Answer{Kind: "refused"}, nil
		}}
}

// keepHome has a Home kept up to date, beginning at once.
func (ln *Listener) keepHome(ctx context.Context, user string, page int) error {
	ctx, cancel := outlive(ctx)
	defer cancel()
	if err := ln.Shown.OpenHome(ctx, takeover.OperatorID(user), page); err != nil {
		return fmt.Errorf("remember an opened Home: %w", err)
	}
	ln.HomeOpened(user)
	return nil
}

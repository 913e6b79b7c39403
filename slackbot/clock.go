package slackbot

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

var errNoDate = errors.New("the answer carries no date")

// clockOff is by how much our clock is ahead of Slack's, from the Date of an answer.
func (c *client) clockOff(ctx context.Context) (time.Duration, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+"api.test", nil)
	if err != nil {
		return 0, fmt.Errorf("ask Slack for the time: %w", err)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return 0, fmt.Errorf("ask Slack for the time: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	date, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		return 0, errNoDate
	}
	return c.now().Sub(date), nil
}

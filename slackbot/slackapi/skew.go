package slackapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// ErrNoDate is returned by ClockOff if the answer has no date.
var ErrNoDate = errors.New("the answer has no date")

// ClockOff returns how far our clock is ahead of Slack's (negative: behind), to the second,
// from the Date of an answer. err is ErrNoDate or says why Slack did not answer.
func (c *Client) ClockOff(ctx context.Context) (time.Duration, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.cfg.APIURL+"api.test", nil)
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
		return 0, ErrNoDate
	}
	return c.cfg.Now().Sub(date), nil
}

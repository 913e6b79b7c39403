package write

import (
	"context"
	"fmt"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/render"
	"takeoverbot/takeover"
)

// showLog answers a stored command for the log of a line.
func (w *Writer) showLog(ctx context.Context, c takeover.Command) error {
	line, err := w.Reader.Line(ctx, c.Line)
	if err != nil {
		return fmt.Errorf("load the line: %w", err)
	}
	entries, err := w.Reader.Audit(ctx, c.Line, render.LogLimit)
	if err != nil {
		return fmt.Errorf("read the log of a line: %w", err)
	}
	return w.lastAnswer(ctx, c, render.Log("this line", []takeover.Line{line}, w.Now(), [][]takeover.Entry{entries}, 0))
}

// showNumber answers the operator in private with the end user's number in full.
func (w *Writer) showNumber(ctx context.Context, c takeover.Command) error {
	line, err := w.Reader.Line(ctx, c.Line)
	if err != nil {
		return fmt.Errorf("load the line: %w", err)
	}
	return w.lastAnswer(ctx, c, mrkdwn.TextMessage(render.FullNumber(line)))
}

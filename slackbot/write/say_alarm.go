package write

import (
	"context"
	"errors"
	"fmt"

	"takeoverbot/slackbot/render"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// alarmStands stores the place of an alarm, and closes it if its cause has just ended: either
// this sees the end, or the drawing of the card sees the stored row.
func (w *Writer) alarmStands(ctx context.Context, e takeover.Entry, at takeover.Post) error {
	err := w.Posts.PutAlarm(ctx, takeover.Alarm{Line: e.Line, Event: e.Event, Channel: at.Channel, TS: at.TS, Holder: e.Other})
	if err != nil {
		return err
	}
	return w.closeAlarms(ctx, e.Line)
}

// closeAlarms closes the alarms of a line whose cause has ended.
func (w *Writer) closeAlarms(ctx context.Context, id takeover.LineID) error {
	alarms, err := w.Posts.Alarms(ctx, id)
	if err != nil || len(alarms) == 0 {
		return err
	}
	line, err := w.Reader.Line(ctx, id)
	if err != nil {
		return fmt.Errorf("load the line: %w", err)
	}
	for _, a := range alarms {
		if render.Alarming(line, a.Event) {
			continue
		}
		if err := w.closeAlarm(ctx, a, render.ClosedAlarm(line, a.Event, a.Holder)); err != nil {
			return err
		}
	}
	return nil
}

func (w *Writer) closeAlarm(ctx context.Context, a takeover.Alarm, m slackapi.Message) error {
	if err := w.replace(ctx, a.Channel, a.TS, m); err != nil {
		return fmt.Errorf("close an alarm in the channel: %w", err)
	}
	return w.Posts.DropAlarm(ctx, a)
}

// replace puts m in place of a message with buttons. A message that Slack refuses to change
// for good was deleted, and its buttons with it.
func (w *Writer) replace(ctx context.Context, channel, ts string, m slackapi.Message) error {
	if err := w.Slack.AwaitUpdate(ctx, slackapi.Normal); err != nil {
		return err
	}
	err := w.Slack.Update(ctx, channel, ts, m)
	if refused, ok := errors.AsType[*slackapi.Error](err); ok && refused.Class == slackapi.Permanent {
		return nil
	}
	return err
}

package write

import (
	"context"
	"fmt"
	"time"

	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/render"
	"takeoverbot/takeover"
)

// takenAgain is how long after a look at a line that is being taken over the next one comes.
const takenAgain = time.Second

// tellTaken tells the operator who took a line over by a typed word what became of it. While it
// is not known, the job comes back; a failure that is retried is told too.
func (w *Writer) tellTaken(ctx context.Context, c takeover.Command) error {
	line, err := w.Reader.Line(ctx, c.Line)
	if err != nil {
		return fmt.Errorf("load the line: %w", err)
	}
	if line.Takeover.Claim != c.Key {
		return nil // it is not this takeover any more
	}
	card, stands, err := w.Posts.Card(ctx, c.Line)
	if err != nil {
		return fmt.Errorf("find the card: %w", err)
	}
	young := w.Now().Sub(c.At) < answerFor
	if young && (!stands || line.State == takeover.StateTaking && line.Trouble == nil) {
		return takeover.Later(takenAgain, "the takeover is not proven yet")
	}
	where := ""
	if stands {
		where = fmt.Sprintf(" The card is %s.", w.address(ctx, card))
	}
	told := c
	told.Key = takenKey(c, line)
	m := mrkdwn.TextMessage(fmt.Sprintf("%s: %s.%s", mrkdwn.Escape(render.Who(line)), render.State(line, w.Now()), where))
	if err := w.answerOnce(ctx, told, m); err != nil {
		return err
	}
	if young && line.State == takeover.StateTaking {
		return takeover.Later(takenAgain, "the takeover is not proven yet")
	}
	return nil
}

// takenKey names the private answer about a line that c took over. There is one for each way in
// which it may stand, so that each is told once.
func takenKey(c takeover.Command, l takeover.Line) string {
	switch {
	case l.Takeover.Claim != c.Key:
		return c.Key
	case l.State != takeover.StateTaking:
		return c.Key + "/taken"
	case l.Trouble != nil:
		return c.Key + "/trouble"
	}
	return c.Key
}

// linesFound are the lines of the hits of a search.
func (w *Writer) linesFound(ctx context.Context, c takeover.Command, found takeover.Found) ([]takeover.Line, error) {
	var hits []takeover.Conversation // the newest one of each line
	newest := newestOf(found.Conversations)
	for _, h := range found.Conversations {
		if newest(h).ID == h.ID {
			hits = append(hits, h)
		}
	}
	return w.Service.Remember(ctx, c.Query, hits, newest)
}

// takeFound takes over the one line among the hits of a search. Of several it asks which; then,
// and where a provider did not answer, nothing is taken over.
func (w *Writer) takeFound(ctx context.Context, number int64, c takeover.Command, found takeover.Found) error {
	lines, err := w.linesFound(ctx, c, found)
	if err != nil {
		return err
	}
	if len(lines) == 1 && len(found.Unanswered) == 0 {
		return w.Service.TakeFound(ctx, number, c, lines[0].ID)
	}
	head := fmt.Sprintf("%s for %s: nothing was taken over yet. Which one do you take over?", mrkdwn.Count(len(lines), "line"), shownQuery(c.Query))
	if missing := w.unanswered(found); missing != "" {
		head = missing + " " + head
	}
	return w.answerOnce(ctx, c, render.Choice(head, lines, w.Now(), ids.Take, "Take over"))
}

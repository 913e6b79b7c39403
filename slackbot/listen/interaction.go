package listen

import (
	"context"
	"strings"
	"time"

	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/people"
	"takeoverbot/takeover"
)

// clicks says which command each button stands for. Those that open a modal first are in
// modals.
func clicks() map[string]takeover.Verb {
	return map[string]takeover.Verb{
		ids.Open:       takeover.Open,
		ids.Take:       takeover.TakeOver,
		ids.Retry:      takeover.TryAgain,
		ids.Transcript: takeover.WholeText,
		ids.Earlier:    takeover.Earlier,
		ids.Refresh:    takeover.Refresh,
		ids.Watch:      takeover.Watching,
		ids.SearchMore: takeover.SearchMore,
		ids.LogMore:    takeover.ShowLog,
		ids.Extend:     takeover.Extend,
		ids.Fine:       takeover.Fine,
		ids.Correct:    takeover.Correct,
		ids.ShowNumber: takeover.ShowNumber,
		ids.Outcome:    takeover.SetOutcome,
		ids.Accept:     takeover.Accept,
		ids.Decline:    takeover.Decline,
		ids.Withdraw:   takeover.Withdraw,
		ids.AcceptAll:  takeover.AcceptAll,
		ids.SendAgain:  takeover.SayAgain,
		ids.TakeAndSay: takeover.TakeAndSay,
		ids.KeepAsNote: takeover.KeepAsNote,
	}
}

// interaction is the task of a pressed button, a submitted modal or a shortcut.
func (ln *Listener) interaction(in interaction) (task, error) {
	switch in.Type {
	case "block_actions":
		if len(in.Actions) == 0 {
			return task{}, ErrUnreadable
		}
		return ln.click(in), nil
	case "view_submission":
		return ln.submission(in), nil
	case "message_action":
		return ln.shortcut(in), nil
	default:
		// The manifest asks for no other kind, so that no person waits for an answer.
		return noTask(in.Type), nil
	}
}

// click is the task of one pressed button or picked menu option.
func (ln *Listener) click(in interaction) task {
	a := in.Actions[0]
	switch {
	case a.ActionID == ids.Menu && a.Selected != nil:
		a.ActionID, a.Value = ids.ParseMenuValue(a.Selected.Value)
	case a.Selected != nil:
		a.Value = a.Selected.Value
	case strings.HasPrefix(a.ActionID, ids.Outcome+"."):
		a.ActionID = ids.Outcome
	}
	if a.ActionID == ids.HomePage {
		return ln.turnHome(in, a.Value)
	}
	if a.ActionID == ids.FindOne {
		return ln.stored(in, people.Reader, func(ctx context.Context) (Answer, error) { return ln.findOne(ctx, in) })
	}
	if a.ActionID == ids.Correct {
		return ln.task(in, people.Responder, func(ctx context.Context) (Answer, error) { return ln.correct(ctx, in, a) })
	}
	if m, ok := modals()[a.ActionID]; ok {
		return ln.task(in, people.Responder, func(ctx context.Context) (Answer, error) {
			return ln.openModal(ctx, in, m, takeover.LineID(a.Value))
		})
	}
	if verb, ok := clicks()[a.ActionID]; ok {
		return ln.stored(in, needOf(verb), func(ctx context.Context) (Answer, error) { return ln.press(ctx, in, a, verb) })
	}
	return noTask("unknown action") // of another app, or of a later version of this one
}

// press stores the command that a button stands for.
func (ln *Listener) press(ctx context.Context, in interaction, a action, verb takeover.Verb) (Answer, error) {
	c := in.command(verb, ln.Now())
	c.Line, c.Conversation = takeover.LineID(a.Value), ids.ConversationIn(a.BlockID)
	if !complete(&c, a) {
		return Answer{Kind: "unknown action"}, nil
	}
	c.Show = verb == takeover.TakeOver && in.Container.IsEphemeral // a private list: the card may not stand yet
	return ln.store(ctx, a.ActionID, c)
}

// halfAnHour is what a press of "+30 min" adds.
const halfAnHour = 30 * time.Minute

// complete fills in a click's command from the button's value. It is false for a value that
// none of the bot's buttons has.
func complete(c *takeover.Command, a action) (ok bool) {
	ok = true
	switch c.Verb {
	case takeover.Earlier:
		c.Before, _ = ids.ParseBeforeBlock(a.BlockID)
	case takeover.SearchMore:
		c.Search, c.After, ok = ids.ParseMore(a.Value)
		c.Line, c.Reply.Replace = "", true
	case takeover.ShowLog:
		c.Line, c.After, ok = ids.ParseLogAfter(a.Value)
	case takeover.Extend:
		var minutes int
		c.Line, minutes, ok = ids.ParseExtend(a.Value)
		c.For, c.More = time.Duration(minutes)*time.Minute, minutes == 0
		if c.More {
			c.For = halfAnHour
		}
	case takeover.SetOutcome:
		c.Line, c.HandBack, c.Outcome, ok = ids.ParseOutcome(a.Value)
	case takeover.Accept, takeover.Decline, takeover.Withdraw:
		c.Line, c.Handoff, ok = ids.ParseOffer(a.Value)
	case takeover.AcceptAll:
		c.Line = ""
	case takeover.SayAgain:
		c.Line, c.Text, ok = ids.ParseLineAnd(a.Value)
	case takeover.TakeAndSay, takeover.KeepAsNote:
		c.Line, c.Of, ok = ids.ParseCommand(a.Value)
	}
	return ok
}

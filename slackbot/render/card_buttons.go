package render

import (
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/typed"
	"takeoverbot/takeover"
)

// labels are what buttons and the options of menus say, by what they do.
var labels = map[string]string{
	ids.Correct:    "Send correction",
	ids.Extend:     "+30 min",
	ids.Fine:       "It was fine",
	ids.HandBack:   "Hand back to AI",
	ids.HandOff:    "Hand off …",
	ids.HoldFor:    "Hold for …",
	ids.Refresh:    "Show newest messages",
	ids.Reply:      "Reply …",
	ids.Retry:      "Try again",
	ids.ShowNumber: "Show number",
	ids.Take:       "Take over again",
	ids.TakeFrom:   "Take from the holder …",
	ids.Transcript: "Whole transcript",
}

// buttons are buttons about a line; the first is the likely one and stands out.
func buttons(line takeover.LineID, actions ...string) []slack.BlockElement {
	row := make([]slack.BlockElement, len(actions))
	for i, a := range actions {
		b := mrkdwn.Button(a, string(line), labels[a])
		if i == 0 {
			b.WithStyle(slack.StylePrimary)
		}
		row[i] = b
	}
	return row
}

func primary(action, value, label string) *slack.ButtonBlockElement {
	return mrkdwn.Button(action, value, label).WithStyle(slack.StylePrimary)
}

// withNumber adds the button that shows the end user's number, where there is one.
func withNumber(l takeover.Line, actions ...string) []string {
	if l.EndUser.Anonymous() {
		return actions
	}
	return append(actions, ids.ShowNumber)
}

// buttonsOfNumber is the button that shows the end user's number, where there is one.
func buttonsOfNumber(l takeover.Line) (row []slack.BlockElement) {
	for _, a := range withNumber(l) {
		row = append(row, mrkdwn.Button(a, string(l.ID), labels[a]))
	}
	return row
}

// FullNumber is the end user's number for the person who asked for it, in private.
func FullNumber(l takeover.Line) string {
	if l.EndUser.Anonymous() {
		return "No number is known of this end user."
	}
	return fmt.Sprintf("The end user's number: %s (%s). Only you see this; the line's log notes that you looked.",
		mrkdwn.Escape(typed.DisplayNumber(string(l.EndUser))), mrkdwn.Escape(Who(l)))
}

// outcomeMenu lets an operator choose what the takeover led to that the last hand-back ended.
func outcomeMenu(l takeover.Line) *slack.SelectBlockElement {
	menu := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, mrkdwn.Plain("Outcome …"), ids.Outcome)
	for _, what := range takeover.OutcomeKinds() {
		option := slack.NewOptionBlockObject(ids.OutcomeOf(l.ID, l.HandBack.Ref(), what), mrkdwn.Plain(outcomeLabel(what)), nil)
		menu.Options = append(menu.Options, option)
		if what == l.HandBack.Outcome.Kind {
			menu.InitialOption = option
		}
	}
	return menu
}

// outcomeButtons are outcomeMenu with a button for each outcome.
func outcomeButtons(l takeover.Line) []slack.BlockElement {
	var row []slack.BlockElement
	for _, what := range takeover.OutcomeKinds() {
		row = append(row, mrkdwn.Button(ids.OutcomeButton(what), ids.OutcomeOf(l.ID, l.HandBack.Ref(), what), outcomeLabel(what)))
	}
	return row
}

// outcomeLabel is an outcome with a capital letter.
func outcomeLabel(what takeover.OutcomeKind) string {
	return strings.ToUpper(string(what[:1])) + string(what[1:])
}

// menu is the "⋯" at the end of the buttons; Slack allows five options.
func menu(l takeover.Line, actions ...string) *slack.OverflowBlockElement {
	options := make([]*slack.OptionBlockObject, len(actions))
	for i, a := range actions {
		label := labels[a]
		if a == ids.HandBack && l.Trouble != nil {
			label = "Give up, leave it to the AI"
		}
		options[i] = slack.NewOptionBlockObject(ids.MenuValue(a, l.ID), mrkdwn.Plain(label), nil)
	}
	return slack.NewOverflowBlockElement(ids.Menu, options...)
}

package demo

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"takeoverbot/internal/telnyxsim"
)

// scene is one part of the play.
type scene struct {
	name  string // for --only, and behind the # of the page's address
	title string
	play  func(*player, context.Context)
	// needs are the scenes that have to be played before, beside those that they need.
	needs []string
	// endUser is on whose line it plays, where that is not the main one.
	endUser string
	// alone plays it on the page in its own way, without the scenes before it; nil where it plays there as in a terminal.
	alone func(*Demo, context.Context) error
}

// scenes are in the order of the whole play.
func scenes() []scene {
	return []scene{
		{name: "answer", title: "The end user texts, and the AI answers.", play: (*player).answer},
		{name: "find", title: "Dana searches the number; one hit opens at once.", play: (*player).find},
		{name: "take", title: "Dana and Omar press Take over in the same moment: one wins, the other is told.", play: (*player).take, needs: []string{"find"}},
		{name: "quiet", title: "The end user texts again, and the AI stays quiet.", play: (*player).quiet, needs: []string{"take"}},
		{name: "talk", title: "The holder writes in the thread, and the end user reads it and answers.", play: (*player).talk, needs: []string{"take"},
			alone: (*Demo).wholeTalk},
		{name: "kill", title: "Omar takes another line over, and the bot is killed right after the click.", play: (*player).kill, endUser: spanishEndUser},
		{name: "fresh", title: "The end user's next text begins a new conversation: it is silenced too.", play: (*player).fresh, needs: []string{"kill"},
			endUser: spanishEndUser},
		{name: "spoke", title: "An answer of the AI was in the air and goes out: the card says so.", play: (*player).spoke, needs: []string{"fresh"},
			endUser: spanishEndUser},
		{name: "outside", title: "The AI is switched on outside Slack: the card follows.", play: (*player).outside, needs: []string{"kill"},
			endUser: spanishEndUser},
		{name: "refused", title: "Telnyx refuses the flag: the card must not say silent, until it is mended.", play: (*player).refused, endUser: germanEndUser},
		{name: "handoff", title: "Dana hands the line off to Omar, who accepts in a direct message.", play: (*player).handoff, needs: []string{"refused"},
			endUser: germanEndUser},
		{name: "handback", title: "Dana hands back although the end user waits: she is warned, and the AI knows what was agreed.", play: (*player).giveBack,
			needs: []string{"talk"}},
		{name: "forgotten", title: "Omar forgets his line: he is asked, asked again, the leads are told, and the AI gets it back.", play: (*player).forgotten,
			needs: []string{"handoff"}, endUser: germanEndUser, alone: (*Demo).forgottenByDana},
		{name: "transcript", title: "Dana asks for the whole transcript and gets a file.", play: (*player).transcript, needs: []string{"take"}},
		{name: "log", title: "Dana asks for the log: who did what, and when.", play: (*player).history, needs: []string{"handback"}},
		{name: "objections", title: "Slack has nothing to object to.", play: (*player).objections, needs: []string{"find"}},
	}
}

// KnowScene is nil where the play has a scene of the name, else an error that lists the names.
func KnowScene(name string) error {
	_, err := scenesFor(name)
	return err
}

// scenesFor is the scene of a name, behind all that it needs before it.
func scenesFor(name string) ([]scene, error) {
	all := scenes()
	names := make([]string, len(all))
	for i, s := range all {
		names[i] = s.name
	}
	if !slices.Contains(names, name) {
		return nil, fmt.Errorf("there is no scene %q; the scenes are %s", name, strings.Join(names, ", "))
	}
	needed := map[string]bool{name: true}
	var wanted []scene
	for _, s := range slices.Backward(all) { // what a scene needs stands before it
		if needed[s.name] {
			wanted = append(wanted, s)
			for _, n := range s.needs {
				needed[n] = true
			}
		}
	}
	slices.Reverse(wanted)
	return wanted, nil
}

// line is the key of the phone on whose line the scene plays.
func (s scene) line() string {
	if s.endUser == "" {
		return telnyxsim.SeedEndUser + " " + telnyxsim.SeedAgent
	}
	return s.endUser + " " + telnyxsim.SeedAgent
}

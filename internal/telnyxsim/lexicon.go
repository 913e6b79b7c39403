package telnyxsim

// lexicon is all that the assistant can say in one language, and the words by which it understands it. In the lines,
// {quote} stands for what the end user just wrote, {note} for what a person put into the history, and {unit}, {topic}
// and {ticket} for themselves. Words are stems, see fitsAny.
type lexicon struct {
	common []string // frequent whole words by which the language is told

	greetings, thanks, person, when []string

	greet, unclear            string
	askUnit, askUnitAgain     string
	unitKnown, noted          string
	ordered, added, status    string
	bye, byeTicket            string
	called, personAgain       string
	note, afterNote, passedOn string
	hazards                   []hazard
	topics                    map[topic]lines
}

// lines are what there is to say about one topic.
type lines struct {
	words     []string
	name      string
	react     string
	questions []string
}

// hazard is a warning that comes before everything else.
type hazard struct {
	words []string
	line  string
}

// lexicons returns the languages of the assistant; the first is the one for texts of no known language.
func lexicons() []lexicon { return []lexicon{english(), spanish(), german(), arabic()} }

// pickLexicon tells the language from what the end user wrote; the last text counts three times.
func pickLexicon(all []lexicon, history []Message) lexicon {
	score := make([]int, len(all))
	weight := 3
	for i := len(history) - 1; i >= 0; i-- {
		if history[i].Role != RoleUser {
			continue
		}
		for _, word := range words(clip(history[i].Text, 500)) {
			for l := range all {
				if fitsAny(word, all[l].common) {
					score[l] += weight
				}
			}
		}
		weight = 1
	}
	best := 0
	for l := range all {
		if score[l] > score[best] {
			best = l
		}
	}
	return all[best]
}

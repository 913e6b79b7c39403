package listen

// Names that only the tests of other files in this folder use.

func IsModal(id string) bool {
	_, ok := modals()[id]
	return ok
}

func WordExamples() []string {
	var all []string
	for _, w := range words() {
		all = append(all, w.example)
	}
	return all
}

// What the tests with a whole desk need, which are in package listen_test.
const MaxNote = maxNote

func ThreadWordIn(text string) (name, rest string, ok bool) { return threadWordIn(text) }

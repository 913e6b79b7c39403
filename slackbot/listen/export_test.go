package listen

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

// These are for the tests of package listen_test, which work with a whole desk.

func ThreadWordIn(text string) (name, rest string, ok bool) {
	name, rest, _, ok = threadWordIn(text)
	return name, rest, ok
}

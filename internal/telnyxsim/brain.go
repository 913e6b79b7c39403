package telnyxsim

type topic string

type story struct {
	topic topic
	unit  string
}

func read([]Message) story { return story{} }

type turn struct{ text, tool, arguments, result, reference string }

func compose([]Message) turn { return turn{text: "Hello, this is the night desk. How can I help?"} }

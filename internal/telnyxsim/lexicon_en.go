package telnyxsim

func english() lexicon {
	return lexicon{
		common:    []string{"the.", "is.", "my.", "i.", "and.", "it.", "to.", "please.", "you.", "there.", "what.", "have.", "hello.", "hi.", "thanks.", "of.", "we.", "not."},
		greetings: []string{"hello", "hi.", "hey.", "morning", "evening"},
		thanks:    []string{"thank", "thx", "bye", "goodnight", "cheers"},
		person:    []string{"human", "person.", "technician", "manager", "operator", "supervisor", "somebody.", "someone."},
		when:      []string{"when.", "long.", "soon.", "status", "eta."},

		greet:        "Hello, this is the Harbor Homes night desk, an AI assistant. What is going on?",
		unclear:      "You wrote “{quote}”. I can help with water, heating, a lockout, noise or an invoice: which one is it?",
		askUnit:      "Which unit are you in?",
		askUnitAgain: "I still need the number of your unit, for example 4B, before I can send anybody. What is it?",
		unitKnown:    "Unit {unit}, understood.",
		noted:        "Noted: “{quote}”.",
		ordered:      "I opened work order {ticket} for {topic} in unit {unit}. The technician on call can see it now. Write here if anything changes.",
		added:        "I added “{quote}” to work order {ticket} ({topic}, unit {unit}).",
		status:       "Work order {ticket} ({topic}, unit {unit}) is open and with the technician on call. I have no exact time yet.",
		bye:          "You are welcome. Write here at any hour.",
		byeTicket:    "You are welcome. Work order {ticket} stays open until {topic} in unit {unit} is dealt with.",
		called:       "I asked a colleague to step in. They will write to you right here.",
		personAgain:  "My colleagues have been asked already and can read all of this. They will write to you right here.",
		note:         "My colleague told me: “{note}”.",
		afterNote:    "I will keep to that. About “{quote}”: is there anything that has changed since?",
		passedOn:     "I passed “{quote}” on to my colleague.",
		hazards: []hazard{
			{[]string{"gas.", "smoke", "fire.", "burning"}, "Please leave the apartment now, leave the door unlocked and call 911 from outside."},
			{[]string{"light.", "lights", "lamp", "socket", "outlet", "electric", "spark", "breaker"}, "Keep away from lights and sockets there and switch the breaker of that room off, if you can reach it dry."},
		},
		topics: map[topic]lines{
			leak: {[]string{"water.", "leak", "drip", "flood", "ceiling", "pipe", "soaked", "plumb", "toilet", "sink."}, "the leak",
				"Water where it should not be is urgent, I am with you.",
				[]string{"Is it dripping, or is it running?", "Is there a light or a socket near the water?"}},
			heating: {[]string{"heat", "radiator", "boiler", "cold.", "freezing", "thermostat", "warm."}, "the heating",
				"I am sorry that you are cold.",
				[]string{"What does the thermostat show?", "Is it every radiator or only one?"}},
			lockout: {[]string{"locked", "lockout", "lock.", "key.", "keys.", "fob"}, "the lockout",
				"Let us get you back inside.",
				[]string{"Are you safe where you are waiting?", "Can you show an ID with your name to the locksmith?"}},
			noise: {[]string{"noise", "noisy", "loud", "party", "music", "barking", "neighbor", "neighbour"}, "the noise",
				"That is no way to spend a night.",
				[]string{"Which unit does it come from, as far as you can tell?", "Since when has it been going on?"}},
			invoice: {[]string{"invoice", "bill.", "rent.", "charge", "payment", "paid", "fee.", "deposit", "refund"}, "the invoice",
				"I can look into that.",
				[]string{"Which month is it about?", "Which amount looks wrong to you?"}},
		},
	}
}

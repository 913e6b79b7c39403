package telnyxsim

import "time"

// seedLeak is the main one: urgent, in progress, the last text two minutes ago.
func seedLeak(now time.Time) *script {
	return begin("Water through the ceiling, 4B", SeedEndUser, SeedAgent, now.Add(-11*time.Minute)).
		set("unit", "4B").set("building", "Harbor Homes North").set("telnyx_end_user_target_verified", true).
		end(0, "hello?? there is water coming through my ceiling").
		ai(4, "Water where it should not be is urgent, I am with you. Which unit are you in?").
		end(31, "4B. its in the kitchen, right above the table").
		ai(5, "Unit 4B, understood. Is it dripping, or is it running?").
		end(58, "was dripping, now its running. i put a pot under it but its full every couple of minutes").
		tool(3, "create_work_order", `{"details":"hello?? there is water coming through my ceiling","topic":"leak","unit":"4B"}`,
			`{"status":"open","topic":"leak","work_order":"WO-4213"}`).
		ai(2, "I opened work order WO-4213 for the leak in unit 4B. Is there a light or a socket near the water?").
		end(119, "yes the lamp over the table. should i turn it off? its 3 in the morning and nobody upstairs opens the door").
		ai(5, "Keep away from lights and sockets there and switch the breaker of that room off, if you can reach it dry.").
		end(210, "ok breaker is off. the plaster is starting to hang down. is somebody coming or not").
		ai(6, "Work order WO-4213 (the leak, unit 4B) is open and with the technician on call. I have no exact time yet.").
		end(35, "please can i talk to a person").
		tool(3, "escalate", `{"reason":"please can i talk to a person","topic":"leak","unit":"4B"}`, `{"escalation":"ES-1180","status":"ok"}`).
		ai(2, "I asked a colleague to step in. They will write to you right here.").
		end(41, "ok. hurry, its getting more")
}

func seedShort(now time.Time) *script {
	return begin("+1 (415) 555-0112", "+14155550112", SeedAgent, now.Add(-52*time.Minute)).
		end(0, "Is the laundry room open at night?").
		ai(3, "It is open until 11 pm and again from 6 am.")
}

// seedKeys, seedKeysAgain and seedLeasingQuestion are three conversations of one end user, with two of our numbers.
func seedKeys(now time.Time) *script {
	return begin("Lockout 2A", "+16175550182", SeedAgent, now.Add(-9*24*time.Hour)).set("unit", "2A").
		end(0, "Locked out, 2A, my key is inside").
		ai(4, "Let us get you back inside. Unit 2A, understood. Are you safe where you are waiting?").
		end(40, "yes, in the lobby").
		ai(4, "Noted: “yes, in the lobby”. Can you show an ID with your name to the locksmith?").
		end(22, "yes").
		tool(3, "create_work_order", `{"details":"Locked out, 2A, my key is inside","topic":"lockout","unit":"2A"}`,
			`{"status":"open","topic":"lockout","work_order":"WO-2871"}`).
		ai(2, "I opened work order WO-2871 for the lockout in unit 2A. The technician on call can see it now. Write here if anything changes.").
		end(1900, "he was here, all good, thank you")
}

func seedKeysAgain(now time.Time) *script {
	return begin("Lockout 2A", "+16175550182", SeedAgent, now.Add(-26*time.Hour)).set("unit", "2A").
		end(0, "it's me again. 2A. the new key turns but the door won't open").
		ai(5, "Let us get you back inside. Unit 2A, understood. Are you safe where you are waiting?").
		end(33, "on the stairs, fine. the fob works for the front door, only the flat is stuck").
		ai(5, "Noted: “on the stairs, fine. the fob works for the front door, only the flat is stuck”. Can you show an ID with your name to the locksmith?").
		end(600, "never mind, a neighbor pushed it open. somebody should still look at the lock")
}

func seedLeasingQuestion(now time.Time) *script {
	return begin("Parking", "+16175550182", seedLeasing, now.Add(-3*time.Hour)).
		end(0, "Hi, do you have a second parking space for rent from January?").
		ai(4, "Hello, this is Harbor Homes leasing, an AI assistant. Two spaces in the garage come free on 2 January, at $140 a month each. Shall I put you on the list?").
		end(75, "yes please, the one near the lift if possible").
		ai(5, "You are on the list for space 17, beside the lift. A colleague will send you the contract on Monday.")
}

func seedCall(now time.Time) *script {
	return begin("", "+12135550119", SeedAgent, now.Add(-95*time.Minute)).
		set("unit", "11D").set(KeyChannel, "phone_call").set("telnyx_end_user_target_verified", false).set("telnyx_shaken_stir_attestation", "B").
		set(KeyCallControlID, "v3:5eedUkyQ-JnofkxaP2Upe9AIdC/cG2Ny?2MjG5Mu4p").set("call_leg_id", "5eed0000-0000-4000-8000-0000000000c1").
		set("from", "+12135550119").set("to", SeedAgent).
		ai(0, "Harbor Homes night desk, this is the AI assistant. What is going on?").
		end(6, "Yeah hi um the the heating's out again it's it's freezing in here").
		ai(2, "I am sorry that you are cold. Which unit are you in?").
		end(4, "Eleven D. One one D like dog.").
		ai(2, "Unit 11D, understood. What does the thermostat show?").
		end(7, "Uh it says fifty eight and it's blinking.").
		ai(2, "Noted: fifty eight and blinking. Is it every radiator or only one?").
		end(3, "All of them.").
		tool(1, "create_work_order", `{"details":"heating out, thermostat 58 blinking","topic":"heating","unit":"11D"}`,
			`{"status":"open","topic":"heating","work_order":"WO-7340"}`).
		ai(2, "I opened work order WO-7340 for the heating in unit 11D. The technician on call can see it now.").
		end(3, "Okay. Okay bye.")
}

func seedSIP(now time.Time) *script {
	return begin("", "sip:lobby-intercom@harbor-homes.example", SeedAgent, now.Add(-5*time.Hour)).
		set(KeyChannel, "phone_call").set(KeyCallControlID, "v3:5eedSipCaller0000000000000000000000000000000").
		ai(0, "Harbor Homes night desk, this is the AI assistant. What is going on?").
		end(5, "I'm a courier, I've a parcel for nine B and nobody opens.").
		ai(2, "Thank you for calling. Parcels can be left in the locker to the left of the lobby door; the code is on your delivery note.").
		end(8, "Found it, thanks.")
}

func seedWebChat(now time.Time) *script {
	return begin("Website visitor", "web-visitor-7f3c21", "web-widget-harbor-homes", now.Add(-38*time.Minute)).
		set(KeyChannel, "web_chat").set("page", "https://harbor-homes.example/residents?from=mail&lang=en").
		end(0, "hi, my november invoice says $1,910 but my rent is $1,850").
		ai(3, "I can look into that. Which unit are you in?").
		end(14, "6F").
		ai(3, "Unit 6F, understood. Which month is it about?").
		end(11, "november, as i said").
		ai(3, "Noted: “november, as i said”. Which amount looks wrong to you?").
		end(20, "the 60 dollars on top. there's no line for it")
}

// seedSilenced was silenced by another tool, which writes a string.
func seedSilenced(now time.Time) *script {
	return begin("Noise 8A", "+17185550164", SeedAgent, now.Add(-70*time.Minute)).
		set(KeyAIDisabled, "true").set("unit", "8A").set("escalated_by", "quality-desk").
		end(0, "the party in 9A is still going. third night in a row").
		ai(4, "That is no way to spend a night. Unit 8A, understood. Since when has it been going on?").
		end(47, "since 11. i called the police now, i just want it in your file").
		ai(4, "I asked a colleague to step in. They will write to you right here.").
		end(300, "ok, i'm waiting")
}

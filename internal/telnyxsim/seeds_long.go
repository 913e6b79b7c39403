package telnyxsim

import (
	"fmt"
	"time"
)

// seedLong is a night without heating in some fifty messages, with hours of silence in it.
func seedLong(now time.Time) *script {
	s := begin("No heating, 14A", "+17735550129", SeedAgent, now.Add(-13*time.Hour)).set("unit", "14A").set("language", "en")
	s.end(0, "good evening, heating is off in 14A").
		ai(4, "I am sorry that you are cold. Unit 14A, understood. What does the thermostat show?").
		end(60, "61 and falling").ai(4, "Noted: “61 and falling”. Is it every radiator or only one?").
		end(45, "bedroom and living room. the bathroom one is hot").
		tool(3, "create_work_order", `{"details":"heating off, 61F, bathroom radiator hot","topic":"heating","unit":"14A"}`, `{"status":"open","topic":"heating","work_order":"WO-3318"}`).
		ai(2, "I opened work order WO-3318 for the heating in unit 14A. The technician on call can see it now. Write here if anything changes.")
	for _, l := range []struct {
		after     int
		end, back string
	}{
		{600, "should i do anything in the meantime?", "Please open the valves of all radiators fully and keep the doors between the rooms open."},
		{420, "done. the pipe to the living room is cold where it comes out of the wall", "I added that to work order WO-3318. It tells the technician where to begin."},
		{900, "how long will it take? my mother is 84", "Is she warm enough for now? The clubhouse on the ground floor is heated and open all night."},
		{130, "she has blankets. she won't go downstairs in her slippers", "I understand. I noted on the work order that an elderly person is in the unit."},
		{1800, "59 now", "Noted: 59. The technician on call has two visits before yours."},
		{60, "two!", "One is water through a ceiling, the other one a lockout. Both should be short."},
		{2400, "he rang the bell, he's here", "Good. I will stay out of the way; write when he is done."},
		{1500, "he bled the radiators and left. says the pump in the basement is dead and he ordered one", "Thank you for telling me. The work order now says: pump ordered. You can get two electric heaters from the porter until then."},
		{200, "from where exactly", "From the porter's desk in the lobby of Harbor Homes North, against a signature. The desk is staffed until midnight."},
		{1200, "got one, he only had one left", "I asked the porter of the south building to bring a second one up to 14A."},
		{1900, "came. thank him, he carried it up himself, the lift is out too", "I will pass that on. I also reported the lift: work order WO-3321."},
		{300, "is it safe to run that thing all night?", "Keep it a yard from curtains and bedding, plug it into the wall and not into a strip, and do not run both on one circuit."},
		{240, "the breaker just went", "That is both heaters on one circuit. Please plug one into the kitchen and switch the breaker on again."},
		{180, "ok works", "Good. The bedroom one should then stay on low."},
		{7200, "it's 63 in the bedroom. ok for now. she sleeps", "That is good to hear. I will leave you in peace; write at any hour."},
		{10800, "good morning, any news of the pump?", "Good morning. The pump is on the first delivery of the day, and the fitter is planned for 9 to 11."},
		{900, "somebody has to be home?", "Only the porter, for the basement. The fitter will come up to bleed the radiators afterwards, so it helps if somebody opens."},
		{120, "i'm home", "Noted: somebody is home in 14A."},
		{3000, "radiators are gurgling", "That is the water coming back, it stops after a quarter of an hour. Please write what the thermostat shows in an hour."},
		{3900, "66! and the lift works", "Wonderful. I closed nothing yet: WO-3318 stays open until the fitter has been up to bleed the radiators."},
	} {
		s.end(l.after, l.end).ai(6, l.back)
	}
	return s.end(700, "he just did. thank you, everybody was kind")
}

// seedRenovation is a diary of 300 messages over five weeks; each has its number in it, so that a lost one shows.
func seedRenovation(now time.Time) *script {
	ask := []string{
		"will there be drilling again today?", "the dust is back in the hallway", "which lift can I use with the pram?", "the water was brown for a minute this morning",
		"they left the side door open overnight", "is the courtyard closed on Saturday?", "my parcel is not in the locker", "the scaffolding is now in front of my bedroom window",
		"can I get the noise times in writing?", "there was no hot water at seven", "who has the key of the bike room now?", "the tarpaulin flaps in the wind, nobody sleeps",
	}
	answer := []string{
		"Drilling is planned from 9 to 12 today, on the second floor only.", "I asked the cleaning crew to wipe the hallway before noon.", "Please use the freight lift; its door stays open longer.",
		"That is air in the pipe after the work below. Let it run until it is clear; I noted the time.", "Thank you, I told the site manager. The door has an alarm from tonight on.",
		"Only the north half of it, from 8 to 14.", "I asked the porter to look for it and to write to you.", "It stands there until Thursday. I can have the platform moved one bay if you like.",
		"I sent the plan of the week to the address in your file.", "The boiler was off from 6:50 to 7:20 for the new valve. It should not happen again this week.",
		"The porter has it, against a signature.", "I asked the crew on call to tie it down tonight.",
	}
	s := begin("Renovation diary, 9D", "+14045550108", SeedAgent, now.Add(-35*24*time.Hour)).set("unit", "9D")
	const pairs = 150
	for i := range pairs {
		after := 2*3600 + (i*i)%10800 // between two and five hours, never the same rhythm
		s.end(after, fmt.Sprintf("(%d/%d) %s", 2*i+1, 2*pairs, ask[i*5%len(ask)])).
			ai(5+i%4, fmt.Sprintf("(%d/%d) %s", 2*i+2, 2*pairs, answer[i*5%len(answer)]))
	}
	return s
}

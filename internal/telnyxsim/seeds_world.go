package telnyxsim

import "time"

func seedSpanish(now time.Time) *script {
	return begin("Fuga 3C", "+13055550144", SeedAgent, now.Add(-24*time.Minute)).set("unit", "3C").
		end(0, "Hola, buenas noches. Hay una fuga de agua en el baño").
		ai(4, "El agua donde no debe estar es urgente, estoy con usted. ¿En qué apartamento está usted?").
		end(35, "En el 3C, señor. Sale por detrás del inodoro y ya llegó al pasillo").
		ai(5, "Anotado: «En el 3C, señor. Sale por detrás del inodoro y ya llegó al pasillo». ¿Gotea o corre?").
		end(41, "Corre. ¿Dónde está la llave de paso? ¡Mi niño está durmiendo!").
		ai(5, "La llave de paso está bajo el lavabo, a la izquierda; gírela hacia la derecha hasta el tope. ¿Hay alguna luz o un enchufe cerca del agua?").
		end(120, "Ya la cerré, pero sigue saliendo un poco")
}

func seedGerman(now time.Time) *script {
	return begin("Heizung 5E", "+16465550171", SeedAgent, now.Add(-7*time.Hour)).set("unit", "5E").
		end(0, "Guten Abend, die Heizung ist seit heute Mittag aus, wir haben ein Baby").
		ai(4, "Es tut mir leid, dass Sie frieren. In welcher Wohnung sind Sie?").
		end(50, "Wohnung 5E, Übergang zum Hinterhaus").
		ai(4, "Wohnung 5E, verstanden. Was zeigt der Thermostat an?").
		end(66, "14 Grad. Größer einstellen hilft nicht, es blinkt „F28“").
		ai(4, "Notiert: „14 Grad. Größer einstellen hilft nicht, es blinkt ‚F28‘“. Sind es alle Heizkörper oder nur einer?").
		end(30, "alle").
		tool(3, "create_work_order", `{"details":"die Heizung ist seit heute Mittag aus, wir haben ein Baby","topic":"heating","unit":"5E"}`,
			`{"status":"open","topic":"heating","work_order":"WO-5522"}`).
		ai(2, "Ich habe den Auftrag WO-5522 angelegt: die Heizung, Wohnung 5E. Der Techniker vom Dienst sieht ihn jetzt. Schreiben Sie hier, wenn sich etwas ändert.").
		end(5400, "Der Monteur war da, läuft wieder. Herzlichen Dank!").
		ai(4, "Gern geschehen. Der Auftrag WO-5522 bleibt offen, bis die Heizung in Wohnung 5E erledigt ist.")
}

func seedArabic(now time.Time) *script {
	return begin("Text from +13135550126", "+13135550126", SeedAgent, now.Add(-16*time.Minute)).
		end(0, "مرحبا، المفتاح انكسر في الباب").
		ai(4, "سنُدخلك إلى بيتك. ما رقم شقتك؟").
		end(38, "الشقة 10B، الطابق العاشر (Harbor Homes North)").
		ai(4, "الشقة 10B، مفهوم. هل أنت في مكان آمن؟").
		end(52, "نعم، أنا في الممر مع أمي. رقمي الثاني هو \u200e+1 313 555 0127\u200e").
		ai(4, "سجّلت: «نعم، أنا في الممر مع أمي». هل معك بطاقة عليها اسمك؟")
}

func seedEmoji(now time.Time) *script {
	return begin("🐶 next door", "+15125550158", SeedAgent, now.Add(-31*time.Minute)).
		end(0, "🐕🔊🔊🔊 all night!!! 😭").
		ai(4, "You wrote “🐕🔊🔊🔊 all night!!! 😭”. I can help with water, heating, a lockout, noise or an invoice: which one is it?").
		end(17, "NOISE 😤👉🚪 12E. 👨‍👩‍👧‍👦 can't 😴").
		ai(4, "That is no way to spend a night. Unit 12E, understood. Which unit does it come from, as far as you can tell?").
		end(25, "12F 🏳️‍🌈 door, 👩🏽‍🚒 sticker, e\u0301 with two code points, 👍🏿").
		end(2, "👍").
		end(1, "👍")
}

// seedPersian has words that are spelt with a non-joiner, and the flag of Scotland, which is spelt with tags.
func seedPersian(now time.Time) *script {
	return begin("Text from +12065550133", "+12065550133", SeedAgent, now.Add(-3*time.Hour)).
		end(0, "سلام، آب گرم نمی\u200cآید و بچه\u200cها سردشان است").
		ai(4, "متأسفم. شماره\u200cی واحد شما چیست؟").
		end(41, "واحد ۷C. همسایه\u200cها هم آب گرم ندارند \U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f").
		ai(4, "واحد 7C، ثبت شد. به تکنسین خبر می\u200cدهم.").
		end(30, "می\u200cخواهم بدانم کی می\u200cآید")
}

// seedImported came with a batch import: all its messages have one time.
func seedImported(now time.Time) *script {
	s := begin("Imported 2C", "+12065550141", SeedAgent, now.Add(-26*time.Hour)).set("unit", "2C").
		line(0, Message{Role: "system", Text: "You are the night desk of Harbor Homes. Look up the unit before you promise anything."}).
		end(0, "the smoke detector chirps every minute").
		tool(0, "lookup_unit", `{"unit":"2C"}`, `{"unit":"2C","detector":"battery, 2019"}`).
		tool(0, "create_work_order", `{"unit":"2C","topic":"smoke detector"}`, `{"work_order":"WO-2207","status":"open"}`).
		ai(0, "The detector in unit 2C needs a new battery. I opened work order WO-2207.").
		end(0, "thanks. tomorrow is fine").
		ai(0, "You are welcome.")
	for i := range s.c.Messages {
		m := &s.c.Messages[i]
		m.CreatedAt = s.c.CreatedAt
		if !m.SentAt.IsZero() {
			m.SentAt = s.c.CreatedAt
		}
	}
	s.c.LastMessageAt = s.c.CreatedAt
	return s
}

// seedMarkdown has an assistant that writes Markdown.
func seedMarkdown(now time.Time) *script {
	return begin("Miller, moving out", "+12065550152", SeedAgent, now.Add(-5*time.Hour)).set("unit", "11A").
		end(0, "what do i have to do before i move out?").
		ai(6, "## Before you move out\n\n1. Give notice **30 days** ahead\n2. Clean the *oven* and the fridge\n3. Leave both keys in the box\n\n"+
			"| Item | Deducted |\n|---|---|\n| Lost key | $45 |\n| Oven | $80 |\n\nThe form is [here](https://forms.harborhomes.example/move-out).").
		end(50, "and the deposit?").
		ai(4, "It comes back within **21 days**, to the account that you name in the form.")
}

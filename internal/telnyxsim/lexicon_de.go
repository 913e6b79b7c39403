package telnyxsim

func german() lexicon {
	return lexicon{
		common:    []string{"ich.", "und.", "die.", "der.", "das.", "ist.", "nicht.", "bitte.", "hallo.", "mein.", "meine.", "danke.", "wasser.", "ein.", "eine.", "kein.", "wir.", "von.", "aus.", "habe.", "mir.", "auf.", "guten.", "ja.", "seit.", "im."},
		greetings: []string{"hallo", "guten.", "moin", "servus", "grüß"},
		thanks:    []string{"danke", "dank.", "tschüss", "wiedersehen"},
		person:    []string{"mensch", "mitarbeiter", "techniker", "hausmeister", "jemand", "person."},
		when:      []string{"wann.", "lange.", "dauert", "stand."},

		greet:        "Guten Tag, hier ist der Bereitschaftsdienst von Harbor Homes, ein KI-Assistent. Was ist passiert?",
		unclear:      "Sie schreiben „{quote}“. Ich helfe bei Wasser, Heizung, Aussperrung, Lärm oder einer Rechnung: Worum geht es?",
		askUnit:      "In welcher Wohnung sind Sie?",
		askUnitAgain: "Ich brauche noch die Nummer Ihrer Wohnung, etwa 4B, bevor ich jemanden schicken kann. Welche ist es?",
		unitKnown:    "Wohnung {unit}, verstanden.",
		noted:        "Notiert: „{quote}“.",
		ordered:      "Ich habe den Auftrag {ticket} angelegt: {topic}, Wohnung {unit}. Der Techniker vom Dienst sieht ihn jetzt. Schreiben Sie hier, wenn sich etwas ändert.",
		added:        "Ich habe „{quote}“ in den Auftrag {ticket} geschrieben ({topic}, Wohnung {unit}).",
		status:       "Der Auftrag {ticket} ({topic}, Wohnung {unit}) ist offen und beim Techniker vom Dienst. Eine genaue Uhrzeit habe ich noch nicht.",
		bye:          "Gern geschehen. Schreiben Sie hier zu jeder Stunde.",
		byeTicket:    "Gern geschehen. Der Auftrag {ticket} bleibt offen, bis {topic} in Wohnung {unit} erledigt ist.",
		called:       "Ich habe einen Kollegen gebeten zu übernehmen. Er schreibt Ihnen gleich hier.",
		personAgain:  "Die Kollegen sind schon gerufen und können alles hier lesen. Sie schreiben Ihnen gleich hier.",
		note:         "Mein Kollege hat mir gesagt: „{note}“.",
		afterNote:    "Daran halte ich mich. Zu „{quote}“: Hat sich seitdem etwas geändert?",
		passedOn:     "Ich habe „{quote}“ an meinen Kollegen weitergegeben.",
		hazards: []hazard{
			{[]string{"gas.", "gasgeruch", "rauch", "feuer", "brennt"}, "Bitte verlassen Sie jetzt die Wohnung, schließen Sie nicht ab und rufen Sie von draußen den Notruf."},
			{[]string{"licht", "lampe", "steckdose", "strom", "funke", "sicherung"}, "Bleiben Sie von Lampen und Steckdosen dort weg und schalten Sie die Sicherung des Raums aus, wenn Sie trocken hinkommen."},
		},
		topics: map[topic]lines{
			leak: {[]string{"wasser", "tropf", "rohr", "undicht", "überschwemm", "decke", "läuft.", "nass"}, "der Wasserschaden",
				"Wasser am falschen Ort ist dringend, ich kümmere mich.",
				[]string{"Tropft es oder läuft es?", "Ist eine Lampe oder Steckdose in der Nähe des Wassers?"}},
			heating: {[]string{"heiz", "kalt.", "heizkörper", "therme", "thermostat", "friere"}, "die Heizung",
				"Es tut mir leid, dass Sie frieren.",
				[]string{"Was zeigt der Thermostat an?", "Sind es alle Heizkörper oder nur einer?"}},
			lockout: {[]string{"ausgesperrt", "schlüssel", "schlüsseldienst"}, "die Aussperrung",
				"Wir bekommen Sie wieder hinein.",
				[]string{"Sind Sie dort, wo Sie warten, in Sicherheit?", "Können Sie dem Schlüsseldienst einen Ausweis mit Ihrem Namen zeigen?"}},
			noise: {[]string{"lärm", "laut.", "laute", "musik", "party", "nachbar", "bellt"}, "der Lärm",
				"So kann niemand schlafen.",
				[]string{"Aus welcher Wohnung kommt es, soweit Sie hören?", "Seit wann geht das so?"}},
			invoice: {[]string{"rechnung", "miete", "abrechnung", "nebenkosten", "mahnung", "kaution", "überwiesen", "betrag"}, "die Rechnung",
				"Das sehe ich mir an.",
				[]string{"Um welchen Monat geht es?", "Welcher Betrag kommt Ihnen falsch vor?"}},
		},
	}
}

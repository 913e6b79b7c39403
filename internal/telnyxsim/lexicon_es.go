package telnyxsim

func spanish() lexicon {
	return lexicon{
		common:    []string{"el.", "la.", "los.", "las.", "de.", "en.", "mi.", "que.", "por.", "hola.", "está.", "esta.", "hay.", "gracias.", "una.", "un.", "y.", "se.", "tengo.", "agua.", "del.", "con.", "muy.", "sí."},
		greetings: []string{"hola", "buenas", "buenos"},
		thanks:    []string{"gracias", "adiós", "adios", "chao"},
		person:    []string{"persona.", "humano", "técnico", "tecnico", "encargad", "alguien."},
		when:      []string{"cuándo", "cuando", "cuánto", "cuanto", "tarda", "pronto"},

		greet:        "Hola, soy el asistente de IA de guardia de Harbor Homes. ¿Qué ocurre?",
		unclear:      "Usted escribió «{quote}». Puedo ayudar con agua, calefacción, puerta cerrada, ruido o una factura: ¿de qué se trata?",
		askUnit:      "¿En qué apartamento está usted?",
		askUnitAgain: "Todavía necesito el número del apartamento, por ejemplo 4B, para poder enviar a alguien. ¿Cuál es?",
		unitKnown:    "Apartamento {unit}, entendido.",
		noted:        "Anotado: «{quote}».",
		ordered:      "Abrí la orden {ticket} por {topic} en el apartamento {unit}. El técnico de guardia ya la ve. Escriba aquí si algo cambia.",
		added:        "Añadí «{quote}» a la orden {ticket} ({topic}, apartamento {unit}).",
		status:       "La orden {ticket} ({topic}, apartamento {unit}) está abierta y la tiene el técnico de guardia. Aún no sé la hora exacta.",
		bye:          "De nada. Escriba aquí a cualquier hora.",
		byeTicket:    "De nada. La orden {ticket} sigue abierta hasta que se resuelva {topic} en el apartamento {unit}.",
		called:       "He pedido a un colega que intervenga. Le escribirá aquí mismo.",
		personAgain:  "Mis colegas ya están avisados y pueden leer todo esto. Le escribirán aquí mismo.",
		note:         "Mi colega me ha contado: «{note}».",
		afterNote:    "Me atengo a eso. Sobre «{quote}»: ¿ha cambiado algo desde entonces?",
		passedOn:     "Le he pasado «{quote}» a mi colega.",
		hazards: []hazard{
			{[]string{"gas.", "humo", "fuego", "incendio", "quema"}, "Salga ahora del apartamento, deje la puerta sin llave y llame al 911 desde fuera."},
			{[]string{"luz.", "luces", "lámpara", "lampara", "enchufe", "eléctric", "electric", "chispa"}, "Aléjese de las luces y los enchufes y corte el automático de esa habitación, si puede llegar sin mojarse."},
		},
		topics: map[topic]lines{
			leak: {[]string{"agua", "fuga", "gotea", "gotera", "techo", "tubería", "tuberia", "inunda", "grifo", "moja"}, "la fuga de agua",
				"El agua donde no debe estar es urgente, estoy con usted.",
				[]string{"¿Gotea o corre?", "¿Hay alguna luz o un enchufe cerca del agua?"}},
			heating: {[]string{"calefac", "radiador", "caldera", "frío", "frio.", "termostato", "calienta"}, "la calefacción",
				"Siento que pase frío.",
				[]string{"¿Qué marca el termostato?", "¿Son todos los radiadores o solo uno?"}},
			lockout: {[]string{"llaves", "cerrad", "cerrajer", "encerrad"}, "la puerta cerrada",
				"Vamos a lograr que entre.",
				[]string{"¿Está seguro el lugar donde espera?", "¿Puede mostrar al cerrajero un documento con su nombre?"}},
			noise: {[]string{"ruido", "fiesta", "música", "musica", "vecin", "ladra"}, "el ruido",
				"Así no se puede pasar la noche.",
				[]string{"¿De qué apartamento cree que viene?", "¿Desde cuándo dura?"}},
			invoice: {[]string{"factura", "recibo", "alquiler", "cobr", "pago.", "pagu", "fianza", "depósito"}, "la factura",
				"Eso lo puedo mirar.",
				[]string{"¿De qué mes se trata?", "¿Qué importe le parece mal?"}},
		},
	}
}

package takeover

import (
	"regexp"
	"strings"
)

// number is a phone number as providers store it: E.164, with or without its plus, and with or
// without the word of a messenger or a scheme before it ("whatsapp:+14155550137").
var number = regexp.MustCompile(`^(?i:whatsapp:|sms:|tel:)?\+?([0-9]{6,15})$`)

// Number is the phone number that a target is, with a plus: "+14155550137". It is empty for a
// SIP address, the name of a sender and other ids. Digits without a plus count as international:
// that is how bare numbers are stored.
func (t Target) Number() string {
	part := number.FindStringSubmatch(string(t))
	if part == nil {
		return ""
	}
	return "+" + part[1]
}

// Forms are the targets under which a provider may know the end user of a number, the number
// itself first. Other targets have one form.
func (t Target) Forms() []Target {
	number := t.Number()
	if number == "" || !strings.HasPrefix(string(t), "+") {
		return []Target{t}
	}
	var forms []Target
	for _, n := range []string{number, t.OtherForm()} {
		if n != "" {
			forms = append(forms, Target(n), Target(n[1:]), Target("whatsapp:"+n))
		}
	}
	return forms
}

// OtherForm is the same number of a mobile phone in Mexico or Argentina with, or without, the
// digit that is dialled between country code and number from abroad; empty for other numbers.
// Carriers and messengers do not agree on it.
func (t Target) OtherForm() string {
	number := t.Number()
	for country, digit := range map[string]string{"+52": "1", "+54": "9"} {
		national, ok := strings.CutPrefix(number, country)
		switch {
		case !ok:
		case len(national) == 10:
			return country + digit + national
		case len(national) == 11 && strings.HasPrefix(national, digit):
			return country + national[1:]
		}
	}
	return ""
}

// Is says whether two targets are the same end user, in any spelling and any form of the number.
func (t Target) Is(o Target) bool {
	if t.Key() == o.Key() {
		return true
	}
	mine, theirs := Target(t.Number()), Target(o.Number())
	return mine != "" && theirs != "" && (mine == theirs || mine.OtherForm() == string(theirs))
}

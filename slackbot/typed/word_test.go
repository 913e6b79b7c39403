package typed

import (
	"strings"
	"testing"
)

func TestFirstWord(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"take 0137": "take|0137", "take\u00a00137": "take|0137", "take\t0137": "take|0137", "take\n0137": "take|0137",
		"take\u30000137": "take|0137", "take: 0137": "take|0137", "take, 0137": "take|0137", "`take 0137`": "take|0137",
		"*take* 0137": "take|0137", "“take 0137”": "take|0137", "take0137": "take|0137", "take+14155550137": "take|+14155550137",
		"ＴＡＫＥ　0137": "take|0137", "\u200etake 0137": "take|0137", "ta\u200bke 0137": "take|0137", "mine.": "mine|", "help?": "help|",
		"take": "take|", "": "|", "0137": "|0137", "log <tel:+14155550137|x>": "log|<tel:+14155550137|x>", "handoff 0137 <@U0OMAR> hi.": "handoff|0137 <@U0OMAR> hi",
	} {
		if word, rest := FirstWord(text); word+"|"+rest != want {
			t.Errorf("%q: %q, %q, want %q", text, word, rest, want)
		}
	}
}

func TestNearestWord(t *testing.T) {
	t.Parallel()
	names := strings.Fields("open mine take back handoff log help")
	for word, want := range map[string]string{
		"handback": "back", "takeover": "take", "tkae": "take", "taek": "take", "hlep": "help", "hepl": "help", "bakc": "back",
		"handof": "handoff", "lgo": "log", "opne": "open", "mnie": "mine", "takes": "take",
		"call": "", "number": "", "please": "", "unit": "", "name": "", "find": "", "phone": "", "leak": "", "the": "", "a": "",
	} {
		if got := NearestWord(word, names); got != want {
			t.Errorf("%s: %q, want %q", word, got, want)
		}
	}
}

package apicall

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestEndUserName(t *testing.T) {
	t.Parallel()
	isAddress := func(s string) bool { return strings.HasPrefix(s, "+1") }
	for metadata, want := range map[string]string{
		`{"name":"R. Miller","unit":"4B"}`:                                   "R. Miller, Unit 4B",
		`{"unit":" 4B ","name":null}`:                                        "Unit 4B",
		`{"first_name":"Ana"}`:                                               "Ana",
		`{"first_name":"Ana","customer_name":"Ana Ruiz"}`:                    "Ana Ruiz",
		`{"customer_name":"Ana Ruiz","name":" Ana R. "}`:                     "Ana R.",
		`{"name":"{{first_name}}","first_name":"Ana"}`:                       "Ana",
		`{"name":"+13125550199","unit":7,"property":"Lakeside"}`:             "",
		`{"name":"` + strings.Repeat("ü", 100) + `"}`:                        strings.Repeat("ü", 79) + "…",
		`{"name":"` + strings.Repeat("a", 80) + `","unit":"{{unit}}","x":1}`: strings.Repeat("a", 80),
		`null`: "",
	} {
		if got := EndUserName(Fields(json.RawMessage(metadata)), isAddress); got != want {
			t.Errorf("%s: %q, want %q", metadata, got, want)
		}
	}
}

func TestHasName(t *testing.T) {
	t.Parallel()
	m := Fields(json.RawMessage(`{"customer_name":"Ana RUIZ","unit":"4B"}`))
	if !HasName(m, "ruiz") || !HasName(m, "A") || HasName(m, "4b") || HasName(nil, "a") {
		t.Error("wrong entries were searched")
	}
}

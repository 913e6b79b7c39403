package apicall

import "testing"

func TestFold(t *testing.T) {
	t.Parallel()
	for _, same := range [][]string{
		{"O’Brien", "O'Brien", "o‘brien", "O`BRIEN", "O´Brien", "Oʼbrien"},
		{"José", "Jose\u0301", "JOSE", "jose"},
		{"Nguyễn", "Nguyen", "NGUYỄN", "Nguyễn"},
		{"Ana  María", "ana maria", " Ana\u00a0Maria ", "Ana\tMaría"},
		{"Đặng", "dang"},
		{"Łukasz Ø", "lukasz o"},
		{"Straße", "STRASSE"},
		{"Jean–Luc", "jean-luc", "Jean‑Luc"},
		{"4B", "4b", "４Ｂ", "4\u200bB"},
		{"İpek", "ipek", "ıpek"},
	} {
		for _, s := range same {
			if Fold(s) != Fold(same[0]) {
				t.Errorf("%q folds to %q, %q to %q", s, Fold(s), same[0], Fold(same[0]))
			}
		}
	}
	if Fold("4B") == Fold("4 B") || Fold("Miller") == Fold("Müllers") || Contains("Miller", " ") {
		t.Error("different names fold to the same")
	}
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"O’Brien", "Jose\u0301", "Đặng", "\xff", "İ", "ﬁ", "ẞ", "´"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if once := Fold(s); Fold(once) != once {
			t.Errorf("%q folds to %q and then to %q", s, once, Fold(once))
		}
	})
}

package demo

import (
	"context"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/slacksim"
)

func namesOf(all []scene) []string {
	var names []string
	for _, s := range all {
		names = append(names, s.name)
	}
	return names
}

func TestScenesWithWhatTheyNeed(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]string{
		"answer":    {"answer"},
		"quiet":     {"find", "take", "quiet"},
		"log":       {"find", "take", "talk", "handback", "log"},
		"forgotten": {"refused", "handoff", "forgotten"},
	} {
		got, err := scenesFor(name)
		if err != nil || !slices.Equal(namesOf(got), want) {
			t.Errorf("%s: %v, %v", name, namesOf(got), err)
		}
	}
	all := namesOf(scenes())
	for i, s := range scenes() {
		if slices.Index(all, s.name) != i || strings.ContainsFunc(s.name, func(r rune) bool { return r < 'a' || r > 'z' }) {
			t.Errorf("%q names no scene, or two", s.name)
		}
		for _, n := range s.needs {
			if !slices.Contains(all[:i], n) {
				t.Errorf("%s needs %s, which does not stand before it", s.name, n)
			}
		}
	}
	err := KnowScene("handofff")
	if err == nil || !strings.Contains(err.Error(), strings.Join(all, ", ")) {
		t.Errorf("a wrong name: %v", err)
	}
}

// The page and the documents list every scene.
func TestScenesAreListed(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../docs/using.md")
	if err != nil {
		t.Fatal(err)
	}
	h := newFixture(t, nil)
	var s state
	h.get(t, "/state", &s)
	for i, known := range scenes() {
		if s.Scenes[i].Name != known.name || s.Scenes[i].Title != known.title {
			t.Errorf("the page lists %+v", s.Scenes[i])
		}
		if row := "| `#" + known.name + "` | " + known.title + " |"; !strings.Contains(string(raw), row) {
			t.Errorf("docs/using.md lacks %s", row)
		}
	}
	if got := h.do(t, "scene", input{Name: "nope"}); !strings.Contains(got, "the scenes are answer, find") {
		t.Errorf("a scene that is not there: %q", got)
	}
}

// The page opens with what the first step of the tour shows.
func TestBegin(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{}, 1)
	h := newFixture(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusOK)
		asked <- struct{}{}
	})
	silent, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := h.Begin(silent); err == nil || !strings.Contains(err.Error(), "first step of the tour") {
		t.Errorf("without a card: %v", err)
	}
	<-asked
	done := make(chan error, 1)
	go func() { done <- h.Begin(t.Context()) }()
	<-asked
	h.showCard(t, "AI is answering")
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	h.eventually(t, "the first step done", h.done(stepFind))
	if h.done(stepText)() {
		t.Error("the second step is done that nobody did")
	}
}

// Before a scene plays, a line that somebody holds goes back to the AI.
func TestHolder(t *testing.T) {
	t.Parallel()
	h := newFixture(t, nil)
	for state, want := range map[string]string{
		"@Omar has it — AI is silent (checked 03:14:09)": slacksim.Omar,
		"@Dana has it — NOT silent":                      slacksim.Dana,
		"AI is answering":                                "",
		"":                                               "",
	} {
		if got := h.holder(state); got != want {
			t.Errorf("%q: %q", state, got)
		}
	}
	if err := h.release(t.Context(), h.tour.line); err != nil {
		t.Errorf("a line without a card: %v", err)
	}
}

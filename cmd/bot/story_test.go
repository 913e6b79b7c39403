package main

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestStories plays testdata/*.txtar against the real binary. A story reads like the
// feature; its words are the functions of script_*_test.go, each with a comment that
// says what it does.
//
// A check waits for what it names, up to patience; with ! in front it looks once and
// wants the opposite. What is true of every story is checked at its end: checkAlways.
func TestStories(t *testing.T) {
	t.Parallel()
	for _, path := range storyFiles(t) {
		t.Run(storyName(path), func(t *testing.T) {
			t.Parallel()
			tell(t, path, worldOptions{})
		})
	}
}

func storyFiles(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal("there are no stories", err)
	}
	return paths
}

func storyName(path string) string { return strings.TrimSuffix(filepath.Base(path), ".txtar") }

// tell plays one story in a world of its own.
func tell(t *testing.T, path string, opt worldOptions) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := parseStory(string(text))
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	s := &script{name: filepath.Base(path), w: newWorld(t, opt)}
	all := storyWords()
	for _, line := range lines {
		do, known := all[line.words[0]]
		s.at = line
		if !known {
			s.Fatalf("there is no such word")
		}
		do(s, line.neg, line.words[1:])
	}
}

// storyWord is one word of the stories' language. neg is a ! in front.
type storyWord func(s *script, neg bool, args []string)

// storyWords are all words of the language.
func storyWords() map[string]storyWord {
	all := map[string]storyWord{}
	for _, some := range []map[string]storyWord{processWords(), peopleWords(), screenWords(), slackWords(), telnyxWords(), recordWords(), heldWords()} {
		maps.Copy(all, some)
	}
	return all
}

// TestEveryStoryWordIsUsed: a word that no story needs is to be removed.
func TestEveryStoryWordIsUsed(t *testing.T) {
	used := map[string]bool{}
	for _, path := range storyFiles(t) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		lines, err := parseStory(string(text))
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		for _, line := range lines {
			used[line.words[0]] = true
		}
	}
	for _, word := range slices.Sorted(maps.Keys(storyWords())) {
		if !used[word] {
			t.Errorf("no story uses the word %q", word)
		}
	}
}

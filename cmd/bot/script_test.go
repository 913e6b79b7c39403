package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/slacksim"
)

// script is a story being told. The language is that of Go's own script tests: one
// command a line, # begins a comment, single quotes keep words together (and a doubled
// one stands for itself), ! in front negates a check.
type script struct {
	name string
	at   storyLine
	w    *world
}

// storyLine is one command of a story.
type storyLine struct {
	number int
	neg    bool
	words  []string
}

// parseStory reads a story's commands.
func parseStory(text string) ([]storyLine, error) {
	var lines []storyLine
	number := 0
	for raw := range strings.Lines(text) {
		number++
		words, err := splitWords(raw)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
		line := storyLine{number: number, words: words}
		if len(words) > 0 && words[0] == "!" {
			line.neg, line.words = true, words[1:]
		}
		if len(line.words) > 0 {
			lines = append(lines, line)
		}
	}
	return lines, nil
}

// splitWords splits a line at spaces outside of quotes.
func splitWords(line string) ([]string, error) {
	var words []string
	var word strings.Builder
	begun, quoted := false, false
	end := func() {
		if begun {
			words = append(words, word.String())
		}
		word.Reset()
		begun = false
	}
	runes := []rune(strings.TrimRight(line, "\r\n"))
	for i := 0; i < len(runes); i++ {
		switch c := runes[i]; {
		case c == '\'' && quoted && i+1 < len(runes) && runes[i+1] == '\'':
			word.WriteRune(c)
			i++
		case c == '\'':
			quoted, begun = !quoted, true
		case !quoted && (c == ' ' || c == '\t'):
			end()
		case !quoted && c == '#' && !begun:
			return words, nil
		default:
			word.WriteRune(c)
			begun = true
		}
	}
	if quoted {
		return nil, fmt.Errorf("a quote is not closed")
	}
	end()
	return words, nil
}

func TestSplitWords(t *testing.T) {
	for line, want := range map[string][]string{
		"":                                nil,
		"# only a comment":                nil,
		"click dana line.take # and so":   {"click", "dana", "line.take"},
		"submit dana note='plumber at 4'": {"submit", "dana", "note=plumber at 4"},
		"card 'it''s fine' ''":            {"card", "it's fine", ""},
		"slash dana '#0137'":              {"slash", "dana", "#0137"},
		"slash dana a#b":                  {"slash", "dana", "a#b"},
	} {
		if got, err := splitWords(line); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q, %v", line, got, err)
		}
	}
	if _, err := splitWords("card 'open"); err == nil {
		t.Error("an open quote was taken")
	}
}

// Fatalf ends the story.
func (s *script) Fatalf(format string, args ...any) {
	s.w.Helper()
	neg := ""
	if s.at.neg {
		neg = "! "
	}
	s.w.Fatalf("%s:%d: %s%s: %s", s.name, s.at.number, neg, strings.Join(s.at.words, " "), fmt.Sprintf(format, args...))
}

// Check ends the story on an error.
func (s *script) Check(err error) {
	s.w.Helper()
	if err != nil {
		s.Fatalf("%v", err)
	}
}

// once refuses ! in front of a word that does something.
func (s *script) once(neg bool) {
	if neg {
		s.Fatalf("this word takes no !")
	}
}

// need ends the story unless n words, or more, follow.
func (s *script) need(args []string, n int, usage string) {
	if len(args) < n {
		s.Fatalf("usage: %s", usage)
	}
}

// check waits until ok, or, with !, looks once whether it is not so. saw tells what was
// there instead.
func (s *script) check(neg bool, what string, ok func() bool, saw func() string) {
	s.w.Helper()
	if neg {
		if ok() {
			s.Fatalf("there is %s:\n%s", what, saw())
		}
		return
	}
	if err := s.w.await(s.w.patience, ok); err != nil {
		s.Fatalf("%s: %v; there is:\n%s", what, err, saw())
	}
}

// person is who a story means.
func (s *script) person(name string) string {
	ids := map[string]string{"dana": slacksim.Dana, "omar": slacksim.Omar, "lena": slacksim.Lena, "guest": slacksim.Guest, "outsider": slacksim.Outside}
	id, ok := ids[name]
	if !ok {
		s.Fatalf("there is no %q in the workspace", name)
	}
	return id
}

// settings splits "name=value" words from the others.
func settings(args []string) (plain []string, set map[string]string) {
	set = map[string]string{}
	for _, a := range args {
		if name, value, ok := strings.Cut(a, "="); ok && name != "" && !strings.ContainsAny(name, " :<*") {
			set[name] = value
		} else {
			plain = append(plain, a)
		}
	}
	return plain, set
}

// readable writes down what a story saw.
func readable(texts []string) string {
	if len(texts) == 0 {
		return "(nothing)"
	}
	return strings.Join(texts, "\n---\n")
}

// processWords start and end the bot.
func processWords() map[string]storyWord {
	return map[string]storyWord{
		// start [NAME=value …]: starts the bot, also again, and waits until it is ready.
		"start": func(s *script, neg bool, args []string) {
			s.once(neg)
			_, set := settings(args)
			for name, value := range set {
				s.w.bot().env = append(s.w.bot().env, name+"="+value)
			}
			s.w.bot().start(s.w)
		},
		// power-cut: kill -9.
		"power-cut": func(s *script, neg bool, _ []string) {
			s.once(neg)
			s.w.bot().kill()
		},
		// stop-gracefully: SIGTERM, and it ends with exit code 0 in time.
		"stop-gracefully": func(s *script, neg bool, _ []string) {
			s.once(neg)
			if code, err := s.w.bot().stop(); err != nil || code != exitDone {
				s.Fatalf("exit code %d, %v", code, err)
			}
		},
		// quiet: everything that was stored had its effect.
		"quiet": func(s *script, neg bool, _ []string) {
			s.check(neg, "quiet", s.w.quiet, s.w.log.String)
		},
		// patience DURATION: how long checks wait from now on.
		"patience": func(s *script, neg bool, args []string) {
			s.once(neg)
			s.need(args, 1, "patience DURATION")
			var err error
			s.w.patience, err = time.ParseDuration(args[0])
			s.Check(err)
		},
	}
}

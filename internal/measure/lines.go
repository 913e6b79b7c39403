package main

import (
	"fmt"
	"go/scanner"
	"go/token"
	"os"
	"path/filepath"
	"strings"
)

// lines counts the lines of source text; an empty line counts as neither.
type lines struct {
	code    int // with at least one token that is no comment
	comment int // with nothing but a comment
}

func (l *lines) add(other lines) {
	l.code += other.code
	l.comment += other.comment
}

// countLines counts the lines of one Go source text.
func countLines(source []byte) lines {
	fset := token.NewFileSet()
	file := fset.AddFile("", fset.Base(), len(source))
	var s scanner.Scanner
	s.Init(file, source, nil, scanner.ScanComments)
	code, comment := make(map[int]bool), make(map[int]bool)
	for {
		pos, tok, text := s.Scan()
		if tok == token.EOF {
			break
		}
		if tok == token.SEMICOLON && text == "\n" {
			continue // the scanner's own, at the end of a line
		}
		kind := code
		if tok == token.COMMENT {
			kind = comment
		}
		first := file.Line(pos)
		for line := first; line <= first+strings.Count(text, "\n"); line++ {
			kind[line] = true
		}
	}
	out := lines{code: len(code)}
	for line := range comment {
		if !code[line] {
			out.comment++
		}
	}
	return out
}

// countFolder counts the Go files of one folder, whatever their build tags: those
// without the suffix _test.go, and the tests.
func countFolder(dir string) (files, tests lines, err error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return lines{}, lines{}, fmt.Errorf("list the files of %s: %w", dir, err)
	}
	for _, name := range names {
		source, err := os.ReadFile(name)
		if err != nil {
			return lines{}, lines{}, err
		}
		if strings.HasSuffix(name, "_test.go") {
			tests.add(countLines(source))
		} else {
			files.add(countLines(source))
		}
	}
	return files, tests, nil
}

//go:build ignore

// emoji_gen writes emoji.txt from emoji.json of the npm package emoji-datasource, which has the
// short names that Slack uses: npm pack emoji-datasource, then go run emoji_gen.go emoji.json
package main

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"strings"
)

func main() {
	if err := generate(os.Args[1], "emoji.txt"); err != nil {
		slog.Error("generate the table of emoji", "err", err)
		os.Exit(1)
	}
}

func generate(from, to string) error {
	source, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	var all []struct {
		Unified string              `json:"unified"` // code points in hexadecimal, with dashes between them
		Names   []string            `json:"short_names"`
		Skin    map[string]struct{} `json:"skin_variations"`
	}
	if err := json.Unmarshal(source, &all); err != nil {
		return err
	}
	var table strings.Builder
	for _, e := range all {
		var emoji string
		for hex := range strings.SplitSeq(e.Unified, "-") {
			r, err := strconv.ParseUint(hex, 16, 32)
			if err != nil {
				return err
			}
			emoji += string(rune(r))
		}
		kind := "-"
		if _, ok := e.Skin["1F3FB"]; ok {
			kind = "+"
		}
		fmt.Fprintln(&table, emoji, kind, strings.Join(e.Names, " "))
	}
	return os.WriteFile(to, []byte(table.String()), 0o600)
}

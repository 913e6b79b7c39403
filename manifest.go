// Package takeoverbot holds what stands at the top of the repository and has to be
// inside the binary: the Slack manifest.
package takeoverbot

import (
	_ "embed"
	"strings"
)

//go:embed manifest.yml
var manifest string

// ManifestURL is the placeholder for the bot's address in manifest.yml.
const ManifestURL = "https://bot.example.com"

// Manifest is manifest.yml with the bot's public address, without a trailing slash,
// filled in.
func Manifest(url string) string { return strings.ReplaceAll(manifest, ManifestURL, url) }

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

// SocketManifest is manifest.yml for Socket Mode: without addresses, because Slack calls none.
func SocketManifest() string {
	var kept strings.Builder
	for line := range strings.Lines(manifest) {
		if !strings.Contains(line, ManifestURL) {
			kept.WriteString(line)
		}
	}
	return strings.Replace(kept.String(), "socket_mode_enabled: false", "socket_mode_enabled: true", 1)
}

// Manifest is manifest.yml with the bot's public address, without a trailing slash,
// filled in.
func Manifest(url string) string { return strings.ReplaceAll(manifest, ManifestURL, url) }

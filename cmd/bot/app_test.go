package main

import (
	"strings"

	"takeoverbot"
	"takeoverbot/internal/slacksim"
)

// installed is the app as manifest.yml has it: a scope, an event or a shortcut that is
// missing there is missing in every story.
func installed() (app slacksim.App, scopes []string, err error) {
	nodes, err := manifestNodes(takeoverbot.Manifest("http://127.0.0.1"))
	for _, n := range nodes {
		switch {
		case strings.HasPrefix(n.path, "oauth_config.scopes.bot."):
			scopes = append(scopes, n.value)
		case strings.HasPrefix(n.path, "settings.event_subscriptions.bot_events."):
			app.BotEvents = append(app.BotEvents, n.value)
		case strings.HasPrefix(n.path, "features.slash_commands.") && strings.HasSuffix(n.path, ".command"):
			app.Commands = append(app.Commands, n.value)
		case strings.HasPrefix(n.path, "features.shortcuts.") && strings.HasSuffix(n.path, ".callback_id"):
			app.MessageShortcuts = append(app.MessageShortcuts, n.value)
		case n.path == "features.app_home.home_tab_enabled":
			app.HomeTab = n.value == "true"
		case n.path == "features.app_home.messages_tab_enabled":
			app.MessagesTab = n.value == "true"
		case n.path == "features.app_home.messages_tab_read_only_enabled":
			app.MessagesReadOnly = n.value == "true"
		}
	}
	return app, scopes, err
}

// install has the workspace know the app.
func (s *system) install() {
	app, scopes, err := installed()
	s.must(nil, err)
	app.SocketMode = s.socket
	s.slack.InstallApp(app)
	s.slack.SetScopes(scopes)
}

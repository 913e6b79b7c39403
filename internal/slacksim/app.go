package slacksim

import (
	"fmt"
	"slices"
)

// App is what the app's manifest declares besides its scopes. What is not
// declared is not there: a shortcut is missing from the menu, an event is not
// sent.
type App struct {
	Commands         []string `json:"commands"`          // with the slash
	GlobalShortcuts  []string `json:"global_shortcuts"`  // callback ids
	MessageShortcuts []string `json:"message_shortcuts"` // callback ids
	// BotEvents are the names under settings.event_subscriptions.bot_events,
	// such as message.channels.
	BotEvents []string `json:"bot_events"`
	// HomeTab and MessagesTab are the tabs of the app's own page. Without
	// MessagesTab the bot cannot write direct messages; with MessagesReadOnly
	// people cannot answer there.
	HomeTab          bool `json:"home_tab"`
	MessagesTab      bool `json:"messages_tab"`
	MessagesReadOnly bool `json:"messages_read_only"`
	// SocketMode sends everything over the app's WebSockets, and nothing to its URLs.
	SocketMode bool `json:"socket_mode"`
}

// InstallApp replaces what the app declares, as a reinstall with another
// manifest does; scopes are set by SetScopes. Before the first call the
// simulator knows no manifest: then every command, shortcut and tab is there,
// and message events and app_home_opened are sent, but no other events.
func (s *Sim) InstallApp(a App) {
	a.Commands, a.BotEvents = slices.Clone(a.Commands), slices.Clone(a.BotEvents)
	a.GlobalShortcuts, a.MessageShortcuts = slices.Clone(a.GlobalShortcuts), slices.Clone(a.MessageShortcuts)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.app, s.sockets.on = &a, a.SocketMode
	s.changed()
}

// GrantScopes adds scopes to the bot token, WithdrawScopes takes some away.
func (s *Sim) GrantScopes(scopes ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept := slices.Clone(s.opt.Scopes)
	for _, scope := range scopes {
		if !slices.Contains(kept, scope) {
			kept = append(kept, scope)
		}
	}
	s.opt.Scopes = kept
}

// WithdrawScopes takes scopes from the bot token; those it does not have are
// passed over.
func (s *Sim) WithdrawScopes(scopes ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opt.Scopes = slices.DeleteFunc(slices.Clone(s.opt.Scopes), func(have string) bool { return slices.Contains(scopes, have) })
}

// subscribed tells whether the app gets events of this name. It is called with
// mu held, as all below.
func (s *Sim) subscribed(event string) bool {
	if s.app != nil {
		return slices.Contains(s.app.BotEvents, event)
	}
	return event == "app_home_opened" || slices.Contains(messageEvents(), event)
}

func messageEvents() []string { return []string{"message.channels", "message.groups", "message.im"} }

// declared returns an error unless the manifest lists the name; of says where.
func (s *Sim) declared(name, what string, of func(*App) []string) error {
	switch {
	case !s.hasScope("commands"):
		return fmt.Errorf("%w: the app lost the scope of commands and shortcuts", ErrNotThere)
	case s.app != nil && !slices.Contains(of(s.app), name):
		return fmt.Errorf("%w: the manifest has no %s %q", ErrNotThere, what, name)
	}
	return nil
}

func (s *Sim) homeTab() bool { return s.app == nil || s.app.HomeTab }

func (s *Sim) messagesTab() bool { return s.app == nil || s.app.MessagesTab }

// answerable tells whether people may write into the bot's direct messages.
func (s *Sim) answerable() bool {
	return s.app == nil || s.app.MessagesTab && !s.app.MessagesReadOnly
}

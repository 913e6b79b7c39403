package slacksim

// Slack's tiers, in calls a minute for each method and workspace.
const (
	special = 0
	tier2   = 20
	tier3   = 50
	tier4   = 100
)

// methodConnect is the one method that is called with the app-level token.
const methodConnect = "apps.connections.open"

// method is one Web API method. run is called with mu held.
type method struct {
	perMinute int
	scope     func(*Sim, args) string
	run       func(*Sim, args) (reply, error)
}

func needs(scope string) func(*Sim, args) string {
	return func(*Sim, args) string { return scope }
}

// needsKind asks for the scope of the channel's kind, such as groups:history.
func needsKind(what string) func(*Sim, args) string {
	return func(s *Sim, a args) string {
		c := s.channels[a.get("channel")]
		switch {
		case c != nil && c.IM:
			return "im:" + what
		case c != nil && c.Private:
			return "groups:" + what
		}
		return "channels:" + what
	}
}

// methods is the table of what is served, with scope and tier as documented.
func methods(name string) (method, bool) {
	m, ok := map[string]method{
		methodConnect: {tier3, needs("connections:write"), (*Sim).openConnection},

		"auth.test":         {special, needs(""), (*Sim).authTest},
		"bots.info":         {tier3, needs("users:read"), (*Sim).botsInfo},
		"team.info":         {tier3, needs("team:read"), (*Sim).teamInfo},
		"users.info":        {tier4, needs("users:read"), (*Sim).usersInfo},
		"users.list":        {tier2, needs("users:read"), (*Sim).usersList},
		"chat.postMessage":  {special, needs("chat:write"), (*Sim).postMessage},
		"chat.update":       {tier3, needs("chat:write"), (*Sim).updateMessage},
		"chat.delete":       {tier3, needs("chat:write"), (*Sim).deleteMessage},
		"chat.getPermalink": {special, needs(""), (*Sim).permalink},

		"chat.postEphemeral":    {tier4, needs("chat:write"), (*Sim).postEphemeral},
		"conversations.history": {tier3, needsKind("history"), (*Sim).history},
		"conversations.info":    {tier3, needsKind("read"), (*Sim).channelInfo},
		"conversations.join":    {tier3, needs("channels:join"), (*Sim).joinChannel},
		"conversations.members": {tier4, needsKind("read"), (*Sim).channelMembers},
		"conversations.open":    {tier3, needs("im:write"), (*Sim).openDirect},
		"conversations.replies": {tier3, needsKind("history"), (*Sim).replies},

		"files.completeUploadExternal": {tier4, needs("files:write"), (*Sim).completeUpload},
		"files.getUploadURLExternal":   {tier4, needs("files:write"), (*Sim).uploadURL},
		"files.info":                   {tier4, needs("files:read"), (*Sim).fileInfo},

		"reactions.add":         {tier3, needs("reactions:write"), (*Sim).addReaction},
		"reactions.remove":      {tier2, needs("reactions:write"), (*Sim).removeReaction},
		"usergroups.list":       {tier2, needs("usergroups:read"), (*Sim).groupsList},
		"usergroups.users.list": {tier2, needs("usergroups:read"), (*Sim).groupUsers},

		"views.open":    {tier4, needs(""), (*Sim).openView},
		"views.publish": {tier4, needs(""), (*Sim).publishView},
		"views.push":    {tier4, needs(""), (*Sim).pushView},
		"views.update":  {tier4, needs(""), (*Sim).updateView},
	}[name]
	return m, ok
}

package slacksim

import (
	"slices"
	"sort"
	"time"
)

// The ids of the seeded workspace.
const (
	TeamID      = "T0DEMO"
	OtherTeamID = "T0OTHER" // the outsider's workspace
	AppID       = "A0DEMO"
	OtherAppID  = "A0OTHER" // of Options.OtherAppToken
	BotUserID   = "UBOT"
	BotID       = "B0BOT"

	DeskChannel  = "C0DESK"  // #on-call; the bot is a member
	OtherChannel = "C0LOBBY" // #lobby; the bot is not a member

	Dana    = "U0DANA"  // technician, America/Los_Angeles
	Omar    = "U0OMAR"  // technician, Europe/Berlin
	Lena    = "U0LENA"  // lead
	Guest   = "U0GUEST" // single-channel guest, member of #on-call only
	Outside = "U0OUT"   // person of another workspace (Slack Connect)

	TechniciansGroup = "S0TECHS" // Dana and Omar
	LeadsGroup       = "S0LEADS" // Lena
)

const teamDomain = "demo"

// User is a person, or a bot, of the workspace.
type User struct {
	ID          string `json:"id"`
	TeamID      string `json:"team_id"`
	Name        string `json:"name"` // the handle, without @
	RealName    string `json:"real_name"`
	DisplayName string `json:"display_name"`
	Title       string `json:"title,omitempty"`
	TZ          string `json:"tz"` // IANA name
	IsBot       bool   `json:"is_bot,omitempty"`
	Deleted     bool   `json:"deleted,omitempty"`
	// IsRestricted marks every guest, IsUltraRestricted a single-channel one.
	IsRestricted      bool `json:"is_restricted,omitempty"`
	IsUltraRestricted bool `json:"is_ultra_restricted,omitempty"`
}

// Foreign says whether the person belongs to another workspace (Slack Connect). What Slack
// calls a stranger is less: is_stranger is false for those with whom the app shares a
// channel.
func (u User) Foreign() bool { return u.TeamID != TeamID }

// Channel is a conversation in Slack: public, private, or a direct message.
type Channel struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Private  bool     `json:"private,omitempty"`
	IM       bool     `json:"im,omitempty"`
	Archived bool     `json:"archived,omitempty"`
	Members  []string `json:"members"` // user ids, the bot's among them
}

func (s *Sim) seed() {
	for _, u := range []User{
		{ID: BotUserID, Name: "takeover-bot", RealName: "Takeover", IsBot: true},
		{ID: Dana, Name: "dana", RealName: "Dana Reyes", DisplayName: "Dana", Title: "Technician", TZ: "America/Los_Angeles"},
		{ID: Omar, Name: "omar", RealName: "Omar Haddad", DisplayName: "Omar", Title: "Technician", TZ: "Europe/Berlin"},
		{ID: Lena, Name: "lena", RealName: "Lena Brandt", DisplayName: "Lena", Title: "Lead", TZ: "Europe/Berlin"},
		{ID: Guest, Name: "gus", RealName: "Gus Guest", DisplayName: "Gus", TZ: "America/New_York", IsRestricted: true, IsUltraRestricted: true},
		{ID: Outside, TeamID: OtherTeamID, Name: "ola", RealName: "Ola Outsider", DisplayName: "Ola", TZ: "Europe/Oslo"},
	} {
		s.AddUser(u)
	}
	s.AddChannel(Channel{ID: DeskChannel, Name: "on-call", Members: []string{BotUserID, Dana, Omar, Lena, Guest, Outside}})
	s.AddChannel(Channel{ID: OtherChannel, Name: "lobby", Members: []string{Dana, Omar, Lena}})
	s.AddGroup(Group{ID: TechniciansGroup, Name: "Technicians", Handle: "technicians", Users: []string{Dana, Omar}})
	s.AddGroup(Group{ID: LeadsGroup, Name: "Leads", Handle: "leads", Users: []string{Lena}})
}

// AddUser adds or replaces a person. An empty TeamID means the own workspace,
// an empty TZ UTC. Where the person was there and is not the same any more, an
// app that is subscribed to user_change is told in the background.
func (s *Sim) AddUser(u User) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u.TeamID == "" {
		u.TeamID = TeamID
	}
	if u.TZ == "" {
		u.TZ = "UTC"
	}
	before := s.users[u.ID]
	if before == nil {
		s.userIDs = append(s.userIDs, u.ID)
	}
	s.users[u.ID] = &u
	s.changed()
	if before != nil && *before != u && s.subscribed("user_change") && s.hasScope("users:read") {
		s.announce(map[string]any{"type": "user_change", "user": s.wireUser(&u), "event_ts": s.newTS()})
	}
}

// joined lists the people in the order in which they were added.
func (s *Sim) joined() []*User {
	users := make([]*User, len(s.userIDs))
	for i, id := range s.userIDs {
		users[i] = s.users[id]
	}
	return users
}

// AddChannel adds or replaces a channel; its messages stay.
func (s *Sim) AddChannel(c Channel) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.Members = append([]string(nil), c.Members...)
	s.channels[c.ID] = &c
	s.changed()
}

// SetArchived archives a channel or brings it back. Unknown channels are left out.
func (s *Sim) SetArchived(channel string, archived bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.channels[channel]; c != nil {
		c.Archived = archived
		s.changed()
	}
}

// SetBotMember invites the bot into a channel, or removes it. No event is sent.
func (s *Sim) SetBotMember(channel string, member bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.channels[channel]; c != nil {
		c.setMember(BotUserID, member)
		s.changed()
	}
}

func (c *Channel) has(user string) bool {
	for _, m := range c.Members {
		if m == user {
			return true
		}
	}
	return false
}

// shared says whether people of another workspace are in the channel.
func (s *Sim) shared(c *Channel) bool {
	return slices.ContainsFunc(c.Members, func(id string) bool { u := s.users[id]; return u != nil && u.Foreign() })
}

// stranger is Slack's is_stranger: of another workspace, and in no channel with the app.
func (s *Sim) stranger(u *User) bool {
	for _, c := range s.channels {
		if !c.IM && c.has(BotUserID) && c.has(u.ID) {
			return false
		}
	}
	return u.Foreign()
}

// teamOf is the workspace of an author.
func (s *Sim) teamOf(user string) string {
	if u := s.users[user]; u != nil {
		return u.TeamID
	}
	return TeamID
}

func (c *Channel) setMember(user string, member bool) {
	kept := make([]string, 0, len(c.Members)+1)
	for _, m := range c.Members {
		if m != user {
			kept = append(kept, m)
		}
	}
	if member {
		kept = append(kept, user)
	}
	c.Members = kept
}

// kind is Slack's channel_type.
func (c *Channel) kind() string {
	switch {
	case c.IM:
		return "im"
	case c.Private:
		return "group"
	}
	return "channel"
}

// directMessage is the bot's conversation with one person, made when needed.
func (s *Sim) directMessage(user string) *Channel {
	id := directID(user)
	c := s.channels[id]
	if c == nil {
		c = &Channel{ID: id, IM: true, Private: true, Members: []string{BotUserID, user}}
		s.channels[id] = c
	}
	return c
}

func directID(user string) string { return "D0" + user }

// name is what people see after the @.
func (u *User) name() string {
	switch {
	case u.DisplayName != "":
		return u.DisplayName
	case u.RealName != "":
		return u.RealName
	}
	return u.Name
}

func (u *User) location() *time.Location {
	loc, err := time.LoadLocation(u.TZ)
	if err != nil {
		return time.UTC
	}
	return loc
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

package slacksim

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
)

func (s *Sim) authTest(args) (reply, error) {
	return reply{"url": "https://" + teamDomain + ".slack.com/", "team": "Demo", "team_id": TeamID,
		"user": s.users[BotUserID].Name, "user_id": BotUserID, "bot_id": BotID,
		"enterprise_id": "", "is_enterprise_install": false}, nil
}

func (s *Sim) teamInfo(args) (reply, error) {
	return reply{"team": reply{"id": TeamID, "name": "Demo", "domain": teamDomain, "email_domain": ""}}, nil
}

func (s *Sim) botsInfo(a args) (reply, error) {
	if id := a.get("bot"); id != BotID {
		return nil, refuse("bot_not_found")
	}
	return reply{"bot": reply{"id": BotID, "app_id": AppID, "user_id": BotUserID, "deleted": false,
		"name": s.users[BotUserID].Name}}, nil
}

func (s *Sim) usersInfo(a args) (reply, error) {
	u := s.users[a.get("user")]
	if u == nil {
		return nil, refuse("user_not_found")
	}
	return reply{"user": s.wireUser(u)}, nil
}

func (s *Sim) usersList(a args) (reply, error) {
	ids := sortedKeys(s.users)
	from, to, next, err := page(a, len(ids), 1000)
	if err != nil {
		return nil, err
	}
	members := []reply{}
	for _, id := range ids[from:to] {
		members = append(members, s.wireUser(s.users[id]))
	}
	return reply{"members": members, "cache_ts": s.now().Unix(), "response_metadata": reply{"next_cursor": next}}, nil
}

func (s *Sim) wireUser(u *User) reply {
	zone, offset := s.now().In(u.location()).Zone()
	return reply{"id": u.ID, "team_id": u.TeamID, "name": u.Name, "real_name": u.RealName, "deleted": u.Deleted,
		"tz": u.TZ, "tz_label": zone, "tz_offset": offset, "is_bot": u.IsBot, "is_app_user": false,
		"is_restricted": u.IsRestricted, "is_ultra_restricted": u.IsUltraRestricted, "is_stranger": s.stranger(u),
		"is_admin": false, "is_owner": false, "is_primary_owner": false,
		"profile": reply{"real_name": u.RealName, "display_name": u.DisplayName, "title": u.Title, "team": u.TeamID,
			"real_name_normalized": u.RealName, "display_name_normalized": u.DisplayName}}
}

// page applies limit and cursor to a list of n entries.
func page(a args, n, most int) (from, to int, next string, err error) {
	if c := a.get("cursor"); c != "" {
		raw, err := base64.StdEncoding.DecodeString(c)
		at, found := strings.CutPrefix(string(raw), "next:")
		from, err2 := strconv.Atoi(at)
		if err != nil || !found || err2 != nil || from < 0 || from > n {
			return 0, 0, "", refuse("invalid_cursor")
		}
		return pageFrom(a, from, n, most)
	}
	return pageFrom(a, 0, n, most)
}

func pageFrom(a args, from, n, most int) (int, int, string, error) {
	size := a.number("limit", 100)
	if size < 1 || size > most {
		return 0, 0, "", refuse("invalid_limit")
	}
	to := min(from+size, n)
	if to == n {
		return from, to, "", nil
	}
	return from, to, base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "next:%d", to)), nil
}

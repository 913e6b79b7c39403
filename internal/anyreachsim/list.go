package anyreachsim

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// enums are the parameters with a fixed set of values.
var enums = map[string][]string{
	"direction": {"inbound", "outbound"},
	"channel":   {"telephone", "webrtc", "email", "text"},
	"status":    {"token_created", "triggered", "ringing", "in_progress", "completed", "failed", "cancelled", "transferred", "unanswered"},
}

// parameters are all that the list takes.
var parameters = []string{"direction", "channel", "status", "user_id", "agent_id", "agent_version_id", "web_widget_id", "agent_number",
	"duration_above", "duration_below", "user_turn_count_above", "user_turn_count_below", "custom_metadata",
	"created_after", "created_before", "updated_after", "updated_before", "limit", "cursor", "fields"}

// list answers a plain array, newest first by creation.
func (s *Sim) list(rawQuery string) response {
	q, err := url.ParseQuery(rawQuery)
	if err != nil {
		return failed(http.StatusBadRequest, errQuery.Error())
	}
	if refusal := s.checkQuery(q); refusal != nil {
		return *refusal
	}
	limit := 50
	if q.Has("limit") {
		limit, _ = strconv.Atoi(q.Get("limit")) // checked
	}
	if s.faults.MaxRows > 0 {
		limit = min(limit, s.faults.MaxRows)
	}
	match, now := s.matcher(q), s.opts.Now()
	rows := []any{}
	for _, c := range s.convs {
		if c = c.shown(now); c.shownFrom.After(now) || !s.behind(c, q.Get("cursor")) || !s.faults.IgnoreFilters && !match(c) {
			continue
		}
		if len(rows) == limit {
			break
		}
		rows = append(rows, project(c.wire(s.has(ScopeSensitive), s.faults), q.Get("fields")))
	}
	if id := s.faults.VanishAfterPage; id != "" {
		s.convs = slices.DeleteFunc(s.convs, func(c *Conversation) bool { return c.ID == id })
	}
	return ok(rows)
}

// behind says whether a conversation is on the cursor's page.
func (s *Sim) behind(c *Conversation, cursor string) bool {
	if cursor == "" || s.faults.IgnoreCursor {
		return true
	}
	at, _ := cursorTime(cursor) // checked
	created := parseTime(stamp(c.CreatedAt))
	return created.Before(at) || s.faults.CursorInclusive && created.Equal(at)
}

// cursorTime decodes a cursor. Microseconds have to survive: what is not exactly the
// text of a time is refused.
func cursorTime(cursor string) (time.Time, bool) {
	raw, err := base64.StdEncoding.DecodeString(cursor)
	if err != nil {
		return time.Time{}, false
	}
	t := parseTime(string(raw))
	return t, !t.IsZero()
}

func parseTime(s string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}
	}
	return t
}

// project keeps the wanted columns; those that the credential may not see are not there
// to be kept.
func project(row map[string]any, fields string) map[string]any {
	if fields == "" {
		return row
	}
	kept := map[string]any{}
	for name := range strings.SplitSeq(fields, ",") {
		if v, there := row[name]; there {
			kept[name] = v
		}
	}
	return kept
}

// checkQuery refuses what a strict server refuses; nil lets it pass.
func (s *Sim) checkQuery(q url.Values) *response {
	refuse := func(name, msg string) *response { a := invalid(msg, "value_error", "query", name); return &a }
	for name, values := range q {
		switch {
		case slices.Contains(s.faults.Refuse, name) && s.faults.RefuseVaguely:
			a := failed(http.StatusUnprocessableEntity, "Unprocessable")
			return &a
		case slices.Contains(s.faults.Refuse, name), !slices.Contains(parameters, name):
			return refuse(name, "extra fields not permitted")
		case len(values) > 1:
			return refuse(name, "given more than once")
		case enums[name] != nil && !slices.Contains(enums[name], values[0]):
			return refuse(name, "value is not a valid enumeration member")
		case !validValue(name, values[0]):
			return refuse(name, "value is not valid")
		}
	}
	return nil
}

func validValue(name, value string) bool {
	n, err := strconv.Atoi(value)
	switch name {
	case "limit":
		return err == nil && n >= 1 && n <= 1000
	case "duration_above", "duration_below", "user_turn_count_above", "user_turn_count_below":
		return err == nil
	case "created_after", "created_before", "updated_after", "updated_before":
		return !parseTime(value).IsZero()
	case "cursor":
		_, good := cursorTime(value)
		return good
	case "custom_metadata":
		var object map[string]any
		return json.Unmarshal([]byte(value), &object) == nil && object != nil
	}
	return true
}

// matcher compiles the filters.
func (s *Sim) matcher(q url.Values) func(*Conversation) bool {
	like := func(pattern string) *regexp.Regexp {
		quoted := regexp.QuoteMeta(pattern)
		return regexp.MustCompile("(?is)" + strings.NewReplacer("%", ".*", "_", ".").Replace(quoted))
	}
	user, agent := like(q.Get("user_id")), like(q.Get("agent_number"))
	var wanted map[string]any
	_ = json.Unmarshal([]byte(q.Get("custom_metadata")), &wanted) // checked, or absent
	return func(c *Conversation) bool {
		equal := map[string]string{"direction": c.Direction, "channel": c.Channel, "status": c.Status, "agent_id": c.AgentID,
			"agent_version_id": c.AgentID + "-v1", "web_widget_id": ""}
		for name, value := range equal {
			if want := q.Get(name); want != "" && want != value {
				return false
			}
		}
		for key, want := range wanted {
			if value, there := c.Metadata[key]; !there || value != want {
				return false
			}
		}
		return user.MatchString(c.UserID) && agent.MatchString(c.AgentNumber) &&
			inRange(q, "duration", c.Duration) && inRange(q, "user_turn_count", c.turns()) &&
			inTime(q, "created", c.CreatedAt) && inTime(q, "updated", c.UpdatedAt)
	}
}

func inRange(q url.Values, name string, n int) bool {
	above, errA := strconv.Atoi(q.Get(name + "_above"))
	below, errB := strconv.Atoi(q.Get(name + "_below"))
	return (errA != nil || n >= above) && (errB != nil || n <= below)
}

func inTime(q url.Values, name string, t time.Time) bool {
	t = parseTime(stamp(t))
	after, before := parseTime(q.Get(name+"_after")), parseTime(q.Get(name+"_before"))
	return (after.IsZero() || !t.Before(after)) && (before.IsZero() || !t.After(before))
}

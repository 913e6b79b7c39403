package anyreach

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"takeoverbot/internal/apicall"
)

// maxLimit is the most rows that one page may have.
const maxLimit = 1000

// ListOptions are all filters of the list. Empty fields do not filter.
type ListOptions struct {
	Direction string // inbound or outbound
	Channel   string // telephone, webrtc, email or text
	Status    string

	UserID      string // substring, in any case
	AgentNumber string // substring

	AgentID, AgentVersionID, WebWidgetID string

	DurationAbove, DurationBelow *int // seconds, included
	TurnsAbove, TurnsBelow       *int // of the end user, included

	// Metadata is a JSON object that custom_metadata has to contain.
	Metadata json.RawMessage

	// Bounds of time, included, sent as the server wrote them.
	CreatedAfter, CreatedBefore apicall.Timestamp
	UpdatedAfter, UpdatedBefore apicall.Timestamp

	// Fields are the wanted columns; none means all. query adds those in needed.
	Fields []string
	Limit  int // rows of a page, 1 to 1000; 0 means 200
}

// needed are the columns without which a row is of no use.
var needed = [...]string{"id", "created_at", "user_id", "status", "channel"}

// defaultLimit makes one page nearly always the whole answer for one end user.
const defaultLimit = 200

// limit is the page size that is sent.
func (o ListOptions) limit() int {
	if o.Limit <= 0 {
		return defaultLimit
	}
	return min(o.Limit, maxLimit)
}

// query writes the filters.
func (o ListOptions) query() url.Values {
	q := url.Values{"limit": {strconv.Itoa(o.limit())}}
	for name, value := range map[string]string{
		"direction": o.Direction, "channel": o.Channel, "status": o.Status,
		"user_id": o.UserID, "agent_number": o.AgentNumber,
		"agent_id": o.AgentID, "agent_version_id": o.AgentVersionID, "web_widget_id": o.WebWidgetID,
		"custom_metadata": string(o.Metadata), "fields": o.fields(),
		"created_after": o.CreatedAfter.Text, "created_before": o.CreatedBefore.Text,
		"updated_after": o.UpdatedAfter.Text, "updated_before": o.UpdatedBefore.Text,
	} {
		if value != "" {
			q.Set(name, value)
		}
	}
	for name, value := range map[string]*int{
		"duration_above": o.DurationAbove, "duration_below": o.DurationBelow,
		"user_turn_count_above": o.TurnsAbove, "user_turn_count_below": o.TurnsBelow,
	} {
		if value != nil {
			q.Set(name, strconv.Itoa(*value))
		}
	}
	return q
}

func (o ListOptions) fields() string {
	if len(o.Fields) == 0 {
		return ""
	}
	columns := slices.Clone(o.Fields)
	for _, name := range needed {
		if !slices.Contains(columns, name) {
			columns = append(columns, name)
		}
	}
	return strings.Join(columns, ",")
}

// matches compares a row with the filters again, because a server that ignores a filter
// returns other end users' rows. A column that the row lacks counts as equal.
func (o ListOptions) matches(c Conversation) bool {
	return same(o.Direction, c.Direction) && same(o.Channel, c.Channel) && same(o.Status, c.Status) &&
		same(o.AgentID, c.AgentID) && same(o.AgentVersionID, c.AgentVersionID) && same(o.WebWidgetID, c.WebWidgetID) &&
		strings.Contains(strings.ToLower(c.UserID), strings.ToLower(o.UserID)) &&
		(c.AgentNumber == "" || strings.Contains(c.AgentNumber, o.AgentNumber)) &&
		between(c.Duration, o.DurationAbove, o.DurationBelow) && between(c.Turns, o.TurnsAbove, o.TurnsBelow) &&
		c.CreatedAt.Within(o.CreatedAfter, o.CreatedBefore) && c.UpdatedAt.Within(o.UpdatedAfter, o.UpdatedBefore)
}

func same(want, got string) bool { return want == "" || got == "" || want == got }

func between(n, above, below *int) bool {
	return n == nil || (above == nil || *n >= *above) && (below == nil || *n <= *below)
}

// page is one page of the list.
type page struct {
	rows []Conversation    // those that could be read
	raw  int               // how many the server sent, readable or not
	last apicall.Timestamp // the created_at of the last one
}

// list reads one page (GET /core/conversations).
func (c *Client) list(ctx context.Context, o ListOptions, cursor string) (p page, err error) {
	query := o.query()
	if cursor != "" {
		query.Set("cursor", cursor)
	}
	err = c.getList(ctx, query, func(body []byte) (err error) {
		p, err = decodePage(body)
		return err
	})
	c.api.LeftOut(ctx, opList, p.raw-len(p.rows))
	if p.raw > 0 && o.showsSensitive() {
		c.saw(slices.ContainsFunc(p.rows, func(row Conversation) bool { return row.Sensitive }))
	}
	return p, err
}

// showsSensitive reports whether the answer tells what the credential may see.
func (o ListOptions) showsSensitive() bool {
	isSensitive := func(column string) bool { return slices.Contains(sensitiveColumns[:], column) }
	return len(o.Fields) == 0 || slices.ContainsFunc(o.Fields, isSensitive)
}

// decodePage reads a page: a plain array. A row that cannot be read or stored is left out but counts
// in raw: one bad row must neither hide the others nor end the paging.
func decodePage(body []byte) (p page, err error) {
	var rows []json.RawMessage
	if json.Unmarshal(body, &rows) != nil || rows == nil {
		return page{}, apicall.ErrNotJSON
	}
	p.raw = len(rows)
	for _, raw := range rows {
		f := apicall.Fields(raw)
		p.last = apicall.ParseTimestamp(f["created_at"])
		if row, err := conversationOf(f); err == nil && row.storable() {
			p.rows = append(p.rows, row)
		}
	}
	return p, nil
}

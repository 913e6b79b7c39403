package telnyxsim

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	defaultLimit = 20  // rows without a limit; documented nowhere, so a client has to send one
	maxRows      = 100 // a higher limit is cut to this without a word, as PostgREST does with its max-rows; Faults.MaxRows lowers it
)

// listQuery is a decoded query of the list.
type listQuery struct {
	all   []condition // each has to hold
	any   []condition // from or=(…): one has to hold, if there are any
	by    string      // column to order by; "" is by id, which no client needs
	desc  bool
	limit int // 1 to maxRows
}

// condition compares one column with one value.
type condition struct {
	column  string // id, name, created_at, last_message_at or "metadata"
	key     string // of metadata
	op      string // eq, like, gte or lte
	value   string
	instant time.Time // value as a time, for the two columns that are times
}

// parseList decodes the parameters that Telnyx documents: PostgREST-like filters with eq, like, gte and lte, or, order
// and limit. Parameters that it does not know are ignored, as out there. The answer is for a parameter that it knows
// and cannot read; a repeated one is refused, because it is unknown which of them would count.
func parseList(q url.Values) (listQuery, *response) {
	out := listQuery{limit: defaultLimit}
	for name, values := range q {
		if !known(name) {
			continue
		}
		if len(values) > 1 {
			return out, refuse("parameter %q is given more than once", name)
		}
		if a := out.take(name, values[0]); a != nil {
			return out, a
		}
	}
	return out, nil
}

func known(name string) bool {
	switch name {
	case "limit", "order", "or", "id", "name", "created_at", "last_message_at":
		return true
	}
	return strings.HasPrefix(name, "metadata->")
}

func (l *listQuery) take(name, value string) (a *response) {
	switch name {
	case "limit":
		l.limit, a = parseLimit(value)
	case "order":
		l.by, l.desc, a = parseOrder(value)
	case "or":
		l.any, a = parseOr(value)
	default:
		op, operand, ok := strings.Cut(value, ".")
		if !ok {
			return refuse("parameter %q has no operator", name)
		}
		var c condition
		if c, a = newCondition(name, op, operand); a == nil {
			l.all = append(l.all, c)
		}
	}
	return a
}

func parseLimit(value string) (int, *response) {
	n, err := strconv.Atoi(value)
	if err != nil {
		a := invalid("value is not a valid integer", "type_error.integer", "query", "limit")
		return 0, &a
	}
	if n < 1 {
		a := invalid("ensure this value is greater than or equal to 1", "value_error.number.not_ge", "query", "limit")
		return 0, &a
	}
	return min(n, maxRows), nil
}

func parseOrder(value string) (by string, desc bool, _ *response) {
	by, direction, _ := strings.Cut(value, ".")
	switch by {
	case "id", "name", "created_at", "last_message_at":
	default:
		return "", false, refuse("cannot order by %q", by)
	}
	switch direction {
	case "", "asc":
		return by, false, nil
	case "desc":
		return by, true, nil
	}
	return "", false, refuse("cannot order %q", direction)
}

// parseOr decodes (column.op.value,…). A value with one of , ( ) : . in it has to be in double quotes.
func parseOr(value string) ([]condition, *response) {
	rest, opened := strings.CutPrefix(value, "(")
	rest, closed := strings.CutSuffix(rest, ")")
	if !opened || !closed || rest == "" {
		return nil, refuse("or needs a list in parentheses")
	}
	var out []condition
	for {
		column, tail, ok1 := strings.Cut(rest, ".")
		op, tail, ok2 := strings.Cut(tail, ".")
		operand, tail, ok3 := cutOperand(tail)
		if !ok1 || !ok2 || !ok3 {
			return nil, refuse("or has a part that cannot be read")
		}
		c, a := newCondition(column, op, operand)
		if a != nil {
			return nil, a
		}
		out = append(out, c)
		if tail == "" {
			return out, nil
		}
		rest, ok1 = strings.CutPrefix(tail, ",")
		if !ok1 {
			return nil, refuse("or has a part that does not end")
		}
	}
}

// cutOperand takes a value, bare or in double quotes with backslash escapes, off the front of s.
func cutOperand(s string) (value, rest string, ok bool) {
	if !strings.HasPrefix(s, `"`) {
		end := strings.IndexByte(s, ',')
		if end < 0 {
			end = len(s)
		}
		return s[:end], s[end:], end > 0 && !strings.ContainsAny(s[:end], `():."\`)
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '"':
			return b.String(), s[i+1:], true
		case '\\':
			if i++; i == len(s) {
				return "", "", false
			}
		}
		b.WriteByte(s[i])
	}
	return "", "", false
}

// newCondition checks that op is documented and that column can be compared so.
func newCondition(column, op, value string) (condition, *response) {
	c := condition{column: column, op: op, value: value}
	switch op {
	case "eq", "like", "gte", "lte":
	default:
		return c, refuse("operator %q is not supported", op)
	}
	bounded := op == "gte" || op == "lte"
	switch column {
	case "created_at", "last_message_at":
		var ok bool
		if c.instant, ok = parseInstant(value); !ok || op == "like" {
			return c, refuse("cannot compare %q by %q with %q", column, op, value)
		}
	case "id":
		if op != "eq" || !isUUID(value) {
			return c, refuse("cannot compare id by %q with %q", op, value)
		}
		c.value = strings.ToLower(value)
	case "name":
		if bounded {
			return c, refuse("cannot compare name by %q", op)
		}
	default:
		key, ok := strings.CutPrefix(column, "metadata->")
		if !ok || bounded || key == "" || strings.ContainsAny(key, "<>") {
			return c, refuse("cannot compare %q by %q", column, op)
		}
		c.column, c.key = "metadata", key
	}
	return c, nil
}

func parseInstant(s string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

func refuse(format string, args ...any) *response {
	a := gatewayError(400, fmt.Sprintf(format, args...))
	return &a
}

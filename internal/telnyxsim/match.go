package telnyxsim

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// holds reports whether c fits all of l's conditions.
func (l *listQuery) holds(c *Conversation) bool {
	for _, cond := range l.all {
		if !cond.holds(c) {
			return false
		}
	}
	return len(l.any) == 0 || slices.ContainsFunc(l.any, func(cond condition) bool { return cond.holds(c) })
}

func (q condition) holds(c *Conversation) bool {
	switch q.column {
	case "id":
		return c.ID == q.value
	case "name":
		return q.text(c.Name)
	case "created_at":
		return q.time(c.CreatedAt)
	case "last_message_at":
		return q.time(c.LastMessageAt)
	}
	text, ok := c.Metadata.Text(q.key)
	return ok && q.text(text)
}

func (q condition) text(s string) bool {
	if q.op == "like" {
		return like(s, q.value)
	}
	return s == q.value
}

// time compares a time; a missing one is null in the database and fits nothing.
func (q condition) time(t time.Time) bool {
	if t.IsZero() {
		return false
	}
	switch q.op {
	case "gte":
		return !t.Before(q.instant)
	case "lte":
		return !t.After(q.instant)
	}
	return t.Equal(q.instant)
}

// like is SQL's LIKE: % stands for any text and _ for one character. The '*' of PostgREST is not special: Telnyx does
// not show it.
func like(s, pattern string) bool {
	text, pat := []rune(s), []rune(pattern)
	ti, pi := 0, 0
	star, mark := -1, 0 // the last % and where in the text its match ends so far
	for ti < len(text) {
		switch {
		case pi < len(pat) && pat[pi] == '%':
			star, mark = pi, ti
			pi++
		case pi < len(pat) && (pat[pi] == '_' || pat[pi] == text[ti]):
			ti++
			pi++
		case star >= 0:
			mark++
			ti, pi = mark, star+1
		default:
			return false
		}
	}
	return strings.Trim(string(pat[pi:]), "%") == ""
}

// firstRows is the beginning of a list that is being gathered, in order, and at most as many as fit. Only they are ever put in
// order: a list of a few out of thousands is asked for every few seconds.
type firstRows struct {
	*listQuery
	rows []*Conversation
}

func (p *firstRows) take(c *Conversation) {
	full := len(p.rows) == p.limit
	if full && p.order(p.rows[p.limit-1], c) < 0 {
		return
	}
	if full {
		p.rows = p.rows[:p.limit-1]
	}
	at, _ := slices.BinarySearchFunc(p.rows, c, p.order)
	p.rows = slices.Insert(p.rows, at, c)
}

// order is that of PostgreSQL: nulls are greater than everything. Ties are broken by id.
func (l *listQuery) order(a, b *Conversation) int {
	n := l.compare(a, b)
	if l.desc {
		n = -n
	}
	return cmp.Or(n, strings.Compare(a.ID, b.ID))
}

func (l *listQuery) compare(a, b *Conversation) int {
	switch l.by {
	case "name":
		return strings.Compare(a.Name, b.Name)
	case "created_at":
		return compareTimes(a.CreatedAt, b.CreatedAt)
	case "last_message_at":
		return compareTimes(a.LastMessageAt, b.LastMessageAt)
	}
	return strings.Compare(a.ID, b.ID)
}

func compareTimes(a, b time.Time) int {
	switch {
	case a.IsZero() && b.IsZero():
		return 0
	case a.IsZero():
		return 1
	case b.IsZero():
		return -1
	}
	return a.Compare(b)
}

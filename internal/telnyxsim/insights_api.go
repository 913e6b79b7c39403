package telnyxsim

import (
	"fmt"
	"net/http"
	"time"
)

// insightAfter is the silence after which a conversation counts as ended and has insights.
const insightAfter = 30 * time.Minute

// Insights that every finished conversation has.
const (
	summaryInsight = "5eed0000-0000-4000-8000-0000000000b1" // prose
	topicInsight   = "5eed0000-0000-4000-8000-0000000000b2" // JSON as text
)

// insights answers GET …/conversations-insights: one row once the conversation has ended, none before.
func (s *Sim) insights(r *request) response {
	type result struct {
		InsightID string `json:"insight_id"`
		Result    string `json:"result"`
	}
	type row struct {
		ID        string     `json:"id"`
		Status    string     `json:"status"`
		CreatedAt *time.Time `json:"created_at"`
		Insights  []result   `json:"conversation_insights"`
	}
	return s.reading(r, func(c *Conversation) response {
		rows := []row{}
		at := c.LastMessageAt.Add(insightAfter)
		if len(c.Messages) > 0 && !s.now().Before(at) {
			summary, topic := digest(c)
			rows = append(rows, row{ID: c.ID[:24] + "1751611711aa", Status: "completed", CreatedAt: nullable(at),
				Insights: []result{{summaryInsight, summary}, {topicInsight, topic}}})
		}
		return ok(wrapped{Data: rows, Meta: &meta{TotalPages: 1, TotalResults: len(rows), PageNumber: 1, PageSize: defaultPageSize}})
	})
}

// insight answers GET /ai/conversations/insights/{insight}, which is where the names of insights come from.
func (s *Sim) insight(r *request) response {
	names := map[string]string{summaryInsight: "Summary", topicInsight: "Topic"}
	id := r.vars["insight"]
	name, found := names[id]
	if !found {
		return plainDetail(http.StatusNotFound, "Insight not found")
	}
	return ok(wrapped{Data: map[string]string{"id": id, "name": name}})
}

// digest is what the insights say about a conversation: a sentence, and JSON as text.
func digest(c *Conversation) (summary, topic string) {
	story := read(c.Messages, c.text("unit"))
	topic = story.topic.name
	if topic == "" {
		topic = "other"
	}
	summary = fmt.Sprintf("%d messages, about: %s.", len(c.Messages), topic)
	if story.unit != "" {
		summary += " Unit " + story.unit + "."
	}
	raw, err := marshal(map[string]string{"topic": topic, "unit": story.unit})
	if err != nil {
		return summary, "{}"
	}
	return summary, string(raw)
}

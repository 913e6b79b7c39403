package slackbot

import (
	"cmp"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// house stands for the domain and the store: it keeps what it is given and answers what
// a test put into it. It decides nothing.
type house struct {
	mu       sync.Mutex
	commands []takeover.Command // number n is at n-1
	putErr   error              // what Put fails with
	hang     bool               // Put waits until its context ends
	readerUp chan struct{}      // if not nil, reading waits for it or for the context
	lines    map[takeover.LineID]takeover.Line
	audit    map[takeover.LineID][]takeover.Entry
	found    takeover.Found
	said     map[takeover.ConversationID][]takeover.Message
	total    bool  // the provider tells how many messages there are
	fails    error // what the provider fails with
	queries  []takeover.Query
	reads    int
	readThen func(*takeover.Line) // changes the stored line right after it was read
}

func newHouse(lines ...takeover.Line) *house {
	h := &house{lines: map[takeover.LineID]takeover.Line{}, audit: map[takeover.LineID][]takeover.Entry{}, said: map[takeover.ConversationID][]takeover.Message{}, total: true}
	for _, l := range lines {
		h.lines[l.ID] = l
	}
	return h
}

// Put keeps a command once for its key, as the inbox does.
func (h *house) Put(ctx context.Context, c takeover.Command) error {
	h.mu.Lock()
	hang, err := h.hang, h.putErr
	h.mu.Unlock()
	if hang {
		<-ctx.Done()
		return ctx.Err()
	}
	if err := cmp.Or(err, ctx.Err()); err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if !slices.ContainsFunc(h.commands, func(o takeover.Command) bool { return o.Key == c.Key }) {
		h.commands = append(h.commands, c)
	}
	return nil
}

// stored lists the commands.
func (h *house) stored() []takeover.Command {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.commands)
}

func (h *house) Find(_ context.Context, q takeover.Query) (takeover.Found, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.queries = append(h.queries, q)
	return h.found, h.fails
}

func (h *house) Remember(_ context.Context, _ takeover.Query, convs []takeover.Conversation, newest func(takeover.Conversation) takeover.Conversation) ([]takeover.Line, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var lines []takeover.Line
	for _, c := range convs {
		id := takeover.LineID("ln_" + string(newest(c).ID))
		for _, l := range h.lines {
			if l.EndUser == c.EndUser && l.Agent == c.Agent {
				id = l.ID
			}
		}
		if _, ok := h.lines[id]; !ok {
			l := takeover.NewLine(id, "Telnyx", newest(c), slacktest.Night)
			l.Version = 1
			h.lines[id] = l
		}
		lines = append(lines, h.lines[id])
	}
	return lines, nil
}

func (h *house) Read(_ context.Context, r takeover.Reading) (takeover.Line, takeover.Transcript, error) {
	id, conv, n := r.Line, r.Conversation, r.Messages
	h.mu.Lock()
	defer h.mu.Unlock()
	l, ok := h.lines[id]
	switch {
	case !ok:
		return l, takeover.Transcript{}, takeover.ErrNotFound
	case h.fails != nil:
		return l, takeover.Transcript{}, h.fails
	case conv == "":
		conv = l.Newest.ID
	}
	h.reads++
	all := h.said[conv]
	t := takeover.Transcript{Messages: all, Complete: n <= 0 || len(all) <= n}
	if h.total {
		t.Total = len(all)
	}
	if !t.Complete {
		t.Messages = all[len(all)-n:]
	}
	t.Status, t.Ended = l.Newest.Status, l.Newest.Ended
	l = l.Read(conv, t, slacktest.Night, takeover.Rules{}).Line
	l.Version++
	h.lines[id] = l
	if h.readThen != nil {
		later := l
		h.readThen(&later)
		later.Version++
		h.lines[id] = later
	}
	return l, t, nil
}

// wait is how long the store takes.
func (h *house) wait(ctx context.Context) error {
	h.mu.Lock()
	up := h.readerUp
	h.mu.Unlock()
	if up == nil {
		return nil
	}
	select {
	case <-up:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (h *house) Line(ctx context.Context, id takeover.LineID) (takeover.Line, error) {
	if err := h.wait(ctx); err != nil {
		return takeover.Line{}, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	l, ok := h.lines[id]
	if !ok {
		return l, takeover.ErrNotFound
	}
	return l, nil
}

// change stores the line changed, as a new version.
func (h *house) change(id takeover.LineID, change func(*takeover.Line)) takeover.Line {
	h.mu.Lock()
	defer h.mu.Unlock()
	l := h.lines[id]
	change(&l)
	l.Version++
	h.lines[id] = l
	return l
}

func (h *house) LinesOf(_ context.Context, _ string, endUser takeover.Target) ([]takeover.Line, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var lines []takeover.Line
	for _, l := range h.lines {
		if l.EndUser == endUser {
			lines = append(lines, l)
		}
	}
	return lines, nil
}

func (h *house) Open(ctx context.Context) ([]takeover.Line, error) {
	lines, err := h.Taken(ctx)
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, l := range h.lines {
		if l.Aftercare.Missed {
			lines = append(lines, l)
		}
	}
	return lines, err
}

func (h *house) Taken(ctx context.Context) ([]takeover.Line, error) {
	if err := h.wait(ctx); err != nil {
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	var lines []takeover.Line
	for _, l := range h.lines {
		if l.State != takeover.StateAI {
			lines = append(lines, l)
		}
	}
	slices.SortFunc(lines, func(a, b takeover.Line) int { return a.Since.Compare(b.Since) })
	return lines, nil
}

func (h *house) Command(_ context.Context, seq int64) (takeover.Command, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if seq < 1 || seq > int64(len(h.commands)) {
		return takeover.Command{}, takeover.ErrNotFound
	}
	return h.commands[seq-1], nil
}

func (h *house) Audit(_ context.Context, id takeover.LineID, limit int) ([]takeover.Entry, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	entries := h.audit[id]
	return entries[max(0, len(entries)-limit):], nil
}

// bot is both halves of the Slack side.
type bot struct {
	*Listener
	*Writer
}

func newBot(cfg Config, deps Deps) *bot {
	listener, writer, err := New(cfg, deps)
	if err != nil {
		panic(err)
	}
	return &bot{listener, writer}
}

// both is a Store: lines of a house and posts in memory.
type both struct {
	*house
	*slacktest.Posts
}

// desk is a bot on real HTTP between a house and a simulated Slack.
type desk struct {
	*testing.T
	house *house
	slack *slacksim.Sim
	posts *slacktest.Posts
	cfg   Config
	bot   *bot
	tasks sync.WaitGroup
}

func newDesk(t *testing.T, lines ...takeover.Line) *desk {
	t.Helper()
	d := &desk{T: t, house: newHouse(lines...), posts: slacktest.NewPosts()}
	d.slack = slacksim.New(slacksim.Options{BotToken: slacktest.Token, SigningSecret: "s", NoRateLimits: true})
	if _, err := d.slack.Start(t.Context(), "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.slack.Close)
	t.Cleanup(func() {
		for _, v := range d.slack.Violations() {
			t.Error("violation:", v)
		}
	})
	d.cfg = Config{Token: slacktest.Token, SigningSecret: "s", APIURL: d.slack.APIURL(), Desks: takeover.Desks{{Channel: slacksim.DeskChannel}}, Region: "US", Providers: []string{"Telnyx"}}
	d.bot = newBot(d.cfg, d.deps())
	server := httptest.NewServer(http.HandlerFunc(d.serve))
	t.Cleanup(server.Close)
	t.Cleanup(d.tasks.Wait)
	d.slack.SetBotURL(server.URL)
	return d
}

func (d *desk) deps() Deps {
	return Deps{Inbox: d.house, Service: d.house, Store: both{d.house, d.posts},
		Log: slog.New(slog.DiscardHandler), Now: time.Now, Background: d.tasks.Go, Pacer: slackapi.Unpaced()}
}

// serve does what the routes do.
func (d *desk) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = d.bot.Verify(r.Header, body)
	}
	var answer Answer
	if err == nil {
		answer, err = d.bot.Dispatch(r.Context(), body)
	}
	if err != nil {
		http.Error(w, http.StatusText(Status(err)), Status(err))
		return
	}
	if answer.ContentType != "" {
		w.Header().Set("Content-Type", answer.ContentType)
	}
	_, _ = w.Write(answer.Body)
}

// ask types the command; the acknowledgement has to be fine.
func (d *desk) ask(user, text string) slacksim.Delivery {
	d.Helper()
	return d.fine(d.slack.SlashCommand(d.Context(), user, slacksim.DeskChannel, "/takeover", text))
}

// click presses what stands there.
func (d *desk) click(user string, at slacksim.Ref, action string, pick ...slacksim.Pick) slacksim.Delivery {
	d.Helper()
	return d.fine(d.slack.Click(d.Context(), user, at, action, pick...))
}

func (d *desk) fine(got slacksim.Delivery) slacksim.Delivery {
	d.Helper()
	if !got.OK() {
		d.Fatalf("%s was not taken: status %d, %v", got.Kind, got.Status, got.Err)
	}
	d.tasks.Wait()
	return got
}

// workLast works the command that was stored last, as its job does.
func (d *desk) workLast() {
	d.Helper()
	slacktest.Must(d.T, d.tryLast())
}

func (d *desk) tryLast() error {
	d.Helper()
	n := int64(len(d.house.stored()))
	if n == 0 {
		d.Fatal("nothing is stored")
	}
	c, _ := d.house.Command(d.Context(), n)
	return d.bot.Work(d.Context(), takeover.WorkJob{Command: n, Verb: c.Verb})
}

// open shows the line's card, as Dana's search would.
func (d *desk) open(id takeover.LineID) slacksim.Message {
	d.Helper()
	n := len(d.house.stored())
	slacktest.Must(d.T, d.house.Put(d.Context(), takeover.Command{Key: "open/" + time.Now().String(), Verb: takeover.Open, By: slacksim.Dana, Line: id,
		Reply: takeover.Reply{Channel: slacksim.DeskChannel}}))
	slacktest.Must(d.T, d.bot.Work(d.Context(), takeover.WorkJob{Command: int64(n + 1), Verb: takeover.Open}))
	return d.card()
}

// card is the newest message of the desk's channel.
func (d *desk) card() slacksim.Message {
	d.Helper()
	all := d.slack.Messages(slacksim.DeskChannel)
	if len(all) == 0 {
		d.Fatal("no card stands in the channel")
	}
	return all[len(all)-1]
}

// read is a message as a person reads it.
func (d *desk) read(m slacksim.Message) string { return d.slack.PlainText(m, time.UTC) }

// thread is the card's thread as a person reads it.
func (d *desk) thread(card slacksim.Message) []string {
	var texts []string
	for _, m := range d.slack.Thread(card.Channel, card.TS) {
		texts = append(texts, d.read(m))
	}
	return texts
}

// private is the newest private message of a person, as the person reads it.
func (d *desk) private(user string) (slacksim.Private, string) {
	d.Helper()
	all := d.slack.Private(user)
	if len(all) == 0 {
		d.Fatalf("%s was told nothing", user)
	}
	last := all[len(all)-1]
	return last, d.slack.PlainPrivate(last, time.UTC)
}

// times counts the calls of a method.
func (d *desk) times(method string) int {
	n := 0
	for _, c := range d.slack.Calls() {
		if c.Method == method {
			n++
		}
	}
	return n
}

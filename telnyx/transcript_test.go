package telnyx

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"takeoverbot/takeover"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// script writes a transcript as one line per message.
func script(tr takeover.Transcript) string {
	var b strings.Builder
	fmt.Fprintf(&b, "total %d, complete %t\n", tr.Total, tr.Complete)
	for _, m := range tr.Messages {
		fmt.Fprintf(&b, "%s | %s (%s) | %s | %q", m.Key, m.Role, m.RawRole, time.Time(m.At).Format("15:04:05.999999"), m.Text)
		for _, c := range m.ToolCalls {
			fmt.Fprintf(&b, " | %s(%s)", c.Name, c.Arguments)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// texts are the texts of a transcript in order.
func texts(tr takeover.Transcript) []string {
	var list []string
	for _, m := range tr.Messages {
		list = append(list, m.Text)
	}
	return list
}

// Mistake 14: null text, tool calls, unknown roles, missing times.
func TestGoldenTranscript(t *testing.T) {
	t.Parallel()
	body, err := os.ReadFile(filepath.Join("testdata", "messages.json"))
	if err != nil {
		t.Fatal(err)
	}
	f := newFake(t)
	f.intercept = func(w http.ResponseWriter, _ *http.Request, _ int) bool { reply(w, 200, string(body)); return true }
	tr, err := f.provider().Transcript(t.Context(), convA, 0)
	if err != nil {
		t.Fatal(err)
	}
	got, file := script(tr), filepath.Join("testdata", "transcript.golden")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("transcript changed (go test -update rewrites it):\n%s", got)
	}
}

// Mistake 11: a transcript upside down. Both orders of the server give the same one, and
// the newest messages are the newest ones.
func TestOrderOfTheServerDoesNotMatter(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 20, 21, 40, 100, 150, 250, 400} {
		var got [2]string
		for i, oldestFirst := range []bool{false, true} {
			f := newFake(t)
			f.oldestFirst = oldestFirst
			f.add(convA, `{}`).messages = said(250)
			tr, err := f.provider().Transcript(t.Context(), convA, n)
			if err != nil {
				t.Fatal(err)
			}
			got[i] = script(tr)
			want := 250
			if n > 0 {
				want = min(n, 250)
			}
			if all := texts(tr); len(all) != want || all[want-1] != "line 250" || all[0] != fmt.Sprintf("line %03d", 251-want) {
				t.Errorf("n=%d oldestFirst=%t: %d messages from %q to %q", n, oldestFirst, len(all), all[0], all[len(all)-1])
			}
			if tr.Complete != (want == 250) || tr.Total != 250 {
				t.Errorf("n=%d oldestFirst=%t: complete %t, total %d", n, oldestFirst, tr.Complete, tr.Total)
			}
		}
		if got[0] != got[1] {
			t.Errorf("n=%d: the orders differ", n)
		}
	}
}

// Messages of the same second keep the server's order, whichever way it lists.
func TestTiesKeepTheirOrder(t *testing.T) {
	t.Parallel()
	list := said(3)
	for i := range 5 {
		list = append(list, fmt.Sprintf(`{"role":"tool","text":"tie %d","created_at":"2026-11-20T10:02:00Z"}`, i))
	}
	for _, oldestFirst := range []bool{false, true} {
		f := newFake(t)
		f.oldestFirst = oldestFirst
		f.add(convA, `{}`).messages = list
		tr, err := f.provider().Transcript(t.Context(), convA, 0)
		want := []string{"line 001", "line 002", "line 003", "tie 0", "tie 1", "tie 2", "tie 3", "tie 4"}
		if got := texts(tr); err != nil || !slices.Equal(got, want) {
			t.Errorf("oldestFirst=%t: %q, %v", oldestFirst, got, err)
		}
	}
}

// Mistake 12: only the first page; and no more calls than needed.
func TestCallsOfATranscript(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		have, n, calls int
		size           string
		noMeta         bool
	}{
		{300, 0, 3, "100", false}, {300, 300, 3, "100", false}, {300, 20, 1, "20", false}, {300, 40, 1, "100", false},
		{300, 101, 2, "100", false}, {250, 0, 3, "100", false}, {20, 20, 1, "20", false}, {5, 0, 1, "100", false},
		{0, 0, 1, "100", false}, {0, 20, 1, "20", false},
		{300, 0, 4, "100", true}, {250, 0, 4, "100", true}, // without totals only an empty page is the end
	} {
		f := newFake(t)
		f.noMeta = tc.noMeta
		f.add(convA, `{}`).messages = said(tc.have)
		tr, err := f.provider().Transcript(t.Context(), convA, tc.n)
		if err != nil {
			t.Fatal(err)
		}
		want := tc.have
		if tc.n > 0 {
			want = min(tc.n, tc.have)
		}
		if len(tr.Messages) != want || tr.Complete != (want == tc.have) {
			t.Errorf("%+v: %d messages, complete %t", tc, len(tr.Messages), tr.Complete)
		}
		if got := f.made("GET"); got != tc.calls {
			t.Errorf("%+v: %d calls", tc, got)
		}
		if !strings.HasSuffix(f.lastCall(), "page%5Bsize%5D="+tc.size) {
			t.Errorf("%+v: %s", tc, f.lastCall())
		}
	}
}

func TestTranscriptIsCapped(t *testing.T) {
	t.Parallel()
	for _, oldestFirst := range []bool{false, true} {
		f := newFake(t)
		f.oldestFirst = oldestFirst
		f.add(convA, `{}`).messages = said(2500)
		tr, err := f.provider().Transcript(t.Context(), convA, 0)
		if err != nil {
			t.Fatal(err)
		}
		all := texts(tr)
		if tr.Complete || f.made("GET") != maxPages || len(all) < 1900 || all[len(all)-1] != "line 2500" || tr.Total != 2500 {
			t.Errorf("oldestFirst=%t: complete %t, %d calls, %d messages to %q", oldestFirst, tr.Complete, f.made("GET"), len(all), all[len(all)-1])
		}
		for i := 1; i < len(all); i++ {
			var a, b int
			_, _ = fmt.Sscanf(all[i-1], "line %d", &a)
			_, _ = fmt.Sscanf(all[i], "line %d", &b)
			if b != a+1 {
				t.Fatalf("oldestFirst=%t: %q is followed by %q", oldestFirst, all[i-1], all[i])
			}
		}
	}
}

// Mistake 13: a message arrives while pages are read.
func TestMessagesThatArriveWhilePaging(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name                string
		oldestFirst, noMeta bool
	}{{"newest first", false, false}, {"newest first, no totals", false, true}, {"oldest first", true, false}} {
		f := newFake(t)
		f.oldestFirst, f.noMeta = tc.oldestFirst, tc.noMeta
		f.add(convA, `{}`).messages = said(250)
		more := said(260)[250:]
		f.afterPage = func(c *fakeConv) {
			c.messages = append(c.messages, more[:2]...)
			more = more[2:]
		}
		tr, err := f.provider().Transcript(t.Context(), convA, 0)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]int{}
		for _, text := range texts(tr) {
			seen[text]++
		}
		for i := range 250 {
			if n := seen[fmt.Sprintf("line %03d", i+1)]; n != 1 {
				t.Errorf("%s: line %03d is there %d times", tc.name, i+1, n)
			}
		}
		if !tr.Complete || !slices.IsSorted(texts(tr)) {
			t.Errorf("%s: complete %t, sorted %t", tc.name, tr.Complete, slices.IsSorted(texts(tr)))
		}
	}
}

// Mistake 15: what was said twice is there twice, also where pages meet.
func TestRepeatsStay(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	list := said(250)
	for i := 149; i < 152; i++ { // the border of pages 1 and 2, newest first
		list[i] = `{"role":"user","text":"ok","created_at":"2026-11-20T12:30:00Z"}`
	}
	f.add(convA, `{}`).messages = list
	tr, err := f.provider().Transcript(t.Context(), convA, 0)
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string]bool{}
	ok := 0
	for _, m := range tr.Messages {
		keys[m.Key] = true
		if m.Text == "ok" {
			ok++
		}
	}
	if ok != 3 || len(keys) != 250 || len(tr.Messages) != 250 {
		t.Errorf("%d times ok, %d keys, %d messages", ok, len(keys), len(tr.Messages))
	}
}

// A key is the same when more has been said, when another part is read and when the
// sending time was filled in.
func TestKeysAreStable(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	c := f.add(convA, `{}`)
	c.messages = said(30)
	p := f.provider()
	read := func(n int) map[string]string {
		tr, err := p.Transcript(context.Background(), convA, n)
		if err != nil {
			t.Fatal(err)
		}
		keys := map[string]string{}
		for _, m := range tr.Messages {
			keys[m.Text] = m.Key
		}
		return keys
	}
	before := read(0)
	f.mu.Lock()
	c.messages = said(35)
	c.messages[29] = strings.Replace(c.messages[29], `"sent_at":"2026-11-20T10:29:00Z"`, `"sent_at":"2026-11-20T10:29:03+00:00"`, 1)
	c.messages[28] = strings.Replace(c.messages[28], `10:28:00Z","sent`, `10:28:00.000+00:00","sent`, 1)
	f.mu.Unlock()
	for text, key := range read(20) {
		if was, ok := before[text]; ok && was != key {
			t.Errorf("%s: key %s became %s", text, was, key)
		}
	}
}

// A server that ignores page numbers must neither loop nor repeat.
func TestServerThatDoesNotPage(t *testing.T) {
	t.Parallel()
	for _, oldestFirst := range []bool{false, true} {
		list := said(100)
		if !oldestFirst {
			slices.Reverse(list)
		}
		f := newFake(t)
		f.intercept = func(w http.ResponseWriter, _ *http.Request, _ int) bool {
			reply(w, 200, `{"data":[`+strings.Join(list, ",")+`],"meta":{"total_pages":9,"total_results":900}}`)
			return true
		}
		tr, err := f.provider().Transcript(t.Context(), convA, 0)
		if err != nil || len(tr.Messages) != 100 || tr.Complete || f.made("GET") != 2 {
			t.Errorf("oldestFirst=%t: %d messages, complete %t, %d calls, %v", oldestFirst, len(tr.Messages), tr.Complete, f.made("GET"), err)
		}
	}
}

// Where history is not kept, an empty transcript is the truth.
func TestNoStoredMessages(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{"data":[]}`, `{"data":[],"meta":{"total_pages":0,"total_results":0}}`, `{"data":[],"meta":{"total_pages":3,"total_results":50}}`} {
		f := newFake(t)
		f.intercept = func(w http.ResponseWriter, _ *http.Request, _ int) bool { reply(w, 200, body); return true }
		tr, err := f.provider().Transcript(t.Context(), convA, 0)
		if err != nil || len(tr.Messages) != 0 || !tr.Complete {
			t.Errorf("%s: %+v, %v", body, tr, err)
		}
	}
}

func TestTranscriptFailsWhole(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.add(convA, `{}`).messages = said(250)
	f.intercept = func(w http.ResponseWriter, _ *http.Request, n int) bool {
		if n == 2 {
			w.WriteHeader(http.StatusBadGateway)
		}
		return n == 2
	}
	_, err := f.provider().Transcript(t.Context(), convA, 0)
	if e := kindOfError(t, err); e.Kind != takeover.Failing || e.Op != opHistory {
		t.Errorf("error %v", err)
	}
}

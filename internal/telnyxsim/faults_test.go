package telnyxsim

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestFailuresByStatus(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		fail   Failure
		header string // that has to be there
		value  string
		has    string // in the body
	}{
		{Failure{Status: 401}, "", "", `"code":"10009"`},
		{Failure{Status: 402}, "", "", `"code":"20100"`},
		{Failure{Status: 403}, "", "", `"code":"10010"`},
		{Failure{Status: 404}, "", "", `"code":"10005"`},
		{Failure{Status: 422}, "", "", `{"detail":[{"loc":`},
		{Failure{Status: 429, Hint: HintRetryAfter, Seconds: 7}, "Retry-After", "7", `"code":"10011"`},
		{Failure{Status: 429, Hint: HintReset, Seconds: 9}, "X-Ratelimit-Reset", "9", `"code":"10011"`},
		{Failure{Status: 429}, "Retry-After", "", `"code":"10011"`},
		{Failure{Status: 500}, "", "", `"code":"10007"`},
		{Failure{Status: 502}, "Content-Type", "text/html", "<h1>Bad Gateway</h1>"},
		{Failure{Status: 503}, "", "", `"code":"10007"`},
	} {
		r := newRig(t, Options{}, conv(1, "+14155550101"))
		tc.fail.Op, tc.fail.Times = OpPut, 2
		if err := r.Inject(tc.fail); err != nil {
			t.Fatal(err)
		}
		for n, want := range []int{tc.fail.Status, tc.fail.Status, 200} {
			if get := r.do("GET", convPath, ""); get.status != 200 {
				t.Errorf("%d: GET is hit too: %d", tc.fail.Status, get.status)
			}
			a := r.do("PUT", convPath, `{"metadata":{}}`)
			if a.status != want {
				t.Errorf("%d: PUT %d got %d", tc.fail.Status, n+1, a.status)
			}
			if n == 0 && (!strings.Contains(a.body, tc.has) || tc.header != "" && a.header.Get(tc.header) != tc.value) {
				t.Errorf("%d: %v %s", tc.fail.Status, a.header, a.body)
			}
		}
		if left := r.Faults().Fail; len(left) != 0 {
			t.Errorf("%d: %v is left", tc.fail.Status, left)
		}
	}
}

func TestFailureOfAllUntilCleared(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{}, conv(1, "+14155550101"))
	r.faults(Faults{Fail: []Failure{{Op: OpAll, Status: 503}}})
	for range 3 {
		if a := r.do("GET", convPath, ""); a.status != 503 {
			t.Errorf("got %d", a.status)
		}
	}
	r.faults(Faults{})
	if a := r.do("GET", convPath, ""); a.status != 200 {
		t.Errorf("cleared: %d", a.status)
	}
}

func TestLostConnections(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		how    string
		stored bool
		hangs  bool
	}{{FailDrop, false, false}, {FailDropAfter, true, false}, {FailHang, false, true}, {FailHangAfter, true, true}} {
		t.Run(tc.how, func(t *testing.T) {
			r := newRig(t, Options{}, conv(1, "+14155550101"))
			if err := r.Inject(Failure{Op: OpPut, How: tc.how, Times: 1}); err != nil {
				t.Fatal(err)
			}
			ctx := context.Background()
			if tc.hangs {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, 100*time.Millisecond)
				defer cancel()
			}
			a := r.send(ctx, "PUT", convPath, `{"metadata":{"ai_disabled":true}}`)
			if a.err == nil || tc.hangs != errors.Is(a.err, context.DeadlineExceeded) || !tc.hangs && !errors.Is(a.err, io.EOF) {
				t.Errorf("got %d, error %v", a.status, a.err)
			}
			if c, _ := r.Conversation(SeedID(9001)); c.AIDisabled() != tc.stored {
				t.Errorf("stored is %t", c.AIDisabled())
			}
		})
	}
}

func TestLostCallIsRecordedWithoutStatus(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{}, conv(1, "+14155550101"))
	if err := r.Inject(Failure{How: FailDrop, Times: 1}); err != nil {
		t.Fatal(err)
	}
	r.send(context.Background(), "GET", convPath, "")
	if calls := r.Calls(); len(calls) != 1 || calls[0].Status != 0 || calls[0].Op != OpGet {
		t.Errorf("recorded %+v", calls)
	}
}

func TestCloseCutsWhatHangs(t *testing.T) {
	t.Parallel()
	s := New(Options{})
	base, err := s.Start(context.Background(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SetFaults(Faults{Fail: []Failure{{How: FailHang}}}); err != nil {
		t.Fatal(err)
	}
	failed := make(chan error, 1)
	go func() {
		req, _ := http.NewRequest("GET", base+"/ai/conversations", nil)
		req.Header.Set("Authorization", "Bearer x")
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err == nil {
			_ = resp.Body.Close()
		}
		failed <- err
	}()
	changes, cancel := s.Changes()
	defer cancel()
	s.Load(Seeds(noonUTC)[:1])
	<-changes
	s.Close()
	if err := <-failed; err == nil {
		t.Error("the hanging request was answered")
	}
}

func TestLatencyAddsUp(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{}, conv(1, "+14155550101"))
	r.faults(Faults{LatencyMS: map[Op]int{OpAll: 20, OpGet: 30}})
	r.do("GET", convPath, "")
	r.do("GET", "/ai/conversations", "")
	if c := r.Calls(); c[0].Took < 50*time.Millisecond || c[1].Took < 20*time.Millisecond {
		t.Errorf("get took %s, list %s", c[0].Took, c[1].Took)
	}
}

func TestRateLimit(t *testing.T) {
	t.Parallel()
	now := noonUTC
	r := newRig(t, Options{Now: func() time.Time { return now }})
	r.faults(Faults{RatePerSecond: 2})
	for i, want := range []int{200, 200, 429} {
		if a := r.do("GET", "/ai/conversations", ""); a.status != want || want == 429 && a.header.Get("X-Ratelimit-Reset") != "1" {
			t.Errorf("request %d: %d %v", i+1, a.status, a.header)
		}
	}
	now = now.Add(time.Second)
	if a := r.do("GET", "/ai/conversations", ""); a.status != 200 {
		t.Errorf("next second: %d", a.status)
	}
}

func TestFaultsAreCheckedAndCopied(t *testing.T) {
	t.Parallel()
	s := New(Options{})
	defer s.Close()
	good := Faults{Put: PutMerge, LatencyMS: map[Op]int{OpGet: 1}, Fail: []Failure{{Op: OpPut, Status: 500, Times: 3}}}
	if err := s.SetFaults(good); err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(s.Faults())
	if err != nil {
		t.Fatal(err)
	}
	var back Faults
	if err := json.Unmarshal(raw, &back); err != nil || !reflect.DeepEqual(back, good) {
		t.Errorf("through JSON: %+v, %v", back, err)
	}
	s.Faults().LatencyMS[OpGet] = 99
	good.Fail[0].Times = 99
	if f := s.Faults(); f.LatencyMS[OpGet] != 1 || f.Fail[0].Times != 3 {
		t.Errorf("a copy changed the switches: %+v", f)
	}
	for _, bad := range []Faults{
		{Put: "x"}, {Bool: "x"}, {Numbers: "x"}, {Order: "x"}, {Text: "x"}, {PutDropsKeys: -1}, {MaxRows: -1}, {SentAtLateMS: -1}, {ConversationsLateMS: -1}, {MessagesLateMS: -1}, {MaxRows: 101}, {LatencyMS: map[Op]int{"x": 1}}, {LatencyMS: map[Op]int{OpGet: -1}},
		{Fail: []Failure{{Op: "x", Status: 500}}}, {Fail: []Failure{{Status: 200}}}, {Fail: []Failure{{How: "x"}}}, {Fail: []Failure{{Status: 500, Hint: "x"}}}, {Fail: []Failure{{Status: 500, Times: -1}}},
		{Fail: []Failure{{Op: OpMessage, How: FailHang, LandMS: 1}}}, {Fail: []Failure{{Op: OpPut, How: FailHangAfter, LandMS: 1}}}, {Fail: []Failure{{Status: 500, ForMS: -1}}},
	} {
		if s.SetFaults(bad) == nil {
			t.Errorf("accepted %+v", bad)
		}
	}
	if s.Faults().Put != PutMerge {
		t.Error("a refused change changed something")
	}
}

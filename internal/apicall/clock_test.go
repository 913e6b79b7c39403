package apicall

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// TestClock: after each answer that has a date, good or bad, it is told how far the server's
// clock is ahead of the bot's. The date has no fraction, and half a second is added for it.
func TestClock(t *testing.T) {
	t.Parallel()
	bots := time.Date(2026, 11, 20, 3, 14, 9, 250e6, time.UTC)
	const half = time.Second / 2
	for name, tc := range map[string]struct {
		date   []string // the header; nil: none
		status int
		want   time.Duration
		silent bool // nothing is told
	}{
		"the same":      {date: []string{bots.Format(http.TimeFormat)}, want: half - 250*time.Millisecond},
		"ahead":         {date: []string{bots.Add(8 * time.Second).Format(http.TimeFormat)}, want: 8*time.Second + half - 250*time.Millisecond},
		"behind":        {date: []string{bots.Add(-time.Hour).Format(http.TimeFormat)}, want: -time.Hour + half - 250*time.Millisecond},
		"of a refusal":  {date: []string{bots.Add(8 * time.Second).Format(http.TimeFormat)}, status: 429, want: 8*time.Second + half - 250*time.Millisecond},
		"older form":    {date: []string{"Friday, 20-Nov-26 03:14:17 GMT"}, want: 8*time.Second + half - 250*time.Millisecond},
		"missing":       {silent: true},
		"empty":         {date: []string{""}, silent: true},
		"odd":           {date: []string{"yesterday"}, silent: true},
		"seconds alone": {date: []string{"1795144449"}, silent: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header()["Date"] = tc.date // nil keeps the server from adding one
				if tc.status != 0 {
					w.WriteHeader(tc.status)
				}
			}))
			t.Cleanup(server.Close)
			var told []time.Duration
			cfg := testConfig()
			cfg.BaseURL, cfg.Now = server.URL, func() time.Time { return bots }
			cfg.Clock = func(offset time.Duration) { told = append(told, offset) }
			c, err := New(testService, cfg)
			if err != nil {
				t.Fatal(err)
			}
			var date time.Time
			if status, err := c.Do(t.Context(), Call{Op: "list", Method: http.MethodGet, Path: "/", Date: &date}); status == 0 {
				t.Fatal(err)
			}
			switch {
			case tc.silent:
				if len(told) > 0 || !date.IsZero() {
					t.Errorf("told %v, date %s", told, date)
				}
			case len(told) != 1 || told[0] != tc.want:
				t.Errorf("told %v, want %s once", told, tc.want)
			case !date.Equal(bots.Add(tc.want - half + 250*time.Millisecond).Truncate(time.Second)):
				t.Errorf("date %s", date)
			}
		})
	}
}

package slackapi

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/takeover"
)

func transcriptOf(at Place) Upload {
	return Upload{Channel: at.Channel, Thread: at.Thread, Filename: "transcript.txt", Title: "Whole transcript",
		Content: bytes.Repeat([]byte("03:10 End user: hello\n"), 2000)}
}

func TestUploadOnceWhereverItIsKilled(t *testing.T) {
	t.Parallel()
	fail := func(method string, kind slacksim.FaultKind) func(*slacksim.Sim, *slacktest.Posts) {
		return func(s *slacksim.Sim, _ *slacktest.Posts) { s.FailNext(method, 1, slacksim.Fault{Kind: kind}) }
	}
	for name, kill := range map[string]func(*slacksim.Sim, *slacktest.Posts){
		"not at all": func(*slacksim.Sim, *slacktest.Posts) {},
		"before it is begun": func(_ *slacksim.Sim, m *slacktest.Posts) {
			m.BeforePut = func(any) error { return slacktest.ErrKilled }
		},
		"before the place":    func(_ *slacksim.Sim, m *slacktest.Posts) { m.KillBeforePlace() },
		"address lost":        fail(methodUploadURL, slacksim.FaultDropAfterCommit),
		"bytes lost":          fail("upload", slacksim.FaultDropBeforeCommit),
		"bytes' answer lost":  fail("upload", slacksim.FaultDropAfterCommit),
		"upload refused":      fail("upload", slacksim.FaultUnavailable),
		"sharing lost":        fail(methodUploaded, slacksim.FaultDropBeforeCommit),
		"sharing's ok lost":   fail(methodUploaded, slacksim.FaultDropAfterCommit),
		"sharing unavailable": fail(methodUploaded, slacksim.FaultUnavailable),
		"sharing limited":     fail(methodUploaded, slacksim.FaultRateLimitedOK),
		"file forgotten later": func(_ *slacksim.Sim, m *slacktest.Posts) {
			m.Rows["file/1"] = takeover.Post{Key: "file/1", Begun: time.Unix(1, 0), File: "F0LONGAGO"}
		},
	} {
		t.Run(name, func(t *testing.T) {
			sim, c, posts := newSim(t)
			at := thread(t, c)
			kill(sim, posts)
			u := transcriptOf(at)
			var err error
			for try := range 4 {
				if err = restarted(c).UploadOnce(t.Context(), "file/1", u); err == nil {
					break
				}
				if try == 0 {
					posts.BeforePut = nil
				}
			}
			slacktest.Must(t, err)
			slacktest.Must(t, c.UploadOnce(t.Context(), "file/1", u))
			shared := 0
			for _, m := range sim.Thread(at.Channel, at.Thread) {
				shared += len(m.Files)
			}
			files := sim.Files()
			if shared != 1 || len(files) != 1 || !bytes.Equal(files[0].Content, u.Content) || files[0].Title != u.Title {
				t.Errorf("%d shared, %d files", shared, len(files))
			}
		})
	}
}

func TestUploadRefusals(t *testing.T) {
	t.Parallel()
	t.Run("missing scope", func(t *testing.T) {
		sim, c, posts := newSim(t)
		at := thread(t, c)
		sim.SetScopes([]string{"chat:write"})
		e := asAPIError(t, c.UploadOnce(t.Context(), "file/1", transcriptOf(at)))
		if e.Code != "missing_scope" || e.Class != Permanent || !strings.Contains(e.Error(), "files:write") {
			t.Errorf("got %v", e)
		}
		if _, begun := posts.Rows["file/1"]; begun {
			t.Error("a refused file is remembered")
		}
	})
	t.Run("archived meanwhile", func(t *testing.T) {
		sim, c, posts := newSim(t)
		at := thread(t, c)
		sim.SetArchived(at.Channel, true)
		e := asAPIError(t, c.UploadOnce(t.Context(), "file/1", transcriptOf(at)))
		if _, begun := posts.Rows["file/1"]; e.Code != "is_archived" || begun {
			t.Errorf("got %v, remembered: %v", e, begun)
		}
	})
	t.Run("no thread", func(t *testing.T) {
		_, c, _ := newSim(t)
		u := transcriptOf(Place{Channel: slacksim.DeskChannel, Thread: "99999999999.000100"})
		if err := c.UploadOnce(t.Context(), "file/1", u); !errors.Is(err, ErrThreadGone) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("forgotten meanwhile", func(t *testing.T) {
		_, c, posts := newSim(t)
		posts.Rows["file/1"] = takeover.Post{Key: "file/1", Begun: time.Unix(1, 0), File: "F0LONGAGO"}
		u := transcriptOf(Place{Channel: slacksim.DeskChannel})
		slacktest.WantLater(t, c.UploadOnce(t.Context(), "file/1", u), BusyWait) // not a failure: it is sent anew
		slacktest.Must(t, c.UploadOnce(t.Context(), "file/1", u))
	})
	t.Run("nothing to show", func(t *testing.T) {
		_, c, _ := newSim(t)
		u := transcriptOf(Place{Channel: slacksim.DeskChannel})
		u.Content = nil
		if e := asAPIError(t, c.UploadOnce(t.Context(), "file/1", u)); e.Code != codeUnsendable || e.Class != Permanent {
			t.Errorf("got %v", e)
		}
	})
}

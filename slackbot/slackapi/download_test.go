package slackapi

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/takeover"
)

// noJSON would be too much for an answer in JSON: it has more values and lists in each other.
var noJSON = bytes.Repeat([]byte("[,"), 100_000)

func TestFile(t *testing.T) {
	t.Parallel()
	sim, client, _ := newSim(t)
	m, _ := sim.SayWith(t.Context(), slacksim.Dana, slacksim.DeskChannel, "", "", slacksim.File{Name: "door.png", Content: noJSON})
	id := m.Files[0].ID
	if got, err := client.File(t.Context(), id, len(noJSON)); err != nil || !bytes.Equal(got, noJSON) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	if _, err := client.File(t.Context(), id, len(noJSON)-1); !errors.Is(err, ErrFileLarge) {
		t.Errorf("a byte too large: %v", err)
	}
	if _, err := client.File(t.Context(), "F0OTHER", 1); !errors.Is(err, ErrFileHidden) {
		t.Errorf("a file that is not there: %v", err)
	}
	sim.DeleteFiles(t.Context(), slacksim.Dana, slacksim.DeskChannel, m.TS)
	if _, err := client.File(t.Context(), id, len(noJSON)); !errors.Is(err, ErrFileHidden) {
		t.Errorf("a deleted file: %v", err)
	}
}

// TestFilesOfAnOddSlack: the token is sent to Slack alone, and a wrong size is found out.
func TestFilesOfAnOddSlack(t *testing.T) {
	t.Parallel()
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	for name, tt := range map[string]struct {
		over  string // changes the file object; %s is the address of Slack
		serve http.HandlerFunc
		want  error // nil: an *Error of the class
		class Class
	}{
		"larger than it said": {`"size":1`, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 200)) }, ErrFileLarge, ""},
		"the sign-in page": {``, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/signin?redir=/f", http.StatusFound)
		}, ErrFileHidden, ""},
		"not found":            {``, status(404), ErrFileHidden, ""},
		"away":                 {``, status(503), nil, Retry},
		"it breaks off":        {``, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, nil, Ambiguous},
		"an address elsewhere": {`"url_private_download":"https://evil.example/f"`, status(500), nil, Permanent},
		"no address":           {`"url_private_download":"","url_private":""`, status(500), nil, Permanent},
		"kept elsewhere":       {`"is_external":true`, status(500), ErrFileHidden, ""},
		"hidden by the plan":   {`"mode":"hidden_by_limit"`, status(500), ErrFileHidden, ""},
		"a placeholder":        {`"mode":"tombstone"`, status(500), ErrFileHidden, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mux := http.NewServeMux()
			server := httptest.NewServer(mux)
			t.Cleanup(server.Close)
			mux.HandleFunc("/files.info", func(w http.ResponseWriter, _ *http.Request) {
				file := fmt.Sprintf(`"id":"F1","size":3,"mode":"hosted","url_private_download":"%s/f"`, server.URL)
				if tt.over != "" {
					file += "," + tt.over
				}
				w.Header().Set("Content-Type", "application/json")
				_, _ = fmt.Fprintf(w, `{"ok":true,"file":{%s}}`, file)
			})
			mux.HandleFunc("/f", func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("Authorization") != "Bearer "+slacktest.Token {
					t.Error("no token")
				}
				tt.serve(w, r)
			})
			mux.HandleFunc("/signin", func(http.ResponseWriter, *http.Request) { t.Error("a redirect was followed") })
			client := New(Config{Token: slacktest.Token, APIURL: server.URL + "/", Posts: slacktest.NewPosts(), Pacer: Unpaced()})
			_, err := client.File(t.Context(), "F1", 100)
			switch {
			case tt.want != nil && !errors.Is(err, tt.want):
				t.Errorf("%v, want %v", err, tt.want)
			case tt.want == nil && asAPIError(t, err).Class != tt.class:
				t.Errorf("%v, want it to be %s", err, tt.class)
			}
		})
	}
}

// TestNoFileWithoutTheScope says which one is missing.
func TestNoFileWithoutTheScope(t *testing.T) {
	t.Parallel()
	sim, client, _ := newSim(t)
	m, _ := sim.SayWith(t.Context(), slacksim.Dana, slacksim.DeskChannel, "", "", slacksim.File{Name: "door.png", Content: []byte("x")})
	sim.SetScopes([]string{"chat:write"})
	_, err := client.File(t.Context(), m.Files[0].ID, 100)
	if _, later := errors.AsType[*takeover.LaterError](err); later || !strings.Contains(err.Error(), "files:read") {
		t.Errorf("%v", err)
	}
}

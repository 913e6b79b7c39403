package demo

import (
	"crypto/subtle"
	"embed"
	"encoding/json"
	"html/template"
	"io/fs"
	"net"
	"net/http"
	"time"
)

//go:embed web
var web embed.FS

// tokenHeader carries the page's token. A form of another site cannot set it.
const tokenHeader = "X-Demo-Token"

// maxBody bounds what the page may send, in bytes.
const maxBody = 64 << 10

// heartbeat keeps an idle event stream from being taken for dead.
const heartbeat = 15 * time.Second

// Handler serves the page. It answers only when it was called by a name of this
// machine, so that no web site can reach it under its name, and changes
// something only for a page that it served itself.
func (d *Demo) Handler() http.Handler {
	files, err := fs.Sub(web, "web")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", d.page(files))
	mux.Handle("GET /static/", http.StripPrefix("/static/", http.FileServerFS(files)))
	mux.HandleFunc("GET /state", d.getState)
	mux.HandleFunc("GET /events", d.events)
	mux.HandleFunc("GET /log", d.getLog)
	mux.HandleFunc("GET /files/{id}", d.getFile)
	mux.HandleFunc("GET "+picturePath+"{name}", d.getPicture)
	for name, do := range d.actions() {
		mux.Handle("POST /do/"+name, d.action(do))
	}
	return loopbackOnly(secured(mux))
}

// page fills the token into the one page there is.
func (d *Demo) page(files fs.FS) http.Handler {
	index := template.Must(template.ParseFS(files, "index.html"))
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if err := index.Execute(w, d.token); err != nil {
			d.log.Debug("page not delivered", "err", err)
		}
	})
}

// secured sets what the browser may do with our answers: run our scripts, use our
// styles, talk to us, and nothing else.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

func loopbackOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isLoopback(r.Host) {
			http.Error(w, "The demo answers on this machine only, for example at http://127.0.0.1.", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// isLoopback says whether a Host header names this machine and nothing else. Names
// other than localhost are refused even where they lead here.
func isLoopback(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport // without a port
	}
	if len(host) > 1 && host[0] == '[' && host[len(host)-1] == ']' {
		host = host[1 : len(host)-1]
	}
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

func (d *Demo) getState(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	d.answer(w, d.state(look{User: q.Get("user"), Channel: q.Get("channel"), Thread: q.Get("thread"), Line: q.Get("line")}))
}

func (d *Demo) getLog(w http.ResponseWriter, _ *http.Request) {
	d.answer(w, map[string]any{"lines": d.bot.LogTail(200), "running": d.bot.Running()})
}

// getFile shows a file as text, to those who see its channel.
func (d *Demo) getFile(w http.ResponseWriter, r *http.Request) {
	user := d.knownUser(r.URL.Query().Get("user"))
	snap := d.slack.Snapshot(user, nil)
	for _, f := range d.slack.Files() {
		if f.ID == r.PathValue("id") && snap.Channel(f.Channel).ID != "" {
			text := string(f.Content)
			if f.User != "" { // people post pictures only
				text = "A picture. The end user's phone shows it."
			}
			d.answer(w, map[string]string{"title": f.Title, "name": f.Name, "text": text})
			return
		}
	}
	http.Error(w, "There is no such file.", http.StatusNotFound)
}

func (d *Demo) answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if err := json.NewEncoder(w).Encode(v); err != nil {
		d.log.Debug("answer not delivered", "err", err)
	}
}

// events streams a word for every change; what changed is asked for with GET /state.
func (d *Demo) events(w http.ResponseWriter, r *http.Request) {
	ticks, cancel := d.hub.subscribe()
	defer cancel()
	out := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for word := "event: changed\ndata: \n\n"; ; {
		if _, err := w.Write([]byte(word)); err != nil {
			return
		}
		if err := out.Flush(); err != nil {
			return
		}
		select {
		case <-ticks:
			word = "event: changed\ndata: \n\n"
		case <-beat.C:
			word = ": still here\n\n"
		case <-r.Context().Done():
			return
		case <-d.hub.done:
			return
		}
	}
}

// action checks that the page itself asks, and answers what became of it.
func (d *Demo) action(do func(*http.Request, input) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if subtle.ConstantTimeCompare([]byte(r.Header.Get(tokenHeader)), []byte(d.token)) != 1 {
			http.Error(w, "Reload the page: it belongs to an earlier run of the demo.", http.StatusForbidden)
			return
		}
		var in input
		body := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
		body.DisallowUnknownFields()
		if err := body.Decode(&in); err != nil {
			http.Error(w, "That was too long, or no request of this page.", http.StatusBadRequest)
			return
		}
		problem := ""
		if err := do(r, in); err != nil {
			problem = err.Error()
		}
		d.hub.changed()
		d.answer(w, map[string]string{"problem": problem})
	})
}

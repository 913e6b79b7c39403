package slacksim

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"time"

	"takeoverbot/internal/simserver"
)

// File is a file that was uploaded and completed.
type File struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Title   string `json:"title"`
	Channel string `json:"channel,omitempty"` // empty while it is private
	TS      string `json:"ts,omitempty"`      // of the message that shares it
	Size    int    `json:"size"`              // bytes
	User    string `json:"user,omitempty"`    // the person who uploaded it; empty for the bot
	Gone    bool   `json:"gone,omitempty"`    // it was deleted: a placeholder stands in its place
	Content []byte `json:"content,omitempty"` // base64 in JSON; left out in snapshots
}

type upload struct {
	file     File
	declared int
	received bool
	complete bool
}

// maxUpload keeps a mistaken upload from filling the memory.
const maxUpload = 64 << 20

// Files lists the completed files with their content, oldest first.
func (s *Sim) Files() []File {
	s.mu.Lock()
	defer s.mu.Unlock()
	files := []File{}
	for _, id := range s.fileIDs {
		f := s.uploads[id].file
		f.Content = bytes.Clone(f.Content)
		files = append(files, f)
	}
	return files
}

func (s *Sim) uploadURL(a args) (reply, error) {
	size := a.number("length", 0)
	if a.get("filename") == "" || size <= 0 || size > maxUpload {
		return nil, refuse("invalid_arguments", "filename and a positive length in bytes are needed")
	}
	id := s.nextID("F")
	s.uploads[id] = &upload{file: File{ID: id, Name: a.get("filename"), Size: size}, declared: size}
	return reply{"file_id": id, "upload_url": s.baseURL + "/upload/" + id}, nil
}

// serveUpload takes the bytes, raw or as the one file of a multipart form.
func (s *Sim) serveUpload(w http.ResponseWriter, r *http.Request) {
	began, call := time.Now(), Call{Time: s.now(), Method: "upload"}
	fault, delay := s.takeFault("upload")
	content, err := uploaded(w, r)
	s.server.Pause(r.Context(), delay)
	if done, status, code := s.failBefore(w, r, fault); done {
		call.Status, call.Error = status, code
		s.note(call, began)
		return
	}
	call.Status, call.Error = s.receive(r.PathValue("id"), content, err)
	if fault.Kind == FaultDropAfterCommit {
		call.Status = 0
		simserver.Drop(w)
	} else if call.Error != "" {
		http.Error(w, call.Error, call.Status)
	} else {
		_, _ = io.WriteString(w, "OK - "+r.PathValue("id"))
	}
	s.note(call, began)
}

func (s *Sim) receive(id string, content []byte, readErr error) (status int, code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.uploads[id]
	switch {
	case u == nil:
		return http.StatusNotFound, "file_not_found"
	case readErr != nil || u.received:
		return http.StatusBadRequest, "bad_upload"
	case len(content) != u.declared:
		return http.StatusBadRequest, "wrong_length"
	}
	u.file.Content, u.received = content, true
	return http.StatusOK, ""
}

func uploaded(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	body := http.MaxBytesReader(w, r.Body, maxUpload+1<<20)
	kind, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind != "multipart/form-data" {
		return io.ReadAll(body)
	}
	part, err := multipart.NewReader(body, params["boundary"]).NextPart()
	if err != nil {
		return nil, err
	}
	return io.ReadAll(part)
}

func (s *Sim) completeUpload(a args) (reply, error) {
	var named []struct{ ID, Title string }
	if err := json.Unmarshal([]byte(a.get("files")), &named); err != nil || len(named) == 0 {
		return nil, refuse("invalid_arguments", "files must be an array of objects with an id")
	}
	for _, n := range named {
		if u := s.uploads[n.ID]; u == nil || !u.received || u.complete {
			return nil, refuse("file_not_found")
		}
	}
	share, err := s.shareTarget(a)
	if err != nil {
		return nil, err
	}
	var files []File
	for _, n := range named {
		u := s.uploads[n.ID]
		u.complete, u.file.Title = true, n.Title
		if u.file.Title == "" {
			u.file.Title = u.file.Name
		}
		s.fileIDs = append(s.fileIDs, n.ID)
		files = append(files, u.file)
	}
	if share != nil {
		s.share(share, files)
	}
	s.changed()
	return reply{"files": s.wireFiles(files)}, nil
}

// shareTarget is the message that will carry the files, or nil when the call
// names no channel.
func (s *Sim) shareTarget(a args) (*Message, error) {
	id := a.get("channel_id")
	if id == "" {
		id = a.get("channels")
	}
	if id == "" {
		return nil, nil
	}
	if strings.Contains(id, ",") {
		return nil, refuse("invalid_arguments", "sharing with several channels is not simulated")
	}
	ch, err := s.target(id)
	if err == nil && !ch.has(BotUserID) {
		err = refuse("not_in_channel")
	}
	if err != nil {
		return nil, err
	}
	parent, err := s.parentOf("files.completeUploadExternal", ch.ID, a.get("thread_ts"))
	if err != nil {
		return nil, err
	}
	m := &Message{Channel: ch.ID, ThreadTS: parent, User: BotUserID, BotID: BotID, Text: a.get("initial_comment")}
	s.checkMentions("files.completeUploadExternal", m.Text)
	if m.Text == "" {
		m.Blocks, err = s.readBlocks("files.completeUploadExternal", a.get("blocks"))
	}
	return m, err
}

func (s *Sim) share(m *Message, files []File) {
	s.store(m)
	for _, f := range files {
		u := s.uploads[f.ID]
		u.file.Channel, u.file.TS = m.Channel, m.TS
		f = u.file
		f.Content = nil
		m.Files = append(m.Files, f)
	}
	s.echo(s.channels[m.Channel], m)
}

func (s *Sim) fileInfo(a args) (reply, error) {
	u := s.uploads[a.get("file")]
	if u == nil || !u.complete {
		return nil, refuse("file_not_found")
	}
	if u.file.Gone {
		return nil, refuse("file_deleted")
	}
	w := s.wireFiles([]File{u.file})[0]
	if u.file.Channel != "" {
		kind := "public"
		if s.channels[u.file.Channel].Private {
			kind = "private"
		}
		w["shares"] = reply{kind: reply{u.file.Channel: []reply{{"ts": u.file.TS}}}}
	}
	return reply{"file": w}, nil
}

// wireFiles leaves the shares out: sharing is not finished when Slack answers.
func (s *Sim) wireFiles(files []File) []reply {
	out := []reply{}
	for _, f := range files {
		if f.Gone {
			out = append(out, reply{"id": f.ID, "mode": tombstone})
			continue
		}
		link := s.baseURL + "/files/" + f.ID
		out = append(out, reply{"id": f.ID, "name": f.Name, "title": f.Title, "size": f.Size, "mode": "hosted",
			"user": cmp.Or(f.User, BotUserID), "mimetype": mime.TypeByExtension(extension(f.Name)), "url_private": link, "url_private_download": link})
	}
	return out
}

func extension(name string) string {
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		return name[i:]
	}
	return ""
}

// serveFile is url_private: without the token Slack shows its sign-in page.
func (s *Sim) serveFile(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	u := s.uploads[r.PathValue("id")]
	allowed := r.Header.Get("Authorization") == "Bearer "+s.opt.BotToken
	var content []byte
	if u != nil && u.complete && !u.file.Gone {
		content = u.file.Content
	}
	s.mu.Unlock()
	switch {
	case !allowed:
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<!DOCTYPE html><html><body>Sign in to Demo</body></html>")
	case content == nil:
		http.NotFound(w, r)
	default:
		_, _ = w.Write(content)
	}
}

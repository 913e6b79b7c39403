package slacksim

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"takeoverbot/internal/simserver"
)

// A response URL lives this long and takes this many messages.
const (
	hookLife = 30 * time.Minute
	hookUses = 5
)

// hook is one response URL. source is the message that was clicked, if any.
type hook struct {
	user, channel string
	made          time.Time
	uses          int
	sourceTS      string
	sourcePrivate bool
}

// newHook makes a response URL; kind is "commands", "actions" or "app".
func (s *Sim) newHook(kind, user, channel, sourceTS string, private bool) string {
	path := fmt.Sprintf("/response/%s/%s/%d/%s", kind, TeamID, len(s.hooks)+1, s.nextID("k"))
	s.hooks[path] = &hook{user: user, channel: channel, made: s.real(), sourceTS: sourceTS, sourcePrivate: private}
	return s.baseURL + path
}

// answerBody is what a response URL, or the ack of a command, may say.
type answerBody struct {
	ResponseType    string          `json:"response_type"`
	Text            string          `json:"text"`
	Blocks          json.RawMessage `json:"blocks"`
	Attachments     json.RawMessage `json:"attachments"`
	ThreadTS        string          `json:"thread_ts"`
	ReplaceOriginal bool            `json:"replace_original"`
	DeleteOriginal  bool            `json:"delete_original"`
	UnfurlLinks     *bool           `json:"unfurl_links"`
	UnfurlMedia     *bool           `json:"unfurl_media"`
}

const viaHook = "response_url"

func (s *Sim) serveResponseURL(w http.ResponseWriter, r *http.Request) {
	began, call := time.Now(), Call{Time: s.now(), Method: viaHook}
	fault, delay := s.takeFault(viaHook)
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxAPIBody))
	s.server.Pause(r.Context(), delay)
	if done, status, code := s.failBefore(w, r, fault); done {
		call.Status, call.Error = status, code
	} else {
		s.mu.Lock()
		s.checkNoToken(r, raw)
		status, code := s.useHook(r.URL.Path, raw, err, &call)
		s.mu.Unlock()
		call.Status, call.Error = status, code
		if fault.Kind == FaultDropAfterCommit {
			call.Status = 0
			simserver.Drop(w)
		} else {
			writeHookAnswer(w, status, code)
		}
	}
	s.note(call, began)
}

func writeHookAnswer(w http.ResponseWriter, status int, code string) {
	if code == "" {
		writeJSON(w, status, reply{"ok": true})
		return
	}
	writeJSON(w, status, reply{"ok": false, "error": code})
}

func (s *Sim) checkNoToken(r *http.Request, body []byte) {
	if r.Header.Get("Authorization") != "" || s.opt.BotToken != "" && strings.Contains(string(body)+r.URL.RawQuery, s.opt.BotToken) {
		s.violate("response_url: the bot token was sent to a response URL")
	}
}

// useHook spends one use and does what the body says.
func (s *Sim) useHook(path string, raw []byte, readErr error, call *Call) (status int, code string) {
	h := s.hooks[path]
	switch {
	case h == nil:
		return http.StatusNotFound, "invalid_url"
	case s.real().Sub(h.made) > hookLife:
		s.violate("response_url: used %s after its 30 minutes", s.real().Sub(h.made)-hookLife)
		return http.StatusNotFound, "expired_url"
	case h.uses >= hookUses:
		s.violate("response_url: used more than %d times", hookUses)
		return http.StatusNotFound, "used_url"
	}
	h.uses++
	call.Channel = h.channel
	var b answerBody
	if err := json.Unmarshal(raw, &b); readErr != nil || err != nil {
		return http.StatusBadRequest, "invalid_payload"
	}
	ts, err := s.applyAnswer(viaHook, h, b)
	call.TS = ts
	if err != nil {
		call.learn(nil, err)
		return http.StatusBadRequest, call.Error
	}
	return http.StatusOK, ""
}

// applyAnswer posts, replaces or deletes. where is "response_url" or
// "command_ack" and becomes the source of private messages.
func (s *Sim) applyAnswer(where string, h *hook, b answerBody) (ts string, err error) {
	if b.DeleteOriginal {
		return h.sourceTS, s.deleteSource(h)
	}
	if b.ResponseType != "" && b.ResponseType != "ephemeral" && b.ResponseType != "in_channel" {
		return "", refuse("invalid_response_type")
	}
	c, err := s.readContent(where, args{"text": b.Text, "blocks": string(b.Blocks), "attachments": nullIsNone(b.Attachments)}, maxPostText)
	if err != nil {
		return "", err
	}
	switch {
	case b.ReplaceOriginal && h.sourceTS != "":
		return h.sourceTS, s.replaceSource(h, c)
	case b.ResponseType == "in_channel":
		return s.answerInChannel(where, h, b, c)
	}
	p := s.storePrivate(&Private{User: h.user, Channel: h.channel, Text: c.text, Blocks: c.blocks, Source: where})
	return p.TS, nil
}

func nullIsNone(raw json.RawMessage) string {
	if string(raw) == "null" {
		return ""
	}
	return string(raw)
}

func (s *Sim) answerInChannel(where string, h *hook, b answerBody, c content) (string, error) {
	if where == viaHook && (b.UnfurlLinks == nil || *b.UnfurlLinks || b.UnfurlMedia == nil || *b.UnfurlMedia) {
		s.violate("%s: in_channel without unfurl_links:false and unfurl_media:false", where)
	}
	parent, err := s.parentOf(where, h.channel, b.ThreadTS)
	if err != nil {
		return "", err
	}
	return s.storeBotMessage(s.channels[h.channel], parent, c, false).TS, nil
}

// source finds what was clicked: exactly one of the two, or neither.
func (s *Sim) source(h *hook) (*Message, *Private) {
	if h.sourcePrivate {
		return nil, s.findPrivate(h.channel, h.sourceTS)
	}
	m := s.findMessage(h.channel, h.sourceTS)
	if m != nil && m.BotID != BotID {
		return nil, nil
	}
	return m, nil
}

func (s *Sim) deleteSource(h *hook) error {
	m, p := s.source(h)
	switch {
	case p != nil:
		s.removePrivate(p)
	case m != nil:
		s.removeOwn(m)
	default:
		return refuse("message_not_found")
	}
	return nil
}

func (s *Sim) replaceSource(h *hook, c content) error {
	m, p := s.source(h)
	switch {
	case p != nil:
		p.Text, p.Blocks = c.text, c.blocks
		p.Updates++
		s.changed()
	case m != nil:
		s.rewrite(m, c)
	default:
		return refuse("message_not_found")
	}
	return nil
}

package listen

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"

	"takeoverbot/takeover"
)

// reply is where the private answer goes. A click outside of channels, in the App Home or in
// a modal that was opened there, is answered in a direct message; a click in a thread in that thread.
func (in interaction) reply() takeover.Reply {
	channel, thread := cmp.Or(in.Container.ChannelID, in.User.ID), in.Container.ThreadTS
	if thread == in.Container.MessageTS { // above its thread, in the channel
		thread = ""
	}
	return takeover.Reply{URL: in.ResponseURL, Channel: channel, Thread: thread}
}

// command is a command of the person who pressed something, at a time of any zone.
func (in interaction) command(verb takeover.Verb, at time.Time) takeover.Command {
	return takeover.Command{
		Key: in.key(), Verb: verb, By: takeover.OperatorID(in.User.ID), Team: in.teamID(), Origin: takeover.FromButton,
		At: at.UTC(), Reply: in.reply(),
	}
}

// Source: Slack's documentation of slash commands, block_actions and view_submission
// payloads. Only what the bot needs is decoded, so that a new kind of block cannot
// make a click unreadable.

type slashCommand struct {
	Command, Text, TeamID, EnterpriseID, ChannelID, UserID, ResponseURL, TriggerID string

	digest string // of the whole body, which tells commands without a trigger id apart
}

func parseSlash(form url.Values) slashCommand {
	return slashCommand{
		Command: form.Get("command"), Text: form.Get("text"),
		TeamID: form.Get("team_id"), EnterpriseID: form.Get("enterprise_id"),
		ChannelID: form.Get("channel_id"), UserID: form.Get("user_id"),
		ResponseURL: form.Get("response_url"), TriggerID: form.Get("trigger_id"),
	}
}

// key is the command's natural key: a trigger id belongs to one typed command.
func (c slashCommand) key() string {
	if c.TriggerID != "" {
		return "slash/" + c.TeamID + "/" + c.UserID + "/" + c.TriggerID
	}
	return "slash/" + c.digest
}

type interaction struct {
	Type        string  `json:"type"`
	TriggerID   string  `json:"trigger_id"`
	ResponseURL string  `json:"response_url"`
	CallbackID  string  `json:"callback_id"`
	User        idTeam  `json:"user"`
	Team        *idOnly `json:"team"`
	Channel     idOnly  `json:"channel"`
	Container   struct {
		ChannelID   string `json:"channel_id"`
		MessageTS   string `json:"message_ts"`
		ThreadTS    string `json:"thread_ts"`
		IsEphemeral bool   `json:"is_ephemeral"`
	} `json:"container"`
	Message struct {
		TS       string `json:"ts"`
		ThreadTS string `json:"thread_ts"`
	} `json:"message"`
	Actions []action `json:"actions"`
	View    view     `json:"view"`

	payload string // as Slack sent it
}

type idOnly struct {
	ID string `json:"id"`
}

type idTeam struct {
	ID     string `json:"id"`
	TeamID string `json:"team_id"`
}

type action struct {
	ActionID string `json:"action_id"`
	BlockID  string `json:"block_id"`
	Type     string `json:"type"`
	Value    string `json:"value"`
	ActionTS string `json:"action_ts"`
	// Label is what the button says, a text object; see label.
	Label    json.RawMessage `json:"text"`
	Selected *struct {
		Value string `json:"value"`
	} `json:"selected_option"`
}

// label is what the pressed button says; empty for other elements.
func (a action) label() string {
	var text struct {
		Text string `json:"text"`
	}
	if json.Unmarshal(a.Label, &text) != nil {
		return ""
	}
	return text.Text
}

type view struct {
	ID              string `json:"id"`
	CallbackID      string `json:"callback_id"`
	PrivateMetadata string `json:"private_metadata"`
	Hash            string `json:"hash"`
	State           struct {
		Values map[string]map[string]input `json:"values"`
	} `json:"state"`
}

// input is what was entered into one field of a modal.
type input struct {
	Value        string `json:"value"`
	SelectedUser string `json:"selected_user"`
	Selected     *struct {
		Value string `json:"value"`
	} `json:"selected_option"`
}

func parseInteraction(payload string) (interaction, error) {
	var in interaction
	if err := json.Unmarshal([]byte(payload), &in); err != nil {
		return in, fmt.Errorf("decode the interaction: %w", err)
	}
	if in.Type == "" || in.User.ID == "" {
		return in, errors.New("the interaction has no type or no user")
	}
	in.payload = payload
	in.Container.ChannelID = cmp.Or(in.Container.ChannelID, in.Channel.ID)
	in.Container.MessageTS = cmp.Or(in.Container.MessageTS, in.Message.TS)
	in.Container.ThreadTS = cmp.Or(in.Container.ThreadTS, in.Message.ThreadTS)
	return in, nil
}

// teamID is the workspace (or organisation) of the person who acted.
func (in interaction) teamID() string {
	if in.User.TeamID != "" || in.Team == nil {
		return in.User.TeamID
	}
	return in.Team.ID
}

// key is the interaction's natural key. Slack gives every click its own trigger id;
// where there is none, who pressed what where and when says the same.
func (in interaction) key() string {
	if in.TriggerID != "" {
		return in.Type + "/" + in.User.ID + "/" + in.TriggerID
	}
	if len(in.Actions) == 1 && in.Actions[0].ActionTS != "" {
		a := in.Actions[0]
		return fmt.Sprintf("%s/%s/%s/%s/%s/%s", in.Type, in.User.ID, in.Container.ChannelID, in.Container.MessageTS, a.ActionID, a.ActionTS)
	}
	return in.Type + "/" + digest([]byte(in.payload))
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}

type event struct {
	Type      string          `json:"type"`
	Challenge string          `json:"challenge"`
	TeamID    string          `json:"team_id"`
	Event     json.RawMessage `json:"event"`
}

// innerEvent is a message, or the opening of the App Home.
// Source: Slack's documentation of the events message, app_home_opened and
// subteam_updated.
type innerEvent struct {
	Type    string `json:"type"`
	Subtype string `json:"subtype"`
	Channel string `json:"channel"`
	User    string `json:"user"`
	// The teams of the person who wrote, in channels shared with other organisations. Which
	// of them is set depends on the workspace in which the message was written.
	UserTeam   string `json:"user_team"`
	Team       string `json:"team"`
	SourceTeam string `json:"source_team"`
	BotID      string `json:"bot_id"`
	AppID      string `json:"app_id"`
	Text       string `json:"text"` // as Slack escapes it
	TS         string `json:"ts"`
	ThreadTS   string `json:"thread_ts"`
	Tab        string `json:"tab"` // of app_home_opened

	Files       []file       `json:"files"`
	Attachments []attachment `json:"attachments"`
	// Edited says who has edited a message and when. It is missing where only Slack or an app changed it.
	Edited *struct{} `json:"edited"`
	// Message is the message that was changed, as it is now, and Previous is what was changed or
	// deleted, as it was.
	Message   *innerEvent `json:"message"`
	Previous  *innerEvent `json:"previous_message"`
	DeletedTS string      `json:"deleted_ts"`

	team string // of the person; where Slack does not say, the workspace of the bot
}

// file is a file that was posted with a message. Where another organisation's person posted it,
// only the id may be known. Source: Slack's documentation of the file object.
type file struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Type     string `json:"mimetype"`
	Size     int64  `json:"size"` // bytes
	Mode     string `json:"mode"`
	External bool   `json:"is_external"`
}

// standing are the files of the message that were not deleted.
func (in innerEvent) standing() []file {
	return slices.DeleteFunc(slices.Clone(in.Files), func(f file) bool { return f.Mode == "tombstone" })
}

// attachment is what hangs on a message. Source: Slack's documentation of attachments.
type attachment struct {
	Shared bool `json:"is_share"` // it is a message that was forwarded
}

// inner decodes what happened; ok is false for what the bot does not know.
func (e event) inner() (in innerEvent, ok bool) {
	if json.Unmarshal(e.Event, &in) != nil {
		return in, false
	}
	for _, m := range []*innerEvent{in.Message, in.Previous} {
		if m != nil {
			m.Channel, m.team = in.Channel, m.teamOf(e)
		}
	}
	in.team = in.teamOf(e)
	return in, in.User != "" || in.Message != nil || in.Previous != nil
}

func (in innerEvent) teamOf(e event) string {
	return cmp.Or(in.UserTeam, in.Team, in.SourceTeam, e.TeamID)
}

// changed is the id of the person or the user group about whose change an event is; empty for
// other events. Source: Slack's documentation of the events user_change, subteam_updated and
// subteam_members_changed.
func (e event) changed() string {
	var in struct {
		Type      string `json:"type"`
		User      idOnly `json:"user"`
		Subteam   idOnly `json:"subteam"`
		SubteamID string `json:"subteam_id"`
	}
	if json.Unmarshal(e.Event, &in) != nil {
		return ""
	}
	switch in.Type {
	case "user_change":
		return in.User.ID
	case "subteam_updated", "subteam_members_changed":
		return cmp.Or(in.Subteam.ID, in.SubteamID)
	}
	return ""
}

// written says whether a person wrote a new message in a thread: not a bot or an app, no
// edit, no deletion, no notice of Slack's.
func (in innerEvent) written() bool {
	byPerson := in.BotID == "" && in.AppID == "" && in.User != ""
	fresh := in.Subtype == "" || in.Subtype == "thread_broadcast" || in.Subtype == "file_share"
	return byPerson && fresh && in.TS != "" && in.ThreadTS != "" && in.ThreadTS != in.TS
}

// revised is a message in a thread that a person has edited or deleted (gone). ok is false for all
// other changes: Slack also reports unfurled links, counted replies and what bots edit.
func (in innerEvent) revised() (m innerEvent, gone, ok bool) {
	switch {
	case in.Previous == nil:
	case in.Subtype == "message_deleted":
		m, gone, ok = *in.Previous, true, true
		m.TS = cmp.Or(in.DeletedTS, m.TS)
	case in.Subtype == "message_changed" && in.Message != nil:
		m = *in.Message
		sameFiles := slices.EqualFunc(m.standing(), in.Previous.standing(), func(a, b file) bool { return a.ID == b.ID })
		ok = m.Edited != nil && m.Text != in.Previous.Text || !sameFiles
	}
	return m, gone, ok && m.written()
}

// asked is a typed slash command that is being handled.
type asked struct {
	slashCommand
	rest string // what follows the word
	key  string
	at   time.Time
}

// pressed is the press of a button that the typed word stands for.
func (a asked) pressed(actionID string) interaction {
	in := interaction{TriggerID: a.TriggerID, ResponseURL: a.ResponseURL, User: idTeam{ID: a.UserID, TeamID: a.TeamID}, Actions: []action{{ActionID: actionID}}}
	in.Container.ChannelID = a.ChannelID
	return in
}

// command is a command of the person who typed; line is empty for a search.
func (a asked) command(verb takeover.Verb, line takeover.LineID) takeover.Command {
	return takeover.Command{
		Key: a.key, Verb: verb, By: takeover.OperatorID(a.UserID), Team: cmp.Or(a.TeamID, a.EnterpriseID), Origin: takeover.FromWord,
		At: a.at, Line: line, Reply: takeover.Reply{URL: a.ResponseURL, Channel: a.ChannelID},
	}
}

package slackapi

import "time"

// Slack's methods that the client calls, by their names on the wire.
const (
	methodPost      = "chat.postMessage"
	methodUpdate    = "chat.update"
	methodDelete    = "chat.delete"
	methodEphemeral = "chat.postEphemeral"
	methodOpenView  = "views.open"
	methodOpenIM    = "conversations.open"
	methodUser      = "users.info"
	methodGroup     = "usergroups.users.list"
	methodPublish   = "views.publish"
	methodInfo      = "conversations.info"
	methodMembers   = "conversations.members"
	methodHistory   = "conversations.history"
	methodReplies   = "conversations.replies"
	methodAuth      = "auth.test"
	methodBot       = "bots.info"
	methodReact     = "reactions.add"
	methodUnreact   = "reactions.remove"
	methodUploadURL = "files.getUploadURLExternal"
	methodUploaded  = "files.completeUploadExternal"
	methodFile      = "files.info"
	methodSocket    = "apps.connections.open"

	// Not methods of the Web API, but named like them in errors and metrics.
	methodReply  = "response_url"
	methodUpload = "upload"
	methodLoad   = "download"
)

// limitKey names one limit. Slack limits each method for the workspace, and posts for each
// channel too; channel is empty for a limit of the workspace.
type limitKey struct{ method, channel string }

// limit is a token bucket: it lets one call pass in each interval, and up to burst calls at once.
type limit struct {
	every time.Duration
	burst int
}

// successorUpdates is how many updates a process that follows another one may make at once. The
// limit leaves room for them in the minute in which the old process died.
const successorUpdates = 5

// sharedUpdates is the limit of updates where a budget outlives each process: nothing is set aside
// for one that follows another. Few go at once, so that many cards in a row are drawn sooner.
func sharedUpdates() limit {
	return limit{every: time.Minute / (50 - successorUpdates), burst: successorUpdates}
}

// perMinute gives a fifth of the allowed calls to the burst, and the rest to the steady rate, so
// that no minute has more calls than Slack allows.
func perMinute(allowed int) limit {
	burst := allowed / 5
	return limit{every: time.Minute / time.Duration(allowed-burst), burst: burst}
}

// limitFor is the limit of a key, from the tiers of Slack's method reference.
func limitFor(key limitKey) limit {
	switch key.method {
	case methodPost:
		if key.channel == "" {
			return perMinute(300) // "several hundred" a minute in a workspace
		}
		// One a second, with a tenth of a second between them for safety: two calls that leave
		// a second apart may arrive closer together.
		return limit{every: 1100 * time.Millisecond, burst: 1}
	case methodUpdate:
		return perMinute(50 - successorUpdates) // tier 3
	case methodDelete, methodOpenIM, methodInfo, methodHistory, methodReplies, methodReact, methodBot:
		return perMinute(50) // tier 3
	case methodGroup, methodUnreact:
		return perMinute(20) // tier 2
	default:
		return perMinute(100) // tier 4
	}
}

// Package people knows who people are in Slack, and what each may do.
//
// Start with people.go: May decides whether a person may see or act, by the person's Role. It
// learns from person.go whether the person is a full member of the workspace (and no guest, and
// not of another organisation), and from the user groups of Slack which Role that member has.
//
// The acknowledgement of a click waits for these answers, so Slack is asked rarely and briefly:
// cache.go keeps each answer for minutes, and callers who need the same answer at the same
// time share one call. mention.go reads which person a text mentions.
package people

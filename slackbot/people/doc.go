// Package people knows who people are in Slack, and what each may do.
//
// people.go is the way in: May decides whether a person may see or act, by roles. It asks
// directory.go who the person is (a member, a guest, of another organisation), groups.go who
// is in the user groups that give roles, and self.go which workspace this is. mention.go
// reads the people whom a text mentions.
//
// Slack is asked rarely and briefly, because the acknowledgement of a click waits for the
// answer: what was learned serves for minutes, and many who ask at once share one call.
package people

// Package people knows who people are in Slack, and what each may do.
//
// Start with judge.go: Judge decides by what is known whether a person may see or act, by the
// person's Role, and says how certain that is. It learns from person.go whether the person is a
// full member of the workspace (and no guest, and not of another organisation), and from the user
// groups of Slack which Role that member has.
//
// The acknowledgement of a click does not wait for these answers. cache.go keeps each answer in
// memory and in the store, and callers who need the same answer at the same time share one call;
// keep.go renews them in the background. mention.go reads which person a text mentions.
package people

// Package anyreach speaks to Anyreach: a client of the parts of its API that a person on
// call needs, all of them reading, and on top of it a takeover.Provider.
//
// It is no takeover.Silencer: Anyreach's public API cannot pause its AI, speak as a
// person, or transfer a live call. Capabilities (can.go) says so in words, and what can
// be done instead.
//
// Four things about the API shape most of the code:
//
//   - Numbers match by substring. So every row is compared again, and a stranger whose
//     number contains the one searched for is dropped (target.go).
//   - Pages go backwards in time, by a cursor made of the last row's time as the server
//     wrote it. Ties, an ignored cursor and a full last page are survived (walk.go).
//   - What a credential may not see is left out without a word. "Hidden by permission"
//     and "nothing was said" are different states (transcript.go).
//   - Some parameters are not documented for this endpoint. One that the server refuses
//     is dropped once and not sent again (list.go).
//
// It never posts into a conversation: the one endpoint for that takes words as the end
// user's, and the AI answers them. It knows nothing of Slack, of operators or of who may
// take over.
package anyreach

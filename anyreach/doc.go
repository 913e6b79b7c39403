// Package anyreach speaks to Anyreach: a client of the reading parts of its API, and on top
// of it a takeover.Provider. Start with provider.go.
//
// It is no takeover.Silencer: Anyreach's public API cannot pause its AI, speak as a
// person, or transfer a live call. can.go says so in words, and what to do instead.
//
// Four things about the API shape most of the code:
//
//   - Numbers match by substring. So every row is compared again, and one whose number
//     only contains the wanted number is dropped (target.go).
//   - Pages go backwards in time, by a cursor made of the last row's time as the server
//     wrote it. walk.go copes with ties, an ignored cursor and a full last page.
//   - The server silently leaves out what a credential may not see. "Hidden by permission"
//     and "nothing was said" are different states (transcript.go).
//   - Some parameters are not documented for the list. Once the server refuses one, it is
//     not sent again (call.go).
//
// The package never posts into a conversation: the one endpoint for that takes a text as
// the end user's, and the AI answers it. It knows nothing of Slack, of operators or of who may
// take over.
package anyreach

// Package takeover is the domain: what a line, a takeover and its audit are, who may do
// what when, and who decides. It knows no SQL, no HTTP, no Slack and no provider's API.
// Read it first.
//
// A line is the pair (end user, agent). A takeover is held on a line: the AI is
// silenced on its conversations until it is handed back.
//
//	ai         --TakeOver-->     taking      one winner is decided, before any provider is called
//	taking     --Proven-->       held        the flag was written, read back and compared
//	taking     --Failed-->       taking      the card says NOT silent; tried again by its job
//	held       --GiveBack-->     returning   also from taking: giving up
//	returning  --Proven-->       ai
//	returning  --Failed-->       returning   the card says NOT handed back; tried again
//	returning  --TakeOver-->     taking      somebody wants it after all
//	held       --Join-->         taking      a new conversation of the line has to be silenced too
//	held       --Accept-->       held        another holder; until then the first one keeps it
//	held       --TakeFrom-->     held        another holder, with a reason; the first one is told
//	held       --TimeUp-->       returning   the hold ran out, twice asked, and the desk's rule says AI
//	held       --SwitchedOn-->   ai          somebody switched the AI on outside Slack: not fought
//
// Transitions (decide.go) are pure: a line and a command or a fact in, a Step out.
// Service (service.go, settle.go) loads, asks a transition, and stores the line, its
// audit and the jobs that follow in one transaction. The interfaces that it needs are
// declared here and implemented elsewhere: Store, Tx, Provider. What only some providers
// can do is an interface of its own, and what works for a conversation here and now is
// asked (capability.go) before anything is drawn or decided.
//
// Two things go on by themselves. KeepTime takes the steps that are due by the clock:
// when a line wants attention is a column of it (Line.Due), every replica looks, and
// whoever saves first has taken the step. KeepWatch asks each provider once a tick what
// changed in all its conversations, whatever the number of held lines; a line that
// changed is read by a FollowJob, and what was said turns into steps by Line.Read.
//
// The one surprising thing: nobody calls the provider because of a click. A click
// changes what the line wants; Settle, of which one at a time works a line in all
// replicas, makes the provider's flag agree and proves it. So the last write is always
// the one that was wanted last, however clicks, failures and crashes interleave.
package takeover

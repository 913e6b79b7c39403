// Package takeover is the domain: what a line, a takeover and its audit are, who may do
// what when, and who decides. It knows no SQL, no HTTP, no Slack and no provider's API.
//
// A line is the pair (end user, agent). An operator holds a takeover on a line: the AI is
// silenced on the line's conversations until it is handed back.
//
//	ai         --TakeOver-->     taking      one winner is decided, before any provider is called
//	taking     --Proven-->       held        the flag was written, read back and compared
//	taking     --Failed-->       taking      the card says NOT silent; tried again by its job
//	held       --GiveBack-->     returning   also from taking: giving up
//	returning  --Proven-->       ai
//	returning  --Failed-->       returning   the card says NOT handed back; tried again
//	returning  --TakeOver-->     taking      an operator wants it after all
//	held       --Joined-->       taking      a new conversation of the line has to be silenced too
//	held       --Accept-->       held        another holder; until then the first one keeps it
//	held       --TakeFrom-->     held        another holder, with a reason; the first one is told
//	held       --TimeUp-->       returning   the hold ran out, all asks went unanswered, the rule says AI
//	held       --ReadOtherwise--> returning  the AI was switched on outside Slack: not fought, and
//	                                         switched on in the line's other conversations too
//	held       --ReadOtherwise--> taking     a write of the bot arrived late: written again
//
// Read it in three layers; no file refers to a file of a later layer.
//
// Nouns: line.go, covered.go (a conversation and what is known of its flag), silence.go (what
// is proven of the AI), takeover.go, hold.go, recent.go, watch.go, desk.go, trouble.go, audit.go,
// command.go, job.go, errors.go; what the domain asks of others is in provider.go,
// capability.go, texts.go and store.go.
//
// Transitions are pure: a line and a command or a fact in, a Step (step.go) out. decide.go
// lists the commands; they are in take.go, extend.go, handoff.go, spoke.go, watching.go and say.go. The
// facts are in prove.go (what the provider read back), listed.go (what a list showed),
// outside.go (what a comparison showed), read.go (what a transcript showed) and timeup.go (what is due).
//
// The service (service.go) loads lines, asks transitions, and stores the line, its audit
// and the jobs that follow in one transaction: apply.go for commands, settle.go and
// attempt.go for the provider's flag, reader.go for transcripts, search.go for searches.
//
// Three loops run beside them. RunTimers (timers.go) takes the steps that are due by the
// clock: when a line wants attention is a column of it (Line.Due), every replica looks, and
// the first to save has taken the step. SyncProviders (sync.go) asks each provider once a
// tick what changed in all its conversations, whatever the number of held lines.
// CompareProviders (compare.go) lists the conversations of each held line every half minute
// and reads their flags: this, and nothing else, renews a proof of silence.
//
// One thing is surprising: a click never calls the provider. A click changes what the line
// wants; Settle makes the provider's flag agree and proves it. Only one Settle works a line
// at a time, in all replicas, so the last write is the one that was wanted last, however
// clicks, failures and crashes interleave.
package takeover

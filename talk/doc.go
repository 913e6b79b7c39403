// Package talk is the domain of what people say to the end user: which words leave, when, and
// what became of each. It knows no SQL, no HTTP, no Slack and no provider's API; who holds a line
// is decided by package takeover.
//
//	waiting      --Reworded--> waiting      edited in time
//	waiting      --Recalled--> stopped      deleted in time
//	waiting      --Leaves-->   leaving      stored before the call leaves
//	leaving      --Accepted--> sent         the provider has it
//	leaving      --Refused-->  failed       the provider said no, and why
//	leaving      --Unsent-->   waiting      nothing left: tried again by its job
//	leaving      --Lost-->     unsure       the answer was lost, or the process died: it may not have been sent
//	unsure       --Accepted--> sent         a report of the provider names it after all
//	sent         --Reported--> delivered, unconfirmed or failed
//
// Read it in this order: text.go (a text, its states and the transitions, which are pure),
// apply.go (commands), send.go (the call to the provider), attach.go (its pictures), report.go (what the provider reports
// later), record.go (what the AI is told).
//
// One thing is surprising: a text is never sent twice by itself. A provider has no key that makes
// sending repeatable, so a text that is stored as leaving and has no answer stays unsure until
// the provider reports it or a person sends it again.
package talk

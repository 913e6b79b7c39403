package takeover

// Decide applies a stored command to a line. It decides who wins and makes no call. A
// command that is not about the state of a line (Verb.Decides) changes nothing.
func Decide(l Line, c Command, r Rules) Step { //nolint:gocyclo // one case for each verb
	switch c.Verb {
	case TakeOver:
		return l.take(c, r)
	case GiveBack:
		return l.giveBack(c)
	case TryAgain:
		return l.tryAgain(c)
	case Watching:
		return l.watch(c)
	case Extend:
		return l.extend(c)
	case Active:
		return l.active(c)
	case HandOff, HandOffAll:
		return l.handOff(c)
	case Accept:
		return l.accept(c)
	case AcceptAll:
		return l.acceptAny(c)
	case Decline:
		return l.decline(c)
	case Withdraw:
		return l.withdraw(c)
	case TakeFrom:
		return l.takeFrom(c)
	case Fine:
		return l.fine(c)
	case SetOutcome:
		return l.outcome(c)
	case Correct:
		return l.correct(c)
	case ShowNumber:
		return Step{Line: l, Entries: []Entry{l.entry(c, EventNumberShown, l.standing())}}
	case Remark:
		return l.remark(c)
	default:
		return Step{Line: l}
	}
}

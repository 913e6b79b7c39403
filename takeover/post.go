package takeover

// Post is something the bot put, or was about to put, into a channel. It is kept so
// that nothing is posted twice and a card is found again.
type Post struct {
	Key     string // natural key, e.g. "card/ln_x"
	Channel string
	TS      string // the message's id; empty while it is not known whether it was posted
	Drawn   int64  // cards: the line's version that is shown
	Extra   string // what the owner of the key wants to remember; no personal data
}

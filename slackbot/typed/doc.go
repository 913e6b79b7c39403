// Package typed reads what people type: it makes a query of whatever an operator pasted, finds
// numbers in texts, and hides them in names.
//
// query.go is the way in: ParseQuery. It lets fold.go bring the text into one form (links,
// entities, digits of all scripts), sip.go and find.go find addresses and numbers in
// it, and explain.go say what is wrong where there is none: an *InputError (inputerror.go).
// name.go goes the other way: it masks the numbers of a line in its name.
package typed

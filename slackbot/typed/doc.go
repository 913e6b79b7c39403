// Package typed reads what people type: it makes a query of the text that an operator pasted,
// finds numbers in messages, and masks numbers in names.
//
// Start with query.go: ParseQuery makes the query. fold.go first brings the text into one form
// (links, entities, digits of all scripts); sip.go and find.go then find addresses and numbers
// in it. If there are none, explain.go says why, as an *InputError (inputerror.go).
//
// name.go does the reverse: Name masks the numbers of a line in the name of its end user.
package typed

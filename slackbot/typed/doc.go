// Package typed reads what people type: it makes a query of the text that an operator pasted,
// finds numbers in messages, and masks the numbers of a line in texts.
//
// Start with query.go: ParseQuery makes the query. fold.go first brings the text into one form
// (links, entities, digits of all scripts); sip.go and find.go then find addresses and numbers
// in it. If there are none, explain.go says why, as an *InputError (inputerror.go).
//
// mask.go does the reverse: MaskOf masks the numbers of a line in texts, in all these shapes, also
// where tools have written characters as web pages and JSON do (escaped.go). name.go quotes the
// name of an end user, masked.
package typed

// Package anyreachsim stands for Anyreach in tests and in the demo: the reading part of
// its conversations API, and those writing parts that a client could be tempted to use.
//
// It is strict where a client could make a mistake that shows only in
// production: a raw '+' in a query is a space, numbers match by substring with SQL's
// wildcards, a parameter that is not documented is refused, what a credential may not
// see is left out without a word, and pages end where the documentation leaves it open,
// by switch. Faults switches on the bad nights.
//
// It deliberately imports nothing of the product, so that a mistake in the product's own
// reading cannot agree with itself.
package anyreachsim

// Package importtest holds the module to its picture: which package may import which,
// that only cmd/bot reads the environment, that nothing happens by being imported,
// and that no call outside goes without a deadline of its own.
//
// It is tests only. A package that is new gets a row in the table of imports_test.go;
// a row that grows is a decision about the picture, to be argued for in its commit.
package importtest

// Package docstest compares the documents with the program: the commands that a reader is
// told to type exist, the settings in the README are those that the program reads, and the
// files that CONTRIBUTING names are there. The comment of each package names only files,
// types and functions that exist, and no file carries a trace of the machine on which it
// was written.
//
// It has only tests. Of a document it reads the blocks that are marked "sh", its tables,
// and what stands in backticks.
package docstest

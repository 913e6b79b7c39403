// Package docstest holds the documents to the program: commands that a reader is told
// to type exist, settings in the README are those the program knows, files that are
// named are there, and no file carries a trace of the machine it was written on.
//
// It is tests only. What is checked in a document is what stands in a block marked
// "sh"; a block marked otherwise is not read.
package docstest

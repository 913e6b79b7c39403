// Command measure prints figures about the shape of this module's code (`make measure`):
// the size of files and functions per package, how much the files of a package depend on
// each other, and the lines of product, simulators and tests.
//
// # What the columns mean
//
// Only files without the suffix _test.go count, except in the last table.
//
//   - code: lines that hold at least one token that is no comment.
//   - comment/code: lines with nothing but a comment, per line of code.
//   - function lines: from the word func to the closing brace; median, 95th percentile, longest.
//   - exported: exported constants, variables, types and functions, and the exported
//     methods of exported types.
//   - arrows: there is one arrow from file A to file B of the same package if A uses a
//     package-level declaration or a method that stands in B. The column is the mean
//     number of arrows that start at a file.
//   - circle: the largest set of files in which each file reaches every other one along
//     arrows; "-" if no two files do.
//   - most methods: the two types of the package with the most methods.
//
// The program reads a checkout and changes nothing. With -dir it measures another
// checkout, so that one version of the program can compare two versions of the code.
package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
)

func main() {
	dir := flag.String("dir", ".", "folder of the checkout to measure")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *dir); err != nil {
		fmt.Fprintln(os.Stderr, "measure:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, dir string) error {
	packages, err := load(ctx, dir)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(os.Stdout)
	if err := report(out, packages); err != nil {
		return err
	}
	return out.Flush()
}

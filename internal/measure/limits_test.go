package main

import "testing"

// limit bounds a package of the product.
type limit struct {
	files  int // without tests
	circle int // files in its largest circle
}

// usual is the limit of a package that is not named below. A package that is larger is
// one that a newcomer cannot read on its own.
var usual = limit{files: 25, circle: 8}

// exceptions are packages that do not keep to the usual limit yet, with the figures that
// they have today. A figure here only ever goes down; when it reaches the usual limit the
// row goes. A new row is a decision about the picture, to be argued for in its commit.
var exceptions = map[string]limit{
	"takeover": {files: 45, circle: 2},
}

func TestPackagesKeepToTheirLimits(t *testing.T) {
	packages, err := load(t.Context(), "../..")
	if err != nil {
		t.Fatal(err)
	}
	if len(packages) < 10 {
		t.Fatalf("%d packages were found: this test looks at nothing", len(packages))
	}
	for _, p := range packages {
		if part(p.name) != product {
			continue
		}
		allowed, ok := exceptions[p.name]
		if !ok {
			allowed = usual
		}
		if n := len(p.files); n > allowed.files {
			t.Errorf("%s has %d files, its limit is %d", p.name, n, allowed.files)
		}
		if circle := p.arrows().largestCircle(); len(circle) > allowed.circle {
			t.Errorf("%s has a circle of %d files, its limit is %d: %v", p.name, len(circle), allowed.circle, circle)
		}
	}
}

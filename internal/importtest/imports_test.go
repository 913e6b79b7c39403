package importtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "takeoverbot"

// rule says what of ours a package may import. The zero value: nothing.
type rule struct {
	all    bool     // a program that puts everything together
	may    []string // packages of ours, without the module's path
	sealed bool     // its tests keep to the rule as well
	// testOnly packages are imported by tests only, by those of sealed packages as well.
	testOnly bool
}

// rules is the picture. The domain knows nobody; a package that speaks to one outside
// knows the domain only; the simulators share nothing with the product, their tests
// included, so that a mistake cannot agree with itself.
var rules = map[string]rule{
	"takeover":              {sealed: true},
	"talk":                  {may: []string{"takeover"}},
	"telnyx":                {may: []string{"takeover", "internal/apicall"}},
	"anyreach":              {may: []string{"takeover", "internal/apicall"}},
	"slackbot":              {may: []string{"takeover", "talk", "slackbot/slackapi", "slackbot/mrkdwn", "slackbot/people", "slackbot/ids", "slackbot/listen", "slackbot/write", "internal/pictures"}},
	"slackbot/listen":       {may: []string{"takeover", "talk", "slackbot/slackapi", "slackbot/mrkdwn", "slackbot/typed", "slackbot/people", "slackbot/phone", "slackbot/ids", "slackbot/render"}},
	"slackbot/socket":       {may: []string{"takeover", "slackbot/slackapi", "slackbot/listen"}},
	"slackbot/slackapi":     {may: []string{"takeover", "internal/bounded"}},
	"slackbot/write":        {may: []string{"takeover", "talk", "slackbot/slackapi", "slackbot/mrkdwn", "slackbot/typed", "slackbot/transcript", "slackbot/people", "slackbot/ids", "slackbot/render", "internal/pictures"}},
	"slackbot/mrkdwn":       {may: []string{"takeover", "slackbot/slackapi"}},
	"slackbot/phone":        {may: []string{"slackbot/mrkdwn"}},
	"slackbot/typed":        {may: []string{"takeover", "slackbot/mrkdwn"}},
	"slackbot/transcript":   {may: []string{"takeover", "slackbot/slackapi", "slackbot/mrkdwn", "slackbot/typed"}},
	"slackbot/ids":          {may: []string{"takeover"}},
	"slackbot/render":       {may: []string{"takeover", "talk", "slackbot/slackapi", "slackbot/mrkdwn", "slackbot/typed", "slackbot/people", "slackbot/ids"}},
	"slackbot/people":       {may: []string{"takeover", "slackbot/slackapi", "slackbot/mrkdwn", "slackbot/typed"}},
	"store":                 {may: []string{"takeover", "talk", "internal/db"}},
	"jobs":                  {may: []string{"takeover", "talk", "internal/db"}},
	"handlers":              {may: []string{"takeover", "talk", "slackbot/listen", "telnyx", "anyreach"}},
	"internal/db":           {sealed: true},
	"internal/apicall":      {may: []string{"takeover", "internal/bounded"}},
	"internal/bounded":      {sealed: true},
	"internal/pictures":     {sealed: true},
	"internal/clock":        {sealed: true},
	"internal/providertest": {may: []string{"takeover"}, testOnly: true},
	"internal/texttest":     {sealed: true, testOnly: true},
	"internal/dbtest":       {may: []string{"internal/db"}, testOnly: true},
	"internal/slacktest":    {may: []string{"takeover", "internal/slacksim"}, testOnly: true},
	"internal/desktest":     {may: []string{"takeover", "talk", "slackbot", "slackbot/listen", "slackbot/write", "slackbot/slackapi", "slackbot/render", "internal/slacksim", "internal/slacktest"}, testOnly: true},

	"internal/simserver":   {sealed: true},
	"internal/slacksim":    {may: []string{"internal/simserver"}, sealed: true},
	"internal/telnyxsim":   {may: []string{"internal/simserver"}, sealed: true},
	"internal/anyreachsim": {may: []string{"internal/simserver"}, sealed: true},
	"internal/demo":        {may: []string{"internal/simserver", "internal/slacksim", "internal/telnyxsim"}},
	"internal/bench":       {may: []string{"internal/simserver", "internal/slacksim", "internal/telnyxsim"}},

	"internal/importtest": {sealed: true},
	"internal/docstest":   {sealed: true},
	"internal/measure":    {sealed: true},
	"scripts/testrun":     {sealed: true},
	"scripts/firstcard":   {may: []string{"internal/slacksim", "internal/telnyxsim"}},

	".":       {sealed: true}, // the embedded manifest.yml
	"cmd/bot": {all: true},
}

// providers are the packages that speak to one AI provider each.
var providers = []string{"anyreach", "telnyx"}

// TestProvidersAreAlike: a further provider is a folder, its simulator, perhaps a route,
// and a line of wiring. Nobody else may know one of them by name, they know neither each
// other nor more than the first one did, and each has a simulator that shares nothing
// with the product.
func TestProvidersAreAlike(t *testing.T) {
	for _, name := range providers {
		if r := rules[name]; !slices.Equal(r.may, []string{"takeover", "internal/apicall"}) {
			t.Errorf("%s may import %q", name, r.may)
		}
		if sim, ok := rules["internal/"+name+"sim"]; !ok || !sim.sealed || !slices.Equal(sim.may, []string{"internal/simserver"}) {
			t.Errorf("%s has no simulator that shares nothing with the product", name)
		}
	}
	for _, p := range list(t) {
		who := ours(p.ImportPath)
		for _, path := range p.Imports {
			if slices.Contains(providers, ours(path)) && who != "cmd/bot" && who != "handlers" {
				t.Errorf("%s imports %s: only the routes and the wiring know a provider", who, ours(path))
			}
		}
	}
}

// listed is what go list tells of a package.
type listed struct {
	ImportPath   string
	Imports      []string
	TestImports  []string
	XTestImports []string
}

func TestImports(t *testing.T) {
	packages := list(t)
	if len(packages) < 2 {
		t.Fatalf("go list found %d packages: this test looks at nothing", len(packages))
	}
	for _, fault := range faults(packages, rules) {
		t.Error(fault)
	}
}

// TestFaults shows that the test can fail.
func TestFaults(t *testing.T) {
	rules := map[string]rule{
		"domain": {sealed: true},
		"store":  {may: []string{"domain"}},
		"main":   {all: true},
		"aid":    {testOnly: true},
		"desk":   {testOnly: true, may: []string{"aid"}},
	}
	tests := []struct {
		name string
		pkg  listed
		want string // part of the only fault; empty: none
	}{
		{"allowed", listed{ImportPath: "takeoverbot/store", Imports: []string{"fmt", "takeoverbot/domain"}}, ""},
		{"not in its row", listed{ImportPath: "takeoverbot/store", Imports: []string{"takeoverbot/main"}}, "store imports main"},
		{"domain knows nobody", listed{ImportPath: "takeoverbot/domain", Imports: []string{"takeoverbot/store"}}, "domain imports store"},
		{"a test may, unless sealed", listed{ImportPath: "takeoverbot/store", XTestImports: []string{"takeoverbot/main"}}, ""},
		{"a sealed test", listed{ImportPath: "takeoverbot/domain", TestImports: []string{"takeoverbot/store"}}, "domain imports store in a test"},
		{"its own outside test", listed{ImportPath: "takeoverbot/domain", XTestImports: []string{"takeoverbot/domain"}}, ""},
		{"a test's aid in a test", listed{ImportPath: "takeoverbot/domain", XTestImports: []string{"takeoverbot/aid"}}, ""},
		{"a test's aid in another", listed{ImportPath: "takeoverbot/desk", Imports: []string{"takeoverbot/aid"}}, ""},
		{"an aid not in the row", listed{ImportPath: "takeoverbot/aid", Imports: []string{"takeoverbot/desk"}}, "aid imports desk"},
		{"a test's aid elsewhere", listed{ImportPath: "takeoverbot/main", Imports: []string{"takeoverbot/aid"}}, "for tests only"},
		{"main imports all", listed{ImportPath: "takeoverbot/main", Imports: []string{"takeoverbot/store"}}, ""},
		{"no row", listed{ImportPath: "takeoverbot/other"}, "other has no row"},
		{"a name that only begins alike", listed{ImportPath: "takeoverbot/store", Imports: []string{"takeoverbottle/x"}}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := faults([]listed{tt.pkg}, rules)
			switch {
			case tt.want == "" && len(got) != 0:
				t.Errorf("faults %q, want none", got)
			case tt.want != "" && (len(got) != 1 || !strings.Contains(got[0], tt.want)):
				t.Errorf("faults %q, want one that says %q", got, tt.want)
			}
		})
	}
}

// faults says in a sentence each what the rules do not allow.
func faults(packages []listed, rules map[string]rule) []string {
	var out []string
	for _, p := range packages {
		name := ours(p.ImportPath)
		r, known := rules[name]
		if !known {
			out = append(out, fmt.Sprintf("%s has no row in the table of internal/importtest: say what it may import", name))
			continue
		}
		for _, path := range p.Imports {
			of := ours(path)
			switch {
			case rules[of].testOnly && !r.testOnly:
				out = append(out, fmt.Sprintf("%s imports %s, which is for tests only", name, of))
			case forbidden(name, r, of):
				out = append(out, fmt.Sprintf("%s imports %s, which its row does not allow", name, of))
			}
		}
		if !r.sealed {
			continue
		}
		for _, path := range slices.Concat(p.TestImports, p.XTestImports) {
			if of := ours(path); !rules[of].testOnly && forbidden(name, r, of) {
				out = append(out, fmt.Sprintf("%s imports %s in a test, which its row does not allow", name, of))
			}
		}
	}
	return out
}

// forbidden says whether the rule of a package does not allow it to import another one.
func forbidden(name string, r rule, imported string) bool {
	return imported != "" && imported != name && !r.all && !slices.Contains(r.may, imported)
}

// ours is the path within the module; "" for packages of others.
func ours(path string) string {
	if path == module {
		return "."
	}
	in, _ := strings.CutPrefix(path, module+"/")
	if in == path {
		return ""
	}
	return in
}

// list asks go list for the packages of the module, with the files that only the
// end-to-end tests build. -e: what does not build is for the compiler to say.
func list(t *testing.T) []listed {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-e", "-tags", "e2e",
		"-json=ImportPath,Imports,TestImports,XTestImports", module+"/...")
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, complaint.Bytes())
	}
	var packages []listed
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		err := dec.Decode(&p)
		if errors.Is(err, io.EOF) {
			return packages
		}
		if err != nil {
			t.Fatalf("read go list: %v", err)
		}
		packages = append(packages, p)
	}
}

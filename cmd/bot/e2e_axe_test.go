//go:build e2e

package main

import (
	"context"
	"os"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// axePath is axe.min.js of the npm package axe-core 4.14.1, unchanged, under the Mozilla Public License 2.0 beside it.
const axePath = "../../internal/demo/testdata/axe/axe.min.js"

// accessible has axe look for what a keyboard, a screen reader or weak eyes would stumble over, in light and in dark
// colours. Serious and critical findings are failures. It leaves the colours as they were.
func (p *demoPage) accessible(where string) {
	p.t.Helper()
	if p.read(`typeof axe`) == "undefined" {
		source, err := os.ReadFile(axePath)
		if err != nil {
			p.t.Fatal(err)
		}
		p.evaluate(string(source)+"; axe.version", "load axe")
	}
	p.axe(where, `{resultTypes: ["violations"]}`)
	now, other := "light", "dark"
	if p.dark {
		now, other = other, now
	}
	// Other colours change the contrast and nothing else.
	p.do("change the colours", inColours(other))
	p.axe(where+", in "+other+" colours", `{resultTypes: ["violations"], runOnly: ["color-contrast"]}`)
	p.do("change the colours back", inColours(now))
}

// axe runs it once.
func (p *demoPage) axe(where, options string) {
	p.t.Helper()
	found := p.evaluate(`(async () => {
		const all = await axe.run(document, `+options+`);
		if (all.passes.length === 0) throw new Error("axe looked at nothing");
		const bad = all.violations.filter((v) => v.impact === "serious" || v.impact === "critical");
		return bad.map((v) => v.id + " (" + v.help + "):\n" + v.nodes.map((n) => "    " + n.html.slice(0, 160) + "\n      " + n.failureSummary.replaceAll("\n", " ")).join("\n")).join("\n");
	})()`, "run axe")
	if found != "" {
		p.t.Errorf("%s:\n%s", where, found)
	}
}

// evaluate runs a script that ends in a text, or in the promise of one.
func (p *demoPage) evaluate(script, what string) string {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, browserTimeout)
	defer cancel()
	got, err := chromedp.Run(ctx, chromedp.Evaluate[string](script, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("%s: %v\n%s", what, err, p.shown())
	}
	return got
}

// inColours has the page drawn for light or dark surroundings.
func inColours(colour string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: colour}},
		})
		return err
	})
}

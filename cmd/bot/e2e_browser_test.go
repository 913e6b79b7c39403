//go:build e2e

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// demoPage is the demo in a real browser.
type demoPage struct {
	t   *testing.T
	ctx context.Context
	// dark says that the page is drawn in dark colours.
	dark bool
}

// browserTimeout bounds how long the browser waits for one thing to be seen.
const browserTimeout = 20 * time.Second

// startBrowser starts one browser for all pages. It ends with the test.
func startBrowser(t *testing.T) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(browserPath(t)), chromedp.Flag("lang", "en-US"))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium refuses to run as root with it
	}
	ctx, endBrowser := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(endBrowser)
	ctx, endTab := chromedp.NewContext(ctx)
	t.Cleanup(endTab)
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatalf("start the browser: %v", err)
	}
	return ctx
}

// openPage starts the demo and opens its page, with cookies and storage that no other
// page shares. Both end with the test.
func openPage(browser context.Context, t *testing.T, program string) *demoPage {
	t.Helper()
	link := startDemo(t, program, "127.0.0.1:0")
	ctx, endTab := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	t.Cleanup(endTab)
	p := &demoPage{t: t, ctx: ctx}
	t.Cleanup(func() {
		if undrawn := p.read(`document.body.dataset.undrawn || ""`); undrawn != "" && !t.Failed() {
			t.Errorf("the page has no drawing for %q", undrawn)
		}
	})
	p.do("open the page", chromedp.EmulateViewport(1280, 900), focused(), chromedp.Navigate(link)) //nolint:contextcheck // the tab has its own
	p.see("a running bot", `one("lamp").dataset.running === "true"`)                               //nolint:contextcheck // the tab has its own
	return p
}

// focused lets a tab take keys as if it were in front: all tabs are used at once.
func focused() chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
		return err
	})
}

// browserPath finds the browser, or skips the test and says why.
func browserPath(t *testing.T) string {
	t.Helper()
	if path := os.Getenv("TEST_CHROMIUM"); path != "" {
		return path
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("there is no Chromium: install it or set TEST_CHROMIUM to its program")
	return ""
}

// startDemo starts `bot demo` and returns the link it prints. Stopping it in order, with
// everything removed, is part of what is tested.
func startDemo(t *testing.T, program, addr string) (link string) {
	t.Helper()
	dir := t.TempDir()
	cmd := exec.Command(program, "demo", "--no-browser", "--addr", addr)
	cmd.Env = append(os.Environ(), "TMPDIR="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stopDemo(t, cmd, dir) })
	rows := bufio.NewScanner(out)
	for rows.Scan() {
		if after, ok := strings.CutPrefix(rows.Text(), "Open "); ok {
			go func() { _, _ = io.Copy(io.Discard, out) }() // ends with the process
			return after
		}
	}
	t.Fatal("the demo ended without printing its link")
	return ""
}

// useBusyAddress: where another program has the address, the page is elsewhere.
func useBusyAddress(t *testing.T, program string) {
	t.Parallel()
	other, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	link := startDemo(t, program, other.Addr().String())
	resp, err := (&http.Client{Timeout: browserTimeout}).Get(link)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK || strings.Contains(link, other.Addr().String()) {
		t.Errorf("%s answers HTTP %d", link, resp.StatusCode)
	}
}

func stopDemo(t *testing.T, cmd *exec.Cmd, dir string) {
	if t.Failed() {
		logs, _ := filepath.Glob(filepath.Join(dir, "takeover-demo-*", "bot.log")) // the pattern is right
		for _, path := range logs {
			raw, err := os.ReadFile(path)
			t.Logf("log of the bot (%v):\n%s", err, raw)
		}
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	kill := time.AfterFunc(15*time.Second, func() { _ = cmd.Process.Kill() })
	defer kill.Stop()
	if err := cmd.Wait(); err != nil {
		t.Errorf("the demo did not end in order: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "takeover-demo-*")); len(left) > 0 {
		t.Errorf("the demo left %v behind", left)
	}
}

func (p *demoPage) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, browserTimeout)
	defer cancel()
	// The first use opens the tab, which must not end with this step.
	if what == "open the page" {
		ctx = p.ctx
	}
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.t.Fatalf("%s: %v\n%s", what, err, p.shown())
	}
}

// helpers are what the conditions below are written in: one(test) and all(test) find
// elements by their data-test, card() is the newest card's state, said(test) the texts.
const helpers = `
	const all = (test) => [...document.querySelectorAll('[data-test="' + test + '"]')];
	const one = (test) => all(test)[0] || {dataset: {}, textContent: ""};
	const card = () => (all("card-state").filter((e) => e.closest('[data-test="messages"]')).pop() || {textContent: ""}).textContent;
	const said = (test) => all(test).map((e) => e.textContent).join("\n");
	const done = (n) => one("step:" + n).dataset.done === "true";
`

// see waits until a condition holds on the page; it is asked again at every change of
// the page.
func (p *demoPage) see(what, condition string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, browserTimeout)
	defer cancel()
	script := `new Promise((resolve) => {` + helpers + `
		let watch;
		const look = () => {
			if (!(` + condition + `)) return false;
			if (watch) watch.disconnect();
			resolve(true);
			return true;
		};
		if (look()) return;
		watch = new MutationObserver(look);
		watch.observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
	})`
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](script, chromedp.EvalAwaitPromise)); err != nil {
		p.t.Fatalf("never seen: %s: %v\n%s", what, err, p.shown())
	}
}

// read evaluates something on the page at once.
func (p *demoPage) read(expression string) string {
	p.t.Helper()
	script := `(() => {` + helpers + `return String(` + expression + `)})()`
	got, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](script))
	if err != nil {
		p.t.Fatalf("read %s: %v", expression, err)
	}
	return got
}

// shown is the text of the page, for a failure's report; the picture is kept if wanted.
func (p *demoPage) shown() string {
	p.picture("failed-" + p.t.Name())
	ctx, cancel := context.WithTimeout(p.ctx, browserTimeout)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.querySelector("main").innerText + "\n" + document.querySelector(".notice").innerText`))
	return fmt.Sprintf("the page shows (%v):\n%s", err, text)
}

func css(test string) chromedp.CSS { return chromedp.CSS(`[data-test="` + test + `"]`) }

// inChannel finds something in the channel itself, not in a thread.
func inChannel(test string) chromedp.CSS {
	return chromedp.CSS(`[data-test="messages"] [data-test="` + test + `"]`)
}

// press clicks something as soon as it is there, enabled, and lies on top where a
// finger would hit it. Looking and clicking are one step: the page may draw the
// element anew at any moment.
func (p *demoPage) press(sel chromedp.CSS) {
	p.t.Helper()
	quoted, err := json.Marshal(string(sel))
	if err != nil {
		p.t.Fatal(err)
	}
	p.see("something to press, "+string(sel), `(() => {
		const e = document.querySelector(`+string(quoted)+`);
		if (!e || e.disabled) return false;
		e.scrollIntoView({block: "nearest"});
		const at = e.getBoundingClientRect();
		const top = document.elementFromPoint(at.left + at.width / 2, at.top + at.height / 2);
		if (!e.contains(top)) return false;
		e.click();
		return true;
	})()`)
}

// pressIn presses something in a group of bad nights, and closes the group.
func (p *demoPage) pressIn(group, test string) {
	p.t.Helper()
	summary := chromedp.CSS(`[data-test="group:` + group + `"] summary`)
	p.press(summary)
	p.press(css(test))
	p.press(summary)
}

// turn turns a switch over, and waits until it is.
func (p *demoPage) turn(group, name string) {
	p.t.Helper()
	before := p.read(`one("switch:` + name + `").getAttribute("aria-pressed")`)
	p.pressIn(group, "switch:"+name)
	p.see("the switch turned over", `one("switch:`+name+`").getAttribute("aria-pressed") !== "`+before+`"`)
}

func (p *demoPage) write(test, text string) {
	p.t.Helper()
	p.do("write "+text, chromedp.SendKeys(css(test), text+"\n"))
}

// choose picks an option of a select of the page.
func (p *demoPage) choose(test, label string) {
	p.t.Helper()
	name, err := json.Marshal(label)
	if err != nil {
		p.t.Fatal(err)
	}
	ok := p.read(`(() => {
		const select = one("` + test + `");
		const option = [...select.options].find((o) => o.text.includes(` + string(name) + `));
		if (!option) return false;
		select.value = option.value;
		select.dispatchEvent(new Event("change"));
		return true;
	})()`)
	if ok != "true" {
		p.t.Fatalf("%s has no option %s", test, label)
	}
}

// picture keeps a screenshot if SCREENSHOT_DIR says where.
func (p *demoPage) picture(name string) {
	dir := os.Getenv("SCREENSHOT_DIR")
	if dir == "" {
		return
	}
	ctx, cancel := context.WithTimeout(p.ctx, browserTimeout)
	defer cancel()
	raw, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = errors.Join(os.MkdirAll(dir, 0o750), os.WriteFile(filepath.Join(dir, filepath.Base(name)+".png"), raw, 0o600))
	}
	if err != nil {
		p.t.Errorf("keep the picture %s: %v", name, err)
	}
}

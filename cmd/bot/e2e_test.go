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

	"github.com/chromedp/chromedp"
)

// TestDemo tries the demo as its users do: the play, and the page in a real browser.
func TestDemo(t *testing.T) {
	program := filepath.Join(t.TempDir(), "bot")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("build the bot: %v\n%s", err, out)
	}
	t.Run("wrong usage", refuseWrongUsage)
	t.Run("play", func(t *testing.T) { playDemo(t, program) })
	t.Run("busy address", func(t *testing.T) { useBusyAddress(t, program) })
	for name, story := range map[string]func(*stagePage){
		"tour":         (*stagePage).takeTheTour,
		"two at once":  (*stagePage).twoAtOnce,
		"refused flag": (*stagePage).refusedFlag,
		"kill":         (*stagePage).killAndStart,
		"hostile text": (*stagePage).hostileText,
		"strangers":    (*stagePage).strangers,
		"forgotten":    (*stagePage).forgottenTakeover,
		"handoff":      (*stagePage).handOffByDirectMessage,
		"home":         (*stagePage).shortcutAndHome,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			story(openPage(t, program))
		})
	}
}

// refuseWrongUsage: what cannot be shown is refused with a reason, and leaves nothing
// behind.
func refuseWrongUsage(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	bad := filepath.Join(t.TempDir(), "bad.jsonl")
	if err := os.WriteFile(bad, []byte("\n{\"id\":\"x\"}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"--addr", "0.0.0.0:8080"}, exitUsage, "must be on this machine"},
		{[]string{"--addr", "example.com:80"}, exitUsage, "must be on this machine"},
		{[]string{"--addr", "8080"}, exitUsage, "must be on this machine"},
		{[]string{"--play", "--conversations", bad}, exitUsage, "a story of its own"},
		{[]string{"--colour"}, exitUsage, "not defined"},
		{[]string{"--conversations", bad}, exitFailed, "line 2"},
		{[]string{"--conversations", bad + ".gone"}, exitFailed, "no such file"},
	} {
		var out, errOut strings.Builder
		code := command(t.Context(), append([]string{"demo"}, c.args...), &out, &errOut)
		if code != c.code || !strings.Contains(errOut.String(), c.says) {
			t.Errorf("bot demo %v: exit %d, %s", c.args, code, errOut.String())
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// playDemo runs the whole play: every scene in it is a check.
func playDemo(t *testing.T, program string) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, "demo", "--play")
	cmd.Env = append(os.Environ(), "TMPDIR="+t.TempDir())
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("bot demo --play: %v\n%s", err, out)
	}
}

// stagePage is the demo in a real browser.
type stagePage struct {
	t   *testing.T
	ctx context.Context
}

// browserPatience bounds how long the browser waits for one thing to be seen.
const browserPatience = 20 * time.Second

// openPage starts the demo and opens its page; both end with the test.
func openPage(t *testing.T, program string) *stagePage {
	t.Helper()
	link := startDemo(t, program, "127.0.0.1:0")
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(browserPath(t)), chromedp.Flag("lang", "en-US"))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium refuses to run as root with it
	}
	ctx, endBrowser := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(endBrowser)
	ctx, endTab := chromedp.NewContext(ctx)
	t.Cleanup(endTab)
	p := &stagePage{t: t, ctx: ctx}
	p.do("open the page", chromedp.EmulateViewport(1280, 800), chromedp.Navigate(link))
	p.see("a running bot", `one("lamp").dataset.running === "true"`)
	return p
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
	resp, err := (&http.Client{Timeout: browserPatience}).Get(link)
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

func (p *stagePage) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, browserPatience)
	defer cancel()
	// The first use starts the browser, which must not end with this step.
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
func (p *stagePage) see(what, condition string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, browserPatience)
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
func (p *stagePage) read(expression string) string {
	p.t.Helper()
	script := `(() => {` + helpers + `return String(` + expression + `)})()`
	got, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](script))
	if err != nil {
		p.t.Fatalf("read %s: %v", expression, err)
	}
	return got
}

// shown is the text of the page, for a failure's report; the picture is kept if wanted.
func (p *stagePage) shown() string {
	p.picture("failed-" + p.t.Name())
	ctx, cancel := context.WithTimeout(p.ctx, browserPatience)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.querySelector("main").innerText`))
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
func (p *stagePage) press(sel chromedp.CSS) {
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

func (p *stagePage) write(test, text string) {
	p.t.Helper()
	p.do("write "+text, chromedp.SendKeys(css(test), text+"\n"))
}

// choose picks an option of a select of the page.
func (p *stagePage) choose(test, label string) {
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
func (p *stagePage) picture(name string) {
	dir := os.Getenv("SCREENSHOT_DIR")
	if dir == "" {
		return
	}
	ctx, cancel := context.WithTimeout(p.ctx, browserPatience)
	defer cancel()
	raw, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = errors.Join(os.MkdirAll(dir, 0o750), os.WriteFile(filepath.Join(dir, filepath.Base(name)+".png"), raw, 0o600))
	}
	if err != nil {
		p.t.Errorf("keep the picture %s: %v", name, err)
	}
}

// takeTheTour is the tour as a first-time visitor takes it, by hand.
func (p *stagePage) takeTheTour() {
	p.write("phone-input", "It is running down the lamp now! Is anybody coming?")
	p.see("the AI typing", `!one("typing").hidden`)
	p.see("step 1 ticked off by an answer", `done(1) && all("bubble-ai").length > 0`)

	p.write("composer-input", "/takeover +1 (415) 555-0137")
	p.see("a private answer", `said("private").includes("0137")`)
	p.see("the card, and step 2 ticked off", `card() === "AI is answering" && done(2)`)
	p.press(inChannel("thread-open"))
	p.see("the transcript in the thread", `one("thread-messages").textContent.includes("It is running down the lamp now!")`)

	p.press(inChannel("action:line.take"))
	p.see("proven silence, steps 3 and 4", `/^@Dana has it — AI is silent \(checked \d\d:\d\d:\d\d\)$/.test(card()) && done(3) && done(4)`)
	p.see("the record of Telnyx", `one("record").dataset.silent === "true"`)
	p.see("the line in the thread", `one("thread-messages").textContent.includes("took over")`)
	p.picture("demo")

	before := p.read(`all("bubble-ai").length`)
	p.write("phone-input", "Hello? The ceiling is bulging!")
	p.see("the text on the phone", `said("bubble-user").includes("The ceiling is bulging!")`)
	p.see("step 5 ticked off", `done(5)`)
	if after := p.read(`all("bubble-ai").length`); after != before {
		p.t.Errorf("the AI answered while it was silenced: %s texts, then %s", before, after)
	}

	p.press(inChannel("action:line.handback"))
	p.see("the box", `one("modal").open`)
	p.do("write the note", chromedp.SendKeys(css("input:note"), "A plumber comes at 04:00."))
	p.press(css("modal-submit"))
	p.see("the AI answering again, step 6", `!one("modal").open && card().startsWith("AI is answering again") && done(6)`)
	p.write("phone-input", "ok. when will somebody be here?")
	p.see("an answer that knows the note", `said("bubble-ai").includes("A plumber comes at 04:00.")`)

	p.press(inChannel("action:line.transcript"))
	p.see("the file", `one("thread-messages").querySelector('[data-test="file"]')`)
	p.press(css("file"))
	p.see("what is in the file", `one("file-text").textContent.includes("A plumber comes at 04:00.") || one("file-text").textContent.includes("The ceiling is bulging!")`)
	p.press(css("sheet-close"))
}

// twoAtOnce: Dana and Omar press in the same moment.
func (p *stagePage) twoAtOnce() {
	p.press(css("do:2"))
	p.see("the card", `card() === "AI is answering"`)
	p.press(css("switch:second"))
	p.see("the switch on", `one("switch:second").getAttribute("aria-pressed") === "true"`)
	p.press(inChannel("action:line.take"))
	p.see("one winner", `/^@(Dana|Omar) has it — AI is silent/.test(card())`)
	loser := "Omar"
	if strings.HasPrefix(p.read(`card()`), "@Omar") {
		loser = "Dana"
	}
	p.choose("you", loser)
	p.see("what the other one is told", `said("private").includes("was faster")`)
	p.see("the switch off", `one("switch:second").getAttribute("aria-pressed") === "false"`)
}

// refusedFlag: the card never says silent while Telnyx refuses.
func (p *stagePage) refusedFlag() {
	p.press(css("do:2"))
	p.see("the card", `card() === "AI is answering"`)
	p.press(css("switch:refused"))
	p.see("the switch on", `one("switch:refused").getAttribute("aria-pressed") === "true"`)
	p.press(inChannel("action:line.take"))
	p.see("the refusal", `card().startsWith("NOT silent — Telnyx refused (422)")`)
	if p.read(`one("record").dataset.silent`) != "false" {
		p.t.Error("Telnyx has the flag although it refused it")
	}
	p.press(css("normal"))
	p.press(inChannel("action:line.retry"))
	p.see("silence, once Telnyx is mended", `card().includes("AI is silent (checked") && one("record").dataset.silent === "true"`)
}

// killAndStart: the bot dies after a click that it has taken, and lives up to it.
func (p *stagePage) killAndStart() {
	p.press(css("do:2"))
	p.see("the card", `card() === "AI is answering"`)
	p.press(css("switch:slow"))
	p.see("the switch on", `one("switch:slow").getAttribute("aria-pressed") === "true"`)
	p.press(inChannel("action:line.take"))
	p.see("the click taken", `card().startsWith("Taking over")`)
	p.press(css("kill"))
	p.see("a dead bot", `one("lamp").dataset.running === "false"`)
	p.write("composer-input", "/takeover 0137")
	p.see("Slack's complaint", `one("notice").textContent.includes("/takeover failed with the error")`)
	p.press(css("normal"))
	p.press(css("start"))
	p.see("a running bot", `one("lamp").dataset.running === "true"`)
	p.see("the click's effect", `card().includes("AI is silent (checked")`)
	p.press(css("log"))
	p.see("the log", `one("log-text").textContent.includes("listening")`)
}

// hostileText: what a hostile end user wrote is text, in Slack and on the
// phone, and forges no card.
func (p *stagePage) hostileText() {
	p.choose("phone-line", "0190")
	p.see("the hostile text as text", `said("bubble-user").includes("<script>alert(1)</script>")`)
	p.write("composer-input", "/takeover +1 323 555 0190")
	p.see("the card", `all("card").length === 1 && card() === "AI is answering"`)
	p.press(inChannel("thread-open"))
	p.see("the transcript", `one("thread-messages").textContent.includes("<script>alert(1)</script>")`)
	for what, expression := range map[string]string{
		"mentions that somebody typed":   `[...document.querySelectorAll(".mention")].filter((e) => /channel|here|everyone|Dana|leads/i.test(e.textContent)).length`,
		"scripts beside our one":         `document.scripts.length - 1`,
		"links to the hostile addresses": `[...document.links].filter((a) => a.href.includes("evil.example")).length`,
		"cards beside the one":           `all("card").filter((e) => e.closest('[data-test="messages"]')).length - 1`,
		"states in bold that are forged": `all("card-state").filter((e) => e.textContent.includes("silent")).length`,
	} {
		if got := p.read(expression); got != "0" {
			p.t.Errorf("%s: %s", what, got)
		}
	}
}

// strangers: a guest and somebody of another company are refused, politely.
func (p *stagePage) strangers() {
	for _, who := range []string{"Gus", "Ola"} {
		p.choose("you", who)
		p.see("being "+who, `one("you").selectedOptions[0].text.startsWith("`+who+`")`)
		p.write("composer-input", "/takeover +1 415 555 0137")
		p.see("a refusal for "+who, `all("private").length === 1`)
		if said := p.read(`said("private")`); strings.Contains(said, "0137") {
			p.t.Errorf("%s was answered: %s", who, said)
		}
	}
	if n := p.read(`all("card").length`); n != "0" {
		p.t.Errorf("%s cards were put up for strangers", n)
	}
}

//go:build e2e

package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestDemo tries the demo as its users do: the play, and the page in a real browser.
func TestDemo(t *testing.T) {
	t.Parallel()
	program, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	t.Run("play", func(t *testing.T) { playDemo(t, program) })
	t.Run("one scene", func(t *testing.T) { playOneScene(t, program) })
	t.Run("busy address", func(t *testing.T) { useBusyAddress(t, program) })
	t.Run("page", func(t *testing.T) { useDemoPage(t, program) })
}

// useDemoPage opens the page once for each story, in tabs of one browser.
func useDemoPage(t *testing.T, program string) {
	t.Parallel()
	browser := startBrowser(t)
	for name, story := range map[string]func(*demoPage){
		"tour":         (*demoPage).takeTheTour,
		"two at once":  (*demoPage).twoAtOnce,
		"refused flag": (*demoPage).refusedFlag,
		"kill":         (*demoPage).killAndStart,
		"hostile text": (*demoPage).hostileText,
		"strangers":    (*demoPage).strangers,
		"forgotten":    (*demoPage).forgottenTakeover,
		"handoff":      (*demoPage).handOffByDirectMessage,
		"home":         (*demoPage).shortcutAndHome,
		"talk":         (*demoPage).talkInThread,
		"phone-wide":   (*demoPage).talkOnAPhone,
		"failed texts": (*demoPage).textsThatFail,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			story(openPage(browser, t, program))
		})
	}
}

// TestDemoRefusesWrongUsage with a reason, and leaves nothing behind.
func TestDemoRefusesWrongUsage(t *testing.T) {
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
		{[]string{"--addr", "8080", "--in-container"}, exitUsage, "must be on this machine"},
		{[]string{"--addr", "example.com:80"}, exitUsage, "must be on this machine"},
		{[]string{"--addr", "8080"}, exitUsage, "must be on this machine"},
		{[]string{"--play", "--only", "nothing"}, exitUsage, `no scene "nothing"; the scenes are answer, find, take`},
		{[]string{"--only", "take"}, exitUsage, "--only chooses a scene of --play"},
		{[]string{"--play", "--conversations", bad}, exitUsage, "uses its own conversations"},
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

// playOneScene plays one scene with what it needs, and nothing else.
func playOneScene(t *testing.T, program string) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, "demo", "--play", "--only", "transcript")
	cmd.Env = append(os.Environ(), "TMPDIR="+t.TempDir())
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("bot demo --play --only transcript: %v\n%s", err, out)
	}
	if said := string(out); !strings.Contains(said, "\n1. Dana searches") || !strings.Contains(said, "\n3. Dana asks for the whole transcript") || !strings.Contains(said, "All 3 scenes") {
		t.Errorf("it played:\n%s", said)
	}
}

// takeTheTour is the tour as a first-time visitor takes it, by hand.
func (p *demoPage) takeTheTour() {
	p.see("what the page opens with: a card, a private answer, a conversation",
		`card() === "AI is answering" && said("private").includes("0137") && all("bubble-user").length > 1`)
	p.see("step 1 done by itself, step 2 next", `done(1) && !done(2) && one("step:2").getAttribute("aria-current") === "step"`)
	p.accessible("the first screen")

	p.write("phone-input", "It is running down the lamp now! Is anybody coming?")
	p.see("the AI typing", `!one("typing").hidden`)
	p.see("step 2 ticked off by an answer", `done(2) && all("bubble-ai").length > 0`)

	p.write("composer-input", "/takeover +1 (415) 555-0137")
	p.see("a second private answer", `all("private").length === 2`)
	p.press(inChannel("thread-open"))
	p.see("the transcript in the thread", `one("thread-messages").textContent.includes("It is running down the lamp now!")`)

	p.press(inChannel("action:line.take"))
	p.see("proven silence, step 3", `/^@Dana has it — AI is silent \(checked \d\d:\d\d:\d\d\)$/.test(card()) && done(3)`)
	p.see("the record of Telnyx", `one("record").dataset.silent === "true"`)
	p.see("the line in the thread", `one("thread-messages").textContent.includes("took over")`)

	p.write("thread-input", "A technician here. Please turn off the water under the sink.")
	p.see("it on the phone, step 4", `done(4) && said("bubble-person").includes("turn off the water")`)

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

	p.press(inChannel("action:line.menu"))
	p.press(chromedp.CSS(`[data-test="menu-option"][data-value^="line.transcript"]`))
	p.see("the file", `one("thread-messages").querySelector('[data-test="file"]')`)
	p.press(css("file"))
	p.see("what is in the file", `one("file-text").textContent.includes("A plumber comes at 04:00.") || one("file-text").textContent.includes("The ceiling is bulging!")`)
	p.press(css("sheet-close"))
}

// twoAtOnce: Dana and Omar press in the same moment.
func (p *demoPage) twoAtOnce() {
	p.see("the card", `card() === "AI is answering"`)
	p.turn("People", "second")
	p.press(inChannel("action:line.take"))
	p.see("one winner", `/^@(Dana|Omar) has it — AI is silent/.test(card())`)
	loser := "Omar"
	if strings.HasPrefix(p.read(`card()`), "@Omar") {
		loser = "Dana"
	}
	p.choose("you", loser)
	p.see("what the other one is told", `said("private").includes("was faster")`)
	p.see("the switch off", `one("switch:second").getAttribute("aria-pressed") === "false"`)

	// A link plays a scene from wherever the page is: what is held goes back to the AI first.
	p.read(`location.hash = "refused"`)
	p.see("the scene", `!one("scene").hidden`)
	p.see("its card", `/^NOT silent/.test(card())`)
	p.see("its end", `one("scene").hidden && /^@Dana has it — AI is silent/.test(card()) && !one("sheet").open`)
	p.see("its phone and its thread", `one("phone-line").selectedOptions[0].text.includes("0171") && !one("thread").hidden`)
	p.read(`location.hash = "nothing-of-ours"`)
	p.see("the names of the scenes", `one("sheet").open && one("sheet").textContent.includes("no scene") && one("sheet").textContent.includes("refused")`)
}

// refusedFlag: the card never says silent while Telnyx refuses.
func (p *demoPage) refusedFlag() {
	p.see("the card", `card() === "AI is answering"`)
	p.turn("Telnyx", "refused")
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
func (p *demoPage) killAndStart() {
	p.see("the card", `card() === "AI is answering"`)
	p.turn("Telnyx", "slow")
	p.press(inChannel("action:line.take"))
	p.see("the click taken", `card().startsWith("Taking over")`)
	p.pressIn("The bot", "kill")
	p.see("a dead bot", `one("lamp").dataset.running === "false"`)
	p.write("composer-input", "/takeover 0137")
	p.see("Slack's complaint", `one("notice").textContent.includes("/takeover failed with the error")`)
	p.press(css("normal"))
	p.pressIn("The bot", "start")
	p.see("a running bot", `one("lamp").dataset.running === "true"`)
	p.see("the click's effect", `card().includes("AI is silent (checked")`)
	p.press(css("log"))
	p.see("the log", `one("log-text").textContent.includes("listening")`)
}

// hostileText: what a hostile end user wrote is text, in Slack and on the
// phone, and forges no card.
func (p *demoPage) hostileText() {
	p.choose("phone-line", "0190")
	p.see("the hostile text as text", `said("bubble-user").includes("<script>alert(1)</script>")`)
	p.write("composer-input", "/takeover +1 323 555 0190")
	p.see("the card", `all("card").length === 2 && card() === "AI is answering"`)
	p.see("the thread of the second card", `(() => {
		const open = all("thread-open");
		if (open.length !== 2) return false;
		open[1].click();
		return true;
	})()`)
	p.see("the transcript", `one("thread-messages").textContent.includes("<script>alert(1)</script>")`)
	p.drawsWhatSlackDraws()
	for what, expression := range map[string]string{
		"mentions that somebody typed":   `[...document.querySelectorAll(".mention")].filter((e) => /channel|here|everyone|Dana|leads/i.test(e.textContent)).length`,
		"scripts beside our one":         `document.scripts.length - 1`,
		"links to the hostile addresses": `[...document.links].filter((a) => a.href.includes("evil.example")).length`,
		"cards beside the two":           `all("card").filter((e) => e.closest('[data-test="messages"]')).length - 2`,
		"states in bold that are forged": `all("card-state").filter((e) => e.textContent.includes("silent")).length`,
	} {
		if got := p.read(expression); got != "0" {
			p.t.Errorf("%s: %s", what, got)
		}
	}
}

// strangers: a guest and a person of another company are refused politely.
func (p *demoPage) strangers() {
	for _, who := range []string{"Gus", "Ola"} {
		p.choose("you", who)
		p.see("being "+who, `one("you").selectedOptions[0].text.startsWith("`+who+`")`)
		p.write("composer-input", "/takeover +1 415 555 0137")
		p.see("a refusal for "+who, `all("private").length === 1`)
		if said := p.read(`said("private")`); strings.Contains(said, "0137") {
			p.t.Errorf("%s was answered: %s", who, said)
		}
	}
	if n := p.read(`all("card").length`); n != "1" { // the card that the page opens with
		p.t.Errorf("%s cards are there after strangers searched", n)
	}
}

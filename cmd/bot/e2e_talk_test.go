//go:build e2e

package main

import (
	"fmt"
	"strconv"

	"github.com/chromedp/chromedp"
)

// talkInThread is a conversation by hand: Dana writes in the card's thread, the end user answers from the phone.
func (p *demoPage) talkInThread() { p.talk(false) }

// talkOnAPhone is the same on a page as wide as a phone, in dark colours, with nothing that a thumb would miss.
func (p *demoPage) talkOnAPhone() {
	p.do("turn to a phone", chromedp.EmulateViewport(390, 844), inColours("dark"))
	p.dark = true
	p.talk(true)
}

func (p *demoPage) talk(narrow bool) {
	show := func(pane string) {
		if narrow {
			p.press(chromedp.CSS(`[data-show="` + pane + `"]`))
			p.fitsAThumb(pane)
		}
	}
	kept := func(name string) { p.picture(fmt.Sprintf("talk-%s-narrow=%t", name, narrow)) }
	show("nights")
	p.press(chromedp.CSS(`[data-test="group:Texts"] summary`))
	p.accessible("the switches")
	kept("nights")
	if narrow {
		p.fitsAThumb("switches")
	}
	p.press(chromedp.CSS(`[data-test="group:Texts"] summary`))
	show("tour")
	kept("tour")
	show("slack")
	p.see("the card", `card() === "AI is answering"`)
	p.press(inChannel("action:line.take"))
	p.see("Dana's takeover", `card().startsWith("@Dana has it — AI is silent")`)
	before := p.read(`all("bubble-ai").length`)
	show("slack")
	kept("card")
	p.press(inChannel("thread-open"))
	p.see("the thread", `!one("thread").hidden`)

	p.write("thread-input", "We are on our way. Please turn off the water.")
	p.see("its arrival on the phone", `said("bubble-person").includes("Please turn off the water.") && said("bubble-person").includes("delivered")`)
	p.see("the reaction that says so", `one("thread-messages").querySelector('[data-test="reaction:white_check_mark"]')`)
	show("slack")
	kept("written")
	show("phone")
	p.write("phone-input", "Done. When will you be here?")
	show("slack")
	p.see("the answer in the thread", `one("thread-messages").textContent.includes("Done. When will you be here?")`)
	if after := p.read(`all("bubble-ai").length`); after != before {
		p.t.Errorf("the AI wrote while it was silenced: %s texts, then %s", before, after)
	}

	// Each within the five seconds after its own text: a slow machine takes two of them for one step.
	p.write("thread-input", "The tenant before you was just as slow.")
	p.ownMessage("just as slow", "delete")
	p.write("thread-input", "In a hour.")
	p.ownMessage("In a hour.", "edit")
	p.read(`one("edit-input").value = "In half an hour."`) // key by key takes a slow machine too long
	p.press(css("edit-save"))
	p.accessible("a thread")
	p.see("the edited words on the phone", `said("bubble-person").includes("In half an hour.")`)
	if said := p.read(`said("bubble-person")`); p.read(`said("bubble-person").includes("slow") || said("bubble-person").includes("In a hour.")`) != "false" {
		p.t.Errorf("the end user got what was deleted or edited in time: %s", said)
	}
	show("slack")
	kept("thread")
	show("phone")
	p.accessible("the phone")
	kept("phone")
}

// ownMessage opens the menu of a message with these words in the thread, and picks from it.
func (p *demoPage) ownMessage(words, what string) {
	p.t.Helper()
	p.see("the message, "+words, `(() => {
		const m = [...one("thread-messages").children].find((e) => e.textContent.includes(`+strconv.Quote(words)+`));
		const button = m && m.querySelector('[data-test="message-menu"]');
		if (!button) return false;
		button.click();
		return true;
	})()`)
	p.press(chromedp.CSS(`[data-test="menu-option"][data-value="` + what + `"]`))
}

// fitsAThumb checks that the page scrolls in one direction only, and that all that can be pressed is 44 pixels high and wide.
func (p *demoPage) fitsAThumb(pane string) {
	p.t.Helper()
	const targets = `[...document.querySelectorAll("button, select, input, textarea, summary, .choice, li a")].filter((e) => e.offsetParent && !e.closest(".choice input"))`
	for what, expression := range map[string]string{
		"pixels too wide": `Math.max(0, document.documentElement.scrollWidth - innerWidth)`,
		"small targets": targets + `.map((e) => [e, e.getBoundingClientRect()]).filter(([e, at]) => at.height < 44 || at.width < 44)
			.map(([e, at]) => (e.dataset.test || e.textContent) + " " + at.width + "x" + at.height).join(", ")`,
		"targets beside the screen": targets + `.filter((e) => {
			const at = e.getBoundingClientRect();
			return !e.closest(".tabs, .happens") && (at.left < 0 || at.right > innerWidth);
		}).map((e) => e.dataset.test).join(", ")`,
	} {
		if got := p.read(expression); got != "" && got != "0" {
			p.t.Errorf("%s, %s: %s", pane, what, got)
		}
	}
}

// textsThatFail: the thread says what became of a text that did not arrive, and of one that may not have.
func (p *demoPage) textsThatFail() {
	p.see("the card", `card() === "AI is answering"`)
	p.press(inChannel("action:line.take"))
	p.see("Dana's takeover", `card().startsWith("@Dana has it — AI is silent")`)
	p.turn("Texts", "landline")
	p.press(css("do:4"))
	p.see("a text that did not arrive", `document.querySelector('.bubble.lost') && said("bubble-person").includes("not delivered")`)
	p.see("why, in the thread", `one("thread-messages").querySelector('[data-test="reaction:x"]') && one("thread-messages").textContent.includes("It may be a landline.")`)
	p.turn("Texts", "landline")
	p.turn("Texts", "text-unanswered")
	p.write("thread-input", "A plumber is on the way.")
	p.see("a text that may not have been sent", `one("thread-messages").querySelector('[data-test="reaction:warning"]') && one("thread-messages").textContent.includes("may not have been sent")`)
	p.picture("unsure")
	p.press(css("normal"))
	p.press(chromedp.CSS(`[data-test="thread-messages"] [data-test="action:line.sendagain"]`))
	p.see("it sent again", `all("bubble-person").filter((e) => e.textContent.includes("A plumber is on the way.")).length === 2`)
	p.press(css("happen:stop"))
	p.see("STOP on the card", `one("card").textContent.includes("STOP") || one("thread-messages").textContent.includes("STOP")`)
	p.write("thread-input", "Are you still there?")
	p.see("why nothing is sent", `said("private").includes("STOP")`)
	p.picture("stop")
}

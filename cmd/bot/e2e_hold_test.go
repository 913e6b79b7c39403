//go:build e2e

package main

import (
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// forgottenTakeover: one choice in the list of scenes, and a visitor sees in seconds what happens
// to a takeover that nobody speaks for.
func (p *demoPage) forgottenTakeover() {
	p.press(css("scenes"))
	p.accessible("the list of scenes")
	p.press(css("scene:forgotten"))
	p.see("Dana's takeover", `card().startsWith("@Dana has it — AI is silent")`)
	p.see("the thread in which it happens", `!one("thread").hidden`)
	p.see("half an hour gone", `one("clock-ahead").textContent === "31 min ahead"`)
	// The strip says it for some seconds only, and a slow machine looks later: the channel keeps it.
	p.see("the leads told", `all("message").some((e) => e.textContent.includes("did not answer"))`)
	p.picture("forgotten")
	p.see("the AI answering again", `card().startsWith("AI is answering again")`)
	p.see("the end of the scene", `one("scene").textContent === "" && one("clock-ahead").textContent === "46 min ahead"`)
	p.press(css("direct:Dana"))
	p.see("two questions to Dana", `all("message").filter((e) => e.closest('[data-test="messages"]')).length >= 2`)
}

// handOffByDirectMessage: Dana offers, Omar accepts where he was asked.
func (p *demoPage) handOffByDirectMessage() {
	p.see("the card", `card() === "AI is answering"`)
	p.press(inChannel("action:line.take"))
	p.see("Dana's takeover", `card().startsWith("@Dana has it — AI is silent")`)
	p.press(inChannel("action:line.menu"))
	p.accessible("the menu of a card")
	p.walkTheMenu()
	p.press(chromedp.CSS(`[data-test="menu-option"][data-value^="line.holdfor"]`))
	p.see("the hold as it is, chosen", `one("modal").open && one("modal").querySelector("input:checked").value === "30"`)
	p.press(css("modal-close"))
	p.press(inChannel("action:line.handoff"))
	p.see("the box, with nobody chosen", `one("modal").open && one("modal").querySelector("select").value === ""`)
	p.press(css("modal-submit"))
	p.see("that a person is missing", `said("error:to").includes("required") || one("modal").textContent.includes("required")`)
	p.accessible("the box that hands off")
	p.choosePerson("Omar")
	p.do("write the note", chromedp.SendKeys(chromedp.CSS(`[data-test="modal"] input, [data-test="modal"] textarea`), "The plumber is on the way."))
	p.press(css("modal-submit"))
	p.see("the offer on the card", `!one("modal").open && said("card").includes("not accepted yet") && card().startsWith("@Dana has it")`)
	p.press(css("direct:Omar"))
	p.see("being Omar, and the note", `one("you").selectedOptions[0].text.startsWith("Omar") && said("message").includes("The plumber is on the way")`)
	p.picture("handoff")
	p.press(inChannel("action:handoff.accept"))
	p.see("no button left", `!document.querySelector('[data-test="messages"] [data-test="action:handoff.accept"]')`)
	p.press(css("channel:on-call"))
	p.see("Omar's line", `card().startsWith("@Omar has it — AI is silent")`)
}

// walkTheMenu goes through the open menu with the keyboard, leaves it, and opens it again from where the keyboard is then.
func (p *demoPage) walkTheMenu() {
	p.t.Helper()
	keys := func(keys string) { p.do("press a key", chromedp.SendKeys(chromedp.CSS(":focus"), keys)) }
	at := `[...one("menu").children].indexOf(document.activeElement)`
	for _, step := range []struct{ keys, at string }{{kb.ArrowDown, "1"}, {kb.ArrowUp + kb.ArrowUp, "-1"}, {kb.Home, "0"}} {
		want := step.at
		if want == "-1" {
			want = p.read(`one("menu").children.length - 1`)
		}
		if keys(step.keys); p.read(at) != want {
			p.t.Errorf("the keyboard is at %s of the menu, not at %s", p.read(at), want)
		}
	}
	keys(kb.Escape)
	p.see("the menu closed, and the keyboard where it was", `one("menu").hidden && document.activeElement.dataset.test === "action:line.menu"`)
	keys("\r")
	p.see("the menu open again", `!one("menu").hidden`)
}

// choosePerson picks a person in the open modal.
func (p *demoPage) choosePerson(name string) {
	p.t.Helper()
	ok := p.read(`(() => {
		const select = one("modal").querySelector("select");
		const option = select && [...select.options].find((o) => o.text === "` + name + `");
		if (option) select.value = option.value;
		return Boolean(option);
	})()`)
	if ok != "true" {
		p.t.Fatalf("the box does not offer %s", name)
	}
}

// shortcutAndHome: a number in anybody's message is found from its menu, and everybody's
// Home shows who is held.
func (p *demoPage) shortcutAndHome() {
	p.write("composer-input", "Who has the tenant of +1 415 555 0137?")
	p.press(inChannel(`message"] [data-test="message-menu`))
	p.press(chromedp.CSS(`[data-test="menu-option"][data-value="find"]`))
	p.see("a private answer, and the card", `all("private").length === 2 && all("private")[1].textContent.includes("0137") && card() === "AI is answering"`)
	p.press(inChannel("action:line.take"))
	p.see("Dana's takeover", `card().startsWith("@Dana has it — AI is silent")`)
	p.press(css("home-tab"))
	p.see("Dana's Home", `one("home").textContent.includes("0137")`)
	p.picture("home")
	p.accessible("Home")
	p.choose("you", "Lena")
	p.see("Lena's Home", `document.querySelector(".channel-name").textContent.includes("Lena") && one("home").textContent.includes("@Dana")`)
}

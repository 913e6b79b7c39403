// The strips around the windows: bad nights, the bot's lamp and log, the tour.
import { byTest, el } from "./dom.js";
import { showSheet } from "./slack.js";

const resting = "Turn on what fails, then press a button on a card.";

/** nightsStrip shows the switches, a group for each thing that can fail. */
export function nightsStrip(app) {
  const box = document.querySelector(".groups");
  const sentence = byTest("sentence");
  const normal = byTest("normal");
  normal.addEventListener("click", () => app.post("normal", {}));
  const makeSwitch = (s) => el("div", { class: "night" },
    el("button", {
      type: "button", class: "switch", "data-test": `switch:${s.name}`, "aria-pressed": "false", "aria-describedby": `night-${s.name}`,
      onclick: (e) => app.post("switch", { name: s.name, on: e.currentTarget.getAttribute("aria-pressed") !== "true" }),
    }, s.label),
    el("p", { id: `night-${s.name}` }, s.sentence));
  const makeGroup = (name, all) => el("details", { class: "group", name: "night", "data-test": `group:${name}` },
    el("summary", {}, name, el("b", { class: "count" })), el("div", { class: "nights-of" }, ...all.filter((s) => s.group === name).map(makeSwitch)));
  const closeAll = (but) => { for (const group of box.children) if (group !== but) group.open = false; };
  document.addEventListener("pointerdown", (e) => { if (floats(box)) closeAll(e.target.closest(".group")); });
  box.addEventListener("keydown", (e) => {
    const group = e.target.closest(".group");
    if (e.key !== "Escape" || !group) return;
    group.open = false;
    group.querySelector("summary").focus();
  });
  return ({ switches }) => {
    if (box.children.length === 1) for (const name of new Set(switches.map((s) => s.group))) box.append(makeGroup(name, switches));
    for (const s of switches) byTest(`switch:${s.name}`).setAttribute("aria-pressed", String(s.on));
    for (const group of box.children) {
      const on = group.querySelectorAll('[aria-pressed="true"]').length;
      const count = group.querySelector(".count");
      if (count) count.textContent = on ? ` ${on} on` : "";
    }
    const on = switches.filter((s) => s.on);
    normal.disabled = on.length === 0;
    sentence.textContent = on.map((s) => s.sentence).join(" ") || resting;
  };
}

/** floats says whether the open group lies above the page, as it does where there is room. */
const floats = (box) => getComputedStyle(box).position === "relative";

/** clockStrip shows the bot's time and lets more of it pass. */
export function clockStrip(app) {
  const now = byTest("clock-now");
  let ahead = 0; // of the browser's clock, in milliseconds
  let zone = "UTC";
  const tick = () => { now.textContent = new Date(Date.now() + ahead).toLocaleTimeString("en-GB", { timeZone: zone }); };
  const turn = async (minutes) => {
    const problem = await app.post("clock", { minutes });
    if (problem) showSheet("The clock", el("p", {}, problem));
  };
  for (const button of document.querySelectorAll("[data-minutes]")) {
    button.addEventListener("click", () => turn(Number(button.dataset.minutes)));
  }
  byTest("turn-form").addEventListener("submit", (e) => {
    e.preventDefault();
    turn(byTest("turn-minutes").valueAsNumber || 0);
  });
  setInterval(tick, 1000);
  return ({ clock, viewer }) => {
    ahead = clock.now - Date.now();
    zone = viewer.zone;
    tick();
    byTest("clock-ahead").textContent = clock.ahead || "";
  };
}

/** sceneList lists the scenes, and plays the one that is chosen there or named by a link such as …/#talk. */
export function sceneList(app) {
  const told = byTest("scene");
  let scenes = [];
  let playing = ""; // the card and the phone of the scene that were opened
  const list = () => {
    const links = scenes.map((s) => el("li", {}, el("a", {
      href: `#${s.name}`, "data-test": `scene:${s.name}`, onclick: (e) => { e.preventDefault(); sheet.close(); choose(s.name); },
    }, el("b", {}, `#${s.name}`), el("span", {}, s.title))));
    const sheet = showSheet("Scenes", el("p", {}, "Each plays by itself, on the real bot, with what it needs before it. Its address plays it again."), el("ol", { class: "scenes" }, ...links));
    return sheet;
  };
  const choose = (name) => {
    if (location.hash === `#${name}`) play(name);
    else location.hash = name;
  };
  const play = async (name) => {
    document.body.dataset.pane = "slack";
    const problem = await app.post("scene", { name });
    if (problem) showSheet(`The scene #${name}`, el("p", {}, problem));
  };
  const linked = () => { if (location.hash.length > 1) play(location.hash.slice(1)); };
  for (const button of document.querySelectorAll("[data-open=scenes]")) button.addEventListener("click", list);
  addEventListener("hashchange", linked);
  return ({ scenes: known, scene: words, cardAt, sceneLine }) => {
    const first = scenes.length === 0;
    scenes = known;
    told.textContent = words;
    told.hidden = !words;
    for (const button of document.querySelectorAll("[data-open=scenes]")) button.disabled = Boolean(words);
    if (first) linked();
    if (!words) {
      playing = "";
      return;
    }
    const at = JSON.stringify([cardAt, sceneLine]);
    if (at === playing) return;
    playing = at;
    if (cardAt) Object.assign(app.look, { channel: cardAt.channel, thread: cardAt.ts });
    if (sceneLine) app.look.line = sceneLine;
    app.refresh();
  };
}

export function botLamp(app) {
  const lamp = byTest("lamp");
  const kill = byTest("kill");
  const start = byTest("start");
  const busy = async (button, what) => {
    button.disabled = true;
    const problem = await app.post(what, {});
    if (problem) showSheet("The bot", el("p", {}, problem));
  };
  kill.addEventListener("click", () => busy(kill, "kill"));
  start.addEventListener("click", () => busy(start, "start"));
  byTest("log").addEventListener("click", async () => {
    const got = await app.get("/log");
    if (!got) return;
    const lines = el("pre", { class: "file-text", "data-test": "log-text" }, (got.lines || []).join("\n") || "The log is empty.");
    showSheet("The bot's log, newest last", lines);
    lines.scrollTop = lines.scrollHeight;
  });
  return ({ running, objections }) => {
    lamp.dataset.running = String(running);
    lamp.textContent = running ? "The bot is running" : "The bot is dead";
    lamp.title = objections.length ? `Slack would object: ${objections.join("; ")}` : "Slack has nothing to object to";
    kill.disabled = !running;
    start.disabled = running;
  };
}

export function tourStrip(app) {
  const list = byTest("tour");
  let at = null; // the card of the tour
  const show = (pane) => {
    document.body.dataset.pane = pane === "phone" ? "phone" : "slack"; // where one pane is shown at a time
    if (pane !== "thread" || !at) return;
    app.look.channel = at.channel;
    app.look.thread = at.ts;
  };
  return ({ tour, cardAt }) => {
    at = cardAt;
    const next = tour.findIndex((row) => !row.done);
    const rev = JSON.stringify(tour);
    if (list.dataset.rev === rev) return;
    list.dataset.rev = rev;
    const focused = list.contains(document.activeElement); // the keyboard goes on to the next step
    list.replaceChildren(...tour.map((row, i) => el("li", {
      "data-test": `step:${i + 1}`, "data-done": String(row.done), "aria-current": i === next ? "step" : null,
    },
    el("b", {}, el("span", { class: "tick" }, row.done ? "✓" : String(i + 1)), row.title),
    el("span", { class: "how" }, row.how),
    row.do && !row.done ? el("button", {
      type: "button", class: "small", "data-test": `do:${i + 1}`, onclick: async (e) => {
        e.currentTarget.disabled = true;
        const problem = await app.post("tour", { user: app.look.user, step: i });
        if (!problem) show(row.pane);
        if (problem) showSheet("The tour", el("p", {}, problem));
        list.dataset.rev = "";
        app.refresh();
      },
    }, row.do) : null)));
    if (focused) list.querySelector("[aria-current] button")?.focus();
  };
}

// The strips around the windows: bad nights, the bot's lamp and log, the tour.
import { byTest, el } from "./dom.js";
import { showSheet } from "./slack.js";

const resting = "Flip a switch, then press a button on a card. What the switch does is said here.";

export function nightsStrip(app) {
  const box = document.querySelector(".switches");
  const sentence = byTest("sentence");
  const say = (text) => { sentence.textContent = text || resting; };
  const sayWhatIsOn = () => say([...box.querySelectorAll('[aria-pressed="true"]')].map((b) => b.title).join(" "));
  const makeSwitch = (s) => el("button", {
    type: "button", class: "switch", "data-test": `switch:${s.name}`, "aria-pressed": "false", title: s.sentence,
    onpointerenter: () => say(s.sentence), onfocus: () => say(s.sentence),
    onclick: (e) => app.post("switch", { name: s.name, on: e.currentTarget.getAttribute("aria-pressed") !== "true" }),
  }, s.label, el("small", {}, s.sentence));
  const normal = el("button", { type: "button", class: "small", "data-test": "normal", onclick: () => app.post("normal", {}) }, "All back to normal");
  box.addEventListener("pointerleave", sayWhatIsOn);
  let known = "";
  return ({ switches }) => {
    if (!box.children.length) {
      for (const group of new Set(switches.map((s) => s.group))) {
        box.append(el("div", { class: "group" }, el("h3", {}, group), ...switches.filter((s) => s.group === group).map(makeSwitch)));
      }
      box.lastElementChild.append(normal);
    }
    for (const s of switches) byTest(`switch:${s.name}`).setAttribute("aria-pressed", String(s.on));
    normal.disabled = !switches.some((s) => s.on);
    const rev = JSON.stringify(switches);
    if (known !== rev && !box.matches(":hover")) sayWhatIsOn();
    known = rev;
  };
}

/** clockStrip shows the bot's time and lets more of it pass. */
export function clockStrip(app) {
  const now = byTest("clock-now");
  const scene = byTest("scene");
  const scenes = [...document.querySelectorAll("[data-scene]")];
  let ahead = 0; // of the browser's clock, in milliseconds
  let zone = "UTC";
  let followed = false; // the thread of this scene was opened
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
  for (const button of scenes) {
    button.addEventListener("click", async () => {
      document.body.dataset.pane = "slack";
      const problem = await app.post(button.dataset.scene, {});
      if (problem) showSheet(button.textContent, el("p", {}, problem));
    });
  }
  // A link such as …/#talk plays that scene.
  const linked = () => scenes.find((button) => `#${button.dataset.scene}` === location.hash)?.click();
  addEventListener("hashchange", linked);
  linked();
  setInterval(tick, 1000);
  return ({ clock, viewer, scene: words, cardAt }) => {
    ahead = clock.now - Date.now();
    zone = viewer.zone;
    tick();
    byTest("clock-ahead").textContent = clock.ahead || "";
    scene.textContent = words;
    scene.hidden = !words;
    for (const button of scenes) button.disabled = Boolean(words);
    if (words && cardAt && !followed) {
      app.look.channel = cardAt.channel;
      app.look.thread = cardAt.ts;
      app.refresh();
    }
    followed = Boolean(words && (cardAt || followed));
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
  };
}

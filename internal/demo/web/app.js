// The page as a whole: it asks for the state whenever something has changed, and draws it.
import { byTest, el } from "./dom.js";
import { phoneWindow } from "./phone.js";
import { slackWindow } from "./slack.js";
import { botLamp, clockStrip, nightsStrip, sceneList, tourStrip } from "./strips.js";

const token = document.querySelector('meta[name="demo-token"]').content;

const app = {
  look: { user: "", channel: "", thread: "", line: "" },

  /** post does something and returns what went wrong, in words; empty if nothing. */
  async post(what, body) {
    try {
      const answer = await fetch(`/do/${what}`, {
        method: "POST", headers: { "Content-Type": "application/json", "X-Demo-Token": token }, body: JSON.stringify(body),
      });
      const problem = answer.ok ? (await answer.json()).problem : await answer.text();
      await app.refresh();
      return problem;
    } catch {
      return gone;
    }
  },

  async get(path) {
    try {
      const answer = await fetch(path);
      return answer.ok ? await answer.json() : null;
    } catch {
      return null;
    }
  },

  refresh,
};

const gone = "The demo itself does not answer any more: was it stopped in its terminal?";
const parts = [slackWindow(app), phoneWindow(app), nightsStrip(app), clockStrip(app), sceneList(app), botLamp(app), tourStrip(app)];

let running = null; // the refresh under way
let again = false; // whether something changed meanwhile

/** refresh draws the newest state; calls during one become one more. */
function refresh() {
  if (running) {
    again = true;
    return running;
  }
  running = (async () => {
    do {
      again = false;
      const asked = JSON.stringify(app.look);
      const state = await app.get(`/state?${new URLSearchParams(app.look)}`);
      // An answer to an older question must not undo a newer choice.
      if (asked !== JSON.stringify(app.look)) again = true;
      else if (state) for (const draw of parts) draw(state);
    } while (again);
    running = null;
  })();
  return running;
}

for (const button of document.querySelectorAll("[data-show]")) {
  button.addEventListener("click", () => { document.body.dataset.pane = button.dataset.show; });
}
// Which pane is shown is said to screen readers, too.
const sayPane = () => {
  for (const button of document.querySelectorAll("[data-show]")) button.setAttribute("aria-pressed", String(button.dataset.show === document.body.dataset.pane));
};
new MutationObserver(sayPane).observe(document.body, { attributeFilter: ["data-pane"] });
sayPane();

const stream = new EventSource("/events");
stream.addEventListener("changed", refresh);
stream.addEventListener("error", () => {
  const lamp = byTest("lamp");
  lamp.dataset.running = "false";
  lamp.replaceChildren(el("span", { title: gone }, "The demo was stopped"));
});

// The end user's phone.
import { byTest, el, fill, stick, sync, typed } from "./dom.js";
import { showSheet } from "./slack.js";

export function phoneWindow(app) {
  const bubbles = byTest("bubbles");
  const record = byTest("record");
  stick(bubbles);
  byTest("phone-line").addEventListener("change", (e) => {
    app.look.line = e.target.value;
    bubbles.replaceChildren();
    bubbles.stuck = true;
    app.refresh();
  });
  const happens = document.querySelector(".happens");
  const happen = async (name) => {
    const problem = await app.post("happen", { line: app.look.line, name });
    if (problem) showSheet("The outside", el("p", {}, problem));
  };
  typed(byTest("phone-composer"), async (text) => !(await app.post("text", { line: app.look.line, text })));

  return ({ phone, happens: rows }) => {
    if (happens.children.length === 1) {
      happens.append(...rows.map((h) => el("button", {
        type: "button", class: "small", "data-test": `happen:${h.name}`, title: h.sentence, onclick: () => happen(h.name),
      }, h.label)));
    }
    app.look.line = phone.line.key;
    fill(byTest("phone-line"), phone.lines.map((l) => [l.key, l.label]), phone.line.key);
    document.querySelector(".phone .detail").textContent = phone.line.detail;
    const items = phone.bubbles.map((b, i) => ({ ...b, key: `${phone.line.key}/${i + (phone.earlier || 0)}` }));
    if (phone.earlier) items.unshift({ key: "earlier", note: `${phone.earlier} earlier texts are not shown here.` });
    sync(bubbles, items, (b) => b.key, (b) => JSON.stringify(b), drawBubble);
    byTest("typing").hidden = !phone.typing;
    const input = byTest("phone-input");
    input.disabled = !phone.line.can_text;
    input.placeholder = phone.line.can_text ? "Text message" : "This line is a call: nothing to type here";
    record.textContent = phone.silent ? "Telnyx's own record: the AI is silenced" : "Telnyx's own record: the AI may answer";
    record.dataset.silent = String(phone.silent);
  };
}

// The end user sees one number: who wrote from it is said here only.
const from = { ai: "AI", person: "A person, from the thread" };

function drawBubble(b) {
  if (b.note) return el("p", { class: "note" }, b.note);
  return el("div", { class: `bubble ${b.from}${b.lost ? " lost" : ""}`, "data-test": `bubble-${b.from}` },
    b.from === "user" ? null : el("small", { class: "from" }, from[b.from]),
    ...(b.pictures || []).map((src) => el("img", { src, alt: "Picture from a person", "data-test": "picture" })),
    el("span", { class: "said", dir: "auto" }, b.x),
    el("time", {}, b.status ? `${b.time} · ${b.status}` : b.time));
}

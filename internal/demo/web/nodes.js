// Drawing nodes: the server has turned Slack's blocks into a tree of a few kinds, and
// each kind becomes one element here. See slacksim.Node.
import { el } from "./dom.js";

const tags = {
  b: "b", i: "i", s: "s", code: "code", pre: "pre", quote: "blockquote", ul: "ul", ol: "ol", li: "li",
  p: "p", section: "div", fields: "div", context: "div", header: "h4", actions: "div", richtext: "div",
};

/**
 * draw makes the elements of nodes. act is told of clicks: act.click(node, value),
 * act.menu(node, button), act.goto(place).
 */
export function draw(nodes, act) {
  return (nodes || []).map((node) => drawOne(node, act));
}

function drawOne(node, act) {
  switch (node.t) {
    case "text":
      return document.createTextNode(node.x);
    case "br":
      return el("br");
    case "hr":
      return el("hr");
    case "a":
      return drawLink(node, act);
    case "mention":
      return el("span", { class: "mention" }, node.x || "");
    case "date":
      return el("time", {}, node.x || "");
    case "image":
      return el("span", { class: "image" }, `[picture: ${node.x || ""}]`);
    case "button":
      return drawButton(node, act);
    case "menu":
      return el("button", {
        type: "button", class: "menu-button", "data-test": `action:${node.action}`, "aria-haspopup": "menu", "aria-label": "More",
        onclick: (e) => act.menu(node, e.currentTarget),
      }, "⋯");
    case "select":
      return drawField(node, { "data-test": `action:${node.action}`, "aria-label": node.x || "Choose" }, (value) => act.click(node, value));
    case "input":
      return drawInput(node);
  }
  if (!tags[node.t]) return undrawn(node.x || node.t);
  const e = el(tags[node.t], { class: `n-${node.t}`, "data-block": node.block });
  if (node.x) e.append(node.x);
  e.append(...draw(node.k, act));
  return e;
}

const followed = /^(https?:|mailto:|tel:)/i;

function drawLink(node, act) {
  if (node.goto) {
    return el("a", { href: "#", "data-test": "goto", onclick: (e) => { e.preventDefault(); act.goto(node.goto); } }, node.x || "");
  }
  if (!followed.test(node.href || "")) return document.createTextNode(node.x || "");
  return el("a", { href: node.href, target: "_blank", rel: "noopener noreferrer nofollow" }, node.x || "");
}

function drawButton(node, act) {
  return el("button", {
    type: "button", class: `n-button ${node.style || ""}`, "data-test": `action:${node.action}`, "data-value": node.value,
    onclick: async (e) => {
      const button = e.currentTarget;
      button.disabled = true;
      await act.click(node, node.value);
      button.disabled = false;
    },
  }, node.x || "");
}

/** undrawn says in the page and in the browser's console that there is no drawing for something. */
function undrawn(kind) {
  console.error(`no drawing for ${kind}`);
  document.body.dataset.undrawn = kind; // the page's tests look for it
  return el("strong", { class: "undrawn", "data-test": "undrawn" }, `This page cannot draw “${kind}”.`);
}

// What is filled in or picked from, by Slack's type of the element.
const fields = {
  plain_text_input: drawText,
  static_select: drawSelect,
  users_select: drawSelect,
  conversations_select: drawSelect,
  radio_buttons: (node, attributes) => drawChoices("radio", node, attributes),
  checkboxes: (node, attributes) => drawChoices("checkbox", node, attributes),
  datepicker: (node, attributes) => el("input", { ...attributes, type: "date", value: node.value }),
  timepicker: (node, attributes) => el("input", { ...attributes, type: "time", value: node.value }),
};

/** drawField draws what is filled in, with what stands in it; changed is told of each new value. */
function drawField(node, attributes, changed) {
  if (!fields[node.element]) return undrawn(node.element);
  const field = fields[node.element](node, attributes);
  if (changed) field.addEventListener("change", () => changed(valueOf(field)));
  return field;
}

/** valueOf is what stands in a field that drawField made, as the server takes it. */
export function valueOf(field) {
  if (field.tagName !== "FIELDSET") return field.value;
  return [...field.querySelectorAll("input:checked")].map((box) => box.value).join(",");
}

function drawText(node, attributes) {
  const field = el(node.multiline ? "textarea" : "input", { ...attributes, placeholder: node.placeholder, maxlength: node.max || null });
  if (node.multiline) field.rows = 4;
  field.value = node.value || "";
  return field;
}

/** drawSelect stands at what is chosen; where nothing is, at the words that ask for it. */
function drawSelect(node, attributes) {
  const ask = node.placeholder || (node.t === "select" && node.x) || "Choose";
  const field = el("select", attributes, el("option", { value: "", disabled: !node.optional }, ask),
    ...(node.options || []).map((o) => el("option", { value: o.value }, o.x)));
  field.value = node.value || "";
  return field;
}

let drawn = 0; // fields so far: each needs names of its own

function drawChoices(type, node, attributes) {
  const name = `choices-${++drawn}`;
  const chosen = (node.value || "").split(",");
  return el("fieldset", { class: "choices", ...attributes }, ...(node.options || []).map((o) => el("label", { class: "choice" },
    el("input", { type, name, value: o.value, checked: chosen.includes(o.value) }), o.x)));
}

/** drawInput makes an input of a modal with its label; see valueOf for its value. */
function drawInput(node) {
  const id = `field-${++drawn}`;
  const many = node.element === "radio_buttons" || node.element === "checkboxes";
  const field = drawField(node, {
    id, "data-input": node.block, "data-test": `input:${node.block}`, "aria-describedby": `${id}-error${node.hint ? ` ${id}-hint` : ""}`,
    "aria-labelledby": many ? `${id}-label` : null,
  });
  return el("div", { class: "n-input" },
    el(many ? "span" : "label", { class: "label", id: `${id}-label`, for: many ? null : id }, node.x || "",
      node.optional ? el("i", {}, " (optional)") : null),
    field,
    el("span", { class: "error", id: `${id}-error`, "data-error": node.block, "data-test": `error:${node.block}`, role: "alert" }),
    node.hint ? el("span", { class: "hint", id: `${id}-hint` }, node.hint) : null);
}

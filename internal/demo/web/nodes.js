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
      return drawSelect(node, act);
    case "input":
      return drawInput(node);
  }
  const e = el(tags[node.t] || "span", { class: `n-${node.t}`, "data-block": node.block });
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

function drawSelect(node, act) {
  const options = (node.options || []).map((o) => el("option", { value: o.value }, o.x));
  return el("select", { "data-test": `action:${node.action}`, onchange: (e) => act.click(node, e.target.value) },
    el("option", { value: "", disabled: true, selected: true }, node.x || "Choose"), ...options);
}

/** drawInput makes an input of a modal; its value is read by data-input. */
function drawInput(node) {
  const attributes = {
    "data-input": node.block, "data-test": `input:${node.block}`, placeholder: node.placeholder, maxlength: node.max || null,
  };
  let field;
  if (node.options && node.options.length) {
    field = el("select", attributes, ...node.options.map((o) => el("option", { value: o.value }, o.x)));
  } else {
    field = el(node.multiline ? "textarea" : "input", attributes);
    if (node.multiline) field.rows = 4;
    field.value = node.value || "";
  }
  return el("label", { class: "n-input" },
    el("span", { class: "label" }, node.x || "", node.optional ? el("i", {}, " (optional)") : null), field,
    el("span", { class: "error", "data-error": node.block, "data-test": `error:${node.block}`, role: "alert" }),
    node.hint ? el("span", { class: "hint" }, node.hint) : null);
}

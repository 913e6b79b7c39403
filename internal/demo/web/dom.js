// Making elements. Whatever comes from a message is set as text, never as mark-up.

/** el makes an element; attributes that are null, undefined or false are left out. */
export function el(tag, attributes = {}, ...kids) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) e.addEventListener(name.slice(2), value);
    else e.setAttribute(name, value === true ? "" : value);
  }
  e.append(...kids.filter((kid) => kid !== null && kid !== undefined));
  return e;
}

export const byTest = (name) => document.querySelector(`[data-test="${name}"]`);

/** stick keeps a box at its end, as it grows or shrinks, until somebody scrolls up. */
export function stick(box) {
  let top = 0;
  let height = 0;
  box.stuck = true;
  box.toEnd = () => { if (box.stuck) box.scrollTop = box.scrollHeight; };
  box.addEventListener("scroll", () => {
    // A box that shrank was not scrolled by anybody.
    if (box.scrollTop < top && box.clientHeight === height) box.stuck = false;
    if (box.scrollHeight - box.scrollTop - box.clientHeight < 30) box.stuck = true;
    top = box.scrollTop;
    height = box.clientHeight;
  });
  new ResizeObserver(box.toEnd).observe(box);
}

/**
 * sync makes the children of a box those of a list: one element for each item, made
 * anew only where the item's revision is another one. A box that sticks to its end
 * stays there.
 */
export function sync(box, items, keyOf, revOf, make) {
  const known = new Map([...box.children].map((child) => [child.dataset.key, child]));
  let at = box.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    let child = known.get(key);
    known.delete(key);
    if (!child || child.dataset.rev !== revOf(item)) {
      const fresh = make(item);
      fresh.dataset.key = key;
      fresh.dataset.rev = revOf(item);
      if (child) {
        if (at === child) at = fresh;
        const focused = child.contains(document.activeElement) && document.activeElement.dataset.test;
        child.replaceWith(fresh);
        if (focused) focusAgain(fresh, focused);
      }
      child = fresh;
    }
    if (child === at) at = at.nextElementSibling;
    else box.insertBefore(child, at);
  }
  for (const gone of known.values()) gone.remove();
  box.toEnd?.();
}

/** focusAgain keeps the keyboard where it was in what was drawn anew: on the same button, or on another one beside it. */
function focusAgain(fresh, test) {
  const to = fresh.dataset.test === test ? fresh : [...fresh.querySelectorAll("[data-test]")].find((e) => e.dataset.test === test) || fresh.querySelector(".body button") || fresh;
  if (to === fresh && fresh.tabIndex < 0) fresh.tabIndex = -1;
  to.focus({ preventScroll: true });
}

/** fill replaces the options of a select where they are others, and chooses one. */
export function fill(select, options, chosen) {
  const rev = JSON.stringify(options);
  if (select.dataset.rev !== rev) {
    select.dataset.rev = rev;
    select.replaceChildren(...options.map(([value, text]) => el("option", { value }, text)));
  }
  if (select.value !== chosen) select.value = chosen;
}

/** typed sends what was typed with Enter or the button, and keeps it if it fails. */
export function typed(form, send) {
  const input = form.querySelector("textarea");
  const fit = () => {
    input.style.height = "auto";
    input.style.height = `${Math.min(input.scrollHeight, 120)}px`;
  };
  let sent = false; // by the key that is down: its line break is not wanted
  input.addEventListener("input", fit);
  input.addEventListener("beforeinput", (e) => { if (sent && e.inputType === "insertLineBreak") e.preventDefault(); });
  input.addEventListener("keydown", (e) => {
    sent = e.key === "Enter" && !e.shiftKey && !e.isComposing;
    if (!sent) return;
    e.preventDefault();
    form.requestSubmit();
  });
  form.addEventListener("submit", async (e) => {
    e.preventDefault();
    const text = input.value;
    if (!text.trim()) return;
    input.value = "";
    fit();
    if (!(await send(text)) && !input.value) {
      input.value = text;
      fit();
    }
  });
}

// The Slack-like window: channels, messages, threads, modals, files.
import { byTest, el, fill, stick, sync, typed } from "./dom.js";
import { draw } from "./nodes.js";

/** slackWindow draws into the page; app has look, post, get, refresh. */
export function slackWindow(app) {
  const channel = byTest("messages");
  const thread = byTest("thread");
  const replies = byTest("thread-messages");
  const notice = byTest("notice");
  const menu = byTest("menu");
  stick(channel);
  stick(replies);

  const tell = (problem) => {
    notice.hidden = !problem;
    notice.textContent = problem || "";
    return !problem;
  };
  notice.addEventListener("click", () => tell(""));
  const send = async (what, body) => tell(await app.post(what, { user: app.look.user, ...body }));

  const openThread = (place) => {
    app.look.channel = place.channel;
    app.look.thread = place.ts;
    replies.replaceChildren();
    replies.stuck = true;
    app.refresh();
  };

  // The whereabouts of what is clicked go along with each click.
  const actions = (where) => ({
    click: async (node, value) => {
      if (node.href) window.open(node.href, "_blank", "noopener,noreferrer");
      if (node.goto) openThread(node.goto);
      if (node.confirm && !(await sure(node.confirm))) return;
      await send("click", { ...where, action: node.action, block: node.block || "", value: value || "" });
    },
    menu: (node, button) => showMenu(menu, node, button, (value) => send("click", { ...where, action: node.action, block: node.block || "", value })),
    goto: openThread,
  });

  const drawMessage = (m, inThread) => {
    const act = actions({ channel: m.channel, ts: m.ts });
    const body = el("div", { class: "body", dir: "auto" }, ...draw(m.body, act));
    if (m.card) body.querySelector("b")?.setAttribute("data-test", "card-state");
    return el("article", { class: `message${m.private ? " private" : ""}${m.card ? " card" : ""}`, "data-test": kindOf(m), "data-ts": m.ts },
      el("span", { class: `avatar hue${m.author.hue}`, "aria-hidden": "true" }, [...m.author.name][0] || "?"),
      el("div", { class: "right" },
        m.private ? el("p", { class: "only-you" }, "Only visible to you") : null,
        el("p", { class: "by" }, el("b", {}, m.author.name), m.author.bot ? el("span", { class: "app" }, "APP") : null,
          el("time", {}, m.time), m.edited ? el("i", {}, "(edited)") : null),
        body,
        ...(m.files || []).map((f) => el("button", { type: "button", class: "file", "data-test": "file", onclick: () => showFile(app, f) }, f.title, el("small", {}, ` ${f.size}`))),
        m.replies && !inThread ? el("button", {
          type: "button", class: "replies", "data-test": "thread-open", onclick: () => openThread(m),
        }, el("b", {}, `${m.replies} ${m.replies === 1 ? "reply" : "replies"}`), el("small", {}, ` last at ${m.latest}`)) : null));
  };

  typed(byTest("composer"), (text) => send("say", { channel: app.look.channel, text }));
  typed(byTest("thread-composer"), (text) => send("say", { channel: app.look.channel, thread: app.look.thread, text }));
  byTest("thread-close").addEventListener("click", () => { app.look.thread = ""; app.refresh(); });
  byTest("you").addEventListener("change", (e) => { app.look.user = e.target.value; tell(""); app.refresh(); });
  const box = modalBox(app, actions, send);

  const keyOf = (m) => `${m.private ? "p" : "m"}${m.channel}${m.ts}`;
  return (state) => {
    app.look.user = state.viewer.id;
    app.look.channel = state.channel;
    fill(byTest("you"), state.people.map((p) => [p.id, `${p.name}, ${p.note}`]), state.viewer.id);
    document.querySelector(".zone").textContent = `Times of ${state.viewer.zone.split("/").pop().replaceAll("_", " ")}`;
    drawChannels(app, state);
    sync(channel, state.messages, keyOf, (m) => m.rev, (m) => drawMessage(m, false));
    channel.classList.toggle("empty", state.messages.length === 0);
    thread.hidden = !state.thread;
    document.body.classList.toggle("with-thread", Boolean(state.thread));
    if (state.thread) sync(replies, [state.thread.root, ...state.thread.replies], keyOf, (m) => m.rev, (m) => drawMessage(m, true));
    box(state.modal);
  };
}

const kindOf = (m) => (m.private ? "private" : m.card ? "card" : "message");

function drawChannels(app, state) {
  const rail = document.querySelector(".channels");
  rail.replaceChildren(...state.channels.map((c) => el("button", {
    type: "button", role: "listitem", "data-test": `channel:${c.name}`, "aria-current": c.id === state.channel ? "true" : null,
    onclick: () => { app.look.channel = c.id; app.look.thread = ""; byTest("messages").stuck = true; app.refresh(); },
  }, `# ${c.name}`)));
  const here = state.channels.find((c) => c.id === state.channel);
  document.querySelector(".channel-name").textContent = `# ${here ? here.name : ""}`;
  byTest("composer-input").placeholder = `Message #${here ? here.name : ""}, or /takeover help`;
}

/** modalBox shows the modal in front of the viewer; what is typed in it stays. */
function modalBox(app, actions, send) {
  const dialog = byTest("modal");
  let shown = null;
  const submit = () => {
    const values = {};
    for (const field of dialog.querySelectorAll("[data-input]")) values[field.dataset.input] = field.value;
    return send("submit", { view: shown.id, values });
  };
  dialog.addEventListener("cancel", (e) => { e.preventDefault(); send("close", { view: shown.id }); });
  return (modal) => {
    if (!modal) {
      shown = null;
      if (dialog.open) dialog.close();
      return;
    }
    if (!shown || shown.rev !== modal.rev) {
      dialog.replaceChildren(el("form", { onsubmit: (e) => { e.preventDefault(); submit(); } },
        el("h3", {}, modal.title),
        el("div", { class: "body" }, ...draw(modal.body, actions({ view: modal.id }))),
        el("p", { class: "error", "data-error": "", "data-test": "modal-error", role: "alert" }),
        el("div", { class: "foot" },
          el("button", { type: "button", "data-test": "modal-close", onclick: () => send("close", { view: modal.id }) }, modal.close),
          modal.submit ? el("button", { class: "primary", "data-test": "modal-submit" }, modal.submit) : null)));
    }
    shown = modal;
    for (const place of dialog.querySelectorAll("[data-error]")) place.textContent = (modal.errors || {})[place.dataset.error] || "";
    if (!dialog.open) dialog.showModal();
  };
}

/** sure asks what a confirmation dialogue asks. */
function sure(confirm) {
  return new Promise((resolve) => {
    const end = (yes) => { sheet.close(); resolve(yes); };
    const sheet = showSheet(confirm.title, el("p", {}, confirm.x),
      el("div", { class: "foot" },
        el("button", { type: "button", "data-test": "confirm-no", onclick: () => end(false) }, confirm.no || "Cancel"),
        el("button", { type: "button", class: "primary", "data-test": "confirm-yes", onclick: () => end(true) }, confirm.yes || "Yes")));
    sheet.addEventListener("close", () => resolve(false), { once: true });
  });
}

/** showSheet opens a dialogue of the page itself. */
export function showSheet(title, ...kids) {
  const sheet = byTest("sheet");
  sheet.replaceChildren(el("div", { class: "bar" }, el("b", {}, title),
    el("button", { type: "button", class: "plain", "data-test": "sheet-close", "aria-label": "Close", onclick: () => sheet.close() }, "✕")), ...kids);
  if (!sheet.open) sheet.showModal();
  return sheet;
}

async function showFile(app, f) {
  const got = await app.get(`/files/${encodeURIComponent(f.id)}?user=${encodeURIComponent(app.look.user)}`);
  if (got) showSheet(got.title || got.name, el("pre", { class: "file-text", "data-test": "file-text" }, got.text));
}

/** showMenu opens the "⋯" beside its button. */
function showMenu(menu, node, button, choose) {
  const close = () => { menu.hidden = true; document.removeEventListener("pointerdown", outside, true); };
  const outside = (e) => { if (!menu.contains(e.target)) close(); };
  menu.replaceChildren(...(node.options || []).map((o) => el("button", {
    type: "button", role: "menuitem", "data-test": "menu-option", "data-value": o.value, onclick: () => { close(); choose(o.value); },
  }, o.x)));
  menu.hidden = false;
  const at = button.getBoundingClientRect();
  menu.style.left = `${Math.max(8, Math.min(at.left, innerWidth - menu.offsetWidth - 8))}px`;
  menu.style.top = `${at.bottom + menu.offsetHeight + 8 > innerHeight ? at.top - menu.offsetHeight - 4 : at.bottom + 4}px`;
  menu.onkeydown = (e) => { if (e.key === "Escape") { close(); button.focus(); } };
  menu.firstElementChild?.focus();
  document.addEventListener("pointerdown", outside, true);
}

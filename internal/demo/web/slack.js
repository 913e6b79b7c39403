// The Slack-like window: channels, messages, threads, modals, files.
import { byTest, el, fill, stick, sync, typed } from "./dom.js";
import { draw, valueOf } from "./nodes.js";

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
    notice.replaceChildren(...(problem ? [el("span", {}, problem), el("button", {
      type: "button", class: "plain", "data-test": "notice-close", "aria-label": "Close the notice", onclick: () => tell(""),
    }, "✕")] : []));
    return !problem;
  };
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
        m.private ? el("p", { class: "only-you" }, "Only visible to you") : messageMenu(m),
        el("p", { class: "by" }, el("b", {}, m.author.name), m.author.bot ? el("span", { class: "app" }, "APP") : null,
          el("time", {}, m.time), m.edited ? el("i", {}, "(edited)") : null),
        body,
        m.reactions ? el("p", { class: "reactions", "data-test": "reactions" }, ...m.reactions.map((r) => el("span", {
          class: "reaction", "data-test": `reaction:${r.name}`, title: marks[r.name]?.[1],
        }, el("b", { class: r.name }, marks[r.name]?.[0] || `:${r.name}:`), el("small", {}, String(r.count))))) : null,
        ...(m.files || []).map((f) => el("button", { type: "button", class: "file", "data-test": "file", onclick: () => showFile(app, f) }, f.title, el("small", {}, ` ${f.size}`))),
        m.replies && !inThread ? el("button", {
          type: "button", class: "replies", "data-test": "thread-open", onclick: () => openThread(m),
        }, el("b", {}, `${m.replies} ${m.replies === 1 ? "reply" : "replies"}`), el("small", {}, ` last at ${m.latest}`)) : null));
  };

  const find = { x: "Find this number", value: "find" };
  const own = [{ x: "Edit message", value: "edit" }, { x: "Delete message", value: "delete" }];
  const messageMenu = (m) => el("button", {
    type: "button", class: "plain message-menu", "data-test": "message-menu", "aria-haspopup": "menu", "aria-label": "More actions",
    onclick: (e) => showMenu(menu, { options: m.mine ? [...own, find] : [find] }, e.currentTarget, (what) => {
      if (what === "edit") edit(m);
      else send(what === "find" ? "shortcut" : what, { channel: m.channel, ts: m.ts });
    }),
  }, "⋮");

  /** edit lets the author change a message. */
  const edit = (m) => {
    const input = el("textarea", { rows: 3, maxlength: 8000, "data-test": "edit-input", "aria-label": "Message" });
    input.value = m.typed || "";
    const save = async (e) => {
      e.preventDefault();
      if (await send("edit", { channel: m.channel, ts: m.ts, text: input.value })) sheet.close();
    };
    const sheet = showSheet("Edit message", el("form", { class: "edit", onsubmit: save }, input,
      el("div", { class: "foot" }, el("button", { class: "primary", "data-test": "edit-save" }, "Save"))));
    input.focus();
  };

  typed(byTest("composer"), (text) => send("say", { channel: app.look.channel, text }));
  typed(byTest("thread-composer"), (text) => send("say", { channel: app.look.channel, thread: app.look.thread, text }));
  byTest("thread-picture").addEventListener("click", async () => {
    const input = byTest("thread-input");
    if (await send("post", { channel: app.look.channel, thread: app.look.thread, text: input.value })) input.value = "";
  });
  byTest("thread-close").addEventListener("click", () => { app.look.thread = ""; app.refresh(); });
  byTest("you").addEventListener("change", (e) => {
    const at = app.look.channel;
    // Direct messages are somebody's own: another person sees another's.
    if (at !== homeTab && !channels.has(at)) app.look.channel = "";
    app.look.user = e.target.value;
    tell("");
    if (at === homeTab) send("home", {});
    else app.refresh();
  });
  const goTo = (user, place) => {
    Object.assign(app.look, { user, channel: place, thread: "" });
    channel.stuck = true;
    tell("");
    if (place === homeTab) send("home", {});
    else app.refresh();
  };
  const channels = new Set();
  const home = byTest("home");
  const box = modalBox(app, actions, send);

  const keyOf = (m) => `${m.private ? "p" : "m"}${m.channel}${m.ts}`;
  return (state) => {
    app.look.user = state.viewer.id;
    app.look.channel = state.channel;
    fill(byTest("you"), state.people.map((p) => [p.id, `${p.name}, ${p.note}`]), state.viewer.id);
    document.querySelector(".zone").textContent = `Times of ${state.viewer.zone.split("/").pop().replaceAll("_", " ")}`;
    channels.clear();
    for (const c of state.channels) channels.add(c.id);
    drawChannels(state, goTo);
    drawHome(home, state, actions);
    channel.hidden = byTest("composer").hidden = state.channel === homeTab;
    sync(channel, state.messages, keyOf, (m) => m.rev, (m) => drawMessage(m, false));
    channel.classList.toggle("empty", state.messages.length === 0);
    thread.hidden = !state.thread;
    document.body.classList.toggle("with-thread", Boolean(state.thread));
    if (state.thread) sync(replies, [state.thread.root, ...state.thread.replies], keyOf, (m) => m.rev, (m) => drawMessage(m, true));
    box(state.modal);
  };
}

// The bot's reactions, in signs that every font has, and what they say.
const marks = {
  hourglass_flowing_sand: ["…", "sending"], outbox_tray: ["↑", "sent"], white_check_mark: ["✓", "delivered"],
  grey_question: ["?", "sent, not confirmed"], x: ["✕", "failed"], warning: ["!", "may not have been sent"],
};

const kindOf = (m) => (m.private ? "private" : m.card ? "card" : "message");

const homeTab = "home";

/** drawChannels draws the rail: the channels, and the bot's own Home and direct messages. */
function drawChannels(state, goTo) {
  const me = state.viewer.id;
  const directs = state.directs || [];
  const entry = (test, at, user, text) => ({ test, at, user, text, current: at === state.channel });
  const list = (box, entries) => sync(document.querySelector(box), entries, (e) => e.test, JSON.stringify, (e) => el("button", {
    type: "button", "data-test": e.test, "aria-current": e.current ? "true" : null, onclick: () => goTo(e.user, e.at),
  }, e.text));
  list(".channels", state.channels.map((c) => entry(`channel:${c.name}`, c.id, me, `# ${c.name}`)));
  list(".app-rail .tabs", [entry("home-tab", homeTab, me, "Home"),
    ...directs.map((d) => entry(`direct:${d.name}`, d.channel, d.user, `DM to ${d.name}${d.count ? ` (${d.count})` : ""}`))]);
  const here = state.channels.find((c) => c.id === state.channel);
  const direct = directs.find((d) => d.channel === state.channel);
  let name = `# ${here ? here.name : ""}`;
  if (direct) name = `Takeover bot, to ${direct.name}`;
  if (state.channel === homeTab) name = `Takeover bot, Home of ${state.viewer.name}`;
  document.querySelector(".channel-name").textContent = name;
  byTest("composer-input").placeholder = direct ? "Message the bot" : `Message ${name.replace("# ", "#")}, or /takeover help`;
}

/** drawHome draws the bot's Home as it was published for the viewer. */
function drawHome(box, state, actions) {
  box.hidden = state.channel !== homeTab;
  if (box.hidden) return;
  const rev = state.home ? state.home.rev : "";
  if (box.dataset.rev === rev && box.children.length) return;
  box.dataset.rev = rev;
  box.replaceChildren(...(state.home ? draw(state.home.body, actions({ view: state.home.view }))
    : [el("p", { class: "note" }, "The bot has published nothing for this person.")]));
}

/** modalBox shows the modal in front of the viewer; what is typed in it stays. */
function modalBox(app, actions, send) {
  const dialog = byTest("modal");
  let shown = null;
  const submit = () => {
    const values = {};
    for (const field of dialog.querySelectorAll("[data-input]")) values[field.dataset.input] = valueOf(field);
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
      dialog.setAttribute("aria-label", modal.title);
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
  sheet.setAttribute("aria-label", title);
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
  menu.onkeydown = (e) => {
    const options = [...menu.children];
    const at = options.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[e.key];
    if (to !== undefined) {
      e.preventDefault();
      options.at(to % options.length).focus();
    }
    if (e.key === "Tab") close();
    if (e.key === "Escape") { close(); button.focus(); }
  };
  menu.firstElementChild?.focus();
  document.addEventListener("pointerdown", outside, true);
}

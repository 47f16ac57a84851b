// What a person does in the page becomes a POST; what came of it is shown where they are. The server draws;
// this file only sends, opens dialogs and puts sentences under inputs.

import { adopt, refresh, watch } from "./live.js";

const body = document.body;
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const TYPING_MS = 400;

// --- sending -----------------------------------------------------------------------------------------

/** Do one act as this person. `data-pending` on the body counts what has not been answered and drawn. */
async function send(act, fields) {
  body.dataset.pending = Number(body.dataset.pending) + 1;
  try {
    const { user, place } = body.dataset;
    const answer = await fetch(`/as/${user}/${place}/do/${act}`, { method: "POST", body: fields });
    const told = await answer.json();
    await refresh(after);
    return told;
  } catch {
    return { ok: false, error: "The sandbox did not answer. Nothing was sent; try again.", errors: {} };
  } finally {
    body.dataset.pending = Number(body.dataset.pending) - 1;
  }
}

const fieldsOf = (form) => new URLSearchParams(form ? [...new FormData(form)].filter(([, value]) => typeof value === "string") : []);

/** Where a control stands: in a modal, on the Home tab or in a message, and what is typed there. */
function around(control) {
  const dialog = control.closest("[data-view-id]");
  const home = control.closest("[data-home]");
  const fields = fieldsOf(dialog ? $("form", dialog) : home);
  if (dialog) fields.set("view_id", dialog.dataset.viewId);
  else if (home) fields.set("home", "1");
  else fields.set("ts", control.closest("[data-ts]").dataset.ts);
  return { dialog, fields };
}

async function act(control, extra) {
  const { dialog, fields } = around(control);
  fields.set("action_id", control.dataset.actionId);
  fields.set("block_id", control.dataset.blockId);
  for (const [key, values] of Object.entries(extra)) for (const value of [values].flat()) fields.append(key, value);
  control.setAttribute("aria-busy", "true");
  const told = await send("click", fields);
  control.removeAttribute("aria-busy");
  show(told, dialog && topDialog(dialog.dataset.viewId));
}

// --- showing what came of it -----------------------------------------------------------------------------

function show(told, dialog) {
  if (dialog) showErrors(dialog, told.errors ?? {});
  if (told.ok || !told.error) return;
  const place = dialog && $(".trouble", dialog);
  if (place) {
    place.textContent = told.error;
    place.hidden = false;
  } else toast(told.error);
}

function showErrors(dialog, errors) {
  for (const block of $$("[data-input]", dialog)) {
    const words = errors[block.dataset.input];
    const line = $(".field-error", block);
    line.textContent = words ?? "";
    line.hidden = !words;
    block.classList.toggle("wrong", Boolean(words));
  }
  $(".trouble", dialog).hidden = true;
  $(".wrong", dialog)?.scrollIntoView({ block: "center" });
}

function toast(words) {
  const note = document.createElement("div");
  note.className = "toast";
  note.append(words);
  const close = document.createElement("button");
  close.textContent = "✕";
  close.setAttribute("aria-label", "Dismiss");
  close.addEventListener("click", () => $(".toasts").hidePopover());
  note.append(close);
  const shelf = $(".toasts");
  shelf.replaceChildren(note);
  shelf.hidePopover(); // shown anew, it stands above a modal that was opened since
  shelf.showPopover();
}

// --- dialogs ---------------------------------------------------------------------------------------------

const met = new Set(); // modals that have been opened: focus is given to a new one only
const topDialog = (viewId) => $(`dialog[data-view-id="${CSS.escape(viewId)}"]`);

/** Only the top modal of the stack is open; the ones below keep what was typed in them. */
function stack() {
  const dialogs = $$("[data-region=modals] dialog");
  for (const dialog of dialogs.slice(0, -1)) if (dialog.open) dialog.close();
  const top = dialogs.at(-1);
  if (!top || top.open) return;
  top.showModal();
  $$(".drawer", top).forEach(tell);
  if (met.has(top.dataset.viewId)) return;
  met.add(top.dataset.viewId);
  const first = $("[data-focus]", top) ?? $(".sheet-body :is(input, textarea, select)", top);
  // A finger wants no keyboard yet; the close button, which has the focus otherwise, would take Enter.
  const still = $(".sheet-body", top);
  (matchMedia("(hover: hover)").matches && first ? first : still)?.focus({ preventScroll: true });
}

/** Slack's confirm dialog: resolves to whether the person went on. */
function confirmed(control) {
  const holder = control.closest(".with-confirm");
  const template = holder && $("template.confirm", holder);
  if (!template) return Promise.resolve(true);
  const dialog = template.content.firstElementChild.cloneNode(true);
  body.append(dialog);
  dialog.showModal();
  $("[data-answer=confirm]", dialog).focus();
  return new Promise((resolve) => {
    const answer = (yes) => { dialog.remove(); resolve(yes); };
    dialog.addEventListener("cancel", () => answer(false));
    dialog.addEventListener("click", (event) => {
      const chosen = event.target.closest("[data-answer]");
      if (chosen) answer(chosen.dataset.answer === "confirm");
    });
  });
}

async function closeView(dialog, whole) {
  const told = await send("close", new URLSearchParams({ view_id: dialog.dataset.viewId, whole }));
  if (!told.ok) toast(told.error);
}

document.addEventListener("cancel", (event) => {
  if (!event.target.matches("[data-view-id]")) return;
  event.preventDefault();
  closeView(event.target, "one");
}, true);

document.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  if (form.matches(".composer")) return sendLine(form);
  if (!form.matches("[data-view]")) return;
  const dialog = form.closest("dialog");
  const button = $("footer [type=submit]", form);
  if (!button || button.disabled) return;
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  $(".trouble", dialog).hidden = true;
  const fields = fieldsOf(form);
  fields.set("view_id", dialog.dataset.viewId);
  const told = await send("submit", fields);
  button.disabled = false;
  button.removeAttribute("aria-busy");
  const now = topDialog(dialog.dataset.viewId);
  if (now && !told.ok) show(told, now);
  else if (!told.ok && told.error) toast(told.error);
});

// --- controls --------------------------------------------------------------------------------------------

document.addEventListener("click", async (event) => {
  const target = event.target;
  for (const menu of $$("details.menu-holder[open]")) if (!menu.contains(target) || target.closest("[role=menuitem]")) menu.open = false;
  const control = target.closest("[data-click]");
  if (control) {
    const menu = control.dataset.type === "overflow";
    if (control.getAttribute("aria-busy") || !(await confirmed(control))) return;
    act(control, menu ? { selected: control.dataset.value } : control.dataset.value ? { value: control.dataset.value } : {});
  }
  const close = target.closest("[data-close]");
  if (close) closeView(close.closest("dialog"), close.dataset.close);
  const shortcut = target.closest("[data-shortcut]");
  if (shortcut) runShortcut(shortcut);
  const thread = target.closest("[data-thread]:not(body)");
  if (thread) { event.preventDefault(); openThread(thread.dataset.thread); }
  if (target.closest("[data-close-thread]")) openThread("");
  if (target.closest("[data-toggle=sidebar]")) $("#sidebar").classList.toggle("open");
  else if (!target.closest("#sidebar")) $("#sidebar").classList.remove("open");
  if (target.closest("[data-dismiss-start]")) dismissStart();
  if (target.closest("[data-join]")) { await send("join", new URLSearchParams()); location.reload(); }
  if (target.closest("[data-remove-file]")) target.closest("li").remove();
});

async function runShortcut(button) {
  const fields = new URLSearchParams({ callback_id: button.dataset.callbackId });
  const message = button.closest("[data-ts]");
  if (message) fields.set("ts", message.dataset.ts);
  show(await send("shortcut", fields), null);
}

/** A menu without room below opens upwards. */
document.addEventListener("toggle", (event) => {
  const holder = event.target;
  const menu = holder.matches?.("details.menu-holder[open]") && $(".menu", holder);
  if (!menu) return;
  holder.classList.remove("flip");
  const floor = (holder.closest(".scroll, .sheet-body") ?? body).getBoundingClientRect().bottom;
  holder.classList.toggle("flip", menu.getBoundingClientRect().bottom > floor);
}, true);

let typing = 0;
const dispatching = (event) => event.target.closest("[data-dispatch]:not([data-click], summary, .files)");

document.addEventListener("change", async (event) => {
  const files = event.target.closest(".files");
  if (files) return upload(files, event.target);
  const drawer = event.target.closest(".drawer");
  if (drawer) limit(drawer, event.target);
  const control = dispatching(event);
  if (control?.dataset.dispatch === "change" && (await confirmed(control))) act(control, chosen(control));
});

document.addEventListener("input", (event) => {
  if (event.target.closest(".composer")) return hint(event.target);
  const control = dispatching(event);
  if (control?.dataset.dispatch !== "typing") return;
  clearTimeout(typing);
  typing = setTimeout(() => act(control, { selected: control.value }), TYPING_MS);
});

/** What a control is set to: all ticked values for boxes, else its own value. */
function chosen(control) {
  if (control.type === "radio") return { selected: control.value };
  if (control.type !== "checkbox") return { selected: control.value };
  const group = control.closest(".boxes, .drawer");
  return { many: "1", selected: $$("input:checked", group).map((box) => box.value) };
}

function limit(drawer, box) {
  const most = Number(drawer.dataset.limit) || Infinity;
  if ($$("input:checked", drawer).length > most) box.checked = false;
  tell(drawer);
}

/** Write the chosen options into a closed drawer. */
function tell(drawer) {
  const line = $(".chosen", drawer);
  const words = $$("input:checked", drawer).map((box) => {
    const token = document.createElement("span");
    token.className = "token";
    token.textContent = box.nextElementSibling.firstChild.textContent.trim();
    return token;
  });
  line.replaceChildren(...(words.length ? words : [line.dataset.placeholder]));
}

async function upload(files, picker) {
  for (const file of picker.files) {
    const fields = new FormData();
    fields.set("file", file);
    body.dataset.pending = Number(body.dataset.pending) + 1;
    const told = await fetch(`/as/${body.dataset.user}/upload`, { method: "POST", body: fields })
      .then((answer) => answer.json())
      .catch(() => ({ ok: false, error: "The file could not be uploaded. Try again." }));
    body.dataset.pending = Number(body.dataset.pending) - 1;
    if (!told.ok) toast(told.error);
    else if ($$("li", files).length < Number(files.dataset.limit)) addChip(files, told);
    else toast(`Not more than ${files.dataset.limit} here.`);
  }
  picker.value = "";
}

function addChip(files, { id, name }) {
  const chip = document.createElement("li");
  const field = Object.assign(document.createElement("input"), { type: "hidden", name: files.dataset.field, value: id });
  const remove = Object.assign(document.createElement("button"), { type: "button", textContent: "✕" });
  remove.dataset.removeFile = "";
  remove.setAttribute("aria-label", `Remove ${name}`);
  chip.append(field, name, " ", remove);
  $(".file-chips", files).append(chip);
}

// --- composer --------------------------------------------------------------------------------------------

async function sendLine(form) {
  const box = form.elements.text;
  const text = box.value;
  if (!text.trim() || form.getAttribute("aria-busy")) return;
  form.setAttribute("aria-busy", "true");
  hideHints(form);
  box.value = "";
  const thread = form.hasAttribute("data-composer-thread") ? body.dataset.thread : "";
  const told = await send("say", new URLSearchParams({ text, thread_ts: thread }));
  form.removeAttribute("aria-busy");
  if (told.ok) {
    const region = $(thread ? "[data-region=thread]" : "[data-region=main]");
    region.scrollTop = region.scrollHeight;
  } else {
    box.value ||= text; // nothing typed is lost
    toast(told.error);
  }
}

const shownHints = (form) => $$(".hints li:not([hidden])", form);
const hideHints = (form) => { $(".hints", form).hidden = true; };

function hint(box) {
  const form = box.closest(".composer");
  const text = box.value.toLowerCase();
  for (const item of $$(".hints li", form)) {
    item.hidden = !item.dataset.insert.startsWith(text);
    item.setAttribute("aria-selected", "false");
  }
  $(".hints", form).hidden = !text.startsWith("/") || !shownHints(form).length || shownHints(form).some((it) => it.dataset.insert === text);
}

function move(form, by) {
  const items = shownHints(form);
  const at = items.findIndex((item) => item.getAttribute("aria-selected") === "true");
  const next = items[(at + by + items.length + (at < 0 && by < 0 ? 1 : 0)) % items.length];
  for (const item of items) item.setAttribute("aria-selected", String(item === next));
  next.scrollIntoView({ block: "nearest" });
}

function take(form, item) {
  form.elements.text.value = `${item.dataset.insert} `;
  hideHints(form);
  form.elements.text.focus();
}

document.addEventListener("mousedown", (event) => {
  const item = event.target.closest(".hints li");
  if (!item) return;
  event.preventDefault();
  take(item.closest("form"), item);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") for (const menu of $$("details.menu-holder[open]")) menu.open = false;
  const form = event.target.closest?.(".composer");
  if (form) return composerKey(event, form);
  const control = event.key === "Enter" && dispatching(event);
  if (control && control.dataset.dispatch === "enter" && control.tagName === "INPUT") {
    event.preventDefault();
    act(control, { selected: control.value });
  }
});

function composerKey(event, form) {
  const open = !$(".hints", form).hidden;
  const item = open && $(".hints li[aria-selected=true]:not([hidden])", form);
  if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    move(form, event.key === "ArrowDown" ? 1 : -1);
  } else if (open && (event.key === "Tab" || (event.key === "Enter" && item))) {
    event.preventDefault();
    take(form, item || shownHints(form)[0]);
  } else if (event.key === "Escape") hideHints(form);
  else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit();
  }
}

// --- threads, first panel, start -----------------------------------------------------------------------------

async function openThread(ts) {
  body.dataset.thread = ts;
  body.dataset.version = ""; // the same workspace, drawn anew
  const address = new URL(location.href);
  if (ts) address.searchParams.set("thread", ts);
  else address.searchParams.delete("thread");
  history.replaceState(null, "", address);
  const atEnd = timeline.scrollHeight - timeline.scrollTop - timeline.clientHeight < 80;
  $("#thread").hidden = !ts;
  if (atEnd) timeline.scrollTop = timeline.scrollHeight;
  body.dataset.pending = Number(body.dataset.pending) + 1;
  await refresh(after);
  body.dataset.pending = Number(body.dataset.pending) - 1;
  const region = $("[data-region=thread]");
  region.scrollTop = region.scrollHeight;
  if (ts && matchMedia("(hover: hover)").matches) $("#thread textarea")?.focus();
}

function dismissStart() {
  document.cookie = "start=closed; path=/; max-age=31536000; samesite=strict";
  $(".start").remove();
}

function after(news) {
  if (news.unread && !document.hidden) send("read", new URLSearchParams());
}

const timeline = $("#timeline");
adopt();
$("[data-region=modals]").addEventListener("drawn", stack);
stack();
$$(".drawer").forEach(tell);
if (!$(".home", timeline)) timeline.scrollTop = timeline.scrollHeight;
const box = $("[data-composer] textarea");
if (box?.value) { box.focus(); box.setSelectionRange(box.value.length, box.value.length); }
watch(after);
if (body.dataset.channel) send("read", new URLSearchParams());
if ($(".tabs")) send("opened", new URLSearchParams());

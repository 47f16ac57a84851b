// Keeps the page like the workspace: asks for the newest regions and puts in what changed, so that what
// somebody types, has opened or has focused survives. It never sends anything.

const sources = new WeakMap(); // element -> the HTML that it was made from
const VERSION_EVERY_MS = 600;
let asking = null; // the question that is under way
let next = null; // the one that follows it, for whoever asked meanwhile
const afterwards = []; // what can only be done once new elements stand in the page

const keyed = (region) => [...region.children].filter((child) => child.dataset.key);

/** Take what the server drew into the first page as known. */
export function adopt() {
  for (const region of document.querySelectorAll("[data-region]")) {
    sources.set(region, region.innerHTML);
    for (const child of keyed(region)) sources.set(child, child.outerHTML);
  }
}

/** Put new HTML into a region. Children with a key stay the same element while their HTML is the same. */
export function patch(region, html) {
  if (sources.get(region) === html) return false;
  sources.set(region, html);
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  const wanted = [...fresh.content.children];
  const held = new Map(keyed(region).map((child) => [child.dataset.key, child]));
  const result = wanted.map((child) => keepOrReplace(held.get(child.dataset.key), child));
  const focus = focused(region);
  for (const [index, child] of result.entries()) {
    if (region.children[index] !== child) region.insertBefore(child, region.children[index] ?? null);
  }
  while (region.children.length > result.length) region.lastElementChild.remove();
  region.dispatchEvent(new CustomEvent("drawn"));
  for (const act of afterwards.splice(0)) act();
  refocus(region, focus);
  return true;
}

function keepOrReplace(old, fresh) {
  const source = fresh.outerHTML;
  if (old && sources.get(old) === source) return old;
  sources.set(fresh, source);
  if (old) carry(old, fresh);
  return fresh;
}

/** Inputs keep what was entered while block and action stay the same: both are in the control's name. */
function carry(old, fresh) {
  if (old.open !== undefined && old.tagName === "DETAILS") fresh.open = old.open;
  for (const control of old.querySelectorAll("input[name], textarea[name], select[name]")) {
    const name = CSS.escape(control.name);
    if (control.type === "checkbox" || control.type === "radio") {
      const twin = fresh.querySelector(`input[name="${name}"][value="${CSS.escape(control.value)}"]`);
      if (twin) twin.checked = control.checked;
    } else if (control.type !== "hidden") {
      const twin = fresh.querySelector(`[name="${name}"]`);
      const fits = twin && (twin.tagName !== "SELECT" || [...twin.options].some((it) => it.value === control.value));
      if (fits) twin.value = control.value;
    }
  }
  for (const drawer of old.querySelectorAll("details[open][data-action-id], details[open].drawer")) {
    const { actionId, blockId } = drawer.dataset;
    const twin = fresh.querySelector(`details[data-action-id="${CSS.escape(actionId)}"][data-block-id="${CSS.escape(blockId)}"]`);
    if (twin) twin.open = true;
  }
  carryFiles(old, fresh);
  const scrolled = old.querySelector(".sheet-body")?.scrollTop;
  if (scrolled) afterwards.push(() => { fresh.querySelector(".sheet-body").scrollTop = scrolled; });
}

function carryFiles(old, fresh) {
  for (const files of old.querySelectorAll(".files")) {
    const twin = fresh.querySelector(`.files[data-field="${CSS.escape(files.dataset.field)}"]`);
    if (twin) twin.querySelector(".file-chips").replaceWith(files.querySelector(".file-chips"));
  }
}

function focused(region) {
  const at = document.activeElement;
  if (!at || at === document.body || !region.contains(at)) return null;
  const keep = at.closest("[data-key]")?.dataset.key;
  const range = typeof at.selectionStart === "number" ? [at.selectionStart, at.selectionEnd] : null;
  return { at, keep, name: at.getAttribute("name"), id: at.id, value: at.value, type: at.type, range };
}

function refocus(region, focus) {
  if (!focus || focus.at.isConnected) return;
  const home = region.querySelector(`[data-key="${CSS.escape(focus.keep ?? "")}"]`) ?? region;
  const many = focus.type === "checkbox" || focus.type === "radio";
  const twin = focus.name
    ? home.querySelector(`[name="${CSS.escape(focus.name)}"]${many ? `[value="${CSS.escape(focus.value)}"]` : ""}`)
    : focus.id && document.getElementById(focus.id);
  if (!twin) return;
  twin.focus({ preventScroll: true });
  if (focus.range && twin.setSelectionRange && focus.type !== "email" && focus.type !== "number") {
    twin.setSelectionRange(...focus.range);
  }
}

/** Ask for the newest state and draw it. A call while one is under way is answered by one more after it. */
export function refresh(after = () => {}) {
  if (!asking) {
    asking = ask(after).finally(() => { asking = null; });
    return asking;
  }
  next ??= asking.then(() => {
    next = null;
    return refresh(after);
  });
  return next;
}

async function ask(after) {
  const { user, place, thread, version } = document.body.dataset;
  const query = new URLSearchParams({ since: version, thread });
  const bar = document.querySelector(".trouble-bar");
  let answer;
  try {
    answer = await fetch(`/as/${user}/${place}/live?${query}`, { cache: "no-store" });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
  } catch {
    bar.textContent = "The sandbox does not answer. Is it still running? This page goes on trying.";
    bar.hidden = false;
    return;
  }
  if (answer.status === 204) {
    if (bar.dataset.why !== "unconnected") bar.hidden = true;
    return;
  }
  const news = await answer.json();
  if (news.gone) {
    location.assign(news.gone);
    return;
  }
  bar.hidden = news.connected;
  bar.dataset.why = news.connected ? "" : "unconnected";
  bar.textContent = news.connected ? "" : "Prompt Change is not connected to this workspace yet.";
  if (thread !== document.body.dataset.thread) return; // another thread was opened meanwhile
  draw(news.regions);
  after(news);
  document.body.dataset.version = news.version;
}

function draw(regions) {
  for (const [name, html] of Object.entries(regions)) {
    const region = document.querySelector(`[data-region="${name}"]`);
    if (!region) continue;
    const atEnd = region.scrollHeight - region.scrollTop - region.clientHeight < 80;
    const follows = atEnd && region.classList.contains("scroll") && !region.querySelector(".home");
    if (patch(region, html) && follows) region.scrollTop = region.scrollHeight;
  }
}

/** Look again and again while the page is visible, and at once when it becomes visible. */
export function watch(after) {
  setInterval(() => document.hidden || refresh(after), VERSION_EVERY_MS);
  document.addEventListener("visibilitychange", () => document.hidden || refresh(after));
}

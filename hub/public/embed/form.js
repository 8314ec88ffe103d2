// A form of the hub on any page: shown in a frame where the script tag stands (or in [data-omnihub-form]), or a form that the
// page has already (<form data-omnihub>), which is sent in the background with what keeps machines out.
const language = (TAG.dataset.language || document.documentElement.lang || "").split("-")[0].toLowerCase();
const mine = (node, name) => ["", SLUG].includes(node.dataset[name] || "");
const DOOR = `${BASE}/in/${encodeURIComponent(SLUG)}`;

// The script may stand on a page twice, and run again after a page was swapped: a form belongs to the first that finds it.
const taken = (window.omnihubForms ||= new WeakSet());

let opened = null;
let openedFor = null;
function session() {
  if (openedFor !== null && openedFor !== kept.get("visitor")) opened = null;
  opened ||= fetch(`${BASE}/form/${encodeURIComponent(SLUG)}/session`, {
    method: "POST", credentials: "omit", headers: { "Content-Type": "text/plain" }, body: JSON.stringify({ visitor: kept.get("visitor") }),
  }).then((answer) => (answer.ok ? answer.json() : {})).then((told) => {
    told.at = performance.now();
    if (told.visitor) kept.set("visitor", told.visitor);
    openedFor = kept.get("visitor");
    return told;
  }).catch(() => { opened = null; return {}; });
  return opened;
}

function embed(place) {
  const isDark = getComputedStyle(TAG.parentElement || document.body).colorScheme.includes("dark");
  const query = new URLSearchParams({ embed: "1", ...(isDark ? {} : { theme: "light" }), ...(language ? { lang: language } : {}) });
  const frame = document.createElement("iframe");
  frame.src = `${BASE}/form/${encodeURIComponent(SLUG)}?${query}`;
  frame.title = SETTINGS.title;
  frame.dataset.omnihubFrame = "";
  frame.style.cssText = "display:block;width:100%;max-width:640px;border:0;height:520px;color-scheme:inherit";
  place(frame);
  addEventListener("message", async (event) => {
    if (event.source !== frame.contentWindow || event.origin !== HUB || event.data?.omnihub !== SLUG) return;
    if (event.data.what === "height") frame.style.height = `${Math.min(Math.max(Number(event.data.height) || 0, 120), 4000)}px`;
    if (event.data.what === "top") frame.scrollIntoView({ block: "nearest" });
    if (event.data.what === "ready") {
      const told = await session();
      frame.contentWindow.postMessage({ omnihub: SLUG, what: "start", visitor: told.token || "", source: touched() }, HUB);
    }
  });
}

function upgrade(form) {
  if (taken.has(form)) return;
  taken.add(form);
  session();
  let id = fresh();
  let isBusy = false;
  const status = form.querySelector("[data-omnihub-status]") || form.appendChild(document.createElement("p"));
  status.setAttribute("role", "status");
  if (!form.elements.namedItem(SETTINGS.honeypot)) form.append(trap());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isBusy) return;
    isBusy = true;
    const data = new FormData(form);
    const told = await session();
    for (const [name, value] of [["id", id], ["_started", told.started], ["_visitor", told.token], ["_language", language], ["_source", JSON.stringify(touched())]]) {
      if (value && !data.get(name)) data.set(name, value);
    }
    for (const button of form.querySelectorAll("[type=submit], button:not([type])")) button.disabled = true;
    try {
      if (told.started) await new Promise((done) => setTimeout(done, Math.max(0, told.at + SETTINGS.wait * 1000 + 300 - performance.now())));
      const answer = await fetch(DOOR, { method: "POST", credentials: "omit", headers: { Accept: "application/json" }, body: data });
      const result = await answer.json().catch(() => ({}));
      if (answer.ok) {
        id = fresh();
        status.textContent = form.dataset.thanks || "✓";
        form.reset();
        form.dispatchEvent(new CustomEvent("omnihub:sent", { bubbles: true, detail: result }));
        if (form.dataset.next) location.assign(form.dataset.next);
      } else refuse(form, status, result);
    } catch {
      refuse(form, status, { title: form.dataset.failed || "⚠" });
    } finally {
      isBusy = false;
      for (const button of form.querySelectorAll("[type=submit], button:not([type])")) button.disabled = false;
    }
  });
}

function refuse(form, status, problem) {
  status.textContent = problem.title || "⚠";
  for (const fault of problem.errors || []) {
    const field = form.elements.namedItem(fault.field);
    if (field?.setCustomValidity) {
      field.setCustomValidity(fault.detail);
      field.addEventListener("input", () => field.setCustomValidity(""), { once: true });
    }
  }
  form.reportValidity();
  form.dispatchEvent(new CustomEvent("omnihub:refused", { bubbles: true, detail: problem }));
}

function trap() {
  const field = document.createElement("input");
  Object.assign(field, { name: SETTINGS.honeypot, type: "text", tabIndex: -1, autocomplete: "off" });
  field.setAttribute("aria-hidden", "true");
  field.style.cssText = "position:absolute;left:-9999px;width:1px;height:1px;opacity:0";
  return field;
}

function fresh() {
  return crypto.randomUUID ? crypto.randomUUID() : Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
}

function fill(node) {
  if (taken.has(node)) return;
  taken.add(node);
  node.querySelector("iframe[data-omnihub-frame]")?.remove(); // a copy that a page's cache has kept
  embed((frame) => node.append(frame));
}

function place() {
  touched();
  const forms = [...document.querySelectorAll("form[data-omnihub]")].filter((form) => mine(form, "omnihub"));
  const places = [...document.querySelectorAll("[data-omnihub-form]")].filter((node) => mine(node, "omnihubForm"));
  forms.forEach(upgrade);
  places.forEach(fill);
  if (!forms.length && !places.length && TAG.parentNode && TAG.parentNode !== document.head) embed((frame) => TAG.after(frame));
}
function found() {
  for (const form of document.querySelectorAll("form[data-omnihub]")) if (mine(form, "omnihub")) upgrade(form);
  for (const node of document.querySelectorAll("[data-omnihub-form]")) if (mine(node, "omnihubForm")) fill(node);
}
function start() {
  place();
  let due = 0;
  new MutationObserver(() => { due ||= setTimeout(() => { due = 0; found(); }, 50); }).observe(document, { childList: true, subtree: true });
}
if (document.readyState === "loading") addEventListener("DOMContentLoaded", start, { once: true });
else start();

// The stream of changes. Comes back by itself; after a break everything that was missed is loaded.
// A browser allows few connections to one host, so of the pages in the background only one keeps its stream.
import { apply } from "./apply.js";
import { session, SIGNED_OUT } from "./post.js";
import { tellSignedOut } from "./signin.js";

const MISSED = 2.5; // so many heartbeats without one mean that the line is cut
let source;
let beat = 15_000;
let heardAt = 0;
let wasLost = false;
let isUp = false;
let release = () => {};

const inbox = () => document.querySelector('[data-page="inbox"]');
const conversation = () => document.querySelector("[data-conversation]")?.dataset.conversation ?? "";
const banner = () => document.querySelector(".lost:not([data-signed-out])");

function address() {
  const asked = new URLSearchParams({ conversation: conversation() });
  if (inbox()) {
    asked.set("view", document.getElementById("rows")?.dataset.view ?? inbox().dataset.view);
    if (document.getElementById("rows")?.hasAttribute("data-searching")) asked.set("q", "1");
  }
  return `/live?${asked}`;
}

export function connect() {
  source?.close();
  source = new EventSource(address());
  heardAt = Date.now();
  source.addEventListener("beat", () => { heardAt = Date.now(); });
  source.addEventListener("hello", (event) => {
    beat = Number(event.data) * 1000 || beat;
    heardAt = Date.now();
    banner()?.remove();
    isUp = true;
    document.body.toggleAttribute("data-connected", true);
    document.dispatchEvent(new CustomEvent("hub:open", { detail: { again: wasLost } }));
    wasLost = false;
  });
  source.addEventListener("html", (event) => apply(event.data));
  source.addEventListener("typing", (event) => document.dispatchEvent(new CustomEvent("hub:typing", { detail: event.data })));
  source.addEventListener("change", (event) => document.body.dispatchEvent(new CustomEvent(`hub:${event.data}`, { bubbles: true })));
  source.addEventListener("reload", () => document.dispatchEvent(new CustomEvent("hub:open", { detail: { again: true } })));
  source.addEventListener("signed-out", () => { source.close(); tellSignedOut(); });
  source.onerror = () => {
    wasLost = true;
    document.body.toggleAttribute("data-connected", false);
    if (source.readyState === EventSource.CLOSED) setTimeout(() => { if (wasLost && !document.hidden) connect(); }, 3000);
    setTimeout(() => { if (wasLost && !banner()) showLost(); }, 3000);
  };
}

// A cut line says nothing: no heartbeat for too long is noticed here, and what the browser knows of its network at once.
setInterval(() => {
  if (!source || source.readyState !== EventSource.OPEN || Date.now() - heardAt < beat * MISSED) return;
  wasLost = true;
  showLost();
  connect();
}, 1000);
window.addEventListener("offline", () => { wasLost = true; showLost(); });
window.addEventListener("online", () => { if (source) connect(); });
document.addEventListener("hub:signed-in", () => { wasLost = true; connect(); });
document.addEventListener("hub:signed-out", async () => { if ((await session()) === SIGNED_OUT) tellSignedOut(); });

// For what is loaded later than this: the stream may be open by then, and what came before it was missed.
export function whenOpen(does) {
  document.addEventListener("hub:open", does);
  if (isUp) does();
}

function showLost() {
  if (banner()) return;
  const node = document.createElement("div");
  node.className = "lost";
  node.setAttribute("role", "status");
  node.textContent = document.getElementById("texts").dataset.lost;
  document.body.append(node);
}

async function background() {
  if (!navigator.locks) return;
  const held = await navigator.locks.request("hub-live", { ifAvailable: true }, (lock) => {
    if (!lock) return false;
    return new Promise((resolve) => { release = () => resolve(true); });
  });
  if (held === false && document.hidden) { source?.close(); source = undefined; }
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) { background(); return; }
  release();
  if (!source) { wasLost = true; connect(); }
});
window.addEventListener("pagehide", () => source?.close());
window.addEventListener("pageshow", (event) => { if (event.persisted) { wasLost = true; connect(); } });

if (document.body.dataset.csrf) connect();

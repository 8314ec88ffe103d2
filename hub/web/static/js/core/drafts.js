// Drafts: one a conversation and kind, kept here at once and on the hub a moment later, so that every device has them.
import { whenOpen } from "./live.js";
import { DONE, post } from "./post.js";

const AFTER = 700;
const place = (composer, kind) => `draft:${document.body.dataset.user}:${composer.dataset.composer}:${kind}`;
const timers = new Map();
let running = Promise.resolve();
let asked = performance.timeOrigin; // when the conversation that is shown was asked for
document.addEventListener("htmx:beforeRequest", (event) => { if (event.detail.target?.id === "conversation") asked = Date.now(); });

function read(key) {
  try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
}

function write(key, value) {
  try {
    if (value) localStorage.setItem(key, JSON.stringify(value));
    else localStorage.removeItem(key);
  } catch { /* no storage: the hub has it a moment later */ }
}

// What the hub had when the page was drawn; what was typed here and did not get there yet is newer.
// The hub tells how long ago a draft was written, not when: its clock and this one may differ. Counted from the asking, an answer that took
// its time makes nothing newer than what was typed here.
function stored(composer) {
  let found = {};
  try { found = JSON.parse(composer.dataset.drafts || "{}"); } catch { return found; }
  const told = Object.values(found).filter((entry) => entry.ago !== undefined);
  for (const entry of told) {
    entry.at = asked - entry.ago;
    delete entry.ago;
  }
  if (told.length) composer.dataset.drafts = JSON.stringify(found);
  return found;
}

export function draft(composer, kind) {
  return read(place(composer, kind))?.text ?? stored(composer)[kind]?.text ?? "";
}

// A conversation that was asked for before the hub had a draft may be drawn afterwards, without it.
function store(key, kind, entry) {
  write(key, { ...entry, sent: Date.now() });
  const composer = document.getElementById("composer");
  if (!composer || place(composer, kind) !== key) return;
  composer.dataset.drafts = JSON.stringify({ ...stored(composer), [kind]: entry });
}

// Before a composer is filled: what got to the hub after the conversation was asked for is laid over it, of all else the hub knows better.
export function learn(composer) {
  for (const kind of ["reply", "note"]) {
    const entry = read(place(composer, kind));
    if (!entry?.sent) continue;
    write(place(composer, kind), null);
    if (entry.sent < asked) continue;
    composer.dataset.drafts = JSON.stringify({ ...stored(composer), [kind]: { text: entry.text, at: entry.at } });
  }
}

// The kind whose draft is the newest of those that say something, an answer where there is none; a text from before drafts knew
// their kind is taken for a note, which harms nobody.
export function lastKind(composer) {
  const old = `draft:${composer.dataset.composer}`;
  try {
    const text = localStorage.getItem(old);
    if (text && !draft(composer, "note")) keep(composer, "note", text);
    localStorage.removeItem(old);
  } catch { /* no storage */ }
  const at = (kind) => (draft(composer, kind).trim() ? read(place(composer, kind))?.at ?? stored(composer)[kind]?.at ?? 0 : -1);
  return at("note") > at("reply") ? "note" : "reply";
}

export function keep(composer, kind, text) {
  const key = place(composer, kind);
  const entry = { text, at: Date.now(), address: composer.getAttribute("action").replace(/messages$/, "drafts") };
  write(key, entry);
  clearTimeout(timers.get(key));
  timers.set(key, setTimeout(() => push(key, kind), AFTER));
}

function push(key, kind) {
  timers.delete(key);
  const entry = read(key);
  if (!entry || entry.sent) return running;
  const body = new URLSearchParams({ kind, text: entry.text, ago: Math.max(0, Date.now() - entry.at) });
  running = running.then(async () => {
    const told = await post(entry.address, body, { keepalive: entry.text.length < 20_000 });
    if (told.outcome === DONE && read(key)?.at === entry.at) store(key, kind, entry);
  });
  return running;
}

// Before the text itself is sent: nothing that is still under way may bring the draft back.
export async function settled(composer, kind) {
  const key = place(composer, kind);
  clearTimeout(timers.get(key));
  timers.delete(key);
  await running;
}

// It was sent: here and (by the sending itself) on the hub it is gone.
export function drop(composer, kind) {
  const key = place(composer, kind);
  clearTimeout(timers.get(key));
  timers.delete(key);
  write(key, null);
  const left = stored(composer);
  delete left[kind];
  composer.dataset.drafts = JSON.stringify(left);
}

// What did not get to the hub, because there was no line or no session, goes there now.
function catchUp() {
  const mine = `draft:${document.body.dataset.user}:`;
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(mine)) push(key, key.slice(key.lastIndexOf(":") + 1));
  } catch { /* no storage */ }
}
whenOpen(catchUp);
document.addEventListener("hub:signed-in", catchUp);
window.addEventListener("pagehide", () => {
  for (const key of timers.keys()) {
    clearTimeout(timers.get(key));
    push(key, key.slice(key.lastIndexOf(":") + 1));
  }
});

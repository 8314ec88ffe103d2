// Writing: Ctrl+Enter, a draft for each kind, and what to do when it was not sent. The text goes only when the hub has it.
import { apply } from "../core/apply.js";
import { forget } from "./about.js";
import { kindOf, showKind } from "./kinds.js";
import { drop, draft, keep, lastKind, learn, settled } from "../core/drafts.js";
import { failed, refused } from "../core/notices.js";
import { DONE, LOST, SIGNED_OUT, get, post } from "../core/post.js";
import { signIn } from "../core/signin.js";
import { offerUndo } from "../core/undo.js";

const form = () => document.getElementById("composer");
const chips = { reply: [], note: [] }; // files belong to the kind they were chosen for
let shown = "reply";

function restore() {
  const composer = form();
  if (!composer || composer.dataset.ready) return;
  composer.dataset.ready = "1";
  chips.reply = [];
  chips.note = [];
  learn(composer);
  const last = composer.querySelector(`[name="kind"][value="${lastKind(composer)}"]`);
  if (!last.disabled) last.checked = true;
  shown = kindOf(composer);
  composer.elements.text.value = draft(composer, shown);
  showKind(composer);
}

// Each kind has its own text and files: what was meant for colleagues never stands where the customer's answer is written.
function turn(composer) {
  const kind = kindOf(composer);
  if (kind !== shown) {
    const list = composer.querySelector("#chips");
    chips[shown] = [...list.children];
    list.replaceChildren(...chips[kind]);
    shown = kind;
    composer.elements.text.value = draft(composer, kind);
  }
  showKind(composer);
}

export function addChip(kind, html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  chips[kind].push(...template.content.children);
}

// Only by saying so a note becomes a reply.
function useAsReply(composer) {
  const note = composer.elements.text.value;
  keep(composer, "note", "");
  const before = draft(composer, "reply");
  keep(composer, "reply", before ? `${before}\n${note}` : note);
  composer.querySelector('[name="kind"][value="reply"]').checked = true;
  turn(composer);
  composer.elements.text.focus();
}

function clear(composer) {
  composer.elements.text.value = "";
  composer.querySelector("#chips").replaceChildren();
  composer.elements.file.value = "";
  for (const field of composer.querySelectorAll("[name=cc], [name=bcc]")) field.value = "";
  drop(composer, kindOf(composer));
  const last = [...document.querySelectorAll("#messages > .msg")].at(-1);
  if (last) composer.querySelector("[data-seen]").value = last.dataset.order;
}

// The key stays with the text while nobody can tell whether it arrived: sent again, also after a reload, it is stored once.
function keyOf(composer, words) {
  const place = `sending:${document.body.dataset.user}:${composer.dataset.composer}:${kindOf(composer)}`;
  try {
    const old = JSON.parse(localStorage.getItem(place));
    if (old?.words === words) return [old.key, place];
  } catch { /* no storage, or nothing there */ }
  const key = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  try { localStorage.setItem(place, JSON.stringify({ key, words })); } catch { /* no storage */ }
  return [key, place];
}

function sameWords(composer, body) {
  return JSON.stringify([body.get("text"), ...body.getAll("attachment"), body.get("cc"), body.get("bcc"), body.get("answers")]);
}

// One after the other: a second press while the first is on its way finds what the first has left.
let running = Promise.resolve();
export function send(composer, options) {
  running = running.then(() => attempt(composer, options)).catch(failed);
  return running;
}

async function attempt(composer, { force = false, lead = "" } = {}) {
  if (form() !== composer || composer.querySelector("dialog[open]")) return;
  const body = new FormData(composer);
  const edited = composer.elements.edits.value;
  if (force) body.set("force", "1");
  if (lead) body.set("lead", lead);
  body.delete("file");
  if (!body.get("text").trim() && !body.getAll("attachment").length) { composer.elements.text.focus(); return; }
  const kind = kindOf(composer);
  const [key, place] = keyOf(composer, sameWords(composer, body));
  body.set("key", key);
  const button = composer.querySelector("[data-send]");
  button.disabled = true;
  if (!edited) await settled(composer, kind);
  const told = await post(edited ? `/messages/${edited}/text` : composer.getAttribute("action"), body);
  button.disabled = false;
  if (told.outcome === DONE) { sent(composer, told, { edited, place, typed: body.get("text") }); return; }
  if (!edited) keep(composer, kind, body.get("text"));
  if (told.outcome === SIGNED_OUT) { if ((await signIn()) && form() === composer) await attempt(composer, { force, lead }); return; }
  if (told.outcome === LOST) failed();
  else if (told.status === 409 && !edited) ask(composer, JSON.parse(told.html));
  else refused(told.html);
}

function sent(composer, told, { edited, place, typed }) {
  try { localStorage.removeItem(place); } catch { /* no storage */ }
  apply(told.html);
  if (form() !== composer) { drop(composer, kindOf(composer)); return; }
  if (edited) { forget(composer); composer.elements.text.focus(); return; }
  const typedSince = composer.elements.text.value !== typed && composer.elements.text.value;
  clear(composer);
  forget(composer);
  if (typedSince) { composer.elements.text.value = typedSince; keep(composer, kindOf(composer), typedSince); }
  const undo = told.html.match(/data-undo="(\d+)"/)?.[1];
  if (undo) offerUndo(composer, undo);
  composer.elements.text.focus();
  document.getElementById("thread").scrollTop = 1e9;
}

// Not sent: the customer wrote meanwhile, a colleague leads it, or a colleague has taken it.
function ask(composer, told) {
  if (told.what === "stale") { askStale(composer); return; }
  if (told.what === "taken") { document.dispatchEvent(new CustomEvent("hub:taken", { detail: told })); return; }
  const dialog = composer.querySelector("#led");
  dialog.querySelector("[data-led-sentence]").textContent = told.sentence;
  dialog.showModal();
}

async function askStale(composer) {
  composer.querySelector("#stale").showModal();
  const messages = () => [...document.querySelectorAll("#messages > .msg")];
  const told = await get(`${composer.getAttribute("action")}?after=${messages().at(-1)?.dataset.order ?? 0}`);
  if (told.outcome === DONE) apply(told.html);
  composer.querySelector("[data-seen]").value = messages().at(-1)?.dataset.order ?? "";
}

document.addEventListener("submit", (event) => {
  if (event.target.matches?.("[data-composer]")) { event.preventDefault(); send(event.target); }
});
document.addEventListener("click", (event) => {
  if (event.target.closest?.("button[data-force]")) { form().querySelector("#stale").close(); send(form(), { force: true }); }
  const lead = event.target.closest?.("[data-lead-choice]")?.dataset.leadChoice;
  if (lead) { form().querySelector("#led").close(); send(form(), { lead }); }
  if (event.target.closest?.("[data-use-as-reply]")) useAsReply(form());
});
document.addEventListener("keydown", (event) => {
  if (event.target.id === "text" && event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); send(form()); }
  if (event.target.id === "text" && event.key === "Escape") event.target.blur();
});
document.addEventListener("input", (event) => {
  if (event.target.id !== "text" || form().elements.edits.value) return;
  keep(form(), kindOf(form()), event.target.value);
  showKind(form());
});
document.addEventListener("change", (event) => {
  if (event.target.name !== "kind" || event.target.form !== form()) return;
  turn(form());
  form().elements.text.focus();
});
document.addEventListener("htmx:afterSettle", restore);
restore();

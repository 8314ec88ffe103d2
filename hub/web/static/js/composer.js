// Writing: Ctrl+Enter, a draft kept per conversation, an undo, and a question when the customer wrote meanwhile.
import { apply } from "./apply.js";
import { forget } from "./about.js";
import { notice } from "./notices.js";

const form = () => document.getElementById("composer");
const key = (composer) => `draft:${composer.dataset.composer}`;
const headers = () => ({ "HX-Request": "true", "X-CSRF-Token": document.body.dataset.csrf });
const failed = () => notice(document.getElementById("texts").dataset.failed, { kind: "bad" });

export async function post(address, body) {
  return fetch(address, { method: "POST", headers: headers(), body });
}

function keep(composer, text) {
  try {
    if (text) localStorage.setItem(key(composer), text);
    else localStorage.removeItem(key(composer));
  } catch { /* no storage: no draft */ }
}

export function draft(composer) {
  try { return localStorage.getItem(key(composer)) ?? ""; } catch { return ""; }
}

function restore() {
  const composer = form();
  if (!composer || composer.dataset.ready) return;
  composer.dataset.ready = "1";
  composer.elements.text.value = draft(composer);
}

export function showKind(composer) {
  const kind = composer.elements.edits.value ? "edit" : composer.elements.kind.value;
  const label = composer.querySelector("[data-label]");
  label.textContent = label.dataset[`${kind}Label`];
  composer.elements.text.placeholder = composer.elements.text.dataset[`${composer.elements.kind.value}Hint`];
}

function clear(composer) {
  composer.elements.text.value = "";
  composer.querySelector("#chips").replaceChildren();
  composer.elements.file.value = "";
  for (const field of composer.querySelectorAll("[name=cc], [name=bcc]")) field.value = "";
  keep(composer, "");
  const last = [...document.querySelectorAll("#messages > .msg")].at(-1);
  if (last) composer.querySelector("[data-seen]").value = last.dataset.order;
}

function offerUndo(composer, id) {
  const node = notice(composer.dataset.undoText, { lasts: 5000 });
  const button = document.createElement("button");
  button.className = "button button--small";
  button.type = "button";
  button.textContent = composer.dataset.undoLabel;
  button.addEventListener("click", () => { node.remove(); verb(`/messages/${id}/cancellation`); });
  node.append(button);
}

// Undo or try again. What was taken back returns into the field.
async function verb(address) {
  const id = address.split("/")[2];
  const said = document.getElementById(`m${id}`)?.querySelector(".bubble__text");
  const text = said?.dataset.source ?? said?.textContent ?? "";
  const answer = await post(address).catch(() => null);
  if (!answer) { failed(); return; }
  const html = await answer.text();
  if (!answer.ok) { document.getElementById("notices").insertAdjacentHTML("beforeend", html); return; }
  apply(html);
  const field = form()?.elements.text;
  if (address.endsWith("/cancellation") && field && !field.value) { field.value = text; keep(form(), text); }
}

async function send(composer, { force = false } = {}) {
  const body = new FormData(composer);
  if (force) body.set("force", "1");
  body.delete("file");
  if (!body.get("text").trim() && !body.getAll("attachment").length) { composer.elements.text.focus(); return; }
  const button = composer.querySelector("[data-send]");
  button.disabled = true;
  const edited = composer.elements.edits.value;
  const answer = await post(edited ? `/messages/${edited}/text` : composer.getAttribute("action"), body).catch(() => null);
  button.disabled = false;
  if (!answer) { failed(); return; }
  const html = await answer.text();
  if (answer.status === 409 && !edited) { askStale(composer); return; }
  if (!answer.ok) { document.getElementById("notices").insertAdjacentHTML("beforeend", html); return; }
  apply(html);
  if (edited) { forget(composer); composer.elements.text.focus(); return; }
  clear(composer);
  forget(composer);
  const undo = html.match(/data-undo="(\d+)"/)?.[1];
  if (undo) offerUndo(composer, undo);
  composer.elements.text.focus();
  document.getElementById("thread").scrollTop = 1e9;
}

async function askStale(composer) {
  composer.querySelector("#stale").showModal();
  const messages = () => [...document.querySelectorAll("#messages > .msg")];
  const answer = await fetch(`${composer.getAttribute("action")}?after=${messages().at(-1)?.dataset.order ?? 0}`, { headers: headers() }).catch(() => null);
  if (answer?.ok) apply(await answer.text());
  composer.querySelector("[data-seen]").value = messages().at(-1)?.dataset.order ?? "";
}

document.addEventListener("submit", (event) => {
  if (event.target.matches?.("[data-composer]")) { event.preventDefault(); send(event.target); }
  if (event.target.matches?.("[data-inline-verb]")) {
    event.preventDefault();
    verb(event.target.getAttribute("action"));
  }
});
document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-force]")) { form().querySelector("#stale").close(); send(form(), { force: true }); }
});
document.addEventListener("keydown", (event) => {
  if (event.target.id === "text" && event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); send(form()); }
  if (event.target.id === "text" && event.key === "Escape") event.target.blur();
});
document.addEventListener("input", (event) => { if (event.target.id === "text" && !form().elements.edits.value) keep(form(), event.target.value); });
document.addEventListener("change", (event) => { if (event.target.name === "kind" && event.target.form === form()) { showKind(form()); form().elements.text.focus(); } });
document.addEventListener("htmx:afterSettle", restore);
restore();

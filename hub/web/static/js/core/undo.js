// Verbs without a form's page: undo, try again, delete, give back. What was taken back returns into the field.
import { apply } from "./apply.js";
import { keep } from "./drafts.js";
import { failed, notice, refused } from "./notices.js";
import { DONE, LOST, SIGNED_OUT, post } from "./post.js";
import { signIn } from "./signin.js";

const composer = () => document.getElementById("composer");

// The outcome as far as a person can help it: signed in again it is asked once more, otherwise it is told.
export async function carryOut(address, body) {
  let told = await post(address, body);
  if (told.outcome === SIGNED_OUT && (await signIn())) told = await post(address, body);
  if (told.outcome === LOST) failed();
  if (told.outcome !== DONE && told.outcome !== LOST && told.outcome !== SIGNED_OUT) refused(told.html);
  return told.outcome === DONE ? told : undefined;
}

function words(id) {
  const said = document.getElementById(`m${id}`)?.querySelector(".bubble__text");
  return said?.dataset.source ?? said?.textContent ?? "";
}

export async function verb(address) {
  const text = words(address.split("/")[2]);
  const told = await carryOut(address);
  if (!told) return;
  apply(told.html);
  if (address.endsWith("/cancellation")) document.querySelector(`[data-sending="${address.split("/")[2]}"]`)?.remove();
  const field = composer()?.elements.text;
  if (!address.endsWith("/cancellation") || !field || composer().elements.edits.value) return;
  composer().querySelector('[name="kind"][value="reply"]').click();
  if (!field.value.trim()) { field.value = text; keep(composer(), "reply", text); }
  else if (text) keep(composer(), "reply", field.value = `${text}\n${field.value}`);
}

export function offerUndo(form, id) {
  const node = notice(form.dataset.undoText, { lasts: 5000 });
  node.dataset.sending = id;
  const button = document.createElement("button");
  button.className = "button button--small";
  button.type = "button";
  button.textContent = form.dataset.undoLabel;
  button.addEventListener("click", () => { node.remove(); verb(`/messages/${id}/cancellation`); });
  node.append(button);
}

// A notice's own verb: undo of a closing, an assignment; the page shows where it was done.
async function ofNotice(form) {
  const told = await carryOut(form.getAttribute("action"), new URLSearchParams(new FormData(form)));
  if (!told) return;
  form.closest("[data-notice]")?.remove();
  const { address, goes } = JSON.parse(told.html || "{}");
  if (address === undefined) document.dispatchEvent(new CustomEvent("hub:undone", { detail: told }));
  else if (goes) location.assign(address);
  else if (/^\/(inbox|conversations)/.test(location.pathname)) location.reload();
  else if (location.pathname.startsWith(address)) location.assign(address);
  else location.reload();
}

document.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  if (event.target.matches?.("[data-inline-verb]")) { event.preventDefault(); verb(event.target.getAttribute("action")); }
  if (event.target.matches?.("[data-verb]")) { event.preventDefault(); ofNotice(event.target); }
});

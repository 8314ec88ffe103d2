// Signing in again over the page: what was typed stays, and what was to be sent is sent once afterwards.
import { DONE, SIGNED_OUT, get, session } from "./post.js";
import { notice } from "./notices.js";

const texts = () => document.getElementById("texts").dataset;
const box = () => document.getElementById("signin");
let waiting; // { promise, resolve } while the dialog is open

function put(html) {
  const form = new DOMParser().parseFromString(html, "text/html").querySelector('form[action^="/sign-in"]');
  const place = box().querySelector("[data-signin]");
  if (form) { place.replaceChildren(document.adoptNode(form)); place.querySelector("[autofocus], input")?.focus(); }
}

// Nobody is signed in, so the page says in which language it is.
const headers = () => ({ "HX-Request": "true", "Accept-Language": document.documentElement.lang });

async function load(address) {
  const told = await fetch(address, { headers: headers() }).catch(() => undefined);
  if (told?.ok) put(await told.text());
}

async function submit(form) {
  const button = form.querySelector("button");
  button.disabled = true;
  const body = new URLSearchParams(new FormData(form));
  const told = await fetch(form.getAttribute("action"), { method: "POST", headers: headers(), body }).catch(() => undefined);
  button.disabled = false;
  if (!told) { notice(texts().failed, { kind: "bad" }); return; }
  const next = told.headers.get("HX-Redirect");
  if (next?.startsWith("/sign-in")) await load(next);
  else if (told.ok) await look();
  else put(await told.text());
}

// Whether somebody is signed in by now, here or in another tab.
async function look() {
  const now = await session();
  if (now === SIGNED_OUT || now === "lost") return;
  if (now === "other") { notice(texts().otherUser, { kind: "bad", lasts: 0 }); finish(false); return; }
  finish(true);
}

function finish(isIn) {
  const { resolve } = waiting ?? {};
  waiting = undefined;
  document.querySelector(".lost[data-signed-out]")?.remove();
  if (box().open) box().close();
  if (isIn) document.dispatchEvent(new CustomEvent("hub:signed-in"));
  resolve?.(isIn);
}

// Resolves to whether the same person is signed in again.
export function signIn() {
  if (!box()) { location.reload(); return Promise.resolve(false); }
  if (!waiting) {
    waiting = {};
    waiting.promise = new Promise((resolve) => { waiting.resolve = resolve; });
    box().showModal();
    load("/sign-in");
  }
  return waiting.promise;
}

// For what goes on by itself: nobody's typing is interrupted by a dialog.
export function tellSignedOut() {
  if (waiting || document.querySelector(".lost[data-signed-out]")) return;
  const node = document.createElement("div");
  node.className = "lost";
  node.dataset.signedOut = "";
  node.setAttribute("role", "status");
  const button = document.createElement("button");
  button.className = "link";
  button.type = "button";
  button.textContent = texts().signIn;
  button.addEventListener("click", signIn);
  node.append(`${texts().signedOut} `, button);
  document.body.append(node);
}

document.addEventListener("submit", (event) => {
  if (!box()?.contains(event.target)) return;
  event.preventDefault();
  submit(event.target);
});
document.addEventListener("close", (event) => { if (event.target === box() && waiting) { finish(false); tellSignedOut(); } }, true);
window.addEventListener("focus", async () => {
  if (!waiting && !document.querySelector(".lost[data-signed-out]")) return;
  const told = await get("/session");
  if (told.outcome === DONE) look();
});

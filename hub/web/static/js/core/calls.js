// Pop-ups of calls: what rings and what one talks in, notes that keep themselves, a click on a number.
import { DONE, LOST, REFUSED, SIGNED_OUT, get, post } from "./post.js";
import { failed, refused } from "./notices.js";
import { signIn } from "./signin.js";

const box = () => document.getElementById("calls");
const closed = () => JSON.parse(sessionStorage.getItem("hub-calls-closed") ?? "[]");
const key = (node) => `${node.dataset.call}:${node.dataset.state}`;

function put(html, { loaded = false } = {}) {
  const template = document.createElement("template");
  template.innerHTML = html;
  for (const fresh of [...template.content.querySelectorAll(".call[data-order]")]) {
    const old = document.getElementById(fresh.id);
    if (!old && closed().includes(key(fresh))) continue;
    if (old) keep(old, fresh);
    if (old) old.replaceWith(fresh); else box().append(fresh);
    window.htmx?.process(fresh);
    fold(fresh, isFolded(fresh, loaded && !old));
    const typed = fresh.querySelector("[data-typing]");
    if (typed) { typed.focus(); typed.setSelectionRange?.(typed.value.length, typed.value.length); }
  }
  fade();
  tick();
}

// A folded call is a bar above the page, which makes room for it; on a phone one that was there before the page is folded.
const foldKey = (node) => `hub-call-folded:${node.dataset.call}`;
function isFolded(node, loaded) {
  const chosen = sessionStorage.getItem(foldKey(node));
  if (chosen) return chosen === "1";
  return loaded && node.dataset.state !== "ringing" && matchMedia("(max-width: 720px)").matches;
}

function fold(node, folded) {
  node.classList.toggle("is-folded", folded);
  node.querySelector("[data-fold-call]")?.setAttribute("aria-expanded", String(!folded));
}

function fade() {
  for (const node of box().querySelectorAll("[data-fades]")) {
    node.removeAttribute("data-fades");
    setTimeout(() => node.remove(), 4000);
  }
}
document.addEventListener("htmx:afterSwap", () => { if (box()) fade(); });

function keep(old, fresh) { // what is being typed stays, and so does the place in it
  for (const field of old.querySelectorAll("[data-keep]")) {
    const twin = fresh.querySelector(`#${field.id}`);
    if (!twin) continue;
    twin.value = field.value;
    twin.toggleAttribute("data-typing", field === document.activeElement);
  }
}

async function ask(address) {
  const told = await get(address);
  return told.outcome === DONE ? told.html : "";
}

// A note that did not get there stays in its field, marked, and goes when the line or the session is back.
async function note(field) {
  const told = await post(field.dataset.note, new URLSearchParams({ note: field.value }));
  if (told.outcome === SIGNED_OUT) document.dispatchEvent(new CustomEvent("hub:signed-out"));
  if (told.outcome === REFUSED) refused(told.html);
  const isUnsaved = told.outcome !== DONE;
  if (isUnsaved && !field.hasAttribute("data-unsaved") && told.outcome === LOST) failed();
  field.toggleAttribute("data-unsaved", isUnsaved);
}
const unsaved = () => { for (const field of document.querySelectorAll("[data-note][data-unsaved]")) note(field); };
for (const name of ["hub:open", "hub:signed-in"]) document.addEventListener(name, unsaved);

function tick() {
  for (const node of document.querySelectorAll("[data-since]")) {
    const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(node.dataset.since)) / 1000));
    node.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }
}
setInterval(tick, 1000);

document.addEventListener("hub:open", async () => { if (box()?.hasAttribute("data-live-calls")) put(await ask("/calls/now"), { loaded: true }); });
document.addEventListener("hub:panel", async (event) => {
  document.getElementById("dialled")?.remove();
  put(await ask(`/calls/${event.detail}/panel`));
});

document.addEventListener("click", async (event) => {
  const bar = event.target.closest?.("[data-fold-call]")?.closest(".call");
  if (bar) {
    fold(bar, !bar.classList.contains("is-folded"));
    sessionStorage.setItem(foldKey(bar), bar.classList.contains("is-folded") ? "1" : "0");
  }
  const verb = event.target.closest?.("[data-dismiss-call]");
  if (verb) {
    const node = verb.closest(".call");
    if (node.dataset.call) sessionStorage.setItem("hub-calls-closed", JSON.stringify([...closed(), key(node)].slice(-50)));
    node.remove();
  }
  const number = event.target.closest?.("[data-dial]");
  if (!number || !box()?.hasAttribute("data-dials") || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  if (number.hasAttribute("aria-disabled")) return;
  number.setAttribute("aria-disabled", "true");
  const body = new URLSearchParams({ number: number.dataset.dial, contact_id: number.dataset.contact ?? "", name: number.dataset.name ?? "" });
  let told = await post("/dials", body);
  if (told.outcome === SIGNED_OUT && (await signIn())) told = await post("/dials", body);
  if (told.outcome === DONE) put(told.html);
  else if (told.outcome === LOST) failed();
  else if (told.outcome === REFUSED) refused(told.html);
  setTimeout(() => number.removeAttribute("aria-disabled"), 3000);
});

let waiting;
document.addEventListener("input", (event) => {
  const field = event.target.closest?.("[data-note]");
  if (!field) return;
  clearTimeout(waiting);
  waiting = setTimeout(() => note(field), 400);
});

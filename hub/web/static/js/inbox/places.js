// Where a message stands: why it is here, and over to another conversation that one searches; each with a way back.
import { go } from "./next.js";
import { DONE, get } from "../core/post.js";
import { carryOut } from "../core/undo.js";

const WAIT = 200;
let asked = 0;
let timer;

function dialog() {
  const node = document.getElementById("place") ?? document.createElement("dialog");
  if (!node.isConnected) {
    node.id = "place";
    node.className = "dialog place-dialog";
    node.setAttribute("aria-labelledby", "place-title");
    document.body.append(node);
  }
  return node;
}

async function open(id, why) {
  const told = await get(`/messages/${id}/move${why ? "?why=1" : ""}`);
  if (told.outcome !== DONE) return;
  const node = dialog();
  node.innerHTML = told.html;
  if (!node.open) node.showModal();
  node.querySelector("[data-place-search]").focus();
}

async function find(field) {
  const mine = ++asked;
  const told = await get(`/messages/${field.dataset.placeSearch}/move?q=${encodeURIComponent(field.value)}`);
  if (told.outcome === DONE && mine === asked && field.isConnected) dialog().querySelector("[data-place-rows]").innerHTML = told.html;
}

async function carry(form) {
  const told = await carryOut(form.getAttribute("action"), new URLSearchParams(new FormData(form)));
  if (!told) return;
  document.getElementById("place")?.close();
  const notices = document.getElementById("notices");
  notices.insertAdjacentHTML("beforeend", told.html);
  if ("placeGoes" in form.dataset) go(notices.lastElementChild.dataset.to);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-place-message]");
  if (button) open(button.dataset.placeMessage, "why" in button.dataset);
});
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || !event.target.matches?.("[data-place-verb]")) return;
  event.preventDefault();
  carry(event.target);
});
document.addEventListener("input", (event) => {
  if (!event.target.matches?.("[data-place-search]")) return;
  clearTimeout(timer);
  timer = setTimeout(find, WAIT, event.target);
});
// Arrows go through what was found, Enter in the field takes the first.
document.addEventListener("keydown", (event) => {
  const box = event.target.closest?.("#place");
  if (!box) return;
  const rows = [...box.querySelectorAll(".place")];
  const field = box.querySelector("[data-place-search]");
  const stops = [field, ...rows];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && stops.includes(event.target)) {
    stops[Math.min(Math.max(stops.indexOf(event.target) + step, 0), stops.length - 1)].focus();
    event.preventDefault();
  } else if (event.key === "Enter" && event.target === field) event.preventDefault();
});

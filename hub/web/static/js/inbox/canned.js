// Canned replies: "/" at the beginning of a word opens the list, or the button, with a field to search in; arrows choose, Enter or Tab takes.
import { DONE, get } from "../core/post.js";

const panel = () => document.getElementById("canned-panel");
const list = () => document.getElementById("canned");
const field = () => document.getElementById("text");
const search = () => panel().querySelector("[data-canned-search]");
const asking = () => search().querySelector("input");
const isOpen = () => Boolean(panel()) && !panel().hidden;
let asked = 0;
let at = 0;

const typed = () => field().value.slice(0, field().selectionStart).match(/(^|\s)\/([^\s/]*)$/);

async function find(query) {
  const mine = ++asked;
  const told = await get(`/inbox/canned?conversation=${field().form.dataset.composer}&q=${encodeURIComponent(query)}`);
  if (told.outcome !== DONE || mine !== asked || !panel()) return;
  list().innerHTML = told.html;
  panel().hidden = false;
  at = 0;
  select();
}

async function open() {
  search().hidden = false;
  asking().value = "";
  await find("");
  asking().focus();
}

function close() {
  asked += 1;
  if (!panel()) return;
  panel().hidden = true;
  search().hidden = true;
}

function select() {
  const items = [...list().querySelectorAll("[data-text]")];
  at = (at + items.length) % (items.length || 1);
  items.forEach((item, index) => item.setAttribute("aria-selected", String(index === at)));
  items[at]?.scrollIntoView({ block: "nearest" });
  for (const node of [field(), asking()]) {
    if (items[at]) node.setAttribute("aria-activedescendant", items[at].id);
    else node.removeAttribute("aria-activedescendant");
  }
}

// What nothing is known for still stands in the text, chosen, to be written over.
function take(item) {
  const node = field();
  const end = node.selectionStart;
  const found = search().hidden ? typed() : null;
  const start = found ? end - found[2].length - 1 : end;
  node.focus();
  node.setRangeText(item.dataset.text, start, end, "end");
  node.dispatchEvent(new Event("input", { bubbles: true }));
  const missing = item.dataset.missing ? node.value.indexOf(item.dataset.missing, start) : -1;
  if (missing >= 0) node.setSelectionRange(missing, missing + item.dataset.missing.length);
  close();
}

document.addEventListener("input", (event) => {
  if (panel() && event.target === asking()) { find(event.target.value); return; }
  if (event.target.id !== "text" || event.target.form.elements.kind.value === "note") return;
  const found = typed();
  if (found) find(found[2]);
  else close();
});
document.addEventListener("keydown", (event) => {
  if (!isOpen() || (event.target.id !== "text" && event.target !== asking())) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const item = list().querySelectorAll("[data-text]")[at];
  if (step) { at += step; select(); event.preventDefault(); }
  else if ((event.key === "Enter" || event.key === "Tab") && item && !event.ctrlKey) { take(item); event.preventDefault(); event.stopImmediatePropagation(); }
  else if (event.key === "Enter" && event.target === asking()) event.preventDefault(); // the form is not sent by it
  else if (event.key === "Escape") { close(); field().focus(); event.preventDefault(); event.stopImmediatePropagation(); }
}, true);
document.addEventListener("click", (event) => {
  const item = event.target.closest?.("#canned [data-text]");
  if (item) take(item);
  else if (event.target.closest?.("[data-canned]")) { if (isOpen()) close(); else open(); }
  else if (!event.target.closest?.("#canned-panel")) close();
});

// Canned replies: "/" at the beginning of a word opens the list; arrows choose, Enter or Tab takes.
import { DONE, get } from "./post.js";

const list = () => document.getElementById("canned");
const field = () => document.getElementById("text");
let asked = 0;
let at = 0;

const typed = () => field().value.slice(0, field().selectionStart).match(/(^|\s)\/([^\s/]*)$/);

async function open(query) {
  const mine = ++asked;
  const told = await get(`/inbox/canned?q=${encodeURIComponent(query)}`);
  if (told.outcome !== DONE || mine !== asked) return;
  list().innerHTML = told.html;
  list().hidden = false;
  at = 0;
  select();
}

function close() {
  asked += 1;
  if (list()) list().hidden = true;
}

function select() {
  const items = [...list().querySelectorAll("[data-text]")];
  at = (at + items.length) % (items.length || 1);
  items.forEach((item, index) => item.setAttribute("aria-selected", String(index === at)));
  items[at]?.scrollIntoView({ block: "nearest" });
}

function take(item) {
  const composer = field().form;
  const text = item.dataset.text.replaceAll("{name}", composer.dataset.name).replaceAll("{me}", composer.dataset.me);
  const end = field().selectionStart;
  const start = typed() ? end - typed()[2].length - 1 : end;
  field().setRangeText(text, start, end, "end");
  field().dispatchEvent(new Event("input", { bubbles: true }));
  field().focus();
  close();
}

document.addEventListener("input", (event) => {
  if (event.target.id !== "text" || event.target.form.elements.kind.value === "note") return;
  const found = typed();
  if (found) open(found[2]);
  else close();
});
document.addEventListener("keydown", (event) => {
  if (event.target.id !== "text" || list().hidden) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const item = list().querySelectorAll("[data-text]")[at];
  if (step) { at += step; select(); event.preventDefault(); }
  else if ((event.key === "Enter" || event.key === "Tab") && item && !event.ctrlKey) { take(item); event.preventDefault(); event.stopImmediatePropagation(); }
  else if (event.key === "Escape") { close(); event.preventDefault(); event.stopImmediatePropagation(); }
}, true);
document.addEventListener("click", (event) => {
  const item = event.target.closest?.("#canned [data-text]");
  if (item) take(item);
  else if (event.target.closest?.("[data-canned]")) { if (list().hidden) open(""); else close(); }
  else if (!event.target.closest?.("#canned")) close();
});

// Which conversations are chosen, and what the keys do with them: x chooses, X all that are listed, e a s t act, Escape lets go.
import { onKey } from "../core/shortcuts.js";

const chosen = new Set();
let isAll = false; // the whole view, also what is not loaded
let isTouched = false; // asked for in the menu: boxes stand at every row
let last; // where a range begins
let shown; // the list that they were chosen in
const bar = () => document.getElementById("triage");
const list = () => document.getElementById("list");
const rows = () => [...document.querySelectorAll("#rows .conv")];
const idOf = (row) => row.id.slice(1);
const isOn = () => isAll || chosen.size > 0;

function paint() {
  if (!bar()) return;
  const there = new Set(rows().map(idOf));
  for (const id of chosen) if (!there.has(id)) chosen.delete(id); // it left the list meanwhile
  for (const row of rows()) {
    const is = isAll || chosen.has(idOf(row));
    row.classList.toggle("is-chosen", is);
    const box = row.querySelector("[data-pick]");
    if (box) box.checked = is;
  }
  const all = bar().querySelector("[data-choose-all]");
  const n = isAll ? Number(all?.dataset.n ?? there.size) : chosen.size;
  bar().classList.toggle("is-shown", n > 0);
  list().classList.toggle("is-choosing", n > 0 || isTouched);
  if (all) all.hidden = isAll;
  const words = bar().querySelector("[data-chosen]");
  words.textContent = words.dataset.one.replace("{n}", new Intl.NumberFormat(document.documentElement.lang).format(n));
  bar().elements.ids.value = [...chosen].join(",");
  bar().elements.all.value = isAll ? "1" : "";
}

function letGo() {
  chosen.clear();
  isAll = isTouched = false;
  last = undefined;
  paint();
}

function choose(row, is, withRange) {
  const all = rows();
  const from = withRange ? all.findIndex((each) => idOf(each) === last) : -1;
  const at = all.indexOf(row);
  const [low, high] = from < 0 ? [at, at] : [Math.min(from, at), Math.max(from, at)];
  if (isAll) for (const each of all) chosen.add(idOf(each)); // one less than all: those that are listed, without it
  isAll = false;
  for (const each of all.slice(low, high + 1)) chosen[is ? "add" : "delete"](idOf(each));
  last = idOf(row);
  paint();
}

const current = () => document.activeElement?.closest?.(".conv") ?? document.querySelector(".conv.is-open") ?? rows()[0];

onKey("x", () => { const row = current(); if (row) choose(row, !chosen.has(idOf(row)), false); });
onKey("X", () => {
  if (chosen.size && chosen.size === rows().length) { isAll = Boolean(bar()?.querySelector("[data-choose-all]")); paint(); return; }
  for (const row of rows()) chosen.add(idOf(row));
  paint();
});
document.addEventListener("click", (event) => {
  const box = event.target.closest?.("[data-pick]");
  if (box) choose(box.closest(".conv"), box.checked, event.shiftKey);
  if (event.target.closest?.("[data-choose-all]")) { isAll = true; paint(); }
  if (event.target.closest?.("[data-choose-none]")) letGo();
  if (event.target.closest?.("[data-select-rows]")) { isTouched = true; paint(); document.querySelector("[data-pick]")?.focus(); }
});

// What the keys mean for the open conversation they mean for the chosen ones, as long as there are such.
document.addEventListener("keydown", (event) => {
  if (!isOn() || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.target.matches?.("input:not([type=checkbox]), textarea, select") || document.querySelector("dialog[open], details[data-menu][open]")) return;
  if (event.key === "Escape") { event.preventDefault(); letGo(); return; }
  if (event.key === "t") {
    const menu = bar().querySelector("details:has([name=tag])");
    event.preventDefault();
    menu.open = true;
    menu.querySelector("[name=tag]").focus();
    return;
  }
  const button = bar().querySelector(`[data-triage="${CSS.escape(event.key)}"]`);
  if (!button) return;
  event.preventDefault();
  button.click();
}, true);
// Enter in the field of a tag adds it: the first button of a form would close.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches?.("#triage [name=tag]")) return;
  event.preventDefault();
  bar().querySelector("[value=tag]").click();
});

document.body.addEventListener("hub:triaged", () => { for (const menu of bar()?.querySelectorAll("details[open]") ?? []) menu.open = false; letGo(); });
for (const name of ["hub:filled", "hub:applied"]) document.addEventListener(name, paint);
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id !== "list" && !event.target.closest?.("#rows")) return;
  const place = `${document.getElementById("rows")?.dataset.view} ${document.getElementById("search")?.value}`;
  if (shown !== undefined && shown !== place) letGo();
  shown = place;
  paint();
});

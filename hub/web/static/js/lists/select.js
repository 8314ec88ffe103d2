// Which rows of the list are chosen: boxes, a range with Shift, all that are listed, all that match.
const chosen = new Set();
let isAll = false; // also what is not loaded
let last; // where a range begins
const bar = () => document.getElementById("bulk");
const boxes = () => [...document.querySelectorAll("[data-row] [data-pick]")];

function paint() {
  if (!bar()) return;
  for (const box of boxes()) {
    box.checked = isAll || chosen.has(box.value);
    box.closest("[data-row]").classList.toggle("is-chosen", box.checked);
  }
  const all = document.querySelector("[data-pick-all]");
  if (all) all.checked = boxes().length > 0 && boxes().every((box) => box.checked);
  bar().hidden = !isAll && !chosen.size;
  bar().elements.ids.value = isAll ? "" : [...chosen].join(","); // none are all that pass the filter
  const words = bar().querySelector("[data-chosen]");
  const count = new Intl.NumberFormat(document.documentElement.lang).format(chosen.size);
  words.textContent = isAll ? words.dataset.all : words.dataset.one.replace("{n}", count);
  const everything = bar().querySelector("[data-pick-everything]");
  if (everything) everything.hidden = isAll;
}

function choose(box, withRange) {
  const all = boxes();
  const from = withRange ? all.findIndex((each) => each.value === last) : -1;
  const at = all.indexOf(box);
  if (isAll) for (const each of all) chosen.add(each.value); // one less than all: those that are listed, without it
  isAll = false;
  const is = box.checked;
  const [low, high] = from < 0 ? [at, at] : [Math.min(from, at), Math.max(from, at)];
  for (const each of all.slice(low, high + 1)) chosen[is ? "add" : "delete"](each.value);
  last = box.value;
  paint();
}

function letGo() {
  chosen.clear();
  isAll = false;
  paint();
}

document.addEventListener("click", (event) => {
  const on = (name) => event.target.closest?.(`[${name}]`);
  if (on("data-pick-all")) {
    const is = event.target.checked;
    isAll = false;
    for (const box of boxes()) chosen[is ? "add" : "delete"](box.value);
    paint();
  } else if (on("data-pick")) choose(event.target, event.shiftKey);
  else if (on("data-pick-everything")) { isAll = true; paint(); }
  else if (on("data-pick-none")) letGo();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || bar()?.hidden !== false || document.querySelector("dialog[open], details[data-menu][open]")) return;
  letGo();
});
document.addEventListener("htmx:afterSettle", paint);
window.addEventListener("pageshow", letGo); // a browser brings ticked boxes back without what they stood for

// Of a long list only what is near its visible part stands in the page; the other rows are empty boxes of their height. Their places,
// order and marks stay, so that whatever moves, counts or holds rows goes on; who needs the words of one fills it first.
import { refresh } from "../core/times.js";

const LONG = 80; // shorter lists stand as a whole, and can be searched by the browser
const NEAR = "800px 0px";
const list = () => document.getElementById("rows");
const kept = new WeakMap();
let seen;

export function fill(row) {
  const parts = kept.get(row);
  if (!parts) return row;
  kept.delete(row);
  row.append(...parts);
  row.style.blockSize = "";
  window.htmx?.process(row); // it may have been emptied before its links were taken up
  return row;
}

function empty(row, height) {
  if (kept.has(row) || !height || row.contains(document.activeElement) || row.classList.contains("is-open")) return;
  row.style.blockSize = `${height}px`;
  kept.set(row, [...row.childNodes]);
  row.replaceChildren();
}

function watch(rows) {
  const observer = new IntersectionObserver((entries) => {
    const isLong = rows.childElementCount > LONG;
    const before = entries.filter(({ isIntersecting, target }) => isIntersecting && kept.has(target));
    for (const { target, isIntersecting, boundingClientRect } of entries) {
      if (isIntersecting) fill(target);
      else if (isLong) empty(target, boundingClientRect.height);
    }
    if (!before.length) return;
    refresh();
    document.dispatchEvent(new CustomEvent("hub:filled"));
  }, { root: rows, rootMargin: NEAR });
  const rowsOf = (nodes) => [...nodes].filter((node) => node.matches?.(".conv"));
  for (const row of rowsOf(rows.children)) observer.observe(row);
  // What comes is watched; what was drawn as a whole while the list was short is looked at once more when it becomes long.
  const changes = new MutationObserver((records) => {
    const added = records.flatMap((record) => rowsOf(record.addedNodes));
    for (const row of added.length && rows.childElementCount > LONG ? rowsOf(rows.children) : added) {
      if (!kept.has(row)) observer.unobserve(row);
      if (!kept.has(row)) observer.observe(row);
    }
  });
  changes.observe(rows, { childList: true });
  return { rows, stop() { observer.disconnect(); changes.disconnect(); } };
}

// Another view or search has another list.
function begin() {
  if (seen?.rows === list()) return;
  seen?.stop();
  seen = list() ? watch(list()) : undefined;
}

document.addEventListener("htmx:afterSettle", begin);
begin();

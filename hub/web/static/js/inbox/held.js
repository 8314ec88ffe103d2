// While the pointer is over the list, what arrives waits for its place: nothing moves away under a click.
const held = new Map(); // id of a row -> where it belongs
const list = () => document.getElementById("rows");
const button = () => document.getElementById("held");
const order = (node) => Number(node.dataset.order ?? 0);

export const isHeld = (rows) => rows.id === "rows" && matchMedia("(hover: hover)").matches && rows.matches(":hover");

function tell() {
  const fresh = [...held.values()].filter((row) => row.isNew).length;
  if (!button()) return;
  button().hidden = !held.size;
  button().textContent = fresh ? button().dataset.news.replace("{n}", fresh) : button().dataset.moved;
}

// The row stays where it is, with its new words; a row that is not there yet waits.
export function hold(rows, fresh, old) {
  if (old) {
    const place = fresh.dataset.order;
    old.replaceWith(fresh);
    fresh.dataset.order = old.dataset.order;
    window.htmx?.process(fresh);
    held.set(fresh.id, { order: place, isNew: held.get(fresh.id)?.isNew ?? false });
  } else held.set(fresh.id, { order: fresh.dataset.order, isNew: true, row: fresh });
  tell();
}

export function forget(id) {
  held.delete(id);
  tell();
}

function release() {
  const rows = list();
  for (const [id, { order: place, row }] of rows ? held : []) {
    const node = document.getElementById(id) ?? row;
    if (!node) continue;
    node.dataset.order = place;
    const focused = node.contains(document.activeElement) ? document.activeElement : undefined;
    const after = [...rows.querySelectorAll(".conv")].find((other) => other !== node && order(other) < order(node));
    if (after) after.before(node);
    else if (!rows.querySelector("[data-more]") || node.isConnected) rows.append(node);
    if (row) window.htmx?.process(node);
    focused?.focus({ preventScroll: true });
  }
  held.clear();
  tell();
}

const stays = (node) => node?.closest?.("#rows, #held");
document.addEventListener("pointerout", (event) => { if (held.size && stays(event.target) && !stays(event.relatedTarget)) release(); });
document.addEventListener("click", (event) => { if (event.target.closest?.("#held")) { release(); list().scrollTop = 0; } });
document.addEventListener("htmx:afterSettle", (event) => { if (event.target.id === "list") { held.clear(); tell(); } });

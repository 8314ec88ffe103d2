// How a pushed row of the list gets to its place: the newest above, and not while the pointer is over the list.
import { insert, modes, swap } from "../core/apply.js";
import { forget, hold, isHeld } from "./held.js";

modes.row = (item) => {
  const list = document.getElementById(item.dataset.into);
  const fresh = item.firstElementChild;
  const old = document.getElementById(fresh.id);
  fresh.classList.toggle("is-open", old?.classList.contains("is-open") ?? false);
  if (!list) return;
  if (old && old.dataset.order === fresh.dataset.order) { swap(old, fresh); return; }
  if (isHeld(list)) {
    hold(list, fresh, old);
    item.arrived = fresh;
    return;
  }
  const focused = old?.contains(document.activeElement);
  old?.remove();
  insert(list, fresh, { descending: true });
  item.arrived = fresh;
  if (focused) fresh.querySelector("a")?.focus({ preventScroll: true });
};

modes.remove = (item) => {
  document.getElementById(item.dataset.id)?.remove();
  forget(item.dataset.id); // it may wait for its place
};

// The thread on the page: messages in order of their ids, our unsent ones last. A message may come again, changed.
import { bubble, day } from "./bubble.js";

const list = document.getElementById("thread");
const shown = new Map(); // id -> { node, message }
const waiting = new Map(); // our own id of an unsent message -> node

export function since() {
  const ids = [...shown.keys()].sort((a, b) => a - b);
  return ids.length > 50 ? ids[ids.length - 51] : 0;
}
export const messages = () => [...shown.values()].map((entry) => entry.message);
export const isEmpty = () => !shown.size && !waiting.size;

export function show(message) {
  const isNew = !shown.has(message.id);
  const atEnd = isAtEnd();
  const node = bubble(message);
  if (isNew) {
    waiting.get(message.ref)?.remove();
    if (message.from === "me") waiting.delete(message.ref);
    const after = [...shown.keys()].filter((id) => id < message.id);
    const before = after.length ? shown.get(Math.max(...after)).node.nextSibling : firstFree();
    list.insertBefore(node, before);
  } else shown.get(message.id).node.replaceWith(node);
  shown.set(message.id, { node, message });
  arrange();
  if (isNew && (atEnd || message.from === "me")) toEnd();
  return isNew;
}

export function expect(message, retry) {
  const node = bubble(message, retry);
  waiting.get(message.ref)?.replaceWith(node);
  if (!waiting.has(message.ref)) list.append(node);
  waiting.set(message.ref, node);
  arrange();
  toEnd();
}

export function clear() {
  for (const { node } of shown.values()) node.remove();
  for (const node of waiting.values()) node.remove();
  shown.clear();
  waiting.clear();
  arrange();
}

export function toEnd() {
  list.scrollTop = list.scrollHeight;
}
const isAtEnd = () => list.scrollHeight - list.scrollTop - list.clientHeight < 80;
const firstFree = () => [...list.children].find((node) => node.dataset.at) || null;

// Day lines, one name above a run of one author's messages, buttons only under the last message.
function arrange() {
  for (const line of list.querySelectorAll(".day")) line.remove();
  let before = null;
  const rows = [...list.querySelectorAll(".row[data-at]")];
  for (const row of rows) {
    if (!before || day(before.dataset.at) !== day(row.dataset.at)) {
      const line = Object.assign(document.createElement("p"), { className: "day", textContent: day(row.dataset.at) });
      row.before(line);
      before = null;
    }
    row.classList.toggle("row--run", before?.dataset.who === row.dataset.who);
    before = row;
  }
  rows.forEach((row, n) => row.classList.toggle("row--last", n === rows.length - 1));
}
addEventListener("resize", () => { if (isAtEnd()) toEnd(); });

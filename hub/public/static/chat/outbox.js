// What the visitor wrote, until the hub has it. Each message has an id of its own, so that sending it again is harmless; the
// texts survive a reload. One goes out after the other: order is kept.
import { begin, session } from "./session.js";
import { get, set } from "./store.js";
import { expect } from "./thread.js";
import { language } from "./words.js";

const door = `/in/${encodeURIComponent(document.body.dataset.slug)}`;
let queue = (get("unsent") || []).map((item) => ({ ...item, files: [] }));
let busy = false;
let timer = 0;

export function restore() {
  for (const item of queue) draw(item, "sending");
  flush();
}

export function send({ text, choice = "", files = [] }) {
  const item = { id: newId(), text, choice, files, at: new Date().toISOString() };
  queue.push(item);
  keep();
  draw(item, "sending");
  flush();
}

export async function flush() {
  clearTimeout(timer);
  if (busy) return;
  busy = true;
  try {
    while (queue.length) await deliver(queue[0]);
  } catch {
    timer = setTimeout(flush, 4000);
  } finally {
    busy = false;
  }
}

async function deliver(item) {
  if (!session.token) await begin();
  const answer = await post({ id: item.id, text: item.text, choice: item.choice, files: item.files });
  if (answer.status === 401) {
    session.token = ""; // it ran out: a new one at once, and if that is no good either, later
    item.renewed = !item.renewed;
    if (item.renewed) return;
    throw new Error("later");
  }
  if (answer.ok || (answer.status < 500 && answer.status !== 429 && answer.status !== 408)) queue.shift();
  if (!answer.ok) {
    if (queue.includes(item)) throw new Error("later");
    const problem = await answer.json().catch(() => ({}));
    draw(item, problem.title || "failed");
  }
  keep();
}

export function post({ files = [], ...fields }) {
  const told = { token: session.token, language, _source: JSON.stringify(session.source || {}), ...fields };
  const form = new FormData();
  for (const [name, value] of Object.entries(told)) if (value) form.append(name, value);
  for (const file of files) form.append("files", file);
  return fetch(door, { method: "POST", headers: { Accept: "application/json" }, body: form });
}

export function forget() {
  queue = [];
  keep();
}

function draw(item, state) {
  const files = item.files.map((file) => ({ name: file.name, size: file.size, note: "…" }));
  expect({ from: "me", text: item.text, at: item.at, ref: item.id, state, files }, () => {
    queue.push(item);
    keep();
    draw(item, "sending");
    flush();
  });
}

export function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
const keep = () => set("unsent", queue.filter((item) => !item.files.length).map(({ id, text, choice, at }) => ({ id, text, choice, at })));
addEventListener("online", flush);

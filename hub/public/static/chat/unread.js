// What the visitor has not seen: the count on the page's button, and the word to the hub once it is seen.
import { post } from "./outbox.js";
import { framed, tell } from "./host.js";
import { get, set } from "./store.js";
import { messages } from "./thread.js";
import { say } from "./words.js";

let isOpen = !framed;
let timer = 0;
const told = new Set();

export function opened(open) {
  isOpen = open;
  changed();
}

export function changed(newest) {
  const theirs = messages().filter((message) => message.from !== "me");
  const seen = get("seen") || 0;
  if (isOpen && document.visibilityState === "visible") return see(theirs);
  const count = theirs.filter((message) => message.id > seen && !message.read).length;
  const name = newest && newest.from === "team" ? newest.name || say("Support") : say("Assistant");
  tell("unread", { count, preview: newest && count ? newest.text || say("New message from {name}", { name }) : "" });
}

function see(theirs) {
  if (theirs.length) set("seen", Math.max(...theirs.map((message) => message.id)));
  tell("unread", { count: 0 });
  clearTimeout(timer);
  timer = setTimeout(() => {
    const fresh = theirs.filter((message) => !message.read && message.ref && !told.has(message.ref)).map((message) => message.ref).slice(-50);
    if (!fresh.length) return;
    fresh.forEach((ref) => told.add(ref));
    post({ kind: "read", ids: fresh.join(",") }).catch(() => fresh.forEach((ref) => told.delete(ref)));
  }, 600);
}
document.addEventListener("visibilitychange", () => changed());

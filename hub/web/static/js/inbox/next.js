// After closing, snoozing or giving away: on to the next conversation of the list, from where one was.
import { fill } from "./window.js";

const rows = () => [...document.querySelectorAll("#rows .conv")];
const opened = () => document.querySelector("[data-conversation]")?.dataset.conversation;
let following = []; // the rows after the open one, as they stood when the verb began

document.addEventListener("htmx:beforeRequest", (event) => {
  if (!event.detail.elt.closest?.("#head")) return;
  const all = rows().map((row) => row.id);
  const at = all.indexOf(`c${opened()}`);
  following = at < 0 ? [] : [...all.slice(at + 1), ...all.slice(0, at).reverse()];
});
document.body.addEventListener("hub:next", () => {
  const next = following.map((id) => document.getElementById(id)).find((row) => row && row.id !== `c${opened()}`);
  const link = next && fill(next).querySelector("a");
  if (!link) return;
  link.click();
  link.focus({ preventScroll: true });
  link.scrollIntoView({ block: "nearest" });
});
// Taken back: where it was is where one goes on.
document.addEventListener("hub:undone", (event) => go(JSON.parse(event.detail.html || "{}").conversation));
export function go(conversation) {
  const list = document.querySelector('[data-page="inbox"]');
  if (!conversation || !list || !window.htmx) return;
  const address = `/conversations/${conversation}?view=${document.getElementById("rows")?.dataset.view ?? "mine"}`;
  window.htmx.ajax("GET", address, { target: "#conversation", swap: "innerHTML" }).then(() => history.pushState({}, "", address));
}

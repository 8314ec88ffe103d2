// Short notices in the corner. Errors stay until dismissed; the rest go after a while.
import { post } from "./post.js";

const texts = () => document.getElementById("texts").dataset;
const place = () => document.getElementById("notices");
const FADES = 10_000;

export function notice(text, { kind = "", lasts = 6000 } = {}) {
  const node = document.createElement("div");
  node.className = `notice ${kind && `notice--${kind}`}`;
  const body = document.createElement("div");
  body.className = "notice__body";
  body.textContent = text;
  node.append(body);
  place().append(node);
  if (lasts) setTimeout(() => node.remove(), lasts);
  return node;
}

// Nobody can tell whether it got there; what was typed is still where it was.
export const failed = () => notice(texts().failed, { kind: "bad" });

// The hub's own notice, which says why not.
export const refused = (html) => place().insertAdjacentHTML("beforeend", html);

document.addEventListener("click", (event) => {
  const closed = event.target.closest?.("[data-dismiss]")?.closest("[data-notice], .notice");
  if (closed?.dataset.reads) post("/jobs/readings", new URLSearchParams({ ids: closed.dataset.reads })); // else it is told on the next page
  closed?.remove();
});
function fade() {
  for (const node of place().querySelectorAll("[data-fades]")) {
    node.removeAttribute("data-fades");
    setTimeout(() => node.remove(), FADES);
  }
}
fade();
new MutationObserver(fade).observe(place(), { childList: true });

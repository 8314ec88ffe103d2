// Going back and forward within the inbox changes what is open and leaves the list as it stands: its rows, its place, its search.
import { fill } from "./window.js";

let left; // the conversation that was open
const rows = () => document.getElementById("rows");
const conversation = (address) => new URL(address, location).pathname.match(/^\/conversations\/(\d+)$/)?.[1];
const isList = (address) => new URL(address, location).pathname === "/inbox";

// An address of the view that is on the page, without more to it.
function isHere(address) {
  const asked = [...new URL(address, location).searchParams];
  return (conversation(address) || isList(address)) && asked.length === 1 && asked[0].join() === `view,${rows()?.dataset.view}`;
}

function show(address) {
  left = document.querySelector("[data-conversation]")?.dataset.conversation;
  const whole = isList(address) ? { select: "#conversation > *" } : {};
  window.htmx.ajax("GET", address, { source: "#conversation", target: "#conversation", swap: "innerHTML", ...whole });
}

// On the list one stands at the row one came from, and the keys go on from it.
export function reveal() {
  const row = left && isList(location.href) && document.getElementById(`c${left}`);
  left = undefined;
  if (!row) return;
  fill(row).scrollIntoView({ block: "nearest" });
  row.querySelector("a").focus({ preventScroll: true });
}

window.addEventListener("popstate", (event) => {
  if (!event.state?.htmx || !isHere(location.href)) return;
  event.stopImmediatePropagation(); // htmx would load the whole page
  show(location.href);
}, true);

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-back]");
  if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || !isHere(link.href)) return;
  event.preventDefault();
  history.pushState({ htmx: true }, "", link.href);
  show(link.href);
});

// A list out of sight, as on a phone behind a conversation, does not tell how far down it is.
document.addEventListener("scroll", ({ target }) => { if (target.id === "rows") target.depth = target.scrollTop; }, true);
export const depth = (list) => (list.checkVisibility() ? list.scrollTop : list.depth ?? 0);

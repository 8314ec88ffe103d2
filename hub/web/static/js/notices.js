// Short notices in the corner. Errors stay until dismissed; the rest go after a while.
const texts = () => document.getElementById("texts").dataset;
const place = () => document.getElementById("notices");

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

document.addEventListener("click", (event) => {
  event.target.closest?.("[data-dismiss]")?.closest("[data-notice], .notice")?.remove();
});
document.addEventListener("htmx:sendError", () => notice(texts().failed, { kind: "bad" }));
document.addEventListener("htmx:timeout", () => notice(texts().failed, { kind: "bad" }));

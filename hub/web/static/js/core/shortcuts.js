// One-key shortcuts: any element with data-key is clicked (or focused, if it is a field). Silent while one is typing.
const typing = (node) => node instanceof HTMLElement && (node.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(node.tagName));
const handlers = new Map();

export const onKey = (key, handler) => handlers.set(key, handler);

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  const own = handlers.get(event.key);
  const found = [...document.querySelectorAll(`[data-key="${CSS.escape(event.key)}"]`)].filter((node) => node.offsetParent);
  const target = found.findLast((node) => node.closest("#notices")) ?? found[0]; // of notices the newest is meant
  if (!own && !target) return;
  event.preventDefault();
  if (own) own(event);
  else if (typing(target)) target.focus();
  else target.click();
});

// Menus are <details data-menu>: one open at a time, closed by Escape, a click elsewhere or a choice.
const open = () => document.querySelectorAll("details[data-menu][open]");

document.addEventListener("click", (event) => {
  for (const menu of open()) {
    const chosen = event.target.closest?.(".menu__item, [data-close-menu]");
    if (!menu.contains(event.target) || (chosen && menu.contains(chosen))) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  const menu = [...open()].at(-1);
  if (!menu) return;
  if (event.key === "Escape") {
    menu.open = false;
    menu.querySelector("summary").focus();
    event.stopPropagation();
  }
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const items = [...menu.querySelectorAll(".menu__item:not([hidden])")];
    const at = items.indexOf(document.activeElement);
    items.at((at + (event.key === "ArrowDown" ? 1 : -1) + items.length) % items.length)?.focus();
    event.preventDefault();
  }
}, true);

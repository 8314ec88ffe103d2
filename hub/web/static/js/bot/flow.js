// Text, steps and graph of the rules as tabs; a link of the steps or the graph opens its line in the text.
const list = document.querySelector("[data-flow-tabs]");
const tabs = [...(list?.querySelectorAll("[role=tab]") ?? [])];

function show(tab, { focus = false } = {}) {
  for (const each of tabs) {
    const chosen = each === tab;
    each.setAttribute("aria-selected", chosen);
    each.tabIndex = chosen ? 0 : -1;
    document.getElementById(each.getAttribute("aria-controls")).hidden = !chosen;
  }
  if (focus) tab.focus();
}

if (list) {
  list.hidden = false;
  show(tabs.find((tab) => `#${tab.getAttribute("aria-controls")}` === location.hash) ?? tabs[0]);
  list.addEventListener("click", (event) => {
    const tab = event.target.closest("[role=tab]");
    if (tab) show(tab);
  });
  list.addEventListener("keydown", (event) => {
    const place = tabs.indexOf(document.activeElement);
    const next = { ArrowRight: place + 1, ArrowLeft: place - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (place < 0 || next === undefined) return;
    event.preventDefault();
    show(tabs[(next + tabs.length) % tabs.length], { focus: true });
  });
  // Before the editor's own listener: a text that is hidden cannot be scrolled to a line.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-go-line]");
    if (!link) return;
    if (link.matches("a")) event.preventDefault();
    show(tabs[0]);
  }, true);
}

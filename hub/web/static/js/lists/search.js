// Words in the search box are looked for as they are typed; the box keeps the caret.
let timer;
let asked = 0;
const list = () => document.querySelector("[data-list]");

async function look(form) {
  const mine = ++asked;
  const address = `${form.getAttribute("action")}?${new URLSearchParams([...new FormData(form)].filter(([, value]) => value))}`;
  const answer = await fetch(address, { headers: { Accept: "text/html" } }).catch(() => undefined);
  if (!answer?.ok || mine !== asked) return;
  const next = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = next.querySelector("[data-found-rows]");
  if (mine !== asked || !found) return;
  history.replaceState(history.state, "", address);
  list().dataset.address = next.querySelector("[data-list]").dataset.address;
  document.querySelector("[data-found-rows]").replaceWith(found);
  document.querySelector("[data-count]").replaceWith(next.querySelector("[data-count]"));
  for (const part of [found, document.querySelector("[data-count]")]) window.htmx?.process(part);
  document.dispatchEvent(new CustomEvent("hub:filled"));
}

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form[data-look]");
  if (!form) return;
  clearTimeout(timer);
  timer = setTimeout(() => look(form), 250);
});

// <input data-filter="id">: shows of a list only what has all the words; a group without any goes too.
const simple = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();

function filter(field) {
  const list = document.getElementById(field.dataset.filter);
  const words = simple(field.value).split(/\s+/).filter(Boolean);
  let left = 0;
  for (const group of list.querySelectorAll("[data-filter-group]")) {
    const items = [...group.querySelectorAll("li")];
    for (const item of items) item.hidden = !words.every((word) => simple(`${group.dataset.filterGroup} ${item.textContent}`).includes(word));
    group.hidden = items.every((item) => item.hidden);
    left += items.filter((item) => !item.hidden).length;
  }
  list.querySelector("[data-filter-none]").hidden = left > 0;
}

document.addEventListener("input", (event) => { if (event.target.matches?.("[data-filter]")) filter(event.target); });
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches?.("[data-filter]")) return;
  document.querySelector(`#${event.target.dataset.filter} li:not([hidden]) a`)?.click();
  event.preventDefault();
});

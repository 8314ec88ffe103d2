// Ctrl+K goes anywhere: the entries of the side bar at once, and as one types what the search finds.
import { DONE, get } from "./post.js";

const box = () => document.getElementById("palette");
let at = 0;
let asked = 0;

const options = () => [...box().querySelectorAll("a")].filter((link) => !link.hidden);

function option(href, text, detail = "") {
  const link = document.createElement("a");
  link.className = "menu__item";
  link.href = href;
  link.textContent = text;
  const more = document.createElement("span");
  more.className = "muted truncate grow";
  more.textContent = detail;
  link.append(more);
  return link;
}

function choose() {
  const all = options();
  at = Math.max(0, Math.min(at, all.length - 1));
  all.forEach((link, index) => link.toggleAttribute("data-chosen", index === at));
  all[at]?.scrollIntoView({ block: "nearest" });
}

async function find(text) {
  const mine = ++asked;
  const wanted = text.trim().toLowerCase();
  const places = [...document.querySelectorAll(".side a.nav")]
    .filter((link) => link.title || link.dataset.viewLink)
    .map((link) => option(link.getAttribute("href"), link.querySelector(".nav__label").textContent))
    .filter((link) => link.textContent.toLowerCase().includes(wanted));
  const list = box().querySelector("[data-found]");
  list.replaceChildren(...places);
  at = 0;
  choose();
  if (wanted.length < 2 || !document.querySelector('[data-nav="inbox"]')) return;
  const address = `/search?q=${encodeURIComponent(text)}`;
  const told = await get(address);
  if (told.outcome !== DONE || mine !== asked) return;
  list.append(...new DOMParser().parseFromString(told.html, "text/html").querySelectorAll(".hits"));
  list.append(option(address, box().dataset.all));
  choose();
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && box()) {
    event.preventDefault();
    if (!box().open) box().showModal();
    box().querySelector("input").select();
    find(box().querySelector("input").value);
  }
  if (event.target !== box()?.querySelector("input")) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") { at += event.key === "ArrowDown" ? 1 : -1; choose(); event.preventDefault(); }
  if (event.key === "Enter") { options()[at]?.click(); event.preventDefault(); }
});
document.addEventListener("input", (event) => { if (event.target === box()?.querySelector("input")) find(event.target.value); });

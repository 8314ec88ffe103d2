// The inbox by keyboard: j and k move, Enter opens, r and n write, s snoozes, ? explains.
import { onKey } from "../core/shortcuts.js";
import { fill } from "./window.js";

const rows = () => [...document.querySelectorAll("#rows .conv")];

function move(step) {
  const all = rows();
  if (!all.length) return;
  const focused = all.indexOf(document.activeElement?.closest(".conv"));
  const at = focused >= 0 ? focused : all.findIndex((row) => row.classList.contains("is-open"));
  const next = fill(all[Math.min(Math.max(at + step, 0), all.length - 1)]).querySelector("a");
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

function write(kind) {
  const form = document.getElementById("composer");
  if (!form) return;
  const choice = form.querySelector(`[name="kind"][value="${kind}"]`);
  if (choice.disabled) return;
  choice.checked = true;
  choice.dispatchEvent(new Event("change", { bubbles: true }));
  form.elements.text.focus();
}

function open(label) {
  const menu = document.querySelector(`#head [data-menu]:has([value="${label}"])`);
  if (!menu) return;
  menu.open = true;
  menu.querySelector(".menu__item").focus();
}

onKey("j", () => move(1));
onKey("k", () => move(-1));
onKey("r", () => write("reply"));
onKey("n", () => write("note"));
onKey("s", () => open("later"));
onKey("a", () => document.querySelector('#head [value="me"]')?.click());
onKey("u", () => document.querySelector('#head form[action$="/unread"] button')?.click());
onKey("?", () => document.getElementById("keys").showModal());
document.addEventListener("keydown", (event) => { if (event.target.id === "search" && event.key === "Escape") event.target.blur(); });

// Fields of a day and time: text in the reader's own way of writing, and beside it a panel with quick choices and a calendar.
import { draw, iso, led, monthsOn, parse, read, written } from "./calendar.js";

const pattern = () => document.getElementById("when-panel");
let open; // { field, button, panel, shown } while a panel is open

// "31.12.2026, 09:00": the day, and the time behind it.
function parts(field) {
  const found = field.value.match(/^(.*?),?\s*(\d{1,2}:\d{2}.*)?$/);
  return { day: found?.[1] ?? "", clock: found?.[2] ?? "" };
}

function write(value) {
  const { field } = open;
  field.value = value;
  for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
}

const withClock = (day, clock) => (open.field.dataset.when === "day" ? day : `${day}, ${clock || pattern().dataset.clock}`);

function show(day, { focus = false } = {}) {
  open.shown = day;
  draw(open.panel, day, read(parts(open.field).day));
  if (focus) open.panel.querySelector(`[data-day="${iso(day)}"]`).focus();
}

function position() {
  const { panel, field } = open;
  if (innerWidth <= 720) { panel.style.left = panel.style.top = ""; return; }
  const [at, box] = [field.getBoundingClientRect(), panel.getBoundingClientRect()];
  const below = at.bottom + 4 + box.height <= innerHeight;
  panel.style.left = `${Math.max(8, Math.min(at.left, innerWidth - box.width - 8))}px`;
  panel.style.top = `${Math.max(8, below ? at.bottom + 4 : at.top - box.height - 4)}px`;
}

function begin(button) {
  const box = button.closest(".when");
  const field = box.querySelector("[data-when]");
  const panel = pattern().content.firstElementChild.cloneNode(true);
  for (const part of panel.querySelectorAll("[data-for]")) part.hidden = part.dataset.for !== field.dataset.when;
  box.append(panel);
  open = { field, button, panel };
  button.setAttribute("aria-expanded", "true");
  show(read(parts(field).day) ?? parse(pattern().dataset.today));
  panel.showPopover();
  position();
  show(open.shown, { focus: true });
}

function end({ focus = true } = {}) {
  if (!open) return;
  const { button, panel, field } = open;
  open = undefined;
  panel.remove();
  button.setAttribute("aria-expanded", "false");
  if (focus && field.isConnected) field.focus();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-when-open]");
  if (button) {
    const same = open?.button === button;
    end({ focus: same });
    if (!same) begin(button);
    return;
  }
  if (!open) return;
  const of = (name) => event.target.closest?.(`[${name}]`);
  if (!open.panel.contains(event.target)) { if (event.target.isConnected) end({ focus: false }); return; }
  if (of("data-when-value")) { write(of("data-when-value").dataset.whenValue); end(); return; }
  if (of("data-when-month")) show(monthsOn(open.shown, Number(of("data-when-month").dataset.whenMonth)));
  if (of("data-when-clock")) {
    const day = read(parts(open.field).day) ?? open.shown;
    write(withClock(written(day), of("data-when-clock").dataset.whenClock));
    end();
    return;
  }
  if (of("data-day")) {
    write(withClock(written(parse(of("data-day").dataset.day)), parts(open.field).clock));
    end();
  }
});

// Before the menus, so that Escape closes only the calendar.
window.addEventListener("keydown", (event) => {
  if (!open) {
    if (event.key === "ArrowDown" && event.altKey && event.target.matches?.("[data-when]")) {
      begin(event.target.closest(".when").querySelector("[data-when-open]"));
      event.preventDefault();
    }
    return;
  }
  if (event.key === "Escape") { end(); event.preventDefault(); event.stopImmediatePropagation(); return; }
  if (event.key === "Tab") { around(event); return; }
  const day = event.target.matches?.("[data-day]") && led(event.key, parse(event.target.dataset.day));
  if (!day) return;
  show(day, { focus: true });
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);

// The panel is a dialog: Tab goes round within it.
function around(event) {
  const stops = [...open.panel.querySelectorAll('button:not([tabindex="-1"])')].filter((node) => node.checkVisibility());
  const at = stops.indexOf(document.activeElement);
  stops.at((at + (event.shiftKey ? -1 : 1) + stops.length) % stops.length).focus();
  event.preventDefault();
  event.stopImmediatePropagation();
}

window.addEventListener("resize", () => { if (open) position(); });
document.addEventListener("scroll", (event) => { if (open && !open.panel.contains(event.target)) position(); }, true);

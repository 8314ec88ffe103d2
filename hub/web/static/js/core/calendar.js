// The month of a calendar as a grid that the arrow keys walk through; names and order come from the page.
const data = () => document.getElementById("when-panel").dataset;
const list = (name) => data()[name].split("|");

export const iso = (day) => `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, "0")}-${String(day.getDate()).padStart(2, "0")}`;
export const parse = (text) => { const [y, m, d] = text.split("-").map(Number); return new Date(y, m - 1, d); };
const shifted = (day, days) => new Date(day.getFullYear(), day.getMonth(), day.getDate() + days);

export function monthsOn(day, count) {
  const last = new Date(day.getFullYear(), day.getMonth() + count + 1, 0).getDate();
  return new Date(day.getFullYear(), day.getMonth() + count, Math.min(day.getDate(), last));
}

// As the field writes it, by a pattern such as dd.MM.y or MMM d, y.
export function written(day) {
  const parts = { d: day.getDate(), M: day.getMonth() + 1, y: day.getFullYear() };
  return data().pattern.replace(/'([^']*)'|(d+|M+|y+)/g, (_all, quoted, token) => {
    if (quoted !== undefined) return quoted;
    return token.startsWith("MMM") ? list("inField")[day.getMonth()] : String(parts[token[0]]).padStart(token[0] === "y" ? 1 : token.length, "0");
  });
}

// The day that a field holds, where it stands as the field itself writes it or as three figures.
export function read(text) {
  const month = list("inField").findIndex((name) => text.toLowerCase().includes(name.toLowerCase()));
  const figures = (text.match(/\d+/g) ?? []).map(Number);
  const order = [...new Set(data().pattern.replace(/'[^']*'/g, "").replace(/[^dMy]/g, ""))];
  const letters = data().pattern.includes("MMM") ? order.filter((letter) => letter !== "M") : order;
  if (figures.length < letters.length) return undefined;
  const found = { M: month + 1, ...Object.fromEntries(letters.map((letter, index) => [letter, figures[index]])) };
  const day = new Date(found.y, found.M - 1, found.d);
  return found.y > 1900 && day.getMonth() === found.M - 1 && day.getDate() === found.d ? day : undefined;
}

function cell(day, chosen, shown) {
  const button = document.createElement("button");
  const [weekday, month] = [list("days")[(day.getDay() + 6) % 7], list("ofDay")[day.getMonth()]];
  button.type = "button";
  button.className = "when__day";
  button.textContent = day.getDate();
  button.dataset.day = iso(day);
  button.tabIndex = iso(day) === iso(shown) ? 0 : -1;
  button.setAttribute("aria-label", `${weekday}, ${day.getDate()} ${month} ${day.getFullYear()}`);
  button.classList.toggle("is-outside", day.getMonth() !== shown.getMonth());
  if (iso(day) === data().today) button.setAttribute("aria-current", "date");
  const box = document.createElement("td");
  box.setAttribute("role", "gridcell");
  box.setAttribute("aria-selected", String(Boolean(chosen) && iso(day) === iso(chosen)));
  box.append(button);
  return box;
}

export function draw(panel, shown, chosen) {
  const first = Number(data().first);
  panel.querySelector(".when__month").textContent = `${list("months")[shown.getMonth()]} ${shown.getFullYear()}`;
  const heads = list("short").map((_name, index) => {
    const head = document.createElement("th");
    const at = (index + first) % 7;
    head.scope = "col";
    head.abbr = list("days")[at];
    head.textContent = list("short")[at];
    return head;
  });
  panel.querySelector("thead tr").replaceChildren(...heads);
  const start = new Date(shown.getFullYear(), shown.getMonth(), 1);
  const from = shifted(start, -((start.getDay() + 6 - first + 7) % 7));
  panel.querySelector("tbody").replaceChildren(...[0, 1, 2, 3, 4, 5].map((week) => {
    const row = document.createElement("tr");
    row.append(...[0, 1, 2, 3, 4, 5, 6].map((day) => cell(shifted(from, week * 7 + day), chosen, shown)));
    return row;
  }));
}

// How many days of its week lie before a day.
const placeInWeek = (day) => (day.getDay() + 6 - Number(data().first) + 7) % 7;

const KEYS = {
  ArrowLeft: (day) => shifted(day, -1), ArrowRight: (day) => shifted(day, 1), ArrowUp: (day) => shifted(day, -7), ArrowDown: (day) => shifted(day, 7),
  PageUp: (day) => monthsOn(day, -1), PageDown: (day) => monthsOn(day, 1),
  Home: (day) => shifted(day, -placeInWeek(day)), End: (day) => shifted(day, 6 - placeInWeek(day)),
};

// Where a key leads from a day; nothing for another key.
export const led = (key, day) => KEYS[key]?.(day);

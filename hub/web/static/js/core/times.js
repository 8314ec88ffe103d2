// Keeps "waiting for 5 min" right while the page stays open. The words come from the browser's own CLDR data,
// or from the page where the browser has none for the language.
const sizes = [["day", 86400], ["hour", 3600], ["minute", 60]];
const lang = document.documentElement.lang || "en";
const isKnown = Intl.NumberFormat.supportedLocalesOf(lang).length > 0;

function said(unit, count) {
  if (!isKnown) return document.getElementById("texts").dataset[unit].replace("{n}", count);
  return new Intl.NumberFormat(lang, { style: "unit", unit, unitDisplay: "narrow" }).format(count);
}

export function span(seconds) {
  for (const [unit, size] of sizes) {
    if (seconds >= size) return said(unit, Math.floor(seconds / size));
  }
  return document.getElementById("texts").dataset.now;
}

export function refresh(root = document) {
  for (const node of root.querySelectorAll("[data-waiting-since]")) {
    const seconds = (Date.now() - Date.parse(node.dataset.waitingSince)) / 1000;
    node.querySelector("[data-span]").textContent = span(seconds);
    node.classList.toggle("badge--warn", seconds >= 900 && seconds < 3600);
    node.classList.toggle("badge--bad", seconds >= 3600);
  }
}

setInterval(refresh, 20000);

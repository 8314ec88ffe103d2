// Keeps "waiting for 5 min" right while the page stays open. The words come from the browser's own CLDR data.
const sizes = [["day", 86400], ["hour", 3600], ["minute", 60]];
const lang = document.documentElement.lang || "en";

export function span(seconds) {
  for (const [unit, size] of sizes) {
    if (seconds >= size) {
      return new Intl.NumberFormat(lang, { style: "unit", unit, unitDisplay: "narrow" }).format(Math.floor(seconds / size));
    }
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

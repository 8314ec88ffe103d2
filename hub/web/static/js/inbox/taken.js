// A conversation that a colleague has taken is for reading only; what was typed stays, and one can ask for it back.
import { carryOut } from "../core/undo.js";
import { notice } from "../core/notices.js";

const composer = () => document.getElementById("composer");
const texts = () => document.getElementById("texts").dataset;

function lock() {
  const form = composer();
  if (!form) return;
  const isTaken = Boolean(document.querySelector("#taken[data-taken]"));
  form.classList.toggle("is-taken", isTaken);
  form.elements.text.readOnly = isTaken;
  form.querySelector("[data-send]").disabled = isTaken;
  const leader = document.querySelector("#head .head__assign span");
  if (isTaken && leader) leader.textContent = document.getElementById("taken").dataset.name || leader.textContent;
  document.getElementById("head")?.classList.toggle("is-taken", isTaken);
  for (const button of document.querySelectorAll("#head .head__actions button, #head .head__actions summary")) {
    if (!button.matches("[data-toggle-card]")) button.toggleAttribute("inert", isTaken);
  }
}

document.addEventListener("hub:applied", lock);
document.addEventListener("htmx:afterSettle", lock);
// Noticed only when sending: the page was not told, because its line was down.
document.addEventListener("hub:taken", (event) => {
  const bar = document.getElementById("taken");
  bar.hidden = false;
  bar.setAttribute("data-taken", "");
  if (!bar.childElementCount) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--small";
    button.dataset.askBack = composer().getAttribute("action").replace(/messages$/, "asking");
    button.textContent = texts().askBack;
    const words = document.createElement("span");
    words.className = "grow";
    words.textContent = event.detail.sentence;
    bar.append(words, button);
  }
  lock();
});
document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-ask-back]");
  if (!button) return;
  button.disabled = true;
  if (await carryOut(button.dataset.askBack)) notice(texts().asked);
  else button.disabled = false;
});
lock();

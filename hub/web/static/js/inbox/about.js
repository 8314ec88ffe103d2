// Writing about a message that stands in the thread: answering it, or changing what one sent. Also: copy, go there.
import { showKind, text as draft } from "./kinds.js";

const form = () => document.getElementById("composer");
const message = (id) => document.getElementById(`m${id}`);
const source = (id) => { const text = message(id)?.querySelector(".bubble__text"); return text?.dataset.source ?? text?.textContent ?? ""; };

function show(composer, what, id) {
  const bar = composer.querySelector("[data-about]");
  const title = bar.querySelector("[data-about-what]");
  const who = message(id)?.dataset.direction === "in" ? composer.dataset.name : composer.dataset.me;
  title.textContent = what === "edit" ? title.dataset.editText : `${title.dataset.answerText} ${who}:`;
  bar.querySelector("[data-about-text]").textContent = (message(id)?.querySelector(".bubble__text")?.textContent || "📎").slice(0, 200);
  bar.hidden = false;
}

// Back to an ordinary reply; a changed text gives way to the draft that stood there before.
export function forget(composer) {
  if (composer.elements.edits.value) composer.elements.text.value = draft(composer);
  composer.elements.answers.value = "";
  composer.elements.edits.value = "";
  composer.classList.remove("is-editing");
  composer.querySelector("[data-about]").hidden = true;
  showKind(composer);
}

function begin(what, id) {
  const composer = form();
  if (!composer || !message(id)) return;
  forget(composer);
  const reply = composer.querySelector('[name="kind"][value="reply"]');
  if (reply.disabled) return;
  if (!reply.checked) { reply.checked = true; reply.dispatchEvent(new Event("change", { bubbles: true })); }
  composer.elements[what === "edit" ? "edits" : "answers"].value = id;
  if (what === "edit") {
    composer.classList.add("is-editing");
    composer.elements.text.value = source(id);
  }
  show(composer, what, id);
  showKind(composer);
  composer.elements.text.focus();
}

function go(id) {
  const node = message(id);
  if (!node) return false;
  node.scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  node.classList.add("is-found");
  setTimeout(() => node.classList.remove("is-found"), 1600);
  return true;
}

document.addEventListener("click", (event) => {
  const closest = (name) => event.target.closest?.(`[${name}]`);
  const answer = closest("data-answer-message");
  const edit = closest("data-edit-message");
  const copy = closest("data-copy-message");
  const goal = closest("data-go-message");
  if (answer) begin("answer", answer.dataset.answerMessage);
  if (edit) begin("edit", edit.dataset.editMessage);
  if (copy) navigator.clipboard?.writeText(source(copy.dataset.copyMessage)).catch(() => {});
  if (closest("data-about-clear")) { forget(form()); form().elements.text.focus(); }
  if (goal && go(goal.dataset.goMessage)) event.preventDefault();
});

// A menu opens to where there is room: upwards, but not out of the thread.
document.addEventListener("toggle", (event) => {
  if (!event.target.matches?.(".msg__more[open]")) return;
  const room = event.target.getBoundingClientRect().top - document.getElementById("thread").getBoundingClientRect().top;
  event.target.classList.toggle("menu--up", room > event.target.querySelector(".menu__panel").offsetHeight + 8);
}, true);

const canEdit = () => document.querySelector('.pane--thread[data-can~="edits"]');
document.addEventListener("keydown", (event) => {
  const composer = form();
  if (event.target.id !== "text" || !composer) return;
  if (event.key === "Escape" && !composer.querySelector("[data-about]").hidden) {
    forget(composer);
    event.preventDefault();
    event.stopImmediatePropagation();
  }
  if (event.key === "ArrowUp" && !event.target.value && canEdit() && composer.elements.kind.value === "reply") {
    const last = [...document.querySelectorAll("#messages [data-edit-message]")].at(-1);
    if (last) { begin("edit", last.dataset.editMessage); event.preventDefault(); }
  }
}, true);

// On a touch screen a message is answered by pulling it to the right.
let pulled;
document.addEventListener("touchstart", (event) => {
  const node = event.target.closest?.("#messages > .msg");
  pulled = node && event.touches.length === 1 ? { node, x: event.touches[0].clientX, y: event.touches[0].clientY } : undefined;
}, { passive: true });
document.addEventListener("touchmove", (event) => {
  if (!pulled) return;
  const [x, y] = [event.touches[0].clientX - pulled.x, event.touches[0].clientY - pulled.y];
  if (Math.abs(y) > 24 || x < 0) { pulled.node.style.translate = ""; pulled = undefined; return; }
  pulled.far = x > 64;
  pulled.node.style.translate = x > 12 ? `${Math.min(x, 72)}px 0` : "";
}, { passive: true });
for (const kind of ["touchend", "touchcancel"]) {
  document.addEventListener(kind, () => {
    if (!pulled) return;
    pulled.node.style.translate = "";
    const button = pulled.node.querySelector("[data-answer-message]");
    const canAnswer = button && document.querySelector('.pane--thread[data-can~="reply_to"]');
    if (kind === "touchend" && pulled.far && canAnswer) begin("answer", button.dataset.answerMessage);
    pulled = undefined;
  });
}

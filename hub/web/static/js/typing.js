// The customer sees that somebody writes to them: told at most every four seconds, and only while an answer is being written.
const EVERY = 4000;
let toldAt = 0;
let toldOf = "";

document.addEventListener("input", (event) => {
  const composer = event.target.id === "text" && event.target.form;
  if (!composer || !event.target.value.trim() || composer.elements.kind.value !== "reply" || composer.elements.edits.value) return;
  const id = composer.dataset.composer;
  if (id === toldOf && Date.now() - toldAt < EVERY) return;
  [toldOf, toldAt] = [id, Date.now()];
  fetch(`/conversations/${id}/typing`, { method: "POST", headers: { "X-CSRF-Token": document.body.dataset.csrf } }).catch(() => {});
});

// The customer sees that somebody writes to them: told at most every four seconds, and only while an answer is being written.
import { SIGNED_OUT, post } from "../core/post.js";

const EVERY = 4000;
let toldAt = 0;
let toldOf = "";

document.addEventListener("input", (event) => {
  const composer = event.target.id === "text" && event.target.form;
  if (!composer || !event.target.value.trim() || composer.elements.kind.value !== "reply" || composer.elements.edits.value) return;
  const id = composer.dataset.composer;
  if (id === toldOf && Date.now() - toldAt < EVERY) return;
  [toldOf, toldAt] = [id, Date.now()];
  post(`/conversations/${id}/typing`).then((told) => { if (told.outcome === SIGNED_OUT) document.dispatchEvent(new CustomEvent("hub:signed-out")); });
});

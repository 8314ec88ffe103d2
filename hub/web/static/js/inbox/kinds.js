// What is being written: a reply, a note, or a message anew; its label, its hint, its draft.
import { draft } from "../core/drafts.js";

export const kindOf = (composer) => composer.elements.kind.value;
export const text = (composer) => draft(composer, kindOf(composer));

export function showKind(composer) {
  const kind = composer.elements.edits.value ? "edit" : kindOf(composer);
  const label = composer.querySelector("[data-label]");
  label.textContent = label.dataset[`${kind}Label`];
  composer.elements.text.placeholder = composer.elements.text.dataset[`${kindOf(composer)}Hint`];
  const move = composer.querySelector("[data-use-as-reply]");
  move.hidden = kind !== "note" || !composer.elements.text.value.trim() || composer.querySelector('[value="reply"]').disabled;
}

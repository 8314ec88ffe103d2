// Shows what is wrong beside the fields, and the summary above them.
export function faults(form, sentence, errors) {
  const alert = form.querySelector(".alert");
  alert.textContent = sentence;
  alert.hidden = false;
  const wrong = new Map(errors.map((fault) => [fault.field, fault.detail]));
  for (const block of form.querySelectorAll(".field")) {
    const detail = wrong.get(block.dataset.field) || "";
    block.classList.toggle("field--wrong", Boolean(detail));
    block.querySelector(".fault").textContent = detail;
    const field = block.querySelector("input, textarea, select");
    field.toggleAttribute("aria-invalid", Boolean(detail));
    if (detail) field.setAttribute("aria-invalid", "true");
  }
  (form.querySelector("[aria-invalid=true]") || alert).focus();
}

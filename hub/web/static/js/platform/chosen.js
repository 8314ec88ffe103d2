// A table with boxes: the box in its head ticks all, and the number of ticked ones is told.
for (const form of document.querySelectorAll("[data-chosen]")) {
  const all = form.querySelector("[data-choose-all]");
  const boxes = [...form.querySelectorAll("input[name=id]")];
  const count = form.querySelector("[data-chosen-count]");
  const tell = () => {
    const n = boxes.filter((box) => box.checked).length;
    count.textContent = n ? `${n} / ${boxes.length}` : "";
    all.checked = n === boxes.length;
    all.indeterminate = n > 0 && n < boxes.length;
    for (const button of form.querySelectorAll("button")) button.disabled = n === 0;
  };
  all.addEventListener("change", () => { for (const box of boxes) box.checked = all.checked; tell(); });
  form.addEventListener("change", tell);
  tell();
}

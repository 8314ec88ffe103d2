// Choosing columns: a field is found by typing, and moved further up.
document.addEventListener("input", (event) => {
  if (!event.target.matches?.("[data-columns] [data-find]")) return;
  const words = event.target.value.trim().toLocaleLowerCase();
  for (const one of event.target.form.querySelectorAll("li")) one.hidden = !one.textContent.toLocaleLowerCase().includes(words);
});
document.addEventListener("click", (event) => {
  const up = event.target.closest?.("[data-columns] [data-up]");
  if (!up) return;
  const one = up.closest("li");
  one.previousElementSibling?.before(one);
  up.focus();
});

// <button data-copy="id"> copies the text of that element; where the clipboard is closed it is selected instead.
document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]");
  const source = button && document.getElementById(button.dataset.copy);
  if (!source) return;
  try {
    await navigator.clipboard.writeText(source.textContent);
    const before = button.textContent;
    button.textContent = button.dataset.copied;
    button.disabled = true;
    setTimeout(() => { button.textContent = before; button.disabled = false; }, 1500);
  } catch {
    getSelection().selectAllChildren(source);
    source.focus();
  }
});

// Pages of the CRM: notices that go by themselves, forms that show their button once something changed.
const LASTS = 8000;

document.addEventListener("htmx:oobAfterSwap", () => {
  for (const node of document.querySelectorAll("#notices [data-lasts]")) {
    node.removeAttribute("data-lasts");
    setTimeout(() => node.remove(), LASTS);
  }
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful && event.detail.elt.querySelector?.("[data-dismiss-after]")) event.detail.elt.closest(".notice")?.remove();
});

document.addEventListener("input", (event) => {
  event.target.closest?.("[data-dirty]")?.classList.add("is-dirty");
});

// What somebody types is not replaced under their hands.
document.addEventListener("htmx:beforeRequest", (event) => {
  const node = event.detail.elt;
  const byItself = event.detail.requestConfig?.verb === "get" && (node.id === "card-body" || node.id === "task-list");
  if (byItself && node.querySelector(".is-dirty, details.add[open], .card__part input:focus")) event.preventDefault();
});

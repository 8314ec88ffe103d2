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

// A part of the page that asks for itself anew when the hub tells of a change waits while somebody types in it or sends a form of it
// (their answer brings what is new): asking stops that form's answer, and drawing takes what was typed.
const asksItself = ({ requestConfig, verb }, node) => (requestConfig?.verb ?? verb) === "get" && node.matches?.('[hx-trigger*="hub:"]');
const isTyped = (field) => field.value !== field.defaultValue && field.matches("textarea, input:not([type=hidden], [type=checkbox], [type=radio])");
const isHeld = (node) => node.querySelector(".is-dirty, details.add[open], .card__part input:focus, form.htmx-request")
  || [...node.querySelectorAll("input, textarea")].some(isTyped);

// Before htmx stops what is under way for it.
document.addEventListener("htmx:confirm", (event) => {
  if (asksItself(event.detail, event.detail.elt) && isHeld(event.detail.elt)) event.preventDefault();
});
// Somebody may begin while the answer is on its way.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { elt } = event.detail.requestConfig ?? {};
  if (elt && asksItself(event.detail, elt) && isHeld(elt)) event.detail.shouldSwap = false;
});

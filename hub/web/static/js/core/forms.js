// What is wrong with a field is said below it, in the page's language: never by a bubble of the browser in its own.
const texts = () => document.getElementById("form-texts").dataset;
let told = 0;

// What breaks first, and which text says so.
const FAULTS = [
  ["valueMissing", (field) => (field.matches("select, [type=radio], [type=checkbox]") ? "missingChoice" : "missing")],
  ["tooShort", () => "short", "minLength"],
  ["tooLong", () => "long", "maxLength"],
  ["typeMismatch", (field) => (field.type === "url" ? "url" : "email")],
  ["badInput", () => "number"],
  ["rangeUnderflow", () => "least", "min"],
  ["rangeOverflow", () => "most", "max"],
];

function sentence(field) {
  if (field.validity.customError) return field.validationMessage;
  const [, named, bound] = FAULTS.find(([fault]) => field.validity[fault]) ?? ["", () => "wrong"];
  return texts()[named(field)].replace("{n}", field[bound] ?? "");
}

// Below its label's box; a field within a row of others has its line below the row.
function place(field) {
  let node = field.closest(".field, .check") ?? field;
  while (node.parentElement && !node.matches(".field") && getComputedStyle(node.parentElement).display.endsWith("flex")) node = node.parentElement;
  return node;
}

const described = (field) => (field.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean);

function forget(field) {
  const lines = described(field).map((id) => document.getElementById(id)).filter((node) => node?.matches(".field__problem"));
  const left = described(field).filter((id) => !lines.some((node) => node.id === id));
  for (const node of lines) node.remove();
  field.removeAttribute("aria-invalid");
  if (left.length) field.setAttribute("aria-describedby", left.join(" "));
  else field.removeAttribute("aria-describedby");
}

export function tell(field, text) {
  forget(field);
  const line = document.createElement("div");
  line.className = "field__problem";
  line.id = `problem-${told += 1}`;
  line.setAttribute("role", "alert");
  line.textContent = text;
  const node = place(field);
  if (node.matches(".field")) node.append(line);
  else node.after(line);
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", [...described(field), line.id].join(" "));
  field.dataset.told = "";
}

function reveal(field) {
  for (let node = field.closest("details"); node; node = node.parentElement.closest("details")) node.open = true;
  field.scrollIntoView({ block: "nearest" });
  field.focus();
}

// A form that the hub sent back begins where something is wrong.
function begin(root) {
  const first = root.querySelector('[aria-invalid="true"], .field__problem');
  const field = first?.matches(".field__problem") ? first.parentElement.querySelector("input:not([type=hidden]), select, textarea") : first;
  if (field) reveal(field);
}
begin(document);
document.addEventListener("htmx:load", ({ detail }) => { if (detail.elt !== document.body) begin(detail.elt); });

// The browser calls `invalid` for each field, in order; the first gets the focus.
let first;
document.addEventListener("invalid", (event) => {
  event.preventDefault();
  tell(event.target, sentence(event.target));
  if (first) return;
  first = event.target;
  queueMicrotask(() => { reveal(first); first = undefined; });
}, true);

document.addEventListener("input", ({ target }) => {
  if (target.dataset?.told === undefined || !target.validity.valid) return;
  delete target.dataset.told;
  forget(target);
});

// A form of htmx that the hub refuses for one field says so below that field instead of in the corner.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, requestConfig, elt } = event.detail;
  const name = xhr.getResponseHeader("X-Field");
  const form = requestConfig?.elt?.closest?.("form") ?? elt.closest?.("form");
  const field = name && form?.elements.namedItem(name);
  if (!(field instanceof HTMLElement) || field.type === "hidden" || !field.checkVisibility()) return;
  const said = new DOMParser().parseFromString(xhr.responseText, "text/html").querySelector("[data-sentence]");
  if (!said) return;
  event.detail.shouldSwap = false;
  tell(field, said.textContent);
  reveal(field);
});

// The hosted form: sent in the background when in a frame, with its height told to the page around it. Without this script the
// form works as any form does.
import { faults } from "./faults.js";
import { framed, listen, tell } from "./host.js";

const form = document.querySelector("form");
const shown = performance.now();
// Browsers fill a form in faster than a machine is allowed to: the rest of the time is waited for here.
const inTime = () => new Promise((done) => setTimeout(done, Math.max(0, shown + Number(form.dataset.wait) * 1000 + 300 - performance.now())));
if (framed) {
  const measure = () => tell("height", { height: Math.ceil(document.querySelector("main").getBoundingClientRect().height) + 2 });
  new ResizeObserver(measure).observe(document.querySelector("main"));
  listen({
    start({ visitor, source }) {
      if (form && visitor) hidden("_visitor", visitor);
      if (form && source) hidden("_source", JSON.stringify(source));
      measure();
    },
  });
}
if (form) {
  form.noValidate = false;
  form.addEventListener("submit", send);
}

async function send(event) {
  event.preventDefault();
  const button = form.querySelector("button[type=submit]");
  const label = button.textContent;
  Object.assign(button, { disabled: true, textContent: form.dataset.sending });
  try {
    await inTime();
    const answer = await fetch(form.getAttribute("action"), { method: "POST", headers: { Accept: "application/json" }, body: new FormData(form) });
    if (answer.ok) return location.assign(form.dataset.thanks);
    const problem = await answer.json().catch(() => ({}));
    faults(form, problem.title || form.dataset.failed, problem.errors || []);
  } catch {
    faults(form, form.dataset.failed, []);
  }
  Object.assign(button, { disabled: false, textContent: label });
  tell("top");
}

function hidden(name, value) {
  const field = form.elements.namedItem(name) || form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name }));
  field.value = value;
}

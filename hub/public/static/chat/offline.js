// Outside working hours: a form that asks where the answer may go.
import { newId, post } from "./outbox.js";
import { begin, session } from "./session.js";
import { say } from "./words.js";

const form = document.getElementById("offline");
const alert = form.querySelector("[role=alert]");
let id = newId();

export function prepare(done) {
  const own = document.body.dataset.offline;
  document.getElementById("offline-text").textContent =
    own || (session.opens ? say("We are closed now. We are back on {time}.", { time: session.opens }) : say("We are closed now. Leave a message and we will get back to you."));
  form.onsubmit = async (event) => {
    event.preventDefault();
    const button = form.querySelector("[type=submit]");
    button.disabled = true;
    try {
      await submit(done);
    } catch {
      complain(say("It could not be sent. Check your connection and try again."));
    } finally {
      button.disabled = false;
    }
  };
}

async function submit(done) {
  const told = Object.fromEntries(new FormData(form));
  if (!told.text.trim()) return complain(say("Please write a message."), "text");
  if (!session.token) await begin();
  const answer = await post({ ...told, id, kind: "form" });
  if (answer.status === 401) session.token = "";
  const result = await answer.json();
  if (!answer.ok) return complain(result.title, result.errors?.[0]?.field);
  id = newId();
  complain("");
  form.reset();
  done(told.email ? say("Thank you. We will answer to {address}.", { address: told.email }) : say("Thank you. We will get back to you."));
}

function complain(sentence, name) {
  alert.textContent = sentence;
  alert.hidden = !sentence;
  for (const field of form.elements) field.removeAttribute("aria-invalid");
  if (sentence && name && form.elements[name]) {
    form.elements[name].setAttribute("aria-invalid", "true");
    form.elements[name].focus();
  }
}

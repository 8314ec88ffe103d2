// Who we are for the hub: asks for a token, and for a new one before the old one runs out.
import { get, set } from "./store.js";
import { tell } from "./host.js";
import { language } from "./words.js";

const address = `/chat/${encodeURIComponent(document.body.dataset.slug)}`;
export const session = { token: "", open: true, opens: "", identity: null, visitor: null, source: {} };
let asking = null;

export class Closed extends Error {}

export function begin() {
  asking ||= ask().finally(() => { asking = null; });
  return asking;
}

async function ask() {
  const body = { visitor: session.visitor || get("visitor") || "", identity: session.identity, language };
  const answer = await fetch(`${address}/session`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  if (answer.status === 403) throw new Closed("This chat is for signed-in visitors.");
  if (answer.status === 404 || answer.status === 503) throw new Closed("The chat is not available at the moment.");
  if (!answer.ok) throw new Error(`session ${answer.status}`);
  const told = await answer.json();
  Object.assign(session, { token: told.token, open: told.open, opens: told.opens, visitor: told.visitor });
  set("visitor", told.visitor);
  tell("visitor", { visitor: told.visitor });
  if (told.identity === "refused") tell("refused", { reason: "the identity's hash is not the one of its id; it is treated as a claim" });
}

// The next person on this browser: nothing of the one before is taken along.
export function forgetVisitor() {
  session.visitor = null;
  set("visitor", null);
}

export function report(what, data = {}) {
  if (session.token) fetch(`${address}/presence`, { method: "POST", keepalive: true, body: JSON.stringify({ token: session.token, what, ...data }) }).catch(() => {});
}
export { address };

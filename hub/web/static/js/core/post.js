// The one way to send something. Only `done` may clear what a person typed; the other outcomes leave it where it is.
export const DONE = "done"; // the hub has it
export const REFUSED = "refused"; // the hub says no, and why
export const SIGNED_OUT = "signed-out"; // the session is over: sign in, then it is sent
export const LOST = "lost"; // nobody can tell: no line, no answer, an error of the hub or something in between

const LONGEST = 60_000;

function outcomeOf(answer) {
  const target = answer.headers.get("HX-Redirect") ?? new URL(answer.url).pathname;
  if (answer.status === 401 || (answer.ok && target.startsWith("/sign-in"))) return SIGNED_OUT;
  if (answer.status >= 500 || !answer.headers.has("X-Omnihub")) return LOST;
  return answer.ok ? DONE : REFUSED;
}

async function ask(address, options) {
  const answer = await fetch(address, { signal: AbortSignal.timeout(LONGEST), ...options });
  return { outcome: outcomeOf(answer), status: answer.status, html: await answer.text(), headers: answer.headers };
}

const headers = () => ({ "HX-Request": "true", "X-CSRF-Token": document.body.dataset.csrf });
const lost = () => ({ outcome: LOST, status: 0, html: "", headers: new Headers() });

// A session begun anew in another tab has another token: taken over once, if it is the same person's.
async function oldToken(told) {
  return told.outcome === REFUSED && told.status === 403 && (await session()) === "changed";
}

export async function post(address, body, options = {}) {
  const send = () => ask(address, { method: "POST", headers: headers(), body, ...options }).catch(lost);
  const told = await send();
  return (await oldToken(told)) ? send() : told;
}

export const get = (address, options = {}) => ask(address, { headers: { "HX-Request": "true" }, ...options }).catch(lost);

// `same`, `changed` (same person, new token, taken over), `other` (somebody else), SIGNED_OUT or LOST.
export async function session() {
  const told = await get("/session");
  if (told.outcome !== DONE) return told.outcome === SIGNED_OUT ? SIGNED_OUT : LOST;
  const { user, csrf } = JSON.parse(told.html);
  if (String(user) !== document.body.dataset.user) return "other";
  if (csrf === document.body.dataset.csrf) return "same";
  document.body.dataset.csrf = csrf;
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRF-Token": csrf }));
  for (const field of document.querySelectorAll('input[name="csrf"]')) field.value = csrf;
  return "changed";
}

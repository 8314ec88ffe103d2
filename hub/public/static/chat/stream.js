// The live line from the hub. It comes back by itself, and asks again from some messages back, so that none is missed.
import { address, begin, Closed, session } from "./session.js";
import { since } from "./thread.js";

let source = null;
let timer = 0;
let tries = 0;
const listeners = { message: () => {}, typing: () => {}, line: () => {}, closed: () => {} };

export function on(what, listener) {
  listeners[what] = listener;
}

export async function connect() {
  stop();
  try {
    if (!session.token) await begin();
  } catch (error) {
    if (error instanceof Closed) return listeners.closed(error.message);
    return later();
  }
  source = new EventSource(`${address}/events?${new URLSearchParams({ token: session.token, after: since() })}`);
  source.addEventListener("message", (event) => listeners.message(JSON.parse(event.data)));
  source.addEventListener("typing", (event) => listeners.typing(JSON.parse(event.data).name));
  source.addEventListener("ready", () => { tries = 0; listeners.line(true); });
  source.addEventListener("expired", () => { session.token = ""; connect(); });
  // Our own reconnecting: the browser's would repeat an address whose token may have run out meanwhile.
  source.addEventListener("error", () => {
    if (tries > 1) session.token = "";
    later();
  });
}

export function stop() {
  clearTimeout(timer);
  source?.close();
  source = null;
}

function later() {
  stop();
  if (tries > 0) listeners.line(false);
  timer = setTimeout(connect, Math.min(1000 * 2 ** tries, 20000) * (0.7 + Math.random() * 0.6));
  tries += 1;
}
addEventListener("online", () => { tries = 0; connect(); });

// The page around the frame: it tells who visits and whether the chat is open, and hears of unread messages.
const slug = document.body.dataset.slug;
export const framed = window.parent !== window;
let origin = "*"; // until the page has spoken; nothing but "ready" goes out before

export function tell(what, data = {}) {
  if (framed && (origin !== "*" || what === "ready")) window.parent.postMessage({ omnihub: slug, what, ...data }, origin);
}

export function listen(on) {
  addEventListener("message", (event) => {
    if (event.source !== window.parent || event.data?.omnihub !== slug || !on[event.data.what]) return;
    origin = event.origin === "null" ? "*" : event.origin;
    on[event.data.what](event.data);
  });
  tell("ready");
}

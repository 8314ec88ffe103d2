// Every form keeps what was typed: htmx's are sent again after signing in, plain ones ask first whether there is a session.
import { SIGNED_OUT, session } from "./post.js";
import { signIn } from "./signin.js";
import { notice } from "./notices.js";

const texts = () => document.getElementById("texts").dataset;
const failed = () => notice(texts().failed, { kind: "bad" });

// htmx: a 401 changes nothing on the page (HX-Reswap: none); the same is asked again afterwards.
document.addEventListener("htmx:afterRequest", async (event) => {
  const { xhr, elt, requestConfig } = event.detail;
  if (xhr?.status !== 401) return;
  if (requestConfig?.verb === "get") { document.dispatchEvent(new CustomEvent("hub:signed-out")); return; }
  if (!(await signIn())) return;
  if (elt.matches?.("form") && elt.isConnected) elt.requestSubmit(requestConfig.triggeringEvent?.submitter ?? undefined);
});
document.addEventListener("htmx:sendError", failed);
document.addEventListener("htmx:timeout", failed);
// An error from something between us and the hub has no notice of ours in it.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (xhr.getResponseHeader("X-Omnihub")) return;
  event.detail.shouldSwap = false;
  failed();
});

// Plain forms leave the page: only while there is a line and a session.
const plain = (form) => form.method === "post" && !form.matches("[hx-post], [data-composer], [data-inline-verb], [data-verb], [data-asked]")
  && !form.closest("#signin") && document.body.dataset.user;
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (event.defaultPrevented || !plain(form)) return;
  event.preventDefault();
  let now = await session();
  if (now === SIGNED_OUT) now = (await signIn()) ? "same" : SIGNED_OUT;
  if (now === "other") notice(texts().otherUser, { kind: "bad", lasts: 0 });
  if (now === "lost") failed();
  if (now !== "same" && now !== "changed") return;
  form.setAttribute("data-asked", "");
  form.requestSubmit(form.contains(event.submitter) || event.submitter?.form === form ? event.submitter : undefined);
  form.removeAttribute("data-asked");
});

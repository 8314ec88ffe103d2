// New messages while one reads above: "2 new ↓"; and their words in the question before a stale answer is sent.
const thread = () => document.getElementById("thread");
const pill = () => document.getElementById("newer");
const isAtEnd = (node) => node.scrollHeight - node.scrollTop - node.clientHeight < 160;
const incoming = () => [...document.querySelectorAll('#messages > .msg[data-direction="in"]')];
let count = 0;

function tell() {
  if (!pill()) return;
  pill().hidden = !count;
  pill().textContent = pill().dataset.news.replace("{n}", count);
}

function reset() {
  count = 0;
  tell();
}

document.addEventListener("hub:applied", (event) => {
  const opened = document.querySelector("[data-conversation]")?.dataset.conversation;
  const fresh = event.detail.items
    .filter((item) => item.dataset.live === "append" && item.dataset.of === opened)
    .reduce((sum, item) => sum + (item.news ?? 0), 0);
  if (fresh && thread() && !isAtEnd(thread())) count += fresh;
  tell();
  if (document.getElementById("stale")?.open) showWords();
});
document.addEventListener("scroll", (event) => { if (event.target.id === "thread" && count && isAtEnd(event.target)) reset(); }, true);
document.addEventListener("htmx:afterSettle", (event) => { if (event.target.id === "conversation") reset(); });
document.addEventListener("click", (event) => {
  if (!event.target.closest?.("#newer")) return;
  reset();
  thread().scrollTop = thread().scrollHeight;
  document.getElementById("text")?.focus({ preventScroll: true });
});

// The dialog is opened by the composer; what the customer wrote since one began stands in it.
function showWords() {
  const dialog = document.getElementById("stale");
  const place = dialog.querySelector("[data-stale-words]");
  const seen = Number(dialog.dataset.staleAfter || 0);
  const words = incoming().filter((node) => Number(node.dataset.order) > seen).slice(-3);
  place.replaceChildren(...words.map((node) => {
    const line = document.createElement("blockquote");
    line.dir = "auto";
    line.textContent = (node.querySelector(".bubble__text")?.textContent ?? node.querySelector(".files")?.textContent ?? "").trim().slice(0, 600);
    return line;
  }));
}

new MutationObserver((changes) => {
  for (const { target } of changes) {
    if (target.id !== "stale" || !target.open) continue;
    target.dataset.staleAfter = document.querySelector("[data-seen]")?.value ?? "";
    showWords();
  }
}).observe(document.body, { subtree: true, attributeFilter: ["open"] });

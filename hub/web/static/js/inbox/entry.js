// The inbox page: which row is open, which pane is shown, catching up, reading.
import "../core/when.js";
import "./rows.js";
import "./composer.js";
import "../core/parts.js";
import "./taken.js";
import "./next.js";
import "./places.js";
import "./canned.js";
import "./attachments.js";
import "./format.js";
import "./typing.js";
import "./keys.js";
import "./select.js";
import "./mailframe.js";
import "./newer.js";
import { apply } from "../core/apply.js";
import { depth, reveal } from "./back.js";
import { connect, whenOpen } from "../core/live.js";
import { DONE, SIGNED_OUT, get, post } from "../core/post.js";
import { refresh } from "../core/times.js";
import "./window.js";

const root = () => document.querySelector('[data-page="inbox"]');
const opened = () => document.querySelector("[data-conversation]")?.dataset.conversation;
const thread = () => document.getElementById("thread");
const near = (node) => node && node.scrollHeight - node.scrollTop - node.clientHeight < 160;
let stick = true; // the newest message stays in sight until one scrolls up
let top = 0;
const growth = new ResizeObserver(() => { if (stick) toEnd(); });

function mark() {
  for (const row of document.querySelectorAll(".conv")) {
    const isOpen = row.id === `c${opened()}`;
    row.classList.toggle("is-open", isOpen);
    const link = row.querySelector("a");
    if (!link) continue; // far out of sight
    link.toggleAttribute("aria-current", isOpen);
    if (isOpen) link.setAttribute("aria-current", "true");
    link.tabIndex = isOpen ? 0 : -1; // Tab goes on to the thread; j and k go through the list
  }
  const first = document.querySelector(".conv a");
  if (first && !document.querySelector(".conv.is-open")) first.tabIndex = 0;
}

function toEnd() {
  if (thread()) thread().scrollTop = thread().scrollHeight;
}

function show() {
  root().dataset.openPane = opened() ? "thread" : "list";
  stick = true;
  top = 0;
  growth.disconnect();
  if (opened()) growth.observe(document.getElementById("messages"));
  mark();
  if (!toSought()) toEnd();
}

// A hit of the search is shown at its place, and stays there while earlier messages are loaded.
function toSought() {
  const sought = document.getElementById(`m${document.getElementById("messages")?.dataset.at}`);
  if (!sought) return false;
  stick = false;
  growth.disconnect();
  sought.classList.add("is-sought");
  sought.scrollIntoView({ block: "center" });
  top = thread().scrollTop;
  return true;
}

async function fetchHtml(address) {
  const told = await get(address);
  if (told.outcome === SIGNED_OUT) document.dispatchEvent(new CustomEvent("hub:signed-out"));
  return told.outcome === DONE ? told.html : "";
}

const looks = (rows) => [...rows.querySelectorAll(".conv")].map((row) => `${row.id} ${row.dataset.order} ${row.className.replace(" is-open", "")}\n`).join("");
// The first rows of a list that goes on may stand before others that were loaded by scrolling.
const isSame = (news, rows) => looks(news) === looks(rows) || (news.querySelector("[data-more]") && looks(rows).startsWith(looks(news)));

async function catchUp() {
  const messages = [...document.querySelectorAll("#messages > .msg")];
  if (opened() && messages.length) apply(await fetchHtml(`/conversations/${opened()}/messages?after=${messages.at(-1).dataset.order}`));
  const rows = document.getElementById("rows");
  const query = document.getElementById("search")?.value ?? "";
  if (!rows || query) return;
  const html = await fetchHtml(`/inbox/rows?view=${rows.dataset.view}`);
  const fresh = new DOMParser().parseFromString(html, "text/html");
  const news = fresh.getElementById("rows");
  const before = depth(rows);
  if (!news || before > 400 || isSame(news, rows)) return;
  const focused = document.activeElement?.closest(".conv")?.id;
  rows.replaceChildren(...news.childNodes);
  rows.scrollTop = before;
  document.getElementById(focused)?.querySelector("a").focus({ preventScroll: true });
  window.htmx?.process(rows);
  mark();
}

document.addEventListener("hub:filled", mark);
whenOpen(catchUp);
document.addEventListener("hub:undone", catchUp);
document.body.addEventListener("hub:triaged", catchUp);
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id === "conversation") { show(); reveal(); connect(); }
  if (event.target.id === "list") { mark(); connect(); }
});
document.addEventListener("htmx:afterSwap", () => refresh());
let height = 0; // earlier messages are put above: what one reads stays where it is
document.addEventListener("htmx:beforeSwap", (event) => { if (event.target.matches?.("[data-older]")) height = thread().scrollHeight; });
document.addEventListener("htmx:afterSettle", () => { if (height) thread().scrollTop += thread().scrollHeight - height; height = 0; });
document.addEventListener("scroll", (event) => {
  if (event.target.id !== "thread") return;
  if (near(event.target)) stick = true;
  else if (event.target.scrollTop < top) stick = false;
  top = event.target.scrollTop;
}, true);
document.addEventListener("hub:applied", (event) => {
  mark();
  refresh();
  if (stick) toEnd();
  const mine = event.detail.items.filter((item) => item.dataset.of === opened());
  const last = [...document.querySelectorAll("#messages > .msg")].at(-1);
  const seen = document.querySelector("[data-seen]");
  if (mine.length && seen && last && stick && !document.querySelector("#text")?.value) seen.value = last.dataset.order;
  if (mine.some((item) => item.querySelector('.msg[data-direction="in"]')) && !document.hidden) markRead();
});

async function markRead() {
  document.getElementById("typing").hidden = true;
  await post(`/conversations/${opened()}/reading`);
}
document.addEventListener("visibilitychange", () => { if (!document.hidden && opened() && document.querySelector(`#c${opened()}.conv--unread`)) markRead(); });

document.addEventListener("hub:typing", (event) => {
  const line = document.getElementById("typing");
  if (!line || event.detail !== opened()) return;
  line.hidden = false;
  clearTimeout(line.timer);
  line.timer = setTimeout(() => { line.hidden = true; }, 6000);
});

document.body.addEventListener("hub:conversation", async () => {
  if (document.querySelector("#head details[open]")) return;
  const asked = opened();
  const html = await fetchHtml(`/conversations/${asked}/head`);
  if (html && asked === opened()) apply(`<div data-live="replace">${html}</div>`);
});

document.addEventListener("click", async (event) => {
  if (event.target.closest?.("[data-toggle-card]")) {
    const narrow = matchMedia("(max-width: 720px)").matches;
    if (narrow) root().dataset.openPane = "card";
    else if (matchMedia("(max-width: 1100px)").matches) root().classList.toggle("is-card-shown");
    else root().classList.toggle("is-card-hidden");
  }
  if (event.target.closest?.("[data-back-to-thread]")) root().dataset.openPane = "thread";
  const copy = event.target.closest?.("[data-copy-address]");
  if (copy) await navigator.clipboard?.writeText(copy.dataset.copyAddress).catch(() => {});
});

show();

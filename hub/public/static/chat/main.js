// The chat: wires the parts together.
import * as composer from "./composer.js";
import { framed, listen, tell } from "./host.js";
import * as offline from "./offline.js";
import * as outbox from "./outbox.js";
import { forgetVisitor, report, session } from "./session.js";
import { play } from "./sound.js";
import * as stream from "./stream.js";
import * as thread from "./thread.js";
import { typing } from "./typing.js";
import * as unread from "./unread.js";
import { say } from "./words.js";

const parts = Object.fromEntries(["composer", "offline", "notice", "close", "text", "consent"].map((id) => [id, document.getElementById(id)]));
let live = false; // after the first catch-up: what comes now is news
let page = "";

function notice(sentence) {
  parts.notice.textContent = sentence;
  parts.notice.hidden = !sentence;
}

stream.on("message", (message) => {
  const isNew = thread.show(message);
  parts.consent?.remove();
  if (message.from !== "me") typing("");
  if (live && isNew && message.from !== "me") play();
  if (live) unread.changed(isNew && message.from !== "me" ? message : undefined);
  tell("talks");
});
stream.on("typing", typing);
stream.on("closed", (reason) => {
  notice(say(reason));
  parts.composer.hidden = parts.offline.hidden = true;
});
stream.on("line", (up) => {
  notice(up ? "" : say("No connection. Your message goes out as soon as it is back."));
  if (!up) return;
  if (!live) outbox.restore(); else outbox.flush();
  live = true;
  parts.composer.hidden = !session.open;
  parts.offline.hidden = session.open;
  document.body.classList.toggle("offline-only", !session.open && thread.isEmpty());
  if (!session.open) offline.prepare(thank);
  unread.changed();
  if (!thread.isEmpty()) look();
  thread.toEnd();
});
composer.start(outbox.send);
document.getElementById("thread").addEventListener("choose", ({ detail }) => {
  if (session.open) outbox.send({ text: detail.label, choice: detail.value });
});

function thank(sentence) {
  document.body.classList.remove("offline-only");
  parts.offline.hidden = true;
  notice(sentence);
}
function look() {
  const here = session.source.page;
  if (!here || here === page || thread.isEmpty()) return;
  page = here;
  report("page", { page: here, title: session.source.visits?.at(-1)?.[2] || "" });
}
function open(isOpen) {
  unread.opened(isOpen);
  if (!isOpen) return;
  thread.toEnd();
  if (!matchMedia("(pointer: coarse)").matches) (session.open ? parts.text : parts.offline.elements.name).focus();
}
function who(identity, anew) {
  session.identity = identity || null;
  session.token = "";
  if (anew) forgetVisitor();
}
function begin() {
  live = false;
  thread.clear();
  outbox.forget();
}

listen({
  start: ({ visitor, identity, source, open: isOpen, anew }) => {
    if (visitor) session.visitor = visitor;
    session.source = source || {};
    who(identity, anew);
    if (anew) begin();
    stream.connect();
    open(isOpen);
  },
  identify: ({ identity, anew }) => {
    who(identity, anew);
    begin();
    stream.connect();
  },
  page: ({ source }) => {
    session.source = source || {};
    look();
  },
  opened: () => open(true),
  closed: () => open(false),
});
parts.close.hidden = !framed;
parts.close.addEventListener("click", () => tell("close"));
addEventListener("keydown", (event) => { if (event.key === "Escape") tell("close"); });
addEventListener("pagehide", () => { if (!thread.isEmpty()) report("left"); });
if (!framed) stream.connect();

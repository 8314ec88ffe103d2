// One message as elements. Text goes in as text, links are links to the web only.
import { say, language } from "./words.js";

const clock = new Intl.DateTimeFormat(language, { hour: "numeric", minute: "2-digit" });
const date = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long" });
const LINK = /https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]]/g;

export function day(at) {
  const then = new Date(at);
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / 86400000);
  return days === 0 ? say("Today") : days === 1 ? say("Yesterday") : date.format(then);
}

export function bubble(message, retry) {
  const mine = message.from === "me";
  const name = mine ? "" : message.from === "bot" ? say("Assistant") : message.name || say("Support");
  const row = make("div", `row row--${mine ? "me" : "them"}`);
  Object.assign(row.dataset, { at: message.at, who: mine ? "me" : message.from + name });
  if (name) row.append(make("p", "name", name));
  const body = row.appendChild(make("div", "bubble"));
  if (mine) body.append(make("span", "quiet", `${say("You")}: `));
  body.append(...linked(message.text || ""));
  for (const file of message.files || []) body.append(attachment(file));
  const foot = make("p", "foot", message.state ? "" : clock.format(new Date(message.at)));
  if (message.state) foot.append(state(message.state, retry));
  else if (mine) foot.append(make("span", message.read ? "mark mark--read" : "mark", say(message.read ? "Read" : "Sent")));
  row.append(foot);
  if (message.buttons?.length) row.append(choices(message.buttons));
  return row;
}

function state(name, retry) {
  if (name === "sending") return make("span", "mark", say("Sending…"));
  const again = make("button", "again", say(name === "failed" ? "Not sent. Tap to try again." : name));
  again.type = "button";
  again.addEventListener("click", retry);
  return again;
}

function linked(text) {
  const parts = [];
  let end = 0;
  for (const found of text.matchAll(LINK)) {
    parts.push(text.slice(end, found.index), anchor(found[0], found[0]));
    end = found.index + found[0].length;
  }
  return [...parts, text.slice(end)];
}

function anchor(href, text) {
  return Object.assign(document.createElement("a"), { href, textContent: text, target: "_blank", rel: "noopener noreferrer" });
}

function attachment(file) {
  if (!file.url) return make("p", "file file--away", `${file.name} — ${file.note || "…"}`);
  const link = anchor(file.url, "");
  link.className = file.picture ? "picture" : "file";
  link.setAttribute("aria-label", say("Download {name}", { name: file.name }));
  if (file.picture) link.append(Object.assign(new Image(), { src: file.url, alt: file.name, loading: "lazy" }));
  else link.append(make("span", "file__name", file.name), make("span", "file__size", size(file.size)));
  return link;
}

export function size(bytes) {
  const [value, unit] = bytes >= 1e6 ? [bytes / 1e6, "megabyte"] : [Math.max(bytes / 1e3, 1), "kilobyte"];
  return new Intl.NumberFormat(language, { style: "unit", unit, maximumFractionDigits: 1 }).format(value);
}

function choices(buttons) {
  const group = make("div", "choices");
  for (const button of buttons) {
    if (button.url) group.append(Object.assign(anchor(button.url, button.label), { className: "choice" }));
    else {
      const choice = Object.assign(make("button", "choice", button.label), { type: "button" });
      choice.addEventListener("click", () => choice.dispatchEvent(new CustomEvent("choose", { bubbles: true, detail: button })));
      group.append(choice);
    }
  }
  return group;
}

function make(tag, className, text) {
  const node = document.createElement(tag);
  node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

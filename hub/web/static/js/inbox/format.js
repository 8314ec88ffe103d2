// Formatting as one writes: buttons and Ctrl+B, Ctrl+I, with chosen words Ctrl+K too, put our small marks around what is chosen, or take them away.
import { MARKS, joins, read, toggle } from "./marks.js";

const KEYS = { b: "bold", i: "italic", k: "link" };
const field = () => document.getElementById("text");

// Typed like a person would, so that the browser's own undo takes it back.
function put(text, start, end) {
  const node = field();
  node.focus();
  node.setSelectionRange(start, end);
  if (!document.execCommand(text ? "insertText" : "delete", false, text)) {
    node.setRangeText(text, start, end, "end");
    node.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function trimmed(node) {
  let [start, end] = [node.selectionStart, node.selectionEnd];
  while (start < end && /\s/.test(node.value[start])) start += 1;
  while (end > start && /\s/.test(node.value[end - 1])) end -= 1;
  return [start, end];
}

// Without a choice: what is written next is formatted, or no longer.
function begin(kind) {
  const node = field();
  const { value, selectionStart: at } = node;
  const mark = MARKS[kind];
  const size = (text) => (text.startsWith(mark + mark) ? 2 : text.startsWith(mark) ? 1 : 0);
  const after = size(value.slice(at));
  if (after && value.slice(at - after, at) === mark.repeat(after)) { put("", at - after, at + after); return; } // nothing was written
  const line = value.lastIndexOf("\n", at - 1) + 1;
  const before = read(value.slice(line).split("\n")[0]).findLast((letter) => line + letter.at + letter.text.length === at);
  if (after && before?.kinds.includes(kind)) { node.setSelectionRange(at + after, at + after); return; }
  const inWord = "*~".includes(mark) && (joins(value[at - 1]) || joins(value[at]));
  put(mark.repeat(inWord ? 4 : 2), at, at);
  node.setSelectionRange(at + (inWord ? 2 : 1), at + (inWord ? 2 : 1));
}

function around(kind) {
  const node = field();
  const done = toggle(node.value, node.selectionStart, node.selectionEnd, kind);
  if (!done) { begin(kind); return; }
  put(done.text, done.from, done.to);
  node.setSelectionRange(done.start, done.end);
}

function quote() {
  const node = field();
  const start = node.value.lastIndexOf("\n", node.selectionStart - 1) + 1;
  const after = node.value.indexOf("\n", node.selectionEnd);
  const end = after < 0 ? node.value.length : after;
  const lines = node.value.slice(start, end).split("\n");
  const isQuote = lines.every((line) => line.startsWith(">"));
  const text = lines.map((line) => (isQuote ? line.replace(/^> ?/, "") : `> ${line}`)).join("\n");
  put(text, start, end);
}

function link(address = "") {
  const node = field();
  const [start, end] = trimmed(node);
  const chosen = node.value.slice(start, end).replaceAll("\n", " ");
  const isAddress = /^https?:\/\/\S+$/.test(chosen);
  const [label, url] = isAddress ? ["", chosen] : [chosen, address || "https://"];
  put(`[${label}](${url})`, start, end);
  const at = label ? start + label.length + 3 : start + 1;
  if (label && !address) node.setSelectionRange(at, at + url.length);
  else if (!label) node.setSelectionRange(at, at);
}

export function format(kind) {
  if (!field()) return;
  if (kind === "quote") quote();
  else if (kind === "link") link();
  else around(kind);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-mark]");
  if (button) format(button.dataset.mark);
});
document.addEventListener("mousedown", (event) => { if (event.target.closest?.("[data-mark]")) event.preventDefault(); }); // the choice stays
document.addEventListener("keydown", (event) => {
  const kind = KEYS[event.key.toLowerCase()];
  if (event.target.id !== "text" || !kind || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
  if (kind === "link" && event.target.selectionStart === event.target.selectionEnd) return; // Ctrl+K goes anywhere
  event.preventDefault();
  event.stopImmediatePropagation();
  format(kind);
}, true);
document.addEventListener("paste", (event) => {
  if (event.target.id !== "text" || event.target.selectionStart === event.target.selectionEnd) return;
  const pasted = event.clipboardData?.getData("text/plain").trim() ?? "";
  const chosen = event.target.value.slice(event.target.selectionStart, event.target.selectionEnd);
  if (!/^https?:\/\/[^\s()<>"]+$/.test(pasted) || /^https?:/.test(chosen)) return;
  event.preventDefault();
  link(pasted);
});

// Formatting as one writes: buttons and Ctrl+B, Ctrl+I, with chosen words Ctrl+K too, put our small marks around what is chosen, or take them away.
const MARKS = { bold: "*", italic: "_", strike: "~", code: "`" };
const DOUBLED = { bold: "**", strike: "~~" }; // within a word
const KEYS = { b: "bold", i: "italic", k: "link" };
const field = () => document.getElementById("text");
const joins = (char) => /\p{N}/u.test(char) || char.toLowerCase() !== char.toUpperCase();

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

function around(kind) {
  const node = field();
  const [start, end] = trimmed(node);
  const { value } = node;
  for (const mark of [DOUBLED[kind], MARKS[kind]].filter(Boolean)) {
    const size = mark.length;
    if (start >= size && value.slice(start - size, start) === mark && value.slice(end, end + size) === mark) {
      put(value.slice(start, end), start - size, end + size);
      node.setSelectionRange(start - size, end - size);
      return;
    }
  }
  const inWord = joins(value[start - 1] ?? " ") || joins(value[end] ?? " ");
  const mark = inWord && end > start && DOUBLED[kind] ? DOUBLED[kind] : MARKS[kind];
  const marked = value.slice(start, end).split("\n").map((line) => (line.trim() || end === start ? `${mark}${line}${mark}` : line)).join("\n");
  put(marked, start, end);
  if (end === start) node.setSelectionRange(start + mark.length, start + mark.length);
  else if (!marked.includes("\n")) node.setSelectionRange(start + mark.length, end + mark.length);
  else node.setSelectionRange(start, start + marked.length);
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

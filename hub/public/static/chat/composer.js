// The line where one writes: grows with the text, Enter sends, Shift+Enter breaks the line. Files come by button, drop or paste.
import { size } from "./bubble.js";
import { report } from "./session.js";
import { say } from "./words.js";

const form = document.getElementById("composer");
const text = document.getElementById("text");
const chosen = document.getElementById("files");
const list = document.getElementById("picked");
const fault = document.getElementById("fault");
const { maxFiles, maxFile } = document.body.dataset;
let files = [];
let toldAt = 0;

export function start(send) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!text.value.trim() && !files.length) return;
    send({ text: text.value.trim(), files });
    text.value = "";
    files = [];
    draw();
    grow();
    text.focus();
  });
}
text.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});
text.addEventListener("input", () => {
  grow();
  if (Date.now() - toldAt < 4000 || !text.value) return;
  toldAt = Date.now();
  report("typing");
});
document.getElementById("attach").addEventListener("click", () => chosen.click());
chosen.addEventListener("change", () => { add(chosen.files); chosen.value = ""; });
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", (event) => { event.preventDefault(); add(event.dataTransfer?.files || []); });
addEventListener("paste", (event) => { if (event.clipboardData?.files.length) add(event.clipboardData.files); });

function add(more) {
  if (form.hidden) return;
  complain("");
  const fitting = [...more].filter((file) => file.size <= Number(maxFile));
  if (fitting.length < more.length) complain(say("Each file may have {n} MB at most.", { n: Math.floor(maxFile / 1048576) }));
  files = [...files, ...fitting];
  if (files.length > Number(maxFiles)) complain(say("Please attach at most {n} files.", { n: maxFiles }));
  files = files.slice(0, Number(maxFiles));
  draw();
  text.focus();
}

function draw() {
  list.hidden = !files.length;
  list.replaceChildren(...files.map((file) => {
    const item = document.createElement("li");
    const name = Object.assign(document.createElement("span"), { textContent: file.name, title: file.name });
    const away = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
    away.setAttribute("aria-label", say("Remove {name}", { name: file.name }));
    away.addEventListener("click", () => { files = files.filter((other) => other !== file); draw(); text.focus(); });
    item.append(name, Object.assign(document.createElement("small"), { textContent: size(file.size) }), away);
    return item;
  }));
  grow();
}

export function complain(sentence) {
  fault.textContent = sentence;
  fault.hidden = !sentence;
}

function grow() {
  text.style.height = "auto";
  text.style.height = `${Math.min(text.scrollHeight, 132)}px`;
  document.getElementById("send").classList.toggle("send--ready", Boolean(text.value.trim()) || files.length > 0);
}

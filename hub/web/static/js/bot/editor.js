// The editor of the rules: line numbers, marked lines, a jump to a problem, indented new lines, Ctrl+S.
const editor = document.querySelector("[data-editor]");
const text = editor?.querySelector("textarea");
const lines = editor?.querySelector("[data-editor-lines]");
const place = document.querySelector("[data-editor-place]");
let wrong = new Set((text?.dataset.problemLines ?? "").split(" ").filter(Boolean).map(Number));

function number() {
  const wanted = text.value.split("\n").length;
  while (lines.childElementCount > wanted) lines.lastChild.remove();
  while (lines.childElementCount < wanted) {
    const line = document.createElement("div");
    line.textContent = lines.childElementCount + 1;
    lines.append(line);
  }
  for (const n of new Set([...wrong, ...marked])) lines.children[n - 1]?.classList.toggle("is-wrong", wrong.has(n));
  marked = new Set(wrong);
  follow();
}
let marked = new Set();
const follow = () => { lines.scrollTop = text.scrollTop; };

function where() {
  const before = text.value.slice(0, text.selectionStart).split("\n");
  place.textContent = `${before.length}:${before.at(-1).length + 1}`;
}

function go(line, column) {
  const all = text.value.split("\n");
  const start = all.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0) + column - 1;
  text.focus();
  text.setSelectionRange(start, start);
  text.scrollTop = (line - 6) * parseFloat(getComputedStyle(text).lineHeight);
  where();
}

function put(inserted) {
  text.setRangeText(inserted, text.selectionStart, text.selectionEnd, "end");
  text.dispatchEvent(new Event("input", { bubbles: true }));
}

if (editor) {
  const saved = text.value;
  let leaving = false;
  number();
  where();
  text.addEventListener("input", () => { number(); where(); });
  text.addEventListener("scroll", follow);
  document.addEventListener("selectionchange", () => { if (document.activeElement === text) where(); });
  text.addEventListener("keydown", (event) => {
    if (event.key === "s" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      text.form.requestSubmit();
    } else if (event.key === "Enter" && !event.isComposing) {
      const line = text.value.slice(0, text.selectionStart).split("\n").at(-1);
      event.preventDefault();
      put(`\n${/^\s*/.exec(line)[0]}${line.trimEnd().endsWith(":") ? "  " : ""}`);
      if (text.selectionStart === text.value.length) text.scrollTop = text.scrollHeight;
    }
  });
  text.form.addEventListener("submit", () => { leaving = true; });
  window.addEventListener("beforeunload", (event) => { if (!leaving && text.value !== saved) event.preventDefault(); });
  document.addEventListener("click", (event) => {
    const problem = event.target.closest?.("[data-go-line]");
    if (problem) go(Number(problem.dataset.goLine), Number(problem.dataset.goColumn));
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id === "problems") {
      wrong = new Set([...document.querySelectorAll("#problems [data-go-line]")].map((each) => Number(each.dataset.goLine)));
      leaving = false;
      number();
    }
    if (event.target.id === "trial") {
      const talk = event.target.querySelector(".trial");
      if (talk) talk.scrollTop = talk.scrollHeight;
      event.target.querySelector("#trial-text")?.focus();
    }
  });
}

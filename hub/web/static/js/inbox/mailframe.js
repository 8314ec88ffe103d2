// How high the frame of a formatted mail is. The frame is walled off, so its height is reckoned from the same document, never run.
const BLOCKS = "p, div, li, tr, h1, h2, h3, h4, blockquote, pre";
const STYLES = /<style[^]*?<\/style>| style="[^"]*"/gi; // they say nothing of lines, and our own page allows none
const LINE = 22;
const [LEAST, MOST] = [120, 2400];

export function reckoned(html, width) {
  const page = new DOMParser().parseFromString(html.replaceAll(STYLES, ""), "text/html"); // inert: nothing in it runs or loads
  for (const node of page.querySelectorAll("title")) node.remove();
  const letters = Math.max(20, width / 7.4);
  const lines = (text) => text.split("\n").reduce((sum, line) => sum + Math.ceil(line.trim().length / letters), 0);
  let height = 24;
  for (const block of page.querySelectorAll(BLOCKS)) {
    if (block.querySelector(BLOCKS)) continue;
    const beside = Math.max(1, (block.cells?.length ?? 0) * 0.7);
    const ofRow = () => Math.max(0, ...[...block.cells].map((cell) => lines(cell.textContent) * beside));
    const own = block.tagName === "TR" ? ofRow() : lines(block.textContent);
    height += own ? own * LINE + 10 : 8;
  }
  const loose = [...page.body.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.textContent).join(" ");
  height += lines(loose) * LINE + page.querySelectorAll("br").length * LINE;
  for (const image of page.images) if (image.hasAttribute("src")) height += Math.min(Number(image.getAttribute("height")) || 160, 900);
  return Math.round(Math.max(LEAST, Math.min(height, MOST)));
}

document.addEventListener("toggle", async (event) => {
  if (!event.target.matches?.("details[data-mail][open]") || event.target.dataset.fitted) return;
  event.target.dataset.fitted = "1";
  const frame = event.target.querySelector("iframe");
  const answer = await fetch(frame.src).catch(() => undefined);
  if (answer?.ok) frame.style.height = `${reckoned(await answer.text(), frame.clientWidth - 24)}px`;
}, true);

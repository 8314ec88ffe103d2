// What a thumb cannot hit on a page as it stands: every control answers within a square of 40 pixels.
() => {
  const NEEDED = 40;
  const CONTROLS = "a[href], button, summary, select, input:not([type=hidden]), textarea";
  // Let off, each for its reason: links within a sentence or among facts, which are text to read and may be enlarged;
  const IN_TEXT = "p a, dd a, .prose a, .bubble__text a, .mail a, .banner a, .field__help a, .history a, .wrap a, .suggestion div > a, .code a, .task-row__about a, .talk__about a";
  // what only a keyboard comes to; what lies in a row that answers as a whole.
  const NOT_FOR_FINGERS = ".skip, .visually-hidden, .visually-hidden *";
  const found = [];
  const name = (node) => `${node.tagName.toLowerCase()}.${[...node.classList].join(".")}[${(node.getAttribute("aria-label") || node.name || node.textContent || "").trim().slice(0, 24)}]`;
  const seen = (node) => node.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !node.disabled && !node.matches(`${IN_TEXT}, ${NOT_FOR_FINGERS}`);
  const labels = (node) => [...(node.labels ?? [])];
  const box = (node) => {
    const label = node.matches("[type=checkbox], [type=radio], [type=file]") && node.closest("label");
    return (label || node).getBoundingClientRect();
  };
  const answers = (node, x, y) => {
    const hit = document.elementFromPoint(Math.min(Math.max(x, 1), innerWidth - 1), y);
    return hit && (node.contains(hit) || labels(node).some((label) => label.contains(hit)));
  };

  function measure(node) {
    let at = box(node);
    if (at.width < 2 || at.height < 2) return;
    if (at.width >= NEEDED - 0.5 && at.height >= NEEDED - 0.5) return;
    // Smaller to the eye; larger to a finger? Brought into view, and touched at the edges of the square.
    if (at.top < 60 || at.bottom > innerHeight - 90 || at.left < 0 || at.right > innerWidth) {
      node.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
      at = box(node);
    }
    const [x, y, half] = [at.left + at.width / 2, at.top + at.height / 2, NEEDED / 2 - 1];
    const points = [[x, y - half], [x, y + half], ...(at.width < NEEDED ? [[x - half, y], [x + half, y]] : [])];
    if (points.some(([px, py]) => !answers(node, px, py))) found.push(`${name(node)} is ${Math.round(at.width)}x${Math.round(at.height)}`);
  }

  for (const fold of document.querySelectorAll("details:not([data-menu])")) fold.open = true;
  for (const node of document.querySelectorAll(CONTROLS)) if (seen(node)) measure(node);
  for (const menu of document.querySelectorAll("details[data-menu]")) {
    if (!menu.checkVisibility()) continue;
    menu.open = true;
    for (const node of menu.querySelectorAll(CONTROLS)) if (node !== menu.firstElementChild && seen(node)) measure(node);
    menu.open = false;
  }
  return [...new Set(found)];
}

// What is wrong with the layout of a page as it stands: the test reads the list, which is empty on a good page.
() => {
  const found = [];
  const name = (node) => `${node.tagName.toLowerCase()}${node.id ? `#${node.id}` : ""}.${[...node.classList].join(".")}`.slice(0, 80);
  const seen = (node) => node.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && node.getClientRects().length > 0;
  const box = (node) => node.getBoundingClientRect();
  const floats = (style) => ["fixed", "absolute", "sticky"].includes(style.position);
  const nodes = [...document.body.querySelectorAll("*")].filter((node) => !(node instanceof SVGElement && node.tagName !== "svg") && !node.closest(".visually-hidden, svg *, dialog:not([open]), template, .table--stack thead") && seen(node));

  if (document.documentElement.scrollWidth > innerWidth + 1) found.push(`the page is ${document.documentElement.scrollWidth} wide in ${innerWidth}`);
  const shell = document.querySelector(".shell");
  if (shell && (shell.scrollTop || document.scrollingElement.scrollTop)) found.push("the shell is scrolled");

  // Nothing sticks out of the box it is in, but for what floats above the page or scrolls in a box of its own.
  for (const node of nodes) {
    const parent = node.parentElement;
    if (floats(getComputedStyle(node)) || !parent || parent === document.body) continue;
    const style = getComputedStyle(parent);
    if (style.overflowX !== "visible" || style.display === "contents" || style.display.startsWith("inline") && !style.display.includes("-")) continue;
    const [own, outer] = [box(node), box(parent)];
    if (own.width < 2 || node.closest(".visually-hidden")) continue;
    if (own.right > outer.right + 13 || own.left < outer.left - 13) found.push(`${name(node)} sticks out of ${name(parent)} by ${Math.round(Math.max(own.right - outer.right, outer.left - own.left))}`);
  }

  // A box that cuts off what a person has to press is as bad as one that lets it stick out.
  const clips = (node) => { for (let up = node.parentElement; up; up = up.parentElement) if (getComputedStyle(up).overflowX !== "visible") return up; return null; };
  const pressed = nodes.filter((node) => node.matches("button, input:not([type=hidden]):not([type=radio]):not([type=checkbox]), select, textarea, summary, a.button, .tabs a, .deal-panes a, time, .avatar--s, .badge"));
  for (const node of pressed) {
    const clip = clips(node);
    if (!clip || floats(getComputedStyle(node)) || clip.matches(".truncate, .head__line")) continue;
    const style = getComputedStyle(clip);
    if (style.overflowX !== "hidden" && style.overflowX !== "clip") continue;
    const [own, outer] = [box(node), box(clip)];
    if (own.right > outer.right + 2 || own.left < outer.left - 2) found.push(`${name(node)} is cut off by ${name(clip)}`);
  }

  // What one presses or reads stands beside its neighbours, not on them.
  const layer = (node) => node.closest(".menu__panel, .notices, .calls, dialog, .skip, .deal-card__move, .side") ?? document.body;
  const apart = pressed.filter((node) => layer(node) === document.body && !floats(getComputedStyle(node)) && !node.closest(".call-result, .composer__tab, .graph"));
  const boxes = apart.map((node) => ({ node, at: box(node) })).filter(({ at }) => at.width > 2 && at.height > 2 && at.bottom > 0 && at.top < innerHeight);
  for (const [index, one] of boxes.entries()) {
    for (const other of boxes.slice(index + 1)) {
      if (one.node.contains(other.node) || other.node.contains(one.node)) continue;
      const wide = Math.min(one.at.right, other.at.right) - Math.max(one.at.left, other.at.left);
      const high = Math.min(one.at.bottom, other.at.bottom) - Math.max(one.at.top, other.at.top);
      const visible = [one.node, other.node].every((node) => { const clip = clips(node); if (!clip) return true; const [own, outer] = [box(node), box(clip)]; return own.bottom > outer.top + 3 && own.top < outer.bottom - 3 && own.right > outer.left + 3 && own.left < outer.right - 3; });
      if (wide > 3 && high > 3 && visible) found.push(`${name(one.node)} lies on ${name(other.node)}`);
    }
  }

  // Time and owner are there in every line.
  for (const row of nodes.filter((node) => node.matches(".conv, .call-row, .deal-card, .talk, .task-row, .lead, .waiting, .handle, .chip, .file"))) {
    for (const part of row.querySelectorAll("time, .avatar--s, .conv__unread, .badge, .chip__x")) {
      if (!seen(part)) continue;
      const [own, outer] = [box(part), box(row)];
      if (own.width < 8 || own.right > outer.right + 2 || own.left < outer.left - 2) found.push(`${name(part)} is pushed out of ${name(row)}`);
    }
  }

  // The composer leaves room to read, and no word of a button is broken into letters.
  const composer = document.querySelector(".composer");
  if (composer && seen(composer) && box(composer).height > Math.max(230, innerHeight * 0.34)) found.push(`the composer is ${Math.round(box(composer).height)} high in ${innerHeight}`);
  for (const node of nodes.filter((one) => one.matches("button:not(.menu__item), a.button, kbd, .composer__hint"))) {
    const lines = box(node).height / (parseFloat(getComputedStyle(node).lineHeight) || 20);
    if (lines > 3.2 && !node.closest(".menu__panel, .route, .problems") && !node.matches(".link, .canned, .problem, .graph *")) found.push(`${name(node)} is broken into ${Math.round(lines)} lines`);
  }
  const raw = document.body.innerText.match(/\b(?:duration|digital)-\w+/);
  if (raw) found.push(`raw code: ${raw[0]}`);
  return [...new Set(found)].slice(0, 12);
}

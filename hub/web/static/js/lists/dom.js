// Making nodes.
export function make(tag, given = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = value;
    else if (value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== undefined && child !== ""));
  return node;
}

export function choose(label, options, value, onchange) {
  const select = make("select", { class: "select select--small", "aria-label": label, onchange: () => onchange(select.value) },
    ...options.map(([key, words]) => make("option", { value: key, selected: String(key) === String(value) }, words)));
  return select;
}

export function field(label, value, given, oninput) {
  const input = make("input", { class: "input input--small", "aria-label": label, value: value ?? "", dir: "auto", required: true, ...given,
    oninput: () => oninput(input.value) });
  return input;
}

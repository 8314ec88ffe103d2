// <select data-search>: a list one searches by typing. Without scripts it is the plain list.
const MOST = 60;
const texts = () => document.getElementById("form-texts").dataset;
const simple = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f_/]/g, " ").toLowerCase();

function item(option, id, select) {
  const node = document.createElement("li");
  node.id = id;
  node.className = "combobox__option";
  node.setAttribute("role", "option");
  node.setAttribute("aria-selected", String(option.value === select.value));
  node.dataset.value = option.value;
  node.textContent = option.textContent;
  return node;
}

function enhance(select) {
  const box = document.createElement("div");
  const [field, list] = [document.createElement("input"), document.createElement("ul")];
  box.className = "combobox";
  field.className = "input";
  field.id = select.id;
  select.removeAttribute("id");
  list.id = `${field.id}-list`;
  list.className = "combobox__list";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", select.labels[0]?.textContent ?? document.querySelector(`label[for="${field.id}"]`)?.textContent ?? "");
  const said = { "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id };
  const given = { role: "combobox", autocomplete: "off", spellcheck: "false", ...said };
  for (const [name, value] of Object.entries(given)) field.setAttribute(name, value);
  const chosen = () => select.selectedOptions[0]?.textContent ?? "";
  field.value = chosen();
  select.hidden = true;
  select.after(box);
  box.append(field, list);

  const marked = () => list.querySelector(".is-marked");
  function mark(node) {
    marked()?.classList.remove("is-marked");
    node?.classList.add("is-marked");
    node?.scrollIntoView({ block: "nearest" });
    if (node) field.setAttribute("aria-activedescendant", node.id);
    else field.removeAttribute("aria-activedescendant");
  }
  function open(words) {
    const wanted = simple(words).split(/\s+/).filter(Boolean);
    const found = [...select.options].filter((one) => {
      const text = simple(`${one.textContent} ${one.value}`);
      return wanted.every((word) => text.includes(word));
    });
    list.replaceChildren(...found.slice(0, MOST).map((one, index) => item(one, `${list.id}-${index}`, select)));
    const none = { className: "combobox__none", textContent: texts().nothing, role: "presentation" };
    if (!found.length) list.append(Object.assign(document.createElement("li"), none));
    list.hidden = false;
    field.setAttribute("aria-expanded", "true");
    mark(list.querySelector(words ? "[role=option]" : "[aria-selected=true]") ?? list.querySelector("[role=option]"));
  }
  function close() {
    list.hidden = true;
    field.setAttribute("aria-expanded", "false");
    mark(null);
    field.value = chosen();
  }
  function choose(node) {
    if (!node) return;
    select.value = node.dataset.value;
    for (const kind of ["input", "change"]) select.dispatchEvent(new Event(kind, { bubbles: true }));
    close();
  }
  field.addEventListener("focus", () => field.select());
  field.addEventListener("click", () => { if (list.hidden) { field.select(); open(""); } });
  field.addEventListener("input", (event) => { event.stopPropagation(); open(field.value); });
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    const options = [...list.querySelectorAll("[role=option]")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      if (list.hidden) open("");
      else mark(options.at((options.indexOf(marked()) + step + options.length) % options.length));
    } else if (event.key === "Enter" && !list.hidden) choose(marked());
    else if (event.key === "Escape" && !list.hidden) close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => choose(event.target.closest("[role=option]")));
}

for (const select of document.querySelectorAll("select[data-search]")) enhance(select);

// Building a filter: groups of conditions over the fields of an object and of what is related to it. The address says it all.
import { get } from "../core/post.js";
import { choose, field, make } from "./dom.js";
import { operands } from "./operands.js";

let all; // objects, operators and words, asked once
let tree;
let number = 0;
const page = () => document.querySelector("[data-list]");
const dialog = () => document.getElementById("builder");
const clone = (value) => structuredClone(value);

// Everything that a condition may begin with: fields, fields of related records, and relations to many.
function entries(of) {
  const found = new Map();
  const put = (label, entry) => found.set(found.has(label) ? `${label} (${entry.path})` : label, entry);
  function walk(object, path, words, depth) {
    for (const each of all.objects[object].fields) put([...words, each.label].join(" · "), { path: `${path}.${each.key}`, field: each });
    for (const each of all.objects[object].relations) {
      const name = [...words, each.label];
      if (each.many) put(`${name.join(" · ")} …`, { path: `${path}.${each.key}`, target: each.target });
      else if (depth) walk(each.target, `${path}.${each.key}`, name, each.target === "user" ? 0 : depth - 1);
    }
  }
  walk(of, of, [], 2);
  return found;
}

function read(form) {
  if (Array.isArray(form)) return { kind: "condition", path: form[0], op: form[1], value: form[2] };
  for (const joint of ["all", "any"]) if (Array.isArray(form?.[joint])) return { kind: "group", joint, items: form[joint].map(read) };
  for (const kind of ["has", "has_none", "count"]) {
    if (typeof form?.[kind] !== "string") continue;
    const where = read(form.where ?? { all: [] });
    const inner = where.kind === "group" ? where : { kind: "group", joint: "all", items: [where] };
    return { kind: "related", how: kind, path: form[kind], op: form.op ?? ">=", number: form.value ?? 1, where: inner };
  }
  if (form?.not && typeof form.not.has === "string") return { ...read(form.not), how: "has_none" };
  return { kind: "kept", form };
}

function write(node) {
  switch (node.kind) {
    case "group": {
      const items = node.items.map(write).filter(Boolean);
      return items.length ? { [node.joint]: items } : undefined;
    }
    case "condition":
      return node.value === undefined ? [node.path, node.op] : [node.path, node.op, node.value];
    case "related": {
      const form = { [node.how]: node.path, ...(node.how === "count" ? { op: node.op, value: node.number } : {}) };
      const where = write(node.where);
      return where ? { ...form, where } : form;
    }
    default:
      return node.form;
  }
}

const fresh = (of) => {
  const first = all.objects[of].fields.find((each) => each.key !== "id") ?? all.objects[of].fields[0];
  return { kind: "condition", path: `${of}.${first.key}`, op: first.ops[0][0] };
};

function cross(onclick) {
  return make("button", { class: "button button--quiet button--small builder__x", type: "button", "aria-label": all.texts.remove, onclick }, "×");
}

function draw(node, of, remove) {
  if (node.kind === "group") return group(node, of, remove);
  const box = make("div", { class: "builder__item" });
  const off = cross(remove);
  if (node.kind === "kept") box.append(make("span", { class: "muted small" }, all.texts.kept), off);
  else box.append(...line(node, of, () => box.replaceWith(draw(node, of, remove))), off);
  if (node.kind === "related" && node.target) box.append(group(node.where, node.target));
  return box;
}

function line(node, of, redraw) {
  const known = entries(of);
  const list = make("datalist", { id: `fields-${number++}` }, ...[...known.keys()].map((label) => make("option", { value: label })));
  const label = [...known].find(([, entry]) => entry.path === node.path)?.[0] ?? node.path;
  const at = known.get(label);
  const input = field(all.texts.field, label, { list: list.id, autocomplete: "off", onfocus: () => input.select() }, (value) => {
    const entry = known.get(value);
    input.setCustomValidity(entry ? "" : all.texts.unknown);
    if (!entry || entry.path === node.path) return;
    for (const key of Object.keys(node)) delete node[key];
    const where = { kind: "group", joint: "all", items: [] };
    if (entry.target) Object.assign(node, { kind: "related", how: "has", path: entry.path, op: ">=", number: 1, where });
    else Object.assign(node, { kind: "condition", path: entry.path, op: entry.field.ops[0][0] });
    redraw();
  });
  if (!at) input.setCustomValidity(all.texts.unknown);
  if (node.kind === "related") return [input, list, ...related(node, at, redraw)];
  return [input, list, ...(at ? compared(node, at.field, redraw) : [])];
}

function compared(node, spec, redraw) {
  const kind = spec.ops.find(([op]) => op === node.op)?.[1] ?? "none";
  const select = choose(all.texts.operator, spec.ops.map(([op]) => [op, all.operators[op] ?? op]), node.op, (op) => {
    if (spec.ops.find(([each]) => each === op)[1] !== kind) delete node.value;
    node.op = op;
    redraw();
  });
  return [select, operands(kind, node, spec, all)];
}

function related(node, at, redraw) {
  node.target = at?.target;
  const kinds = ["has", "has_none", "count"].map((each) => [each, all.texts[each]]);
  const how = choose(all.texts.operator, kinds, node.how, (value) => { node.how = value; redraw(); });
  if (node.how !== "count") return [how];
  const ops = ["=", "<", "<=", ">", ">="].map((op) => [op, all.operators[op]]);
  return [how, choose(all.texts.operator, ops, node.op, (op) => { node.op = op; }),
    field(all.texts.number, node.number, { type: "number", min: 0 }, (value) => { node.number = Number(value); })];
}

function group(node, of, remove) {
  const box = make("div", { class: "builder__group", role: "group" });
  const redraw = () => box.replaceWith(group(node, of, remove));
  const add = (what) => { node.items.push(what); const next = group(node, of, remove); box.replaceWith(next); focusLast(next); };
  box.setAttribute("aria-label", all.texts[node.joint]);
  const joints = ["all", "any"].map((each) => [each, all.texts[each]]);
  const head = make("div", { class: "builder__item" }, choose(all.texts.group, joints, node.joint, (value) => { node.joint = value; }));
  if (remove) head.append(cross(remove));
  box.append(head, ...node.items.map((item) => draw(item, of, () => { node.items.splice(node.items.indexOf(item), 1); redraw(); })));
  box.append(make("div", { class: "builder__item" },
    make("button", { class: "button button--small", type: "button", onclick: () => add(fresh(of)) }, `+ ${all.texts.condition}`),
    make("button", { class: "button button--quiet button--small", type: "button",
      onclick: () => add({ kind: "group", joint: node.joint === "all" ? "any" : "all", items: [fresh(of)] }) }, `+ ${all.texts.group}`)));
  return box;
}

function focusLast(box) {
  const found = box.querySelectorAll("input[list]");
  found[found.length - 1]?.focus();
}

async function open(at) {
  const of = page().dataset.list;
  if (!all) {
    const told = await get(`/lists/${of}/fields`);
    if (told.status !== 200) return;
    all = JSON.parse(told.html);
  }
  const form = JSON.parse(page().dataset.form);
  delete form.v;
  const found = read(Object.keys(form).length ? form : { all: [] });
  tree = found.kind === "group" ? found : { kind: "group", joint: "all", items: [found] };
  if (at === undefined && !tree.items.length) tree.items.push(fresh(of));
  dialog().querySelector("[data-tree]").replaceChildren(group(tree, of));
  dialog().showModal();
  const items = dialog().querySelectorAll("[data-tree] > .builder__group > .builder__item, [data-tree] > .builder__group > .builder__group");
  items[at === undefined ? items.length - 2 : Number(at) + 1]?.querySelector("input")?.focus();
}

function go(form) {
  const address = new URL(page().dataset.address, location.href);
  address.searchParams.set("filter", JSON.stringify(form ?? { all: [] }));
  location.assign(address);
}

document.addEventListener("click", (event) => {
  const edit = event.target.closest?.("[data-edit-filter]");
  if (edit) open(edit.dataset.editFilter);
  if (event.target.closest?.("[data-build]")) open();
  if (event.target.closest?.("[data-builder] [data-clear]")) go();
});
document.addEventListener("submit", (event) => {
  if (!event.target.matches?.("[data-builder]")) return;
  event.preventDefault();
  go(clone(write(tree)));
});

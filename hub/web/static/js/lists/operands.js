// The input of a condition's value, by what its operator takes.
import { get } from "../core/post.js";
import { choose, field, make } from "./dom.js";

const numbers = (text) => text.split(/[;,]/).map((each) => each.trim()).filter(Boolean).map(Number);
const texts = (text) => text.split(",").map((each) => each.trim()).filter(Boolean);
const key = (spec, text) => spec.choices.find(([one]) => String(one) === text)?.[0] ?? text;

// `node.value` always is what the filter says; each editor gives the nodes that change it.
const EDITORS = {
  none(node) { delete node.value; return []; },
  text(node, spec, all) { return [field(all.texts.value, textual(node), { maxlength: 200 }, (value) => { node.value = value; })]; },
  texts(node, spec, all) {
    const value = Array.isArray(node.value) ? node.value.join(", ") : "";
    return [field(all.texts.value, value, { maxlength: 500, placeholder: all.texts.commas }, (value) => { node.value = texts(value); })];
  },
  number(node, spec, all) {
    const value = typeof node.value === "number" ? node.value : "";
    return [field(all.texts.number, value, { type: "number", step: "any" }, (next) => { node.value = Number(next); })];
  },
  numbers(node, spec, all) {
    const value = Array.isArray(node.value) ? node.value.join(", ") : "";
    const given = { placeholder: all.texts.commas, inputmode: "decimal" };
    return [field(all.texts.number, value, given, (next) => { node.value = numbers(next); })];
  },
  money(node, spec, all) {
    const bare = typeof node.value === "number" ? String(node.value) : "";
    if (typeof node.value !== "object" || Array.isArray(node.value)) node.value = { amount: bare, currency: all.currency };
    return [
      field(all.texts.value, node.value.amount, { type: "number", step: "any" }, (value) => { node.value.amount = value; }),
      field(all.texts.currency, node.value.currency, { maxlength: 3, size: 4, pattern: "[A-Za-z]{3}" },
        (value) => { node.value.currency = value.toUpperCase(); }),
    ];
  },
  moneys(node, spec, all) {
    const value = Array.isArray(node.value) ? node.value.map((one) => one.amount ?? one).join("; ") : "";
    return [field(all.texts.value, value, { placeholder: all.texts.commas }, (value) => { node.value = numbers(value); })];
  },
  yes_no(node, spec, all) {
    node.value = node.value !== false;
    return [choose(all.texts.value, [["1", all.texts.yes], ["", all.texts.no]], node.value ? "1" : "", (value) => { node.value = Boolean(value); })];
  },
  yes_nos(node, spec, all) { return EDITORS.yes_no(node, spec, all); },
  choice(node, spec, all) {
    if (!spec.choices.some(([one]) => one === node.value)) node.value = spec.choices[0]?.[0];
    return [choose(all.texts.value, spec.choices, node.value, (value) => { node.value = key(spec, value); })];
  },
  choices(node, spec, all) {
    if (!Array.isArray(node.value)) node.value = node.value === undefined ? [] : [node.value];
    return [make("fieldset", { class: "builder__choices" }, make("legend", { class: "visually-hidden" }, all.texts.value),
      ...spec.choices.map(([one, words]) => make("label", { class: "check" },
        make("input", { type: "checkbox", checked: node.value.includes(one), onchange: (event) => {
          node.value = event.target.checked ? [...node.value, one] : node.value.filter((each) => each !== one);
        } }), make("span", {}, words))))];
  },
  record(node, spec, all) { return [finder(node, spec, all, (id) => { node.value = id; })]; },
  records(node, spec, all) {
    if (Array.isArray(node.value)) [node.value] = node.value;
    return [finder(node, spec, all, (id) => { node.value = id; })];
  },
  point(node, spec, all) {
    const is = typeof node.value === "object" ? Object.keys(node.value)[0] : node.value === "today" ? "today" : "date";
    const kinds = [["date", all.texts.date], ["today", all.periods[0][1]], ["ago", all.texts.ago], ["ahead", all.texts.ahead]];
    return moved(node, all, is, kinds);
  },
  period(node, spec, all) {
    const value = node.value ?? (node.value = "this_month");
    const is = typeof value === "object" ? ("from" in value || "to" in value ? "between" : Object.keys(value)[0]) : value;
    return moved(node, all, is, [...all.periods, ...["last", "next", "between"].map((each) => [each, all.texts[each]])]);
  },
};

const textual = (node) => (typeof node.value === "string" ? node.value : "");

// A kind of period or day, and what belongs to it.
function moved(node, all, is, kinds) {
  const box = make("span", { class: "builder__operand" });
  const draw = (kind) => box.replaceChildren(choose(all.texts.value, kinds, kind, (next) => { begin(next); draw(next); }), ...rest(kind));
  function begin(kind) {
    if (["last", "next", "ago", "ahead"].includes(kind)) node.value = { [kind]: [30, "days"] };
    else if (kind === "between") node.value = {};
    else node.value = kind === "date" ? "" : kind;
  }
  function rest(kind) {
    if (kind === "date") return [field(all.texts.date, textual(node).slice(0, 10), { type: "date" }, (value) => { node.value = value; })];
    const end = (name) => field(all.texts[name], node.value[name], { type: "date" }, (value) => { node.value[name] = value; });
    if (kind === "between") return [end("from"), end("to")];
    if (!Array.isArray(node.value?.[kind])) return [];
    const pair = node.value[kind];
    return [field(all.texts.number, pair[0], { type: "number", min: 0, size: 4 }, (value) => { pair[0] = Number(value); }),
      choose(all.texts.unit, all.units, pair[1], (value) => { pair[1] = value; })];
  }
  draw(is);
  return [box];
}

// A record found by its name.
function finder(node, spec, all, set) {
  const list = make("datalist", { id: `found-${Math.random().toString(36).slice(2)}` });
  const names = new Map();
  let timer;
  const input = field(all.texts.value, "", { list: list.id, autocomplete: "off" }, (value) => {
    if (names.has(value)) { set(names.get(value)); input.setCustomValidity(""); return; }
    input.setCustomValidity(all.texts.unnamed);
    clearTimeout(timer);
    timer = setTimeout(() => ask(value), 200);
  });
  async function ask(words) {
    const told = await get(`/lists/${spec.target}/find?q=${encodeURIComponent(words)}`);
    if (told.status !== 200) return;
    for (const { id, name } of JSON.parse(told.html)) {
      const words_ = names.has(name) && names.get(name) !== id ? `${name} (${id})` : name;
      names.set(words_, id);
    }
    list.replaceChildren(...[...names.keys()].map((name) => make("option", { value: name })));
    if (names.has(input.value)) { set(names.get(input.value)); input.setCustomValidity(""); }
  }
  if (typeof node.value === "number") { names.set(`№ ${node.value}`, node.value); input.value = `№ ${node.value}`; }
  return make("span", { class: "builder__operand" }, input, list);
}

export const operands = (kind, node, spec, all) => make("span", { class: "builder__operand" }, ...EDITORS[kind](node, spec, all));

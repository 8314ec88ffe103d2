// Our mark-up line by line as letters that know how they are formatted, and back: what is chosen is formatted, or bared of it, never marked twice.
// It reads as connectors/markup/read.py does.
export const MARKS = { bold: "*", italic: "_", strike: "~", code: "`" };
const KINDS = Object.fromEntries(Object.entries(MARKS).map(([kind, mark]) => [mark, kind]));
const DOUBLED = "*~"; // within a word
const UNIT = "(?:(?=(\\\\.|`[^`\\n]*`|\\[[^\\[\\]\\n]{1,500}\\]\\([^\\s()]*\\)|[^\\\\\\n]))\\1)"; // taken once, never tried again shorter
const LINK = /\[[^[\]\n]{1,500}\]\((?:https?:\/\/|mailto:|tel:)[^\s()<>"]{1,2000}(?:\([^\s()<>"]*\)[^\s()<>"]*)?\)/iy;
const CODE = /`[^`\n]{1,2000}`/y;
const ESCAPE = /\\[*_~`[\]()>\\]/y;
const ESCAPED = /^\\(.)/;
const bare = (mark) => `\\${mark}`;
const byMark = (marks, pattern) => Object.fromEntries([...marks].map((mark) => [mark, new RegExp(pattern(bare(mark)), "y")]));
const SINGLE = byMark("*_~", (m) => `${m}(?=[^\\s${m}])(?:(?!${m})${UNIT}){1,2000}?(?<=\\S)${m}`);
const DOUBLE = byMark(DOUBLED, (m) => `${m}{2}(?=[^\\s${m}])${UNIT}{1,2000}?(?<=\\S)${m}{2}`);

export const joins = (char = "") => /\p{N}/u.test(char) || char.toLowerCase() !== char.toUpperCase();

function match(pattern, line, at, to) {
  pattern.lastIndex = at;
  const found = pattern.exec(line)?.[0] ?? "";
  return at + found.length <= to ? found : "";
}

function span(line, at, to) {
  const mark = line[at];
  if (DOUBLED.includes(mark) && line[at + 1] === mark) return [match(DOUBLE[mark], line, at, to), 2];
  if (joins(line[at - 1])) return ["", 1];
  const found = match(SINGLE[mark], line, at, to);
  return [joins(line[at + found.length]) ? "" : found, 1];
}

// The letters of a line: where each stands in it and how it is formatted; marks are none, a link is one.
export function read(line, at = /^> ?/.exec(line)?.[0].length ?? 0, to = line.length, kinds = [], letters = []) {
  while (at < to) {
    const char = line[at];
    const whole = char === "\\" ? match(ESCAPE, line, at, to) : char === "[" ? match(LINK, line, at, to) : "";
    const code = char === "`" && !kinds.includes("code") ? match(CODE, line, at, to) : "";
    const [found, size] = "*_~".includes(char) ? span(line, at, to) : [code, 1];
    if (code) for (let n = at + 1; n < at + code.length - 1; n += 1) letters.push({ at: n, text: line[n], kinds: [...kinds, "code"] });
    else if (found) read(line, at + size, at + found.length - size, [...kinds, KINDS[char]], letters);
    else letters.push({ at, text: whole || char, kinds });
    at += (found || whole || char).length;
  }
  return letters;
}

const isSpace = (letter) => !letter.text.trim();

// What a letter is written as inside `open` marks: a space begins and ends none.
function wanted(letters, n, open) {
  const kinds = Object.keys(MARKS).filter((kind) => letters[n].kinds.includes(kind));
  if (!isSpace(letters[n])) return kinds;
  const next = letters.slice(n).find((letter) => !isSpace(letter));
  return kinds.filter((kind) => open.some((one) => one.kind === kind) && next?.kinds.includes(kind));
}

function write(letters, prefix, escaped) {
  const open = [];
  let out = prefix;
  const until = (n, kind) => letters.findIndex((letter, at) => at > n && !letter.kinds.includes(kind));
  letters.forEach((letter, n) => {
    const kinds = wanted(letters, n, open);
    const outer = open.findIndex((one) => !kinds.includes(one.kind));
    if (outer >= 0) for (const one of open.splice(outer).reverse()) out += one.mark;
    for (const kind of kinds) {
      if (isSpace(letters[n]) || open.some((one) => one.kind === kind)) continue;
      const end = until(n, kind);
      const inWord = joins(out.at(-1)) || (end > 0 && joins(letters[end].text[0]) && !isSpace(letters[end - 1]));
      const mark = MARKS[kind].repeat(inWord && DOUBLED.includes(MARKS[kind]) ? 2 : 1);
      open.push({ kind, mark });
      out += mark;
    }
    letter.now = out.length;
    const text = letter.kinds.includes("code") ? letter.text.replace(ESCAPED, "$1") : letter.text;
    out += escaped && (text in KINDS || text === "\\") && !letter.kinds.includes("code") ? `\\${text}` : text;
  });
  return out + open.reverse().map((one) => one.mark).join("");
}

const looks = (letters) => letters.filter((letter) => !isSpace(letter)).map((letter) => letter.text.replace(ESCAPED, "$1") + [...letter.kinds].sort()).join();

// The line anew; where letters would be taken for marks they are escaped. What no marks can say leaves it as it is.
function written(letters, prefix) {
  const plain = write(letters, prefix, false);
  if (looks(read(plain)) === looks(letters)) return plain;
  const careful = write(letters, prefix, true);
  return looks(read(careful)) === looks(letters) ? careful : undefined;
}

function choose(letters, from, to, kind) {
  const is = (n) => letters[n].at < to && letters[n].at + letters[n].text.length > from;
  let first = letters.findIndex((letter, n) => is(n) && !isSpace(letter));
  let last = letters.findLastIndex((letter, n) => is(n) && !isSpace(letter));
  if (first < 0 || last < first) return [];
  if (kind === "italic") { // it cannot stand within a word
    while (first > 0 && joins(letters[first].text) && joins(letters[first - 1].text)) first -= 1;
    while (last + 1 < letters.length && joins(letters[last].text) && joins(letters[last + 1].text)) last += 1;
  }
  return letters.slice(first, last + 1);
}

// A space between two letters of a kind is of it: one mark reaches over both.
function close(letters, kind) {
  letters.forEach((letter, n) => {
    if (!isSpace(letter) || !letters[n - 1]?.kinds.includes(kind) || letter.kinds.includes(kind)) return;
    if (letters.slice(n).find((one) => !isSpace(one))?.kinds.includes(kind)) letter.kinds = [...letter.kinds, kind];
  });
}

// What is chosen of a text, over several lines too, gets the kind; if all of it has it already, it loses it. Returns the new
// text of `from` to `to`, and what is chosen in the whole then; undefined where nothing is chosen.
export function toggle(value, start, end, kind) {
  const from = value.lastIndexOf("\n", start - 1) + 1;
  const after = value.indexOf("\n", end);
  const to = after < 0 ? value.length : after;
  let at = from;
  const lines = value.slice(from, to).split("\n").map((line) => {
    const letters = read(line);
    const chosen = choose(letters, start - at, end - at, kind);
    at += line.length + 1;
    return { line, letters, chosen, prefix: /^> ?/.exec(line)?.[0] ?? "" };
  });
  const all = lines.flatMap(({ chosen }) => chosen.filter((letter) => !isSpace(letter)));
  if (!all.length) return undefined;
  const has = all.every((letter) => letter.kinds.includes(kind));
  let length = from;
  let range;
  const text = lines.map(({ line, letters, chosen, prefix }) => {
    for (const letter of chosen) letter.kinds = has ? letter.kinds.filter((one) => one !== kind) : [...new Set([...letter.kinds, kind])];
    if (!has) close(letters, kind);
    const said = chosen.length ? written(letters, prefix) : undefined;
    const fresh = said ?? line;
    if (said !== undefined) range = [range?.[0] ?? length + chosen[0].now, length + chosen.at(-1).now + chosen.at(-1).text.length];
    length += fresh.length + 1;
    return fresh;
  }).join("\n");
  return { from, to, text, start: range?.[0] ?? start, end: range?.[1] ?? end };
}

// Texts of the page, in the visitor's language.
const words = JSON.parse(document.body.dataset.words);

export function say(text, values = {}) {
  return (words[text] || text).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}
export const language = document.documentElement.lang;

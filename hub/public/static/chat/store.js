// Storage of this frame; a browser that gives none loses only what a reload would have kept.
const prefix = `omnihub-chat:${document.body.dataset.slug}:`;

export function get(name) {
  try { return JSON.parse(localStorage.getItem(prefix + name)); } catch { return null; }
}
export function set(name, value) {
  try { localStorage.setItem(prefix + name, JSON.stringify(value)); } catch { /* full, or forbidden */ }
}

// Where the hub is and which channel this is, read off our own script tag; storage that may be missing.
const TAG = document.currentScript || [...document.scripts].reverse().find((s) => /\/embed\/(chat|form)\/[^/]+\.js/.test(s.src));
const FOUND = TAG.src.match(/^(.*)\/embed\/(?:chat|form)\/([^/?#]+)\.js/);
const BASE = FOUND[1];
const SLUG = decodeURIComponent(FOUND[2]);
const HUB = new URL(BASE).origin;
const kept = {
  get(name) {
    try { return localStorage.getItem(`omnihub:${BASE}:${name}`); } catch { return null; }
  },
  set(name, value) {
    try { localStorage.setItem(`omnihub:${BASE}:${name}`, value); } catch { /* a browser that keeps nothing */ }
  },
};

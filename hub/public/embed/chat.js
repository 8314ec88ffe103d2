// The chat's button on any page, and the frame it opens. Page and chat cannot reach each other: the button stands in a
// shadow tree of its own, the chat in a frame of the hub's own origin; between them go only the messages named here.
// It stands beside the body, so that sites that swap their body (Turbo, Astro, htmx) leave it and an open chat alone.
if (window.omnihub) dispatchEvent(new Event("omnihub:again"));
else {
  const TEXTS = {
    en: { open: "Open chat", close: "Close chat", frame: "Chat", unread: "unread" },
    km: { open: "បើកការជជែក", close: "បិទការជជែក", frame: "ការជជែក", unread: "មិនទាន់អាន" },
    ru: { open: "Открыть чат", close: "Закрыть чат", frame: "Чат", unread: "непрочитанных" },
  };
  const given = window.omnihubSettings || {};
  const language = (given.language || TAG.dataset.language || document.documentElement.lang || "").split("-")[0].toLowerCase();
  const say = TEXTS[language] || TEXTS.en;
  const state = { open: false, ready: false, unread: 0, identity: null };

  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host { all: initial; position: fixed; inline-size: 0; block-size: 0; }
    * { box-sizing: border-box; }
    .launcher { position: fixed; z-index: 2147483000; bottom: max(20px, env(safe-area-inset-bottom)); inline-size: 56px; block-size: 56px; border: 0;
      border-radius: 50%; padding: 0; cursor: pointer; background: var(--accent); color: var(--on-accent); display: grid; place-items: center;
      box-shadow: 0 2px 6px rgb(0 0 0 / 18%), 0 8px 24px rgb(0 0 0 / 20%); transition: transform 160ms ease-out; }
    .launcher:hover { transform: translateY(-1px) scale(1.03); }
    .launcher:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
    .right { right: max(20px, env(safe-area-inset-right)); } .left { left: max(20px, env(safe-area-inset-left)); }
    svg { inline-size: 26px; block-size: 26px; fill: none; stroke: currentColor; stroke-width: 1.9; stroke-linecap: round; stroke-linejoin: round; grid-area: 1/1;
      transition: opacity 140ms, transform 160ms; }
    .launcher[aria-expanded="true"] .talk, .launcher[aria-expanded="false"] .down { opacity: 0; transform: scale(.6); }
    .badge { position: absolute; inset-block-start: -3px; inset-inline-end: -3px; min-inline-size: 22px; block-size: 22px; padding: 0 6px; border-radius: 11px;
      background: #c4372d; color: #fff; font: 600 12px/22px system-ui, sans-serif; text-align: center; box-shadow: 0 0 0 2px #fff; }
    .badge[hidden], .peek[hidden] { display: none; }
    .peek { position: fixed; z-index: 2147483000; bottom: 90px; max-inline-size: min(300px, calc(100vw - 40px)); border: 0; text-align: start; cursor: pointer;
      background: light-dark(#fff, #222428); color: light-dark(#1b1c1e, #ececee); border-radius: 14px; padding: 12px 16px; font: 14px/1.5 system-ui, "Noto Sans Khmer", sans-serif;
      box-shadow: 0 2px 6px rgb(0 0 0 / 12%), 0 12px 32px rgb(0 0 0 / 18%); display: -webkit-box; -webkit-line-clamp: 3; -webkit-box-orient: vertical; overflow: hidden; }
    .frame { position: fixed; z-index: 2147483000; bottom: 92px; inline-size: 384px; block-size: min(640px, calc(100dvh - 116px)); border: 0; border-radius: 16px;
      background: transparent; box-shadow: 0 2px 6px rgb(0 0 0 / 12%), 0 16px 48px rgb(0 0 0 / 24%); transition: opacity 160ms, transform 160ms; color-scheme: inherit; }
    .frame[inert] { opacity: 0; visibility: hidden; pointer-events: none; transform: translateY(12px); transition: opacity 160ms, transform 160ms, visibility 0s 160ms; }
    @media (max-width: 520px) {
      .frame { inset: 0; inline-size: 100vw; block-size: 100dvh; border-radius: 0; }
      .launcher[aria-expanded="true"] { visibility: hidden; }
    }
    @media (prefers-reduced-motion: reduce) { * { transition: none !important; } }
    @media print { .launcher, .frame, .peek { display: none; } }`);

  const host = document.createElement("omnihub-chat");
  const root = host.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [sheet];
  host.style.setProperty("--accent", SETTINGS.color);
  host.style.setProperty("--on-accent", inkOn(SETTINGS.color));
  host.style.colorScheme = SETTINGS.theme === "auto" ? "light dark" : SETTINGS.theme;

  const launcher = element("button", { class: `launcher ${SETTINGS.side}`, type: "button", "aria-expanded": "false", "aria-label": say.open });
  launcher.append(icon("talk", "M20 11.5a7.5 7.5 0 0 1-10.9 6.7L4 20l1.8-5.1A7.5 7.5 0 1 1 20 11.5Z"), icon("down", "m6 9 6 6 6-6"));
  const badge = element("span", { class: "badge", hidden: "" });
  launcher.append(badge);
  const peek = element("button", { class: `peek ${SETTINGS.side}`, type: "button", hidden: "" });
  root.append(peek, launcher);
  let frame = null;

  function element(tag, attributes) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    return node;
  }
  function icon(name, path) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("class", name);
    svg.setAttribute("aria-hidden", "true");
    svg.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "path")).setAttribute("d", path);
    return svg;
  }
  function inkOn(color) {
    const [r, g, b] = [1, 3, 5].map((n) => parseInt(color.slice(n, n + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b < 0.4 ? "#fff" : "#14171a";
  }
  function tell(what, data) {
    if (frame && state.ready) frame.contentWindow.postMessage({ omnihub: SLUG, what, ...data }, HUB);
  }
  function load() {
    if (frame) return;
    const query = new URLSearchParams({ embed: "1", ...(TEXTS[language] ? { lang: language } : {}) });
    frame = element("iframe", { class: `frame ${SETTINGS.side}`, title: `${say.frame}: ${SETTINGS.title}`, src: `${BASE}/chat/${encodeURIComponent(SLUG)}?${query}`, inert: "" });
    root.append(frame);
  }
  function show(open) {
    if (open === state.open) return;
    load();
    state.open = open;
    peek.hidden = true;
    frame.toggleAttribute("inert", !open);
    launcher.setAttribute("aria-expanded", String(open));
    launcher.setAttribute("aria-label", open ? say.close : say.open);
    tell(open ? "opened" : "closed", {});
    if (open) frame.focus(); else launcher.focus();
  }
  function count(unread, preview) {
    peek.textContent = preview || "";
    peek.hidden = state.open || !preview || unread <= state.unread;
    state.unread = unread;
    badge.hidden = !unread;
    badge.textContent = unread > 99 ? "99+" : String(unread);
    if (!state.open) launcher.setAttribute("aria-label", unread ? `${say.open} (${unread} ${say.unread})` : say.open);
  }
  addEventListener("message", (event) => {
    if (!frame || event.source !== frame.contentWindow || event.origin !== HUB || event.data?.omnihub !== SLUG) return;
    const { what } = event.data;
    if (what === "ready") {
      state.ready = true;
      tell("start", { visitor: kept.get("visitor"), identity: state.identity, source: touched(), open: state.open, anew: isNew() });
    } else if (what === "visitor") {
      kept.set("visitor", String(event.data.visitor));
      kept.set("anew", "");
    }
    else if (what === "talks") kept.set("talks", "1");
    else if (what === "unread") count(Number(event.data.count) || 0, String(event.data.preview || "").slice(0, 200));
    else if (what === "close") show(false);
    else if (what === "refused") console.warn(`omnihub: ${event.data.reason}`);
  });
  launcher.addEventListener("click", () => show(!state.open));
  launcher.addEventListener("pointerenter", load, { once: true });
  peek.addEventListener("click", () => show(true));
  addEventListener("keydown", (event) => { if (event.key === "Escape" && state.open) show(false); });

  const isNew = () => kept.get("anew") === "1";
  function known(identity) {
    const before = kept.get("who") || "";
    const id = identity ? String(identity.id ?? "") : "";
    if (before && before !== id) {
      for (const name of ["visitor", "talks"]) kept.set(name, "");
      kept.set("anew", "1");
      count(0, "");
    }
    kept.set("who", id);
    state.identity = identity || null;
  }

  let page = location.href;
  setInterval(() => {
    stand();
    if (location.href === page) return;
    page = location.href;
    tell("page", { source: touched() });
  }, 1000);

  window.omnihub = Object.freeze({
    open: () => show(true),
    close: () => show(false),
    toggle: () => show(!state.open),
    identify(identity) {
      known(identity);
      tell("identify", { identity: state.identity, anew: isNew() });
    },
  });
  function stand() {
    for (const copy of document.querySelectorAll("omnihub-chat")) if (copy !== host) copy.remove();
    if (host.isConnected) return;
    state.ready = false;
    document.documentElement.append(host);
  }
  const place = () => {
    touched();
    if (given.identity) known(given.identity);
    stand();
    new MutationObserver(stand).observe(document, { childList: true });
    new MutationObserver(stand).observe(document.documentElement, { childList: true });
    addEventListener("omnihub:again", stand);
    if (kept.get("talks")) load();
  };
  if (document.body) place(); else addEventListener("DOMContentLoaded", place, { once: true });
}

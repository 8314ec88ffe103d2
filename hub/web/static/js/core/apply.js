// Puts pushed HTML into place. Each top element says how (data-live): replace, notice, remove, call or append; a room may add a way of its own.

const parse = (html) => {
  const template = document.createElement("template");
  template.innerHTML = html;
  return [...template.content.children];
};

function activate(node) {
  window.htmx?.process(node);
  return node;
}

// An answer on its way to a form goes where the form stands, with its notice and what comes next: what was pushed meanwhile comes after it.
const awaited = "form.htmx-request, form .htmx-request";
const of = (node) => node.closest("[data-conversation]")?.dataset.conversation;
let waiting = [];

export function swap(old, fresh) {
  if (old.matches(awaited) || old.querySelector(awaited)) {
    waiting.push({ fresh, of: of(old) });
    return old;
  }
  if (old.contains(document.activeElement) && window.Idiomorph) {
    window.Idiomorph.morph(old, fresh, { ignoreActiveValue: true });
    return activate(old);
  }
  old.replaceWith(fresh);
  return activate(fresh);
}

document.addEventListener("htmx:afterRequest", () => {
  const arrived = waiting;
  waiting = [];
  for (const { fresh, of: place } of arrived) {
    const old = document.getElementById(fresh.id);
    if (old && of(old) === place) swap(old, fresh);
  }
});

const order = (node) => Number(node.dataset.order ?? 0);

export function insert(list, fresh, { descending }) {
  const items = [...list.children].filter((node) => node.dataset.order);
  const after = items.find((node) => (descending ? order(node) < order(fresh) : order(node) > order(fresh)));
  if (after) after.before(fresh);
  else if (descending && list.querySelector("[data-more]")) return; // it stands further down, not loaded yet
  else list.append(fresh);
  fresh.classList.add("is-new");
  activate(fresh);
}

export const modes = {
  replace(item) {
    for (const fresh of [...item.children]) {
      const old = document.getElementById(fresh.id);
      if (old) swap(old, fresh);
    }
  },
  notice(item) {
    document.getElementById("notices").append(...[...item.children].map(activate));
  },
  remove(item) {
    document.getElementById(item.dataset.id)?.remove();
  },
  call(item) {
    document.dispatchEvent(new CustomEvent("hub:panel", { detail: item.dataset.id }));
  },
  append(item) {
    const list = document.getElementById(item.dataset.into);
    if (!list || (item.dataset.of && list.closest("[data-conversation]")?.dataset.conversation !== item.dataset.of)) return;
    for (const fresh of [...item.children]) {
      const old = document.getElementById(fresh.id);
      if (!old) {
        insert(list, fresh, { descending: false });
        if (fresh.dataset.direction === "in") item.news = (item.news ?? 0) + 1;
      }
      else if (!fresh.classList.contains("day")) swap(old, fresh);
    }
  },
};

export function apply(html) {
  const items = parse(html);
  for (const item of items) modes[item.dataset.live]?.(item);
  document.dispatchEvent(new CustomEvent("hub:applied", { detail: { items } }));
}

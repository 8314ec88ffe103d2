// The board: cards are dragged or moved by the select on them, and follow what colleagues do.
const board = () => document.getElementById("board");
let isDragging = false;
let timer;

function post(deal, values) {
  const asked = { ...values, per: shown() };
  return window.htmx.ajax("POST", `/deals/${deal}/stage`, { target: "#board", swap: "morph:outerHTML", values: asked });
}

const shown = () => Math.max(...[...document.querySelectorAll("[data-cards]")].map((list) => list.querySelectorAll(".deal-card").length));
const kindOf = (stage) => document.getElementById(`stage${stage}`)?.dataset.kind;

function refresh() {
  clearTimeout(timer);
  if (isDragging || document.querySelector(".quick[open], .deal-card__move:focus-within, #lost[open]")) { timer = setTimeout(refresh, 1500); return; }
  const address = `/deals?board=1&pipeline=${board().dataset.pipeline}&per=${shown()}`;
  window.htmx.ajax("GET", address, { target: "#board", swap: "morph:outerHTML" });
}

function soon() {
  clearTimeout(timer);
  timer = setTimeout(refresh, 700);
}

// A lost deal asks why first; a change of mind puts the card back.
function move(deal, values) {
  if (kindOf(values.stage_id) !== "lost") { post(deal, values); return; }
  const dialog = document.getElementById("lost");
  const form = dialog.querySelector("form");
  form.reset();
  dialog.returnValue = "";
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "lost") post(deal, { ...values, loss_reason: form.elements.loss_reason.value });
    else refresh();
  }, { once: true });
  dialog.showModal();
}

function dropped(event) {
  isDragging = false;
  mark(null);
  const card = event.item;
  const stage = event.to.dataset.cards;
  if (event.from === event.to && event.oldIndex === event.newIndex) return;
  const next = card.nextElementSibling?.dataset.deal;
  const before = card.previousElementSibling?.dataset.deal;
  const place = next ? { before_id: next } : before ? { after_id: before } : {};
  move(card.dataset.deal, { stage_id: stage, ...place });
}

function mark(list) {
  for (const column of document.querySelectorAll(".column")) column.classList.toggle("is-target", list !== null && column.contains(list));
}

function ready() {
  if (!window.Sortable || matchMedia("(pointer: coarse)").matches) return;
  for (const list of document.querySelectorAll("[data-cards]")) {
    if (window.Sortable.get(list)) continue;
    window.Sortable.create(list, {
      group: "deals", draggable: ".deal-card", filter: ".deal-card__move", preventOnFilter: false, animation: 140, forceFallback: true, fallbackTolerance: 4,
      onStart: () => { isDragging = true; }, onEnd: dropped, onMove: (event) => { mark(event.to); },
    });
  }
}

document.addEventListener("change", (event) => {
  const form = event.target.closest?.("[data-move]");
  if (!form || !window.htmx) return;
  const card = form.closest("[data-deal]");
  event.target.blur();
  move(card.dataset.deal, { stage_id: event.target.value });
});
document.addEventListener("htmx:afterSwap", ready);
for (const name of ["hub:deal", "hub:task"]) document.body.addEventListener(name, soon);
document.addEventListener("hub:open", (event) => { if (event.detail?.again) soon(); });
document.addEventListener("htmx:responseError", (event) => { if (event.detail.target?.id === "board") soon(); });
ready();

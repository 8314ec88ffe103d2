// How many wait: a number in the title and the side bar, and a desktop notice while the page is in the background.
const bare = () => document.title.replace(/^\(\d+\) /, "");

let unread = 0;

function show(news = document.getElementById("views")) {
  unread = Number(news?.dataset.unread ?? unread);
  document.title = unread ? `(${unread}) ${bare()}` : bare();
  for (const node of document.querySelectorAll("[data-total-unread]")) {
    node.textContent = unread || "";
    node.classList.toggle("is-unread", unread > 0);
  }
}

function tell(row) {
  if (!document.hidden || !("Notification" in window) || Notification.permission !== "granted") return;
  const name = row.querySelector(".conv__name").textContent;
  const shown = new Notification(name, { body: row.querySelector(".conv__text").textContent.trim(), tag: row.id });
  shown.onclick = () => { window.focus(); row.querySelector("a").click(); };
}

document.addEventListener("hub:applied", (event) => {
  show(event.detail.items.map((item) => item.querySelector("#views")).find(Boolean) ?? undefined);
  for (const { arrived } of event.detail.items) if (arrived?.matches(".conv--unread")) tell(arrived);
});
document.addEventListener("htmx:afterSettle", () => show());
show();

// The profile page: colour scheme and desktop notifications.
const root = document.documentElement;
const mark = () => {
  for (const button of document.querySelectorAll("[data-theme-set]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeSet === (root.dataset.theme ?? "")));
  }
};

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-theme-set]");
  if (!button) return;
  const theme = button.dataset.themeSet;
  if (theme) root.dataset.theme = theme;
  else delete root.dataset.theme;
  try { localStorage.setItem("theme", theme); } catch { /* lasts for this page only */ }
  mark();
});

const ask = document.querySelector("[data-ask-notifications]");
if (ask && "Notification" in window && Notification.permission === "default") {
  ask.hidden = false;
  ask.addEventListener("click", async () => {
    await Notification.requestPermission();
    ask.hidden = true;
  });
}
mark();

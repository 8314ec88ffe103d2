// Recordings: one at a time, ten seconds back, and faster if one likes.
const speeds = [1, 1.5, 2];

document.addEventListener("click", (event) => {
  const back = event.target.closest?.("[data-player] [data-back]");
  if (back) { const audio = back.closest("[data-player]").querySelector("audio"); audio.currentTime = Math.max(0, audio.currentTime - 10); }
  const button = event.target.closest?.("[data-speed]");
  if (!button) return;
  const audio = button.closest("[data-player]").querySelector("audio");
  audio.playbackRate = speeds[(speeds.indexOf(audio.playbackRate) + 1) % speeds.length];
  button.textContent = `${audio.playbackRate}×`;
});
document.addEventListener("play", (event) => {
  for (const audio of document.querySelectorAll("audio")) if (audio !== event.target) audio.pause();
}, true);

// Files to send: chosen, dropped or pasted; uploaded at once, shown as chips.
import { notice } from "./notices.js";
import { post } from "./composer.js";

const composer = () => document.getElementById("composer");

async function upload(files) {
  const form = composer();
  if (!form || !files.length) return;
  const busy = notice(form.dataset.uploadText, { lasts: 0 });
  for (const file of files) {
    const body = new FormData();
    body.append("file", file, file.name || "image.png");
    const answer = await post("/attachments", body).catch(() => null);
    const html = answer ? await answer.text() : "";
    if (answer?.ok && composer() === form) form.querySelector("#chips").insertAdjacentHTML("beforeend", html);
    else if (html) document.getElementById("notices").insertAdjacentHTML("beforeend", html);
    else notice(document.getElementById("texts").dataset.failed, { kind: "bad" });
  }
  busy.remove();
}

document.addEventListener("change", (event) => {
  if (!event.target.matches?.("[data-files]")) return;
  upload([...event.target.files]);
  event.target.value = "";
});
document.addEventListener("paste", (event) => {
  if (event.target.id === "text" && event.clipboardData?.files.length) { event.preventDefault(); upload([...event.clipboardData.files]); }
});
document.addEventListener("click", (event) => event.target.closest?.("[data-remove-chip]")?.closest(".chip").remove());

const carriesFiles = (event) => event.dataTransfer?.types.includes("Files") && event.target.closest?.(".pane--thread") && composer();
document.addEventListener("dragover", (event) => { if (carriesFiles(event)) { event.preventDefault(); composer().classList.add("is-dropping"); } });
document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) composer()?.classList.remove("is-dropping"); });
document.addEventListener("drop", (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  composer().classList.remove("is-dropping");
  upload([...event.dataTransfer.files]);
});

// Files to send: chosen, dropped or pasted; uploaded at once, shown as chips.
import { addChip } from "./composer.js";
import { failed, notice, refused } from "../core/notices.js";
import { DONE, LOST, REFUSED, SIGNED_OUT, post } from "../core/post.js";
import { signIn } from "../core/signin.js";

const composer = () => document.getElementById("composer");

// To the kind it was chosen for, also where one has turned to the other one meanwhile.
function put(form, kind, html) {
  if (form.elements.kind.value === kind) form.querySelector("#chips").insertAdjacentHTML("beforeend", html);
  else addChip(kind, html);
}

async function upload(files) {
  const form = composer();
  if (!form || !files.length) return;
  const busy = notice(form.dataset.uploadText, { lasts: 0 });
  for (const file of files) {
    const body = new FormData();
    body.append("file", file, file.name || "image.png");
    const kind = form.elements.kind.value;
    let told = await post("/attachments", body);
    if (told.outcome === SIGNED_OUT && (await signIn())) told = await post("/attachments", body);
    if (told.outcome === DONE && composer() === form) put(form, kind, told.html);
    else if (told.outcome === REFUSED) refused(told.html);
    else if (told.outcome === LOST) failed();
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

// "Dara is typing…", until a message comes or nothing more is heard.
import { say } from "./words.js";

const line = document.getElementById("typing");
let timer = 0;

export function typing(name) {
  clearTimeout(timer);
  document.getElementById("typing-name").textContent = name ? say("{name} is typing…", { name: name === "…" ? say("Support") : name }) : "";
  line.hidden = !name;
  if (name) timer = setTimeout(() => typing(""), 6000);
}

// A soft tone for a new message; off until the visitor turns it on.
import { get, set } from "./store.js";
import { say } from "./words.js";

const button = document.getElementById("sound");
let on = get("sound") === true;
draw();
button.addEventListener("click", () => {
  on = !on;
  set("sound", on);
  draw();
  play();
});

export function play() {
  if (!on || !window.AudioContext) return;
  const audio = new AudioContext();
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.frequency.value = 740;
  volume.gain.setValueAtTime(0.0001, audio.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.08, audio.currentTime + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, audio.currentTime + 0.4);
  tone.connect(volume).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + 0.45);
  tone.onended = () => audio.close();
}

function draw() {
  button.setAttribute("aria-pressed", String(on));
  button.title = say(on ? "Sound on" : "Sound off");
}

// What lies around the question: text size, hiding the clock and one's own picture, the palette as a drawer on narrow screens, the camera's
// state. Nothing here knows an answer.

import { rememberSize } from "./contrast.js";

const LARGEST = 3;
const find = (id) => document.getElementById(id);

/** Listen to the tools; `words` are the page's, `call` calls the invigilator. */
export function listenToTools(words, call) {
  find("larger").addEventListener("click", () => resize(1));
  find("smaller").addEventListener("click", () => resize(-1));
  toggle("toggle-clock", words.shown_clock, words.hidden_clock, (hidden) => (find("clock").parentElement.dataset.hidden = hidden));
  toggle("toggle-me", words.hide_me, words.show_me, (hidden) => (find("me").hidden = hidden));
  find("call").addEventListener("click", call);
  find("open-palette").addEventListener("click", openPalette);
  find("close-palette").addEventListener("click", leavePalette);
  addEventListener("keydown", (event) => event.key === "Escape" && find("palette").dataset.open === "true" && leavePalette());
  new ResizeObserver(([{ target }]) => document.body.style.setProperty("--bar", `${target.offsetHeight}px`)).observe(document.querySelector(".bar"));
}

function resize(step) {
  const size = Math.min(LARGEST, Math.max(0, Number(document.body.dataset.size ?? 0) + step));
  document.body.dataset.size = size;
  rememberSize(size);
}

function toggle(id, whenShown, whenHidden, hide) {
  const button = find(id);
  button.addEventListener("click", () => {
    const hidden = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(hidden));
    button.textContent = hidden ? whenHidden : whenShown;
    hide(hidden);
  });
}

function openPalette() {
  find("palette").dataset.open = "true";
  find("open-palette").setAttribute("aria-expanded", "true");
  find("close-palette").focus();
}

function leavePalette() {
  closePalette();
  find("open-palette").focus();
}

/** Close the drawer; does nothing where the palette is no drawer. */
export function closePalette() {
  find("palette").dataset.open = "false";
  find("open-palette").setAttribute("aria-expanded", "false");
}

/** Show a line that goes by itself and takes no focus. */
export function toast(text) {
  const line = document.createElement("p");
  line.className = "toast";
  line.textContent = text;
  find("toasts").replaceChildren(line);
  setTimeout(() => line.remove(), 6000);
}

/** Start the camera, and the microphone where the exam listens, and show how they stand; answers what stops them, or null. */
export async function watchCandidate(sittingId, csrf, words, onMessage = () => {}, onOther = () => {}) {
  const listen = find("sound") !== null;
  try {
    const { startCamera } = await import("./camera.js");
    return await startCamera({ sittingId, csrf, preview: find("me"), listen, onMessage, onOther, onState: (state) => showCamera(state, words) });
  } catch {
    showCamera({ camera: "not_seen", connection: "lost", message: "" }, words);
    return null;
  }
}

/** Say how the camera is; `connection` is camera.js's. */
export function showCamera({ camera, connection, message, sound }, words) {
  const away = ["lost", "elsewhere", "refused"].includes(connection) && ["seen", "not_seen", "starting"].includes(camera);
  const key = away ? connection : camera;
  find("camera").hidden = connection === "closed"; // the exam is over: nothing is watched any more
  find("camera").dataset.kind = { seen: "good", starting: "plain" }[key] ?? "caution";
  write(find("camera-words"), words[`camera_${key}`] ?? words.camera_not_seen);
  if (sound) showSound(sound, words);
  const advice = camera === "not_seen" ? (words[`advice_${message}`] ?? "") : "";
  for (const place of ["advice", "advice-bar"]) write(find(place), advice); // beside the palette, or in the bar where that is a drawer
}

function showSound(sound, words) {
  find("sound").dataset.kind = { heard: "good", starting: "plain" }[sound] ?? "caution";
  write(find("sound-words"), words[`sound_${sound}`] ?? words.sound_not_heard);
}

/** Write only what changed: a status that is written again is read out again. */
function write(line, text) {
  if (line.textContent !== text) line.textContent = text;
}

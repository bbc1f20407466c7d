// A candidate's breaks beside the exam: begin one, see when it ends by itself, go on earlier. Whoever has no break sees nothing.
// The server decides (services/contact.py); this only asks it, and lets the page hear at once that the time stands still or goes on.

import { ask } from "./page.js";
import { saidOf } from "./exam_break_state.js";

const box = document.getElementById("break");
const button = document.getElementById("break-do");
const line = document.getElementById("break-words");
const base = `/api/v1/sittings/${document.getElementById("exam").dataset.sitting}`;
const A_MOMENT_MS = 1500;
let known = null;
let waking = null;

function told() {
  document.dispatchEvent(new Event("exam:time"));
}

function show(breaks) {
  known = breaks;
  const said = saidOf(breaks, box.dataset, document.documentElement.lang);
  box.hidden = !said;
  if (!said) return;
  line.textContent = said.line;
  button.textContent = said.button;
  button.hidden = !said.button;
  clearTimeout(waking);
  if (breaks.ends) waking = setTimeout(() => read().then(told).catch(() => {}), Date.parse(breaks.ends) - Date.parse(breaks.server_time) + A_MOMENT_MS);
}

async function read(path = "/break", method = "GET") {
  show(await (await ask(base + path, { method })).json());
}

async function act() {
  button.disabled = true;
  try {
    await read(known.ends ? "/break/end" : "/break", "POST");
    told();
  } catch {
    await read().catch(() => {});
    line.textContent = box.dataset.failed; // no line, or the time was stopped or over meanwhile: the clock beside says which
  } finally {
    button.disabled = false;
  }
}

button.addEventListener("click", act);
read().catch(() => {});

// The camera check on the exam's page: paints light around the question, or asks for the head to turn; says so beside the work and takes no
// focus. What it tells the server is a hint that it was shown.

import { asked, colourAt, mayPaint, saidOf } from "./challenge_state.js";
import { say } from "./exam_words.js";

const LOOK_MS = 50;
const find = (id) => document.getElementById(id);

/** Returns what takes the server's messages; `tell` reports that a check was shown. */
export function checksOf({ words, tell }) {
  let check = null;
  let looking = 0;

  function show() {
    const now = performance.now();
    if (check && now >= check.ends) end();
    paint(colourAt(check, now));
  }

  function begin(next) {
    const known = check?.id === next.id;
    check = next;
    find("check").hidden = false;
    find("check").dataset.ask = next.ask;
    find("check-words").textContent = saidOf(next, words, say);
    if (!looking) looking = setInterval(show, LOOK_MS);
    if (!known) tell({ number: next.id });
  }

  function end() {
    check = null;
    clearInterval(looking);
    looking = 0;
    find("check").hidden = true;
    find("check-words").textContent = "";
  }

  return (message) => {
    const next = asked(message, performance.now());
    if (!next) end();
    else if (next.ask !== "light" || mayPaint((query) => matchMedia(query).matches)) begin(next);
    show();
  };
}

function paint(colour) {
  if (colour) document.body.style.setProperty("--light", colour);
  document.body.toggleAttribute("data-light", Boolean(colour));
}

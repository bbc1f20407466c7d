// The review page: the scrubber and the keys. The decision itself is a form and needs no script. The rules are in review_state.js.

import { say } from "./page.js";
import { initial, meaning, neighbour, show, step, tick, toggle } from "./review_state.js";

const PLAY_MS = 500;
const KEYS_OFF = "review-keys-off";

const player = document.getElementById("player");
const links = [...document.querySelectorAll(".strip a")];
const scrub = document.getElementById("scrub");
const play = document.getElementById("play");
const keysOn = document.getElementById("keys-on");
let state = initial(links.length, Number(scrub?.value ?? 0));

function draw() {
  if (!player) return;
  const link = links[state.at];
  const frame = document.getElementById("frame");
  if (frame.getAttribute("src") !== link.getAttribute("href")) frame.src = link.getAttribute("href");
  scrub.value = state.at;
  play.textContent = say(state.playing ? "pause" : "play");
  document.getElementById("frame-said").textContent = `${say("frame", { n: state.at + 1, of: state.frames })} · ${link.dataset.at}`;
  for (const [index, one] of links.entries()) one.toggleAttribute("aria-current", index === state.at);
}

function become(next) {
  state = next;
  draw();
}

function go(by) {
  const entries = [...document.querySelectorAll(".queue__entry")];
  const addresses = entries.map((one) => one.getAttribute("href"));
  const to = neighbour(addresses, location.pathname, by);
  if (to) location.assign(to);
}

const acts = {
  next: () => go(1),
  previous: () => go(-1),
  toggle: () => become(toggle(state)),
  back: () => become(step(state, -1)),
  forward: () => become(step(state, 1)),
  dismiss: () => document.getElementById("dismiss")?.showPopover(),
  uphold: () => document.getElementById("uphold")?.showPopover(),
  help: () => document.getElementById("keys").showPopover(),
};

function onKey(event) {
  const elsewhere = event.target.closest("input, textarea, select") || document.querySelector("[popover]:popover-open");
  const pressing = event.key === " " && event.target.closest("button, a, summary");
  const modified = event.ctrlKey || event.metaKey || event.altKey;
  const act = meaning(event.key, { writing: Boolean(elsewhere || pressing), modified, on: keysOn.checked });
  if (!act) return;
  event.preventDefault();
  acts[act]();
}

if (player) {
  play.hidden = scrub.hidden = links.length < 2;
  play.addEventListener("click", acts.toggle);
  scrub.addEventListener("input", () => become(show(state, Number(scrub.value))));
  for (const [index, link] of links.entries()) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      become(show(state, index));
    });
  }
  setInterval(() => state.playing && become(tick(state)), PLAY_MS);
  draw();
}
keysOn.checked = localStorage.getItem(KEYS_OFF) !== "yes";
keysOn.addEventListener("change", () => localStorage.setItem(KEYS_OFF, keysOn.checked ? "no" : "yes"));
document.addEventListener("keydown", onKey);

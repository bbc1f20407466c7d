// The review page: the scrubber, the keys, and what was written while somebody is signed out. The decision itself is a form and needs no script.
// The rules are in review_state.js.

import { ask, say } from "./page.js";
import { initial, meaning, neighbour, reasonOf, secondsLeft, show, step, tick, toggle } from "./review_state.js";

const PLAY_MS = 500;
const SEEN_MS = 20_000;

const { case: here, person } = document.getElementById("review").dataset;
const mine = `review:${person}:${here}:`; // who signs in next in this tab must not read the first one's words
const player = document.getElementById("player");
const links = [...document.querySelectorAll(".strip a")];
const scrub = document.getElementById("scrub");
const play = document.getElementById("play");
const said = document.getElementById("said");
const { keys, on } = JSON.parse(document.getElementById("review-keys").textContent);
const opened = Date.now();
const served = Date.parse(document.getElementById("review").dataset.now);
let state = initial(links.length, Number(scrub?.value ?? 0));

// The server's time: this computer's clock may be wrong, its seconds are not.
const now = () => served + Date.now() - opened;

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
  const addresses = [...document.querySelectorAll(".queue__entry")].map((one) => one.getAttribute("href"));
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
  undo: () => document.querySelector("form.pending")?.requestSubmit(),
  help: () => document.getElementById("keys").showPopover(),
};

function onKey(event) {
  const modified = event.ctrlKey || event.metaKey || event.altKey;
  const writing = Boolean(event.target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select"));
  const dialog = document.querySelector("[popover]:popover-open");
  if (dialog) return choose(event, dialog, { writing, modified, on });
  const pressing = event.key === " " && event.target.closest("button, a, summary, input");
  const act = meaning(event.key, keys, { writing: writing || Boolean(pressing), modified, on });
  if (!act || event.repeat) return;
  event.preventDefault();
  acts[act]();
}

// In an open decision a digit chooses the reason of that number; Enter confirms and Esc closes by themselves.
function choose(event, dialog, how) {
  const reasons = [...dialog.querySelectorAll("input[name=reason_code]")];
  const number = reasonOf(event.key, reasons.length, how);
  if (number === null) return;
  event.preventDefault();
  reasons[number].checked = true;
  reasons[number].focus();
}

// What somebody wrote is kept in this tab, by case, until it was taken: a session can end in the middle.
function keepWords() {
  for (const text of document.querySelectorAll("textarea[name=reason]")) {
    const place = mine + text.id;
    const kept = sessionStorage.getItem(place);
    if (kept && !text.value) {
      text.value = kept;
      tell(say("kept"));
    }
    text.addEventListener("input", () => sessionStorage.setItem(place, text.value));
  }
  if (document.querySelector(`form.pending[action*="/${here}/"]`)) forgetWords(); // they were taken
}

function forgetWords() {
  for (const place of Object.keys(sessionStorage)) if (place.startsWith(mine)) sessionStorage.removeItem(place);
}

function tell(text) {
  if (said.dataset.said === text) return;
  said.dataset.said = text;
  const note = document.createElement("p");
  note.className = "note note--caution";
  note.textContent = text;
  said.replaceChildren(...(text ? [note] : []));
}

async function stillHere() {
  try {
    const { others } = await (await ask(`/api/v1/review/${here}/seen`, { method: "POST" })).json();
    if (others.length) tell(say("also", { names: others.join(", ") }));
    else if (said.dataset.said) tell("");
  } catch (error) {
    if (error.message === "401" || error.message === "403") tell(say("signed_out"));
  }
}

// A form that would be sent while nobody is signed in is held back: the words stay where they are.
async function holdBack(event) {
  const form = event.target;
  if (!form.matches("[popover] form") || form.dataset.sure) return;
  event.preventDefault();
  try {
    await ask(`/api/v1/review/${here}/seen`, { method: "POST" });
  } catch (error) {
    if (error.message === "401" || error.message === "403") {
      form.closest("[popover]").hidePopover();
      return tell(say("signed_out"));
    }
  }
  form.dataset.sure = "yes";
  form.requestSubmit(event.submitter);
}

function countDown() {
  for (const form of document.querySelectorAll("form.pending")) {
    const left = secondsLeft(Date.parse(form.dataset.until), now());
    form.querySelector("[data-left]").textContent = left ? say("undo_left", { n: left }) : say("undo_over");
    form.querySelector("button").hidden = !left;
  }
}

if (player) {
  play.hidden = scrub.hidden = links.length < 2;
  play.addEventListener("click", acts.toggle);
  scrub.addEventListener("input", () => become(show(state, Number(scrub.value))));
  const [frame, gone] = [document.getElementById("frame"), document.getElementById("frame-gone")];
  const missing = () => {
    gone.textContent = say("gone");
    gone.hidden = false;
  };
  frame.addEventListener("error", missing);
  frame.addEventListener("load", () => (gone.hidden = true));
  if (frame.complete && !frame.naturalWidth) missing(); // it failed before this script came
  for (const [index, link] of links.entries()) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      become(show(state, index));
    });
  }
  setInterval(() => state.playing && become(tick(state)), PLAY_MS);
  draw();
}
keepWords();
countDown();
setInterval(countDown, 1000);
setInterval(stillHere, SEEN_MS);
document.addEventListener("submit", holdBack);
document.addEventListener("keydown", onKey);

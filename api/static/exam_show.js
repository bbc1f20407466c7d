// Puts the exam page's state on the screen: where one is, the palette, how saving stands, and what is to be said beside the work. Decides
// nothing, and takes no focus: what changed is written, nothing else.

import * as exam from "./exam_state.js";
import { clockTime, say, words } from "./exam_words.js";

const find = (id) => document.getElementById(id);
const all = (selector) => document.querySelectorAll(selector);

/** Show everything that follows from the state; `durable`: the device keeps answers across a reload, `mayWrite`: this window sends them. */
export function showState(state, { durable, mayWrite }) {
  showPlace(state);
  showSaving(state, durable, mayWrite);
  showPalette(state);
}

function showPlace(state) {
  const number = state.order.indexOf(state.current) + 1;
  write(find("number"), say("question", { number, total: state.order.length }));
  const section = exam.sectionOf(state, state.current);
  const place = state.sections.indexOf(section) + 1;
  const title = document.querySelector(`[data-section="${CSS.escape(section.id)}"]`)?.dataset.title ?? "";
  write(find("section"), say("section", { number: place, total: state.sections.length, title }));
  write(find("mark"), state.questions[state.current].marked ? words.unmark : words.mark);
  const refusal = state.refused[state.current];
  find("refused").hidden = !refusal;
  write(find("refused-words"), refusal ? words[refusal] : "");
}

function showSaving(state, durable, mayWrite) {
  const closed = state.phase === "closed";
  for (const part of document.querySelectorAll(".bar__clock, #saved")) part.hidden = closed; // no time is left, and nothing is being saved
  if (closed) find("offline").hidden = true;
  const saving = exam.saving(state, mayWrite);
  find("saved").dataset.kind = { waiting: "caution", refused: "caution", saved: "good" }[saving] ?? "plain";
  write(find("saved-words"), say(saving, { time: state.savedAt ? clockTime(state.savedAt) : "" }));
  if (state.phase !== "answering") return;
  if (saving === "waiting" && state.tries > 0) strip(durable ? "offline" : "offline_memory", {}, true);
  else if (state.tries > 0) strip("no_line", {}, true);
  else find("offline").hidden = true;
}

/** Say something in the bar; with `keep`, a word about being signed out stays. */
export function strip(key, values = {}, keep = false) {
  const line = find("offline");
  if (keep && !line.hidden && line.textContent === say("signed_out")) return;
  write(line, say(key, values));
  line.hidden = false;
}

/** Say something calmly beside the work, with at most one thing to do: {title, text, action, act}; null takes it away. */
export function notice(shown) {
  const place = find("notice");
  place.hidden = !shown;
  if (!shown) return;
  write(find("notice-title"), shown.title);
  write(find("notice-words"), shown.text);
  const button = find("notice-do");
  button.hidden = !shown.action;
  write(button, shown.action ?? "");
  button.onclick = shown.act ?? null;
}

function showPalette(state) {
  const names = paletteNames();
  let number = 0;
  for (const section of state.sections) {
    const links = all(`[data-section="${CSS.escape(section.id)}"] [data-number]`);
    links.forEach((link, place) => {
      const item = section.items[place];
      link.parentElement.hidden = !item; // a part that is not reached yet has no questions
      if (item) showQuestion(link, item, (number += 1), state, names);
    });
  }
  const counts = exam.counts(state);
  for (const count of all("[data-count]")) write(count, `${counts[count.dataset.count]}`);
  showTab(chosen ?? exam.sectionOf(state, state.current).id);
}

function showQuestion(link, item, number, state, names) {
  const name = exam.paletteState(state.questions[item]);
  link.dataset.number = number;
  link.dataset.state = name;
  write(link.firstElementChild, `${number}`);
  link.setAttribute("aria-label", say("state", { number, state: names[name] }));
  if (item === state.current) link.setAttribute("aria-current", "true");
  else link.removeAttribute("aria-current");
}

function paletteNames() {
  return Object.fromEntries([...all("#palette .legend [data-state]")].map((sign) => [sign.dataset.state, sign.parentElement.lastChild.textContent.trim()]));
}

let chosen = null;
/** Show one part's questions in the palette; `choose` makes it stay. */
export function showTab(id, choose = false) {
  if (choose) chosen = id;
  for (const part of all("[data-section]")) part.hidden = part.dataset.section !== id;
  for (const button of all("[data-tab]")) button.setAttribute("aria-pressed", String(button.dataset.tab === id));
}

/** Write only what changed: a status that is written again is read out again. */
function write(line, text) {
  if (line.textContent !== text) line.textContent = text;
}

// Gap match: a text with gaps, and words to put into them. Each gap is a select of the page; a word can also be dragged onto it, or picked up
// with a press and put down with a press on the gap.

import { atMost, changed, limit, lineIn } from "./question_parts.js";
import { Places, Tokens, usedUp } from "./question_tokens.js";

export function gapMatch(interaction, question) {
  const gaps = [...interaction.querySelectorAll("select[data-second]")];
  if (gaps.length === 0) return null;
  const { say } = question;
  const places = new Places(gaps);
  const before = new Map(); // gap → what it held
  const placeAt = (x, y) => document.elementsFromPoint(x, y).find((one) => gaps.includes(one)) ?? null;
  const tokens = new Tokens(interaction, { question, label: say("words_to_place"), drop, placeAt, focusable: false });
  const text = [...interaction.children].find((child) => child.contains(gaps[0]));
  text.before(tokens.bank);
  const tell = lineIn(interaction);
  for (const gap of gaps) {
    gap.classList.add("qti-gap");
    gap.addEventListener("mousedown", (event) => tokens.picked !== null && event.preventDefault()); // the list stays shut while something is carried
    gap.addEventListener("click", () => tokens.putDown(gap));
  }
  interaction.addEventListener("change", ({ target }) => gaps.includes(target) && settle(target));

  function drop(id, gap) {
    if (![...gap.options].some(({ value }) => value === id)) return tell(say("does_not_fit", { name: tokens.nameOf(id) }), "caution");
    gap.value = id;
    changed(gap);
  }
  function settle(gap) {
    const most = limit(interaction, "max");
    const moved = places.settle(gap, tokens.mostOf(gap.value));
    if (most > 0 && gaps.filter(({ value }) => value !== "").length > most) {
      gap.value = before.get(gap) ?? "";
      tell(atMost(interaction, question, most), "caution");
    } else tell(moved ? usedUp(say, tokens.nameOf(gap.value), tokens.mostOf(gap.value)) : "");
    refresh();
  }
  function refresh() {
    for (const gap of gaps) {
      before.set(gap, gap.value);
      gap.classList.toggle("qti-gap--filled", gap.value !== "");
    }
    tokens.show((id) => gaps.filter(({ value }) => value === id).length);
  }
  return { refresh, lock: (locked) => tokens.lock(locked) };
}

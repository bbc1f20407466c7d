// Choices and hottexts: real tick boxes that may be used a number of times. More than the most is taken back with a word, never in silence.

import { atMost, lineIn, limit } from "./question_parts.js";

export function boxes(interaction, question) {
  const most = limit(interaction, "max");
  if (!most || most === 1) return clearable(interaction);
  limitBoxes(interaction, question, () => most);
  return {};
}

/** Keep the number of ticked boxes within what `mostOf()` says; 0 is without end. */
export function limitBoxes(interaction, question, mostOf) {
  const tell = lineIn(interaction);
  interaction.addEventListener("change", ({ target }) => {
    if (target.type !== "checkbox") return;
    const ticked = interaction.querySelectorAll('input[type="checkbox"]:checked').length;
    const most = mostOf();
    const over = most > 0 && ticked > most;
    if (over) target.checked = false;
    if (over) return tell(atMost(interaction, question, most), "caution");
    tell(most > 1 ? question.say("chosen", { n: ticked, most }) : "");
  });
}

/** One of several is chosen with radio buttons, or with one box at a time where the file asks for a list of one. */
function clearable(interaction) {
  interaction.addEventListener("change", ({ target }) => {
    if (target.type !== "checkbox" || !target.checked || limit(interaction, "max") !== 1) return;
    for (const box of interaction.querySelectorAll('input[type="checkbox"]')) box.checked = box === target;
  });
  return {};
}

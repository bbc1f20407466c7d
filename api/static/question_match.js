// Match: a table of boxes, a row for each of one set and a column for each of the other. A row or column that may be used once changes its mind
// with a press; anything else beyond its number is taken back with a word.

import { settlePairs } from "./question_rules.js";
import { atMost, limit, lineIn } from "./question_parts.js";

export function match(interaction, question) {
  const boxes = [...interaction.querySelectorAll('input[data-kind="box"]')];
  const tell = lineIn(interaction);
  const most = mostOf(interaction);
  const pairOf = new Map(boxes.map((box) => [box, box.value.trim().split(/\s+/)]));

  interaction.addEventListener("change", ({ target }) => {
    if (!boxes.includes(target)) return;
    const words = target.checked ? settled(target) : "";
    tell(words, target.checked || words === "" ? "plain" : "caution");
  });

  for (const box of boxes) box.closest("td")?.addEventListener("click", ({ target, currentTarget }) => target === currentTarget && box.click()); // the cell is a finger wide

  /** Keep the limits after a box was ticked; returns what to say. */
  function settled(box) {
    const ticked = [...boxes.filter((one) => one.checked && one !== box), box].map((one) => pairOf.get(one));
    const { over, gone } = settlePairs(ticked, most, limit(interaction, "max") ?? 0);
    if (over) {
      box.checked = false;
      return atMost(interaction, question, over);
    }
    const left = boxes.filter((one) => one !== box && gone.includes(pairOf.get(one)));
    for (const one of left) one.checked = false;
    return left.length > 0 ? question.say("moved_one", { name: left.map(nameOf).join("; ") }) : "";
  }
  return {};
}

const nameOf = (box) => box.getAttribute("aria-label") ?? box.labels?.[0]?.textContent.trim() ?? box.value;

/** How often a choice may be used: its heading says it. */
function mostOf(interaction) {
  const heads = [interaction.querySelectorAll("tbody th[data-choice]"), interaction.querySelectorAll("thead th[data-choice]")];
  const known = heads.map((of) => new Map([...of].map((head) => [head.dataset.choice, limit(head, "max") ?? 1])));
  return (side, id) => known[side].get(id) ?? 0;
}

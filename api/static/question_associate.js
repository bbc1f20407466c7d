// Associate: pairs, each of two selects. A choice that is used more often than it may be leaves its oldest pair, and the page says so.

import { limit, lineIn } from "./question_parts.js";
import { Places, usedUp } from "./question_tokens.js";

export function associate(interaction, { say }) {
  const selects = [...interaction.querySelectorAll("select[data-row]")];
  const mostOf = new Map([...interaction.querySelectorAll("[data-choice]")].map((choice) => [choice.dataset.choice, limit(choice, "max") ?? 0]));
  const places = new Places(selects);
  const tell = lineIn(interaction);
  interaction.addEventListener("change", ({ target }) => {
    if (!selects.includes(target)) return;
    const option = target.selectedOptions[0];
    const most = mostOf.get(target.value) ?? 0;
    const moved = places.settle(target, most);
    tell(moved ? usedUp(say, option.textContent.trim(), most) : "");
  });
  return {};
}

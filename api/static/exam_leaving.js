// A part that nobody can come back to is left only after one question, which says how much of it has no answer yet.

import { answeredIn, sectionOf } from "./exam_state.js";

const find = (id) => document.getElementById(id);

/** Tell whether going to a question (null: to whatever follows) closes the part that one is in. */
export function closesPart(state, wanted) {
  const here = sectionOf(state, state.current);
  const leaves = wanted === null || sectionOf(state, wanted) !== here;
  return leaves && here.state !== "closed" && Boolean(here.locked || here.navigation === "linear");
}

/** Ask, and answer whether the candidate really leaves. */
export async function leavesPart(state) {
  const { answered, total } = answeredIn(state)[sectionOf(state, state.current).id];
  const dialog = find("leaving");
  find("leaving-open").hidden = answered === total;
  find("leaving-count").textContent = total - answered;
  dialog.returnValue = "no";
  dialog.showModal();
  await new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
  return dialog.returnValue === "yes";
}

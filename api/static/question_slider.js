// A slider that says where it stands, whether that is an answer yet, and that can be taken back. Where it stands at first may be the answer too:
// Enter, or the button, makes it so.

import { button, changed, element } from "./question_parts.js";

export function slider(interaction, question) {
  const { say } = question;
  const range = interaction.querySelector('input[type="range"]');
  if (!range) return null;
  const output = interaction.querySelector("output");
  const keep = button("", { class: "button qti-keep" });
  const back = button(say("take_answer_back"), { class: "button button--quiet" });
  const stand = element("div", { class: "qti-slider__state" });
  (output ?? range).after(stand);
  stand.append(...[output, keep, back].filter(Boolean));
  range.addEventListener("input", () => touch(false));
  range.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    touch(true);
  });
  keep.addEventListener("click", () => {
    touch(true);
    range.focus();
  });
  back.addEventListener("click", () => {
    range.setAttribute("data-untouched", "");
    range.value = range.defaultValue;
    refresh();
    changed(range);
    range.focus();
  });

  function touch(whole) {
    if (question.locked) return;
    range.removeAttribute("data-untouched");
    refresh();
    if (whole) changed(range);
  }
  function refresh() {
    const untouched = "untouched" in range.dataset;
    if (output) output.textContent = untouched ? say("not_answered_yet") : range.value;
    range.setAttribute("aria-valuetext", untouched ? say("not_answered_at", { n: range.value }) : range.value);
    keep.textContent = say("answer_with", { n: range.value });
    keep.hidden = !untouched;
    back.hidden = untouched;
    interaction.classList.toggle("qti-answered", !untouched);
  }
  return { refresh };
}

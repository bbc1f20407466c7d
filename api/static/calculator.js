// The calculator beside the question: a field that takes typing, keys for a mouse or a finger, and the result said politely. It knows no answer.

import { EMPTY, press, shown, typed } from "./calculator_state.js";

/** Bring the panel to life; `words` has a text for every problem. */
export function attachCalculator(panel, words) {
  const [field, result, memory] = ["[data-typed]", "[data-result]", "[data-memory]"].map((one) => panel.querySelector(one));
  let state = EMPTY;

  const show = (next) => {
    state = next;
    if (field.value !== state.text) field.value = state.text;
    if (document.activeElement === field) field.setSelectionRange(state.at, state.at);
    const said = state.problem ? words[`calculator_${state.problem}`] : state.result === null ? "" : `= ${shown(state.result)}`;
    if (result.textContent !== said) result.textContent = said;
    result.dataset.kind = state.problem ? "caution" : "plain";
    memory.textContent = state.memory === null ? "" : `M ${shown(state.memory)}`;
  };

  field.addEventListener("input", () => show(typed(state, field.value, field.selectionStart)));
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== "=") return;
    event.preventDefault(); // Enter reckons; it must not send a form
    show(press(state, "="));
  });
  const keyOf = (event) => event.target.closest("[data-key]")?.dataset.key;
  panel.addEventListener("pointerdown", (event) => {
    if (keyOf(event) && event.pointerType === "mouse") field.focus({ preventScroll: true }); // so that typing goes on where the mouse left off
  });
  panel.addEventListener("mousedown", (event) => keyOf(event) && event.preventDefault());
  panel.addEventListener("click", (event) => {
    const key = keyOf(event);
    if (!key) return;
    if (field.selectionStart !== null) state = { ...state, at: Math.min(field.selectionStart, state.text.length) };
    show(press(state, key));
    field.setSelectionRange(state.at, state.at);
  });
}

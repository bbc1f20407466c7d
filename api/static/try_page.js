// Trying a question (gallery, bank): brings each question on the page to life, and shows what the server says of an answer in its place. Without
// script the same form gives a page of its own.

import { attachKeyboard } from "./keyboard.js";
import { attachQuestion, speaker } from "./question_page.js";

const words = JSON.parse(document.getElementById("question-words").textContent);

for (const place of document.querySelectorAll("[data-try]")) enliven(place);

function enliven(place, response = null) {
  const form = place.querySelector("form");
  let ending = false;
  const question = attachQuestion(form, { words, onEnd: () => form.requestSubmit() });
  attachKeyboard(form.querySelector(".qti-item"), speaker(words, document.documentElement.lang));
  if (response) question.show(response);
  for (const button of form.querySelectorAll('[data-kind="button"]')) button.setAttribute("aria-pressed", "false"); // each attempt presses anew
  if ("done" in form.dataset) question.lock();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (ending) return;
    ending = true;
    const given = question.response();
    form.elements.namedItem("response").value = JSON.stringify(given);
    const fields = [...form.elements].filter(({ type, name }) => type === "hidden" && name).map(({ name, value }) => [name, value]);
    const page = await fetch(form.action, { method: "POST", body: new URLSearchParams(fields) }).then((answer) => answer.text(), () => null);
    ending = false;
    const next = page && new DOMParser().parseFromString(page, "text/html").getElementById(place.id);
    if (!next) return form.querySelector(".try__failed")?.removeAttribute("hidden");
    const shown = document.importNode(next, true);
    place.replaceWith(shown);
    enliven(shown, given);
    shown.querySelector(".try__result")?.focus();
  });
}

// Reads the question aloud with the browser's own voices, in the language of the question; where there is no voice for it, a line says so. What is said
// is what a screen reader would say; [data-read-aloud] marks the question and its choices for other assistive programs.

import { SILENT, heard, voiceFor } from "./read_aloud_state.js";

const BLOCKS = new Set(["P", "DIV", "LI", "LABEL", "TR", "FIGCAPTION", "LEGEND", "H1", "H2", "H3", "FIELDSET", "SECTION", "TABLE", "OPTION"]);
const SKIPPED = new Set(["SCRIPT", "STYLE", "TEMPLATE", "BUTTON", "TEXTAREA", "VIDEO", "AUDIO"]);

/** Return what of an element is to be said. */
export function spoken(node) {
  if (node.nodeType === Node.TEXT_NODE) return node.data;
  if (node.nodeType !== Node.ELEMENT_NODE || SKIPPED.has(node.tagName) || node.hidden || node.getAttribute("aria-hidden") === "true") return "";
  const named = node.getAttribute("alttext") ?? node.getAttribute("alt") ?? (node.matches("svg, [role=img]") ? node.getAttribute("aria-label") : null);
  if (named !== null) return ` ${named} `;
  const text = [...node.childNodes].map(spoken).join("");
  return BLOCKS.has(node.tagName) && text.trim() ? ` ${text.trim().replace(/([^.?!।:;,])$/, "$1.")} ` : text;
}

/** Mark a question that came to the screen for programs that read. */
export function markForReading(question, language) {
  question.dataset.readAloud = "question";
  question.lang = language;
  for (const choice of question.querySelectorAll("label")) choice.dataset.readAloud = "choice";
}

/** Bring the buttons to life; answers {shown(language), stop()}. `synthesis` is the browser's. */
export function attachReader(bar, question, words, synthesis = globalThis.speechSynthesis) {
  const [read, stop] = [bar.querySelector("[data-read]"), bar.querySelector("[data-stop]")];
  const none = bar.parentElement.querySelector("[data-no-voice]");
  let state = SILENT;
  let language = "en";

  const voice = () => voiceFor(synthesis?.getVoices() ?? [], language);
  const show = () => {
    bar.hidden = voice() === null;
    none.hidden = !bar.hidden;
    read.querySelector("[data-word]").textContent = words[{ silent: "read_aloud", reading: "read_pause", paused: "read_go_on" }[state.phase]];
    stop.hidden = state.phase === "silent";
  };
  const say = () => {
    const one = new SpeechSynthesisUtterance(state.pieces[state.at]);
    const mine = state;
    one.voice = voice();
    one.lang = one.voice?.lang ?? language;
    one.onend = () => state === mine && become({ type: "said" });
    one.onerror = (event) => state === mine && !["interrupted", "canceled"].includes(event.error) && become({ type: "stop" });
    synthesis.speak(one);
  };
  function become(event) {
    const before = state;
    state = heard(state, event);
    if (state === before) return;
    if (state.phase !== "reading" || event.type === "read") synthesis.cancel(); // a piece is said again from its beginning: pausing in it is not to be relied on
    if (state.phase === "reading") say();
    show();
  }
  read.addEventListener("click", () => become({ silent: { type: "read", text: spoken(question) }, reading: { type: "pause" }, paused: { type: "go_on" } }[state.phase]));
  stop.addEventListener("click", () => {
    become({ type: "stop" });
    read.focus(); // the button that was pressed is gone
  });
  synthesis?.addEventListener?.("voiceschanged", show);
  addEventListener("pagehide", () => synthesis?.cancel());
  show();
  return {
    shown(now) {
      language = now;
      become({ type: "stop" });
      markForReading(question, now);
      show();
    },
    stop: () => become({ type: "stop" }),
  };
}

// Brings one rendered question to life: reads its controls as a response, fills them from one, and gives every kind of interaction its way of
// being worked with: mouse, finger and keyboard. The controls of the page stay the truth; a kind's module (question_*.js) only works them.
// What controls mean is question_state.js; who saves or scores is the page around (exam_page.js, try_page.js).

import { associate } from "./question_associate.js";
import { boxes } from "./question_boxes.js";
import { drawing } from "./question_drawing.js";
import { upload } from "./question_files.js";
import { gapMatch } from "./question_gaps.js";
import { graphicGapMatch } from "./question_labels.js";
import { match } from "./question_match.js";
import { media } from "./question_media.js";
import { order } from "./question_order.js";
import { graphicAssociate, graphicOrder, hotspot } from "./question_shapes.js";
import { slider } from "./question_slider.js";
import { points } from "./question_points.js";
import { controlsIn, isTyped, put, read } from "./question_parts.js";
import * as state from "./question_state.js";

const KINDS = {
  choice: boxes, hottext: boxes, order, associate, match, "gap-match": gapMatch, hotspot, "graphic-order": graphicOrder, "graphic-associate": graphicAssociate,
  "graphic-gap-match": graphicGapMatch, "select-point": points, "position-object": points, slider, media, upload, drawing,
};

/**
 * Bring the question under `root` to life. `words` are {language: {key: text}}; the question's own language is used. `onChange({typing})` is
 * called when the response may have changed, `onEnd()` when the candidate ends the attempt.
 * Returns {response(), show(response), lock(locked)}.
 */
export function attachQuestion(root, { words, onChange = () => {}, onEnd = () => {} }) {
  const item = root.querySelector(".qti-item") ?? root;
  const question = { say: speaker(words, item.closest("[lang]")?.lang), locked: false };
  const parts = [...item.querySelectorAll(".qti-interaction")].map((one) => KINDS[one.dataset.kindOf]?.(one, question)).filter(Boolean);
  const refresh = () => parts.forEach((part) => part.refresh?.());
  listen(item, question, onChange, onEnd);
  refresh();
  return {
    response: () => state.collect(controlsIn(item).map(read)),
    show(response) {
      const controls = controlsIn(item);
      const shown = state.fill(response, controls.map(read));
      controls.forEach((control, place) => put(control, shown[place]));
      refresh();
    },
    lock(locked = true) {
      question.locked = locked;
      for (const one of item.querySelectorAll("input, select, textarea, button")) one.disabled = locked;
      item.classList.toggle("qti-locked", locked);
      parts.forEach((part) => part.lock?.(locked));
      if (!locked) refresh();
    },
  };
}

/** Return how to say things in one language: `say(key, {name: value})`. */
export function speaker(words, lang = "en") {
  const said = words[lang] ?? words[lang.split("-")[0]] ?? words.en;
  return (key, values = {}) => (said[key] ?? key).replace(/%\((\w+)\)s/g, (_, name) => values[name] ?? "");
}

function listen(item, question, onChange, onEnd) {
  item.addEventListener("input", ({ target }) => isTyped(target) && target.dataset.response && onChange({ typing: true }));
  item.addEventListener("change", ({ target }) => target.dataset.response && onChange({ typing: false }));
  item.addEventListener("click", ({ target }) => {
    const button = target.closest('button[data-kind="button"]');
    if (!button || question.locked) return;
    button.setAttribute("aria-pressed", "true");
    onChange({ typing: false });
    onEnd();
  });
}

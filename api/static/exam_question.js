// The question on the exam page: shown, brought to life, and its answer taken: at once, or a moment after the last key. What becomes of an answer
// is exam_page.js; how a question works is question_page.js.

import { attachKeyboard } from "./keyboard.js";
import { attachQuestion, speaker } from "./question_page.js";

const TYPING_PAUSE_MS = 300;

/** Show questions in `place`; `take(item, response)` gets every answer that was given. */
export function questionSheet(place, words, take) {
  let shown = null; // {item, response(), show(), lock()}
  let typing = null;
  place.addEventListener("submit", (event) => event.preventDefault());

  const forget = () => {
    clearTimeout(typing);
    typing = null;
  };
  const takeNow = () => {
    if (typing !== null && shown) changed(shown, false);
  };
  function changed(one, goesOn) {
    if (one === shown) forget();
    if (!goesOn) take(one.item, one.response()); // also one that is no longer on the screen: a drawing is ready a moment after its last stroke
    else typing = setTimeout(takeNow, TYPING_PAUSE_MS);
  }
  return {
    /** Put a page of the server there; without one, `otherwise` is said. */
    put(item, page, otherwise) {
      forget();
      shown = null;
      if (!page) return (place.textContent = otherwise);
      place.innerHTML = page.html; // written and cleaned by our own server
      const mine = { item };
      shown = Object.assign(mine, attachQuestion(place, { words, onChange: ({ typing: goesOn }) => changed(mine, goesOn) }));
      attachKeyboard(place, speaker(words, document.documentElement.lang));
    },
    /** Take away what is there unless it is this item's. */
    leave(item) {
      if (shown && shown.item !== item) this.put(item, null, "");
    },
    fill: (response) => shown?.show(response),
    /** Ask once more for pictures, sounds and films that did not come: no file is sent while the time stands still. */
    fetchAgain() {
      for (const picture of place.querySelectorAll("img")) if (picture.complete && picture.naturalWidth === 0) picture.src = picture.src;
      for (const player of place.querySelectorAll("audio, video")) if (player.error || player.networkState === player.NETWORK_NO_SOURCE) player.load();
    },
    lock: () => shown?.lock(),
    takeNow,
    forget,
  };
}

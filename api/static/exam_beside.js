// Everything beside the question, put together for exam_page.js: tools, looks, hints, announcements, how the parts look, their clocks. Nothing here knows
// an answer or saves one; the exam goes on without it.

import { attachCalculator } from "./calculator.js";
import { attachContrast } from "./contrast.js";
import { askForFullScreen, watchBrowser } from "./exam_hints.js";
import { attachMessages, fromThem } from "./exam_messages.js";
import { attachNews } from "./exam_news.js";
import { announcements, clocks, deadlinesAfter, deadlinesOf, paintClocks, paintTabs, partLooks, ranOut, whyLocked } from "./exam_sections.js";
import { attachReader } from "./read_aloud.js";
import { attachRoughWork } from "./rough_work.js";
import { keepHashes } from "./safe_browser.js";

const find = (id) => document.getElementById(id);

/**
 * Bring it to life. `note(kind, data)` tells the server a hint, `numberOf(item)` is a question's number, `clock(moment)` writes a time;
 * `ends` is when part and question ended as last kept by `keep`. Answers what exam_page.js and exam_moves.js call.
 */
export function openBeside({ sittingId, note, numberOf, clock, ends = null, keep }) {
  const words = JSON.parse(find("beside-words").textContent);
  const say = (key, values = {}) => Object.entries(values).reduce((text, [name, value]) => text.replace(`%(${name})s`, value), words[key] ?? "");
  const announce = (text) => (find("beside-announce").textContent = text);
  const news = attachNews({ sitting: sittingId, say, language: document.documentElement.lang, numberOf, clock, announce });
  const talk = attachMessages({ sitting: sittingId, say, language: document.documentElement.lang, clock });
  const [calculator, pad, reading] = ["calculator", "rough-work", "read-aloud"].map(find);
  const reader = reading ? attachReader(reading, find("question"), words) : null;
  let deadlines = ends ?? deadlinesOf(null);
  let left = clocks(deadlines, 0);
  let forget = async () => {};

  const take = (next) => {
    if (JSON.stringify(next) !== JSON.stringify(deadlines)) keep(next);
    deadlines = next;
  };
  const takeAt = (next, now) => {
    take(next);
    left = clocks(deadlines, now); // another part's clock: nothing happened between the two
    paintClocks(document, left);
  };

  if (calculator) attachCalculator(calculator, words);
  if (pad) attachRoughWork(pad, sittingId).then((forgetting) => (forget = forgetting), () => {});
  attachContrast(find("contrast"));
  attachPanels();
  askForFullScreen(find("full-screen"));
  watchBrowser((hint) => note("browser_hint", hint));
  keepHashes().catch(() => {});

  return {
    /** When part and question end, as last said or reckoned. */
    get ends() {
      return deadlines;
    },
    /** Take over what a contact said; `here` tells whether the server knows of all moves, so that its limits are of this question. */
    contact(reply, here) {
      if (here) take(deadlinesOf(reply.deadlines));
      news.receive([...(reply.announcements ?? []), ...fromThem(reply.messages)]);
      talk.receive(reply.messages);
    },
    /** Take over what a move said; `now` is the server's time (ms). */
    moved: (reply, now) => takeAt(deadlinesAfter(reply, now), now),
    /** Take over what this device reckoned without a line. */
    reckoned: takeAt,
    /** Look at the clocks; while the sitting is paused they stand. Tells whether a limit ran out since the last look. */
    tick(now, pausedSince = null) {
      const next = clocks(deadlines, now, pausedSince);
      const due = announcements(left, next);
      if (due.length > 0) announce(due.map(({ word, values }) => say(word, values)).join(" "));
      const over = ranOut(left, next);
      left = next;
      paintClocks(document, left);
      return over;
    },
    /** A question came to the screen, in a language. */
    shown(item, language) {
      if (find("tab-why")) find("tab-why").textContent = ""; // said of a part that was asked for before
      news.shown(item);
      reader?.shown(language);
    },
    /** Show how the parts stand; `counts` has {answered, total} by part. */
    parts: (sections, current, counts) => paintTabs(document, partLooks(sections, current, counts), say),
    /** Say why a part cannot be entered, or "" when it can. */
    whyLocked(section) {
      const why = whyLocked(section);
      return why ? say(why) : "";
    },
    /** The exam is over: stop talking, forget the rough work. */
    async handedIn() {
      reader?.stop();
      await forget();
    },
  };
}

function attachPanels() {
  for (const opener of document.querySelectorAll("[data-opens]")) {
    const panel = find(opener.dataset.opens);
    const show = (open) => {
      panel.hidden = !open;
      opener.setAttribute("aria-expanded", String(open));
    };
    opener.addEventListener("click", () => {
      show(panel.hidden);
      if (!panel.hidden) panel.querySelector("input, textarea")?.focus(); // whoever opens a tool is about to use it
    });
    panel.querySelector("[data-close]").addEventListener("click", () => {
      show(false);
      opener.focus();
    });
  }
}

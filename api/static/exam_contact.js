// Keeps in touch with the server every half minute or so, each page at its own moment: the time, pauses, who writes, announcements; and tells it
// which questions were seen and marked, so that another device knows them.

import * as exam from "./exam_state.js";
import { Refusal } from "./exam_server.js";

const EVERY_MS = 30_000;
const PAUSED_EVERY_MS = 10_000;
const JITTER = 1 / 3;
const NO_ROUTE = new Set(["not_found", "method_not_allowed"]);

/**
 * Make the contact. `on` is the page: {writer(news), ending(), news(news, then), resynced(before), failed(error), back()}; `clock` is exam_time.js.
 */
export function contactOf({ store, outbox, ask, clock, me, on }) {
  let timer = null;
  let current = null;

  /** Talk to the server once; two calls at a time are one. Tells whether it answered. */
  function contact() {
    current ??= talk().finally(() => (current = null));
    return current;
  }

  async function talk() {
    const asked = performance.now();
    const then = store.state;
    const { visited, marked, languages } = exam.keepsake(then);
    try {
      const news = await ask("/contact", { method: "POST", body: { writer: me, progress: { visited, marked, languages } } });
      await heard(news, asked, then);
      return true;
    } catch (error) {
      if (error instanceof Refusal && NO_ROUTE.has(error.code)) return resync();
      on.failed(error);
      return false;
    }
  }

  async function heard(news, asked, then) {
    clock.synced(news.server_time, asked);
    clock.until(news.deadline);
    if (news.nonce) outbox.setThing("nonce", news.nonce).catch(() => {});
    const before = store.state;
    store.change(exam.pausedAs(exam.reached(store.state), news.paused ?? null));
    on.writer(news.writer ?? null);
    on.news(news, then);
    if (news.closed_by) {
      store.change(exam.closedBy(store.state));
      return on.ending();
    }
    if (news.revision > store.state.revision) await resync();
    if (before.tries > 0 || (before.paused && !store.state.paused)) on.back();
  }

  /** Take over everything that the server holds of the sitting. Tells whether it answered. */
  async function resync() {
    const asked = performance.now();
    try {
      const sitting = await ask("");
      clock.synced(sitting.server_time, asked);
      clock.until(sitting.deadline);
      outbox.setThing("sitting", sitting).catch(() => {});
      if (sitting.writer !== undefined) on.writer(sitting.writer);
      const before = store.state;
      if (sitting.form.sections.some(({ items }) => items.length > 0)) store.change(exam.adopt(store.state, sitting));
      on.resynced(before);
      if (sitting.seal) on.ending();
      else if (before.tries > 0) on.back();
      return true;
    } catch (error) {
      on.failed(error);
      return false;
    }
  }

  function later() {
    clearTimeout(timer);
    const every = store.state.paused ? PAUSED_EVERY_MS : EVERY_MS;
    timer = setTimeout(() => contact().finally(later), every * (1 + JITTER * (2 * Math.random() - 1)));
  }

  return { contact, resync, keepOn: later };
}

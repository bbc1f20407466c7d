// The clock on the exam page: the server's time by exam_clock_state.js, the deadline, what is announced, and what happens at its end.

import * as rules from "./exam_clock_state.js";
import { announce } from "./exam_words.js";

const find = (id) => document.getElementById(id);
const KEPT_EVERY = 20; // ticks: five seconds

/** Make the clock. `pausedSince()` answers since when the sitting's time stands still (ms of the server's), or null. */
export function clockOf({ outbox, pausedSince, onLastSecond, onEnd }) {
  let clock = rules.synced(Date.now(), performance.now(), performance.now());
  let deadline = Infinity;
  let before = Infinity;
  let ticks = 0;

  const now = () => rules.serverNow(clock, performance.now());
  const keep = () => outbox.setThing("clock", rules.kept(clock, performance.now(), Date.now())).catch(() => {});

  function tick() {
    if (deadline === Infinity) return;
    const seconds = rules.secondsLeft(deadline, now(), pausedSince());
    find("clock").textContent = rules.clockFace(seconds);
    const minutes = rules.announcement(before, seconds);
    if (minutes !== null && before !== Infinity) announce(minutes === 1 ? "minute_left" : "minutes_left", { n: minutes });
    before = seconds;
    if ((ticks += 1) % KEPT_EVERY === 0) keep();
    if (pausedSince() !== null) return;
    if (seconds <= 1) onLastSecond();
    if (seconds === 0) onEnd();
  }

  return {
    now,
    tick,
    get ended() {
      return deadline !== Infinity && pausedSince() === null && rules.secondsLeft(deadline, now()) === 0;
    },
    /** The server said what time it is, between two looks at the steady clock. */
    synced(serverTime, asked) {
      clock = rules.synced(Date.parse(serverTime), asked, performance.now());
      keep();
    },
    /** What the server signed is at least this old. */
    notBefore(serverTime) {
      clock = rules.notBefore(clock, Date.parse(serverTime), performance.now());
    },
    /** Go on from what the device kept, without the server. */
    revive(kept) {
      if (kept) clock = rules.revived(kept, Date.now(), performance.now());
    },
    /** The server says until when; more time than before is announced. */
    until(moment) {
      if (!moment) return;
      const later = Date.parse(moment);
      if (deadline !== Infinity && later > deadline) announce("time_given");
      deadline = later;
    },
  };
}

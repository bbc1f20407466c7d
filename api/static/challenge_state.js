// A camera check, without a page: which colour is due when, and what is said. Driven by challenge.js; the server's half is proctoring/challenge.

/** What the server's message asks for from now on; null when it ends what was asked. `now` is milliseconds of any clock that grows. */
export function asked(message, now) {
  if (message.ask === "light") {
    const begins = now + message.in_ms;
    return { ...message, begins, ends: begins + message.step_ms * message.colours.length };
  }
  if (message.ask === "turn" || message.ask === "hand") return { ...message, begins: now, ends: now + message.lasts_ms };
  return null;
}

/** The colour to paint now; null where nothing is painted. */
export function colourAt(check, now) {
  if (check?.ask !== "light" || now < check.begins || now >= check.ends) return null;
  return check.colours[Math.floor((now - check.begins) / check.step_ms)];
}

/** What is said beside the work, with the page's words. */
export function saidOf(check, words, say) {
  if (check.ask === "light") return say("check_light", { n: Math.round((check.ends - check.begins) / 1000) });
  if (check.ask === "hand") return words.check_hand;
  const [first, then] = check.turns.map((turn) => words[`check_${turn}`]);
  return say(check.try > 1 ? "check_again" : "check_turn", { first, then });
}

/** Whether light may be painted: not for who asks the browser for a still page, nor where it keeps its own colours. */
export function mayPaint(matches) {
  return !matches("(prefers-reduced-motion: reduce)") && !matches("(forced-colors: active)");
}

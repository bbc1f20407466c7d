// Where a paper's parts lead when a limit runs out and nobody can be asked, and whether the server knows better where the candidate is: pure.
// The rules are the server's (delivery/walk.py); what differs after an outage is settled by its answer to the first move.

import { mayMoveAlone, mustAsk, sectionOf } from "./exam_state.js";

/**
 * Return when part and question end ({section, item, parts}, ms or null) for whoever comes to `item` at `entered`, as this device reckons. A
 * part counts from its first entry, wherever the candidate was meanwhile: `ends.parts` remembers every part that was entered.
 */
export function endsAt(state, item, entered, ends) {
  const [from, to] = [sectionOf(state, state.current), sectionOf(state, item)];
  const after = (seconds) => (seconds ? entered + seconds * 1000 : null);
  const known = { ...ends?.parts, [from.id]: ends?.section ?? null };
  const section = known[to.id] ?? (isEntered(state, to, ends) ? null : after(to.time_limit_s));
  return { section, item: item === state.current ? (ends?.item ?? null) : after(to.item_limits?.[item]), parts: { ...known, [to.id]: section } };
}

function isEntered(state, part, ends) {
  return part === sectionOf(state, state.current) || part.state !== "not_yet" || part.id in (ends?.parts ?? {});
}

/** Tell whether the time of the part that a question is in is over, as far as this device knows. */
export function isOver(state, item, ends, now) {
  return (ends?.parts?.[sectionOf(state, item).id] ?? Infinity) <= now;
}

/** Tell whether a candidate may go to a question without a line: back to a part that stays open and has time left, or one step on. */
export function mayGoAlone(state, item, ends, now) {
  const to = sectionOf(state, item);
  if (to === sectionOf(state, state.current) || !isEntered(state, to, ends)) return mayMoveAlone(state, item);
  return to.state !== "closed" && !isFinal(to) && !isOver(state, item, ends, now);
}

function isFinal({ locked, navigation }) {
  return Boolean(locked) || navigation === "linear";
}

/** The candidate went to another question without a line: how the parts stand as far as this device knows. */
export function wentAlone(state, item) {
  const [from, to] = [sectionOf(state, state.current), sectionOf(state, item)];
  const became = (part) => (part === to ? "current" : part === from ? (isFinal(part) ? "closed" : "open") : part.state);
  return from === to ? state : { ...state, sections: state.sections.map((part) => ({ ...part, state: became(part) })) };
}

/**
 * Go on past every limit that is over at `now` (ms), each next one counting from the moment at which the last ran out. Return {path, ends,
 * stuck}: the questions on the way, when the last of them ends, and "part" or "paper" where no question follows on this device or at all.
 */
export function walkAlone(state, ends, now) {
  const path = [];
  for (let here = state; ; ) {
    const over = passed(ends, now);
    if (!over) return { path, ends, stuck: null };
    const next = following(here, over.limit, ends);
    if (!next) return { path, ends, stuck: isEntered(here, here.sections.at(-1), ends) ? "paper" : "part" };
    ends = endsAt(here, next, over.at, ends);
    path.push(next);
    here = { ...here, current: next };
  }
}

function passed(ends, now) {
  const over = ["section", "item"].map((limit) => ({ limit, at: ends?.[limit] ?? Infinity })).filter(({ at }) => at <= now);
  return over.sort((one, other) => one.at - other.at)[0] ?? null;
}

/** Return the question that comes when the time of the question or of the part is over: behind all parts entered; null when none is known. */
function following(state, limit, ends) {
  const part = sectionOf(state, state.current);
  const inPart = limit === "item" ? part.items[part.items.indexOf(state.current) + 1] : null;
  const last = state.sections.findLastIndex((one) => isEntered(state, one, ends));
  return inPart ?? state.sections[last + 1]?.items[0] ?? null;
}

/**
 * Tell whether the server has the candidate at another question than this page, which told it all its moves: `then` is the state when it was
 * asked. Inside a free part nobody tells the server where one is.
 */
export function isElsewhere(then, state, item) {
  const quiet = then.current === state.current && then.moves.length === 0 && state.moves.length === 0;
  return Boolean(item) && item !== state.current && quiet && (!state.order.includes(item) || mustAsk(state, item));
}

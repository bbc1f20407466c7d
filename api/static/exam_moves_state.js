// Where a paper's parts lead when a limit runs out and nobody can be asked, and whether the server knows better where the candidate is: pure.
// The rules are the server's (delivery/walk.py); what differs after an outage is settled by its answer to the first move.

import { mustAsk, sectionOf } from "./exam_state.js";

/** Return when part and question end ({section, item}, ms or null) for whoever comes to `item` at `entered`, as this device reckons. */
export function endsAt(state, item, entered, ends) {
  const [from, to] = [sectionOf(state, state.current), sectionOf(state, item)];
  const after = (seconds) => (seconds ? entered + seconds * 1000 : null);
  const section = from === to ? (ends?.section ?? null) : to.state === "not_yet" ? after(to.time_limit_s) : null;
  return { section, item: item === state.current ? (ends?.item ?? null) : after(to.item_limits?.[item]) };
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
    const next = following(here, over.limit);
    if (!next) return { path, ends, stuck: sectionOf(here, here.current) === here.sections.at(-1) ? "paper" : "part" };
    ends = endsAt(here, next, over.at, ends);
    path.push(next);
    here = { ...here, current: next };
  }
}

function passed(ends, now) {
  const over = ["section", "item"].map((limit) => ({ limit, at: ends?.[limit] ?? Infinity })).filter(({ at }) => at <= now);
  return over.sort((one, other) => one.at - other.at)[0] ?? null;
}

/** Return the question that comes when the time of the question or of the part is over; null when this device knows none. */
function following(state, limit) {
  const part = sectionOf(state, state.current);
  const inPart = limit === "item" ? part.items[part.items.indexOf(state.current) + 1] : null;
  return inPart ?? state.sections[state.sections.indexOf(part) + 1]?.items[0] ?? null;
}

/**
 * Tell whether the server has the candidate at another question than this page, which told it all its moves: `then` is the state when it was
 * asked. Inside a free part nobody tells the server where one is.
 */
export function isElsewhere(then, state, item) {
  const quiet = then.current === state.current && then.moves.length === 0 && state.moves.length === 0;
  return Boolean(item) && item !== state.current && quiet && (!state.order.includes(item) || mustAsk(state, item));
}

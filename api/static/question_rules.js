// What a question does not let happen, as pure functions over plain records: how often a choice may be used, how often a sound may be played.

/**
 * Tick one more box of a table of pairs. `pairs` are the ticked ones as [source, target], the new one last; `most(side, id)` says how often a choice may
 * be used (0: any), `all` how many pairs there may be (0: any). Returns {over: n} when it may not be, else {gone: pairs that must leave}.
 */
export function settlePairs(pairs, most, all = 0) {
  const added = pairs.at(-1);
  const others = pairs.slice(0, -1);
  const rivals = [0, 1].map((side) => ({ n: most(side, added[side]), pairs: others.filter((pair) => pair[side] === added[side]) }));
  const full = rivals.find(({ n, pairs: held }) => n > 1 && held.length >= n);
  if (full) return { over: full.n };
  const gone = [...new Set(rivals.filter(({ n }) => n === 1).flatMap(({ pairs: held }) => held))];
  return all > 0 && pairs.length - gone.length > all ? { over: all } : { gone };
}

/** Begin a play: {plays, running} → the state after, or null when it may not begin. One that is only paused goes on. */
export function beginPlay({ plays, running }, most = 0) {
  if (running) return { plays, running };
  return most > 0 && plays >= most ? null : { plays: plays + 1, running: true };
}

const BEGINNING_S = 1;

/** Say what becomes of a jump to `to` seconds when `furthest` was heard: "go", "stay" (hearing again is a play, and they are counted), "anew". */
export function jump({ running, furthest }, to, most = 0) {
  if (!running || to >= furthest - BEGINNING_S / 2) return "go";
  if (most > 0) return "stay";
  return to < BEGINNING_S ? "anew" : "go";
}

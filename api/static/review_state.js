// Looking at one case as data: which picture is shown, whether it plays, what a key means, and what a minute has left. No DOM, no clock. Driven by review_page.js.

export function initial(frames, at = 0) {
  return { frames, at, playing: false };
}

export function show(state, at) {
  return { ...state, at: Math.max(0, Math.min(state.frames - 1, at)), playing: false };
}

export function step(state, by) {
  return show(state, state.at + by);
}

// Play from here, or from the start when the end has been reached.
export function toggle(state) {
  if (state.frames < 2) return state;
  const at = !state.playing && state.at === state.frames - 1 ? 0 : state.at;
  return { ...state, at, playing: !state.playing };
}

export function tick(state) {
  if (!state.playing) return state;
  const at = Math.min(state.frames - 1, state.at + 1);
  return { ...state, at, playing: at < state.frames - 1 };
}

// What a key asks for, or null. `keys` maps each act to its key, as a person chose; single keys can be switched off, and none works while
// somebody writes or a dialog is open (WCAG 2.1.4).
export function meaning(key, keys, { writing = false, modified = false, on = true } = {}) {
  if (writing || modified || !on) return null;
  return Object.keys(keys).find((act) => keys[act] === key) ?? null;
}

// The number of the reason that a key asks for in an open decision, from 0, or null: digits only, and not while somebody writes.
export function reasonOf(key, count, { writing = false, modified = false, on = true } = {}) {
  if (writing || modified || !on || !/^[1-9]$/.test(key)) return null;
  return Number(key) <= count ? Number(key) - 1 : null;
}

// The neighbour of a case in the queue, or null at its end.
export function neighbour(queue, here, by) {
  const at = queue.indexOf(here);
  if (at < 0) return queue[0] ?? null;
  return queue[at + by] ?? null;
}

// Whole seconds until a moment, never below zero.
export function secondsLeft(until, now) {
  return Math.max(0, Math.ceil((until - now) / 1000));
}
